"""Anything at all sent to the service: never a fault, never its insides, never words that are not the notice's.

Bounded to seconds here; `make fuzz` asks ten thousand times each.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from page_fixture import OverlapAnswerer
from starlette.testclient import TestClient
from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access
from assistant.session import COOKIE, Sessions
from assistant.sign_in import local_address
from assistant.users import Users, UsersError
from content.corpus import make_corpus
from content.notice import parse_notice

NOTICE = parse_notice(
    "关于防汛的通知\n\n各村：\n\n𠮷村要备足沙袋😀，<b>各组</b>要有人值班。\n\n一、时间\n\n自6月1日起，为期30天。\n\n甲镇政府\n2024年6月1日\n",
    "防汛",
)
JSON = {"content-type": "application/json"}
MORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
CHEAPLY = settings(MORE, max_examples=40)
if settings.get_current_profile_name() == "long":
    CHEAPLY = settings(MORE, max_examples=10_000)

texts = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec="utf-8"), max_size=600),
    st.text("防汛沙袋要有人值班，。一二三0123 <>&\"'{}$`\\\u202e\u0000\ufeff", max_size=80),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with opened(make(OverlapAnswerer(make_corpus((NOTICE,))))) as http:
        yield http


@pytest.fixture(scope="module")
def users() -> Iterator[Users]:
    with TemporaryDirectory() as folder:
        users = Users(Path(folder) / "users.json", CHEAP)
        users.add("a", PASSWORD)
        yield users


@pytest.fixture(scope="module")
def shut(users: Users) -> Iterator[TestClient]:
    with opened(make(access=Access(users, False)), "http://notices.example") as http:
        yield http


def verbatim(passages: list[dict[str, Any]]) -> None:
    for passage in passages:
        cited = passage["citation"]
        assert NOTICE.text[cited["start"] : cited["end"]] == passage["text"]
        for mark in passage["highlights"]:
            assert NOTICE.text[mark["start"] : mark["end"]] == mark["text"]


def in_order(response: Any, *also: int) -> None:
    """One sentence and nothing of what is inside."""
    assert response.status_code < 500 or response.status_code in also
    for word in ("Traceback", "assistant/", "site-packages", "secret"):
        assert word not in response.text
    if response.text and response.status_code >= 400 and response.headers["content-type"] == "application/json":
        assert list(response.json()) == ["detail"]


@CHEAPLY
@given(texts, st.integers(1, 50), st.booleans())
@example("\ufeff\u202e", 1, False)
def test_any_question(http: TestClient, question: str, k: int, as_typed: bool) -> None:
    body = json.dumps({"question": question, "k": k, "as_typed": as_typed})
    response = http.post("/api/ask", content=body.encode(), headers=JSON)
    in_order(response)
    if response.status_code == 200:
        verbatim(response.json()["passages"])
    else:
        assert response.status_code == 422


@CHEAPLY
@given(texts)
def test_any_claim(http: TestClient, claim: str) -> None:
    response = http.post("/api/check", content=json.dumps({"claim": claim}).encode(), headers=JSON)
    in_order(response)
    if response.status_code == 200:
        verbatim(response.json()["evidence"])


@CHEAPLY
@given(st.sampled_from(["/api/ask", "/api/check", "/mcp"]), values)
def test_any_json(http: TestClient, path: str, value: object) -> None:
    headers = JSON | {"accept": "application/json, text/event-stream"}
    response = http.post(path, content=json.dumps(value).encode(), headers=headers)
    if path == "/mcp":  # JSON-RPC has errors of its own
        assert response.status_code < 500
        assert "Traceback" not in response.text
    else:
        in_order(response)


@CHEAPLY
@given(st.sampled_from(["ask_notice", "check_claim", "list_documents", "read_document", "?"]), values)
def test_any_tool_call(http: TestClient, name: str, arguments: object) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = JSON | {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    response = http.post("/mcp", content=json.dumps(message).encode(), headers=headers)
    assert response.status_code < 500
    assert "Traceback" not in response.text


@CHEAPLY
@given(st.sampled_from(["/api/ask", "/api/check", "/mcp", "/sign-in", "/x"]), st.binary(max_size=300))
def test_any_bytes(http: TestClient, path: str, body: bytes) -> None:
    response = http.post(path, content=body, headers=JSON | {"accept": "application/json, text/event-stream"})
    assert response.status_code < 500
    assert "Traceback" not in response.text


@CHEAPLY
@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]), texts)
def test_any_address(http: TestClient, method: str, path: str) -> None:
    from urllib.parse import quote

    in_order(http.request(method, "/" + quote(path, safe="/", errors="replace")))
    in_order(http.request(method, "/api/documents/" + quote(path, safe="", errors="replace")))


@CHEAPLY
@given(texts, st.text(string.printable, max_size=80))
def test_no_cookie_or_token_that_is_made_up_opens_anything(shut: TestClient, cookie: str, token: str) -> None:
    made_up = f"{COOKIE}={cookie}".encode("utf-8", "replace").translate(None, b"\r\n\0")
    bearer = f"Bearer {token}".encode().translate(None, b"\r\n\x0b\x0c")
    for headers in ({b"cookie": made_up}, {b"authorization": bearer}):
        assert shut.get("/api/documents", headers=headers).status_code == 401


@CHEAPLY
@given(st.data())
def test_a_session_that_is_changed_anywhere_is_none(users: Users, data: st.DataObject) -> None:
    sessions = Sessions(users)
    cookie = sessions.start(users.all()[0])
    at = data.draw(st.integers(0, len(cookie) - 2))  # the last character holds bits that do not count
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_."))
    changed = cookie[:at] + other + cookie[at + 1 :]
    assert (sessions.user_of(changed) is not None) == (changed == cookie)


@CHEAPLY
@given(texts, texts)
def test_any_name_and_password(shut: TestClient, name: str, password: str) -> None:
    form = {"name": name.encode("utf-8", "replace"), "password": password.encode("utf-8", "replace")}
    response = shut.post("/sign-in", data=form)
    assert response.status_code in (401, 429)
    assert "set-cookie" not in response.headers


@MORE
@given(st.text())
def test_signing_in_stays_here(address: str) -> None:
    found = local_address(address)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


@CHEAPLY
@given(st.one_of(st.binary(max_size=200), values.map(lambda value: json.dumps(value).encode())))
def test_any_users_file(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "users.json"
        path.write_bytes(content)
        with pytest.raises(UsersError):
            Users(path, CHEAP).all()

"""The API, the page about it, and the tools, over an answerer by shared characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_fixture import make, opened

from content.corpus import Corpus

EIGHT = "八个坚持是哪八个？"
PASSAGE_KEYS = ["rank", "score", "text", "citation", "highlights"]


@pytest.fixture(scope="module")
def app() -> Iterator[TestClient]:
    with opened(make()) as http:
        yield http


@pytest.fixture(scope="module")
def unchecked() -> Iterator[TestClient]:
    with opened(make(checked=False)) as http:
        yield http


def ask(app: TestClient, method: str, path: str, **options: Any) -> Any:
    return app.request(method, path, **options)


def test_a_question_gets_the_contract(app: TestClient, corpus: Corpus) -> None:
    response = ask(app, "POST", "/api/ask", json={"question": f"  {EIGHT}\n", "k": 3})
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["question", "answered", "confidence", "passages"]
    assert answer["question"] == EIGHT
    assert [passage["rank"] for passage in answer["passages"]] == [1, 2, 3]
    text = corpus.notices[0].text
    for passage in answer["passages"]:
        assert list(passage) == PASSAGE_KEYS
        cited = passage["citation"]
        assert text[cited["start"] : cited["end"]] == passage["text"]
        for mark in passage["highlights"]:
            assert text[mark["start"] : mark["end"]] == mark["text"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_claim_gets_the_contract(app: TestClient) -> None:
    verdict = ask(app, "POST", "/api/check", json={"claim": "三个坚持"}).json()
    assert list(verdict) == ["claim", "verdict", "confidence", "evidence", "differences"]
    assert (verdict["claim"], verdict["verdict"], verdict["confidence"]) == ("三个坚持", "contradicted", 0.9)
    assert verdict["differences"] == [{"kind": "number", "claim": "三个", "source": "八个"}]
    assert list(verdict["evidence"][0]) == PASSAGE_KEYS


def test_without_a_checker_claims_are_refused_in_chinese(unchecked: TestClient) -> None:
    response = ask(unchecked, "POST", "/api/check", json={"claim": "三个坚持"})
    assert response.status_code == 503
    assert response.json() == {"detail": "这里没有开通核对功能。"}


def test_documents(app: TestClient, corpus: Corpus) -> None:
    [listed] = ask(app, "GET", "/api/documents").json()["documents"]
    notice = corpus.notices[0]
    assert (listed["id"], listed["sha256"], listed["characters"]) == (notice.id, notice.sha256, len(notice.text))
    whole = ask(app, "GET", f"/api/documents/{notice.id}").json()
    assert whole["text"] == notice.text
    assert len(whole["parts"]) == listed["passages"] == len(corpus.passages)
    assert all(notice.text[part["start"] : part["end"]] == part["text"] for part in whole["parts"])
    missing = ask(app, "GET", "/api/documents/%2e%2e%2fassistant")
    assert (missing.status_code, missing.json()) == (404, {"detail": "没有这份通知。"})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"question": ""}, "请求的内容不对：请检查 question（问题）。"),
        ({"question": " \n "}, "请求的内容不对：请检查 question（问题）。"),
        ({"question": "\u200b\x00"}, "请先输入问题。"),
        ({"question": "问" * 501}, "question（问题）太长，请控制在 500 字以内。"),
        ({"question": ["<b>"]}, "请求的内容不对：请检查 question（问题）。"),
        ({"question": "问", "k": "5"}, "请求的内容不对：请检查 k（段落个数）。"),
        ({"question": "问", "k": 51}, "请求的内容不对：请检查 k（段落个数）。"),
        ({"question": "问", "<script>": 1}, "请求的内容不对：应是一个 JSON 对象，只含说明中列出的项。"),
        ([], "请求的内容不对：应是一个 JSON 对象，只含说明中列出的项。"),
    ],
)
def test_a_wrong_question_gets_one_sentence_that_repeats_nothing(app: TestClient, body: object, sentence: str) -> None:
    response = ask(app, "POST", "/api/ask", json=body)
    assert (response.status_code, response.json()) == (422, {"detail": sentence})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"question": "\\ud800"}', b"[" * 50_000, b'{"question": NaN}', b"1" * 5000]
)
def test_bytes_that_are_no_request_get_one_sentence(app: TestClient, body: bytes) -> None:
    response = ask(app, "POST", "/api/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert list(response.json()) == ["detail"]
    assert response.json()["detail"].startswith(("请求", "请先"))


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [("。！", "要核对的话是空的，请写下来再试。"), ("话" * 2001, "claim（要核对的话）太长，请控制在 2000 字以内。")],
)
def test_a_wrong_claim_gets_one_sentence(app: TestClient, claim: str, sentence: str) -> None:
    response = ask(app, "POST", "/api/check", json={"claim": claim})
    assert (response.status_code, response.json()) == (422, {"detail": sentence})


@pytest.mark.parametrize(("path", "key"), [("/api/ask", "question"), ("/api/check", "claim")])
def test_what_breaks_inside_stays_inside(
    app: TestClient, path: str, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = ask(app, "POST", path, json={key: "测试出错"})
    assert (response.status_code, response.json()) == (500, {"detail": "出错了，请稍后再试。"})
    assert "secret /internal/path" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/ask", 405),
        ("DELETE", "/api/documents", 405),
        ("GET", "/api/nothing", 404),
        ("POST", "/api/documents/x", 405),
        ("OPTIONS", "/api/ask", 405),
        ("QUERY", "/api/ask", 405),
    ],
)
def test_other_addresses_and_methods(app: TestClient, method: str, path: str, status: int) -> None:
    response = ask(app, method, path, headers={"content-length": "0"})
    assert response.status_code == status
    assert list(response.json()) == ["detail"]
    assert ("allow" in response.headers) is (status == 405)


def test_the_description_names_every_address_and_the_page_shows_it(app: TestClient) -> None:
    described = ask(app, "GET", "/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/ask", "/api/check", "/api/documents", "/api/documents/{notice_id}"}
    assert "HTTPValidationError" not in described["components"]["schemas"]
    page = ask(app, "GET", "/api")
    assert page.status_code == 200
    for path in described["paths"]:
        assert f"<code>{'GET' if 'documents' in path else 'POST'} {path}</code>" in page.text
    assert all(f'id="{name}"' in page.text for name in described["components"]["schemas"])
    # It has no script, and nothing of it comes from elsewhere.
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', page.text) == [
        re.search(r"page/plain\.css\?\w{12}", page.text)[0],  # type: ignore[index]
        "api/openapi.json",
    ]
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    assert ask(app, "GET", "/page/plain.css").headers["content-type"].startswith("text/css")
    assert ask(app, "GET", "/api/").headers["location"] == "../api"


def test_health_and_readiness(app: TestClient, corpus: Corpus) -> None:
    assert ask(app, "GET", "/healthz").json() == {"status": "ok", "notices": 1, "passages": len(corpus.passages)}
    assert (ask(app, "GET", "/readyz").status_code, ask(app, "GET", "/readyz").json()) == (200, {"status": "ready"})


def tool(app: TestClient, method: str, params: dict[str, Any] | None = None) -> Any:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    response = ask(app, "POST", "/mcp", json=message, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()["result"]


def test_the_tools_are_described(app: TestClient, unchecked: TestClient) -> None:
    tools = {item["name"]: item for item in tool(app, "tools/list")["tools"]}
    assert list(tools) == ["ask_notice", "check_claim", "list_documents", "read_document"]
    assert tools["ask_notice"]["inputSchema"]["required"] == ["question"]
    assert "check_claim" not in json.dumps(tool(unchecked, "tools/list"))


def test_a_tool_gives_the_same_json_as_the_api(app: TestClient, corpus: Corpus) -> None:
    for name, arguments, method, path in (
        ("ask_notice", {"question": EIGHT, "k": 2}, "POST", "/api/ask"),
        ("check_claim", {"claim": "三个坚持"}, "POST", "/api/check"),
        ("list_documents", {}, "GET", "/api/documents"),
        ("read_document", {"notice_id": corpus.notices[0].id}, "GET", f"/api/documents/{corpus.notices[0].id}"),
    ):
        result = tool(app, "tools/call", {"name": name, "arguments": arguments})
        sent = {"json": arguments} if method == "POST" else {}
        expected = ask(app, method, path, **sent).json()
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"] == expected


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("ask_notice", {"question": ""}, "请求的内容不对：请检查 question（问题）。"),
        ("ask_notice", {"question": "测试出错"}, "出错了，请稍后再试。"),
        ("read_document", {"notice_id": "无"}, "没有这份通知。"),
        ("no_such_tool", {}, "没有这个工具。"),
    ],
)
def test_a_tool_that_cannot_says_so_in_one_sentence(
    app: TestClient, name: str, arguments: object, sentence: str
) -> None:
    result = tool(app, "tools/call", {"name": name, "arguments": arguments})
    assert result["isError"] is True
    assert result["content"][0]["text"] == sentence

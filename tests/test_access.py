"""Every guard by what happens without it: each test here fails when its guard is taken out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access, AccessError, address_of, is_loopback, right_for
from assistant.session import COOKIE
from assistant.sign_in import local_address
from assistant.users import Role, Users

ASK = {"question": "八个坚持是哪八个？"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def users(tmp_path: Path) -> Users:
    users = Users(tmp_path / "users.json", CHEAP)
    for role in Role:
        users.add(role.value, PASSWORD, role)
    return users


@pytest.fixture
def http(users: Users) -> Iterator[TestClient]:
    with opened(make(access=Access(users, False)), "http://notices.example") as http:
        yield http


@pytest.fixture
def local() -> Iterator[TestClient]:
    with opened(make()) as http:
        yield http


def sign_in(http: TestClient, name: str = "asker", password: str = PASSWORD, **headers: str) -> Any:
    return http.post("/sign-in", data={"name": name, "password": password}, headers=headers)


PROTECTED = [
    ("GET", "/"),
    ("POST", "/api/ask"),
    ("POST", "/api/check"),
    ("GET", "/api/documents"),
    ("GET", "/api/documents/x"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api"),
    ("POST", "/mcp"),
    ("GET", "/metrics"),
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/page/page.js"),
    ("GET", "/page/page.css"),
    ("GET", "//api/documents"),
    ("GET", "/sign-in/../api/documents"),
    ("GET", "/healthz/"),
    ("GET", "/anything"),
]


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_nothing_is_read_or_called_without_signing_in(http: TestClient, method: str, path: str) -> None:
    response = http.request(method, path, json={} if method == "POST" else None)
    assert response.status_code == 401
    assert response.json() == {"detail": "请先登录。"}
    assert response.headers["www-authenticate"] == "Bearer"


def test_what_is_open_to_all_tells_nothing(http: TestClient) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}
    assert "通知" in http.get("/sign-in").text
    assert "工会" not in http.get("/sign-in").text
    assert sign_in(http).status_code == 303
    assert http.get("/healthz").json()["notices"] == 1


def test_a_browser_is_sent_to_sign_in_and_comes_back(http: TestClient) -> None:
    response = http.get("/api?x=%E5%85%AB", headers={"accept": "text/html,*/*"})
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=%2Fapi%3Fx%3D%25E5%2585%25AB"
    page = http.get(response.headers["location"])
    assert 'name="next" value="/api?x=%E5%85%AB"' in page.text
    done = http.post("/sign-in", data={"name": "asker", "password": PASSWORD, "next": "/api?x=%E5%85%AB"})
    assert (done.status_code, done.headers["location"]) == (303, "/api?x=%E5%85%AB")
    assert http.get("/api").status_code == 200


def test_signing_in_opens_and_signing_out_shuts(http: TestClient) -> None:
    assert sign_in(http).status_code == 303
    assert http.post("/api/ask", json=ASK).status_code == 200
    held = http.cookies[COOKIE]
    assert http.post("/sign-out").status_code == 303
    assert http.post("/api/ask", json=ASK).status_code == 401
    # The cookie itself is worth nothing any more, to whoever has kept it.
    http.cookies.set(COOKIE, held)
    assert http.post("/api/ask", json=ASK).status_code == 401


def test_the_cookie_is_out_of_reach(users: Users) -> None:
    app = make(access=Access(users, False))
    with opened(app, "https://notices.example") as http:
        cookie = sign_in(http).headers["set-cookie"]
        assert http.get("/healthz").headers["strict-transport-security"]
    for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/", "Max-Age=43200"):
        assert part in cookie
    with opened(app, "http://notices.example") as http:
        assert "Secure" not in sign_in(http).headers["set-cookie"]


@pytest.mark.parametrize("before", ['prefs={"a":1}; ', "a@b=1; ", "x; ", "a=b c; ", "[x]=1; ", "a=\u00e4; ", "=x; "])
def test_cookies_of_other_applications_do_not_hide_the_session(http: TestClient, before: str) -> None:
    sign_in(http)
    held = f"{COOKIE}={http.cookies[COOKIE]}"
    http.cookies.clear()
    for cookies in (f"{before}{held}", f"{held}; {before}"):
        answer = http.post("/api/ask", json=ASK, headers={b"cookie": cookies.encode("latin-1")})
        assert answer.status_code == 200
    assert http.post("/api/ask", json=ASK, headers={b"cookie": before.encode("latin-1")}).status_code == 401


@pytest.mark.parametrize(("name", "password"), [("asker", "wrong"), ("nobody", PASSWORD), ("", ""), ("asker", "")])
def test_a_wrong_password_says_no_more_than_that(http: TestClient, name: str, password: str) -> None:
    response = sign_in(http, name, password)
    assert response.status_code == 401
    assert "用户名或密码不对。" in response.text
    assert "set-cookie" not in response.headers


def test_passwords_cannot_be_tried_one_after_another(http: TestClient) -> None:
    tried = [sign_in(http, "asker", f"wrong {number}").status_code for number in range(8)]
    assert tried == [401] * 5 + [429] * 3
    blocked = sign_in(http)
    assert blocked.status_code == 429
    assert "试得太多了" in blocked.text
    assert int(blocked.headers["retry-after"]) > 0
    # Someone else at the same address still can.
    assert sign_in(http, "admin").status_code == 303


def test_names_cannot_be_tried_one_after_another(http: TestClient) -> None:
    tried = [sign_in(http, f"name{number}", "wrong").status_code for number in range(24)]
    assert tried == [401] * 20 + [429] * 4


def test_the_page_is_chinese_or_english_and_has_no_script(http: TestClient) -> None:
    page = http.get("/sign-in?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", headers={"accept-language": "zh-CN,en"})
    assert 'lang="zh-CN"' in page.text
    assert "登录" in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    english = http.get("/sign-in", headers={"accept-language": "en-GB,zh;q=0.5"})
    assert 'lang="en"' in english.text
    assert "Sign in" in english.text
    assert "登录" not in english.text


@pytest.mark.parametrize(
    "address",
    ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a\r\nset-cookie: x", "/é"],
)
def test_signing_in_never_leads_elsewhere(address: str) -> None:
    assert local_address(address) == "/"


def test_the_form_leads_nowhere_else_either(http: TestClient) -> None:
    page = http.get("/sign-in", params={"next": "//evil.example"})
    assert 'name="next" value="/"' in page.text
    done = http.post("/sign-in", data={"name": "asker", "password": PASSWORD, "next": "https://evil.example"})
    assert (done.status_code, done.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("asker", "/metrics", 403),
        ("trainer", "/metrics", 403),
        ("asker", "/api/train", 403),
        ("asker", "/train/x", 403),
    ],
)
def test_rights_by_role(http: TestClient, role: str, path: str, status: int) -> None:
    sign_in(http, role)
    response = http.get(path)
    assert (response.status_code, response.json()) == (status, {"detail": "您没有这个权限。"})


@pytest.mark.parametrize("path", ["/metrics%0A", "/api/train%0A", "/healthz%0A", "/sign-in%0A%0A", "/metrics%00"])
def test_an_address_with_a_control_character_is_none(http: TestClient, path: str) -> None:
    # The router takes /metrics with a line feed behind it for /metrics.
    for name in ("asker", "admin"):
        sign_in(http, name)
        answer = http.get(path)
        assert (answer.status_code, answer.json()) == (400, {"detail": "请求读不懂。"})


@pytest.mark.parametrize(
    "headers", [{"origin": "http://[x"}, {"host": "[::1"}, {"host": "a]"}, {"host": "[", "origin": "http://["}]
)
@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/api/ask"])
def test_a_host_or_origin_that_is_none_is_refused(
    http: TestClient, local: TestClient, path: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    for client in (http, local):
        for method in ("GET", "POST"):
            answer = client.request(method, path, headers=headers, json={} if method == "POST" else None)
            assert (answer.status_code, answer.json()) == (400, {"detail": "请求读不懂。"})
    assert not [record for record in caplog.records if record.exc_info]


def test_every_address_that_is_not_named_needs_an_asker() -> None:
    assert right_for("/whatever") is Role.ASKER
    assert right_for("/metricsx") is Role.ASKER
    assert right_for("/metrics/x") is Role.ADMIN


def test_tokens_open_the_api_until_they_are_taken_away(http: TestClient, users: Users) -> None:
    token = users.add_token("asker", "test")
    http.headers["authorization"] = f"Bearer {token}"
    assert http.post("/api/ask", json=ASK).status_code == 200
    assert http.get("/metrics").status_code == 403
    users.remove_tokens("asker")
    assert http.post("/api/ask", json=ASK).status_code == 401
    for wrong in (b"", b"Bearer", b"Bearer ", b"Basic YTph", f"bearer {token}x".encode(), b"Bearer \xff"):
        assert http.post("/api/ask", json=ASK, headers={b"authorization": wrong}).status_code == 401


def test_a_damaged_users_file_lets_nobody_in(http: TestClient, users: Users) -> None:
    sign_in(http)
    users.path.write_text("{", encoding="utf-8")
    response = http.post("/api/ask", json=ASK)
    assert (response.status_code, response.json()) == (503, {"detail": "用户文件读不出，请联系管理员。"})


@pytest.mark.parametrize("host", ["notices.example", "127.0.0.1.evil.example", "", "192.168.1.5:7860"])
def test_a_local_service_answers_to_local_names_only(local: TestClient, host: str) -> None:
    assert local.get("/api/documents", headers={"host": host}).status_code == 403
    assert local.get("/healthz", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860"])
def test_a_local_service_knows_its_names(local: TestClient, host: str) -> None:
    assert local.get("/api/documents", headers={"host": host}).status_code == 200


def test_a_local_service_behind_a_proxy_by_mistake_is_shut(local: TestClient) -> None:
    response = local.get("/api/documents", headers={"x-forwarded-for": "203.0.113.9", "accept": "text/html"})
    assert response.status_code == 403
    assert "--behind-proxy" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:7860"},
        {"origin": "http://127.0.0.1:7861"},
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/mcp", "/gradio_api/queue/join", "/sign-in"])
def test_other_sites_cannot_post(local: TestClient, path: str, headers: dict[str, str]) -> None:
    response = local.post(path, json=ASK, headers=headers)
    assert (response.status_code, response.json()) == (403, {"detail": "请求来自别的网站。"})


def test_our_own_page_can_post(local: TestClient) -> None:
    for headers in ({"origin": "http://127.0.0.1:7860"}, {"sec-fetch-site": "same-origin"}, {}):
        assert local.post("/api/ask", json=ASK, headers=headers).status_code == 200


def test_a_user_who_asks_too_often_is_told_to_wait(users: Users) -> None:
    with opened(make(access=Access(users, False, per_minute=1)), "http://notices.example") as http:
        sign_in(http)
        asked = [http.post("/api/ask", json=ASK) for _ in range(12)]
        assert [response.status_code for response in asked] == [200] * 10 + [429] * 2
        assert asked[-1].json()["detail"].startswith("问得太快了，请过 ")
        assert 1 <= int(asked[-1].headers["retry-after"]) <= 61
        # Reading goes on, and so do others at the same address.
        assert http.get("/api/documents").status_code == 200
        sign_in(http, "trainer")
        assert http.post("/api/ask", json=ASK).status_code == 200


def test_a_user_who_is_told_to_wait_takes_nothing_from_the_others_at_the_address(users: Users) -> None:
    with opened(make(access=Access(users, False, per_minute=1)), "http://notices.example") as http:
        sign_in(http)
        # Ten are the user's; the address has fifty, and the sixty that are refused are none of them.
        asked = [http.post("/api/ask", json=ASK).status_code for _ in range(70)]
        assert asked == [200] * 10 + [429] * 60
        sign_in(http, "trainer")
        assert http.post("/api/ask", json=ASK).status_code == 200


def test_an_address_that_asks_too_often_is_told_to_wait() -> None:
    with opened(make(access=Access(None, False, per_minute=1)), "http://notices.example") as http:
        assert [http.post("/api/ask", json=ASK).status_code for _ in range(12)] == [200] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),  # as a socket for both sorts names it
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_are_counted_apart(host: str, counted: str) -> None:
    assert address_of({"type": "http", "client": (host, 50000)}) == counted


def test_nothing_listens_to_web_sockets(local: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect) as shut, local.websocket_connect("/gradio_api/queue/join"):
        pass
    assert shut.value.code == 1008


@pytest.mark.parametrize(
    ("host", "options", "local", "signs_in"),
    [
        ("127.0.0.1", {}, True, False),
        ("::1", {}, True, False),
        ("localhost", {}, True, False),
        ("127.0.0.1", {"sign_in": True}, True, True),
        ("127.0.0.1", {"behind_proxy": True}, False, True),
        ("127.0.0.1", {"behind_proxy": True, "everyone": True}, False, False),
        ("0.0.0.0", {}, False, True),
        ("192.168.1.5", {}, False, True),
        ("", {}, False, True),
        ("0.0.0.0", {"everyone": True}, False, False),
    ],
)
def test_how_it_is_open(users: Users, host: str, options: dict[str, bool], local: bool, signs_in: bool) -> None:
    access = Access.decide(host, users.path, **options)
    assert (access.local, access.users is not None) == (local, signs_in)
    assert access.per_minute == (0 if local and not signs_in else 60)


@pytest.mark.parametrize("options", [{}, {"behind_proxy": True}, {"sign_in": True}])
def test_without_users_it_is_not_opened_to_others(tmp_path: Path, options: dict[str, bool]) -> None:
    host = "127.0.0.1" if options else "0.0.0.0"
    with pytest.raises(AccessError, match="notice-assistant user add"):
        Access.decide(host, tmp_path / "none.json", **options)


def test_loopback() -> None:
    names = ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "0.0.0.0", "10.0.0.1", "evil", "")
    assert [is_loopback(name) for name in names] == [True] * 5 + [False] * 4

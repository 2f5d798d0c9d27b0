"""The whole service with sign-in, over a socket, Gradio's own addresses included."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from test_users import CHEAP, PASSWORD

from assistant.users import Role, Users

SERVE = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from page_fixture import OverlapAnswerer
from test_users import CHEAP
from web_fixture import real_notice
from assistant.access import Access
from assistant.server import Serving, serve
from assistant.users import Users
access = Access(Users(Path({users!r}), CHEAP), local=False, per_minute=60)
serve(OverlapAnswerer(real_notice()), port=0, ready=lambda a: print(a, flush=True), serving=Serving(access))
"""
GRADIO = [
    ("GET", "/"),
    ("GET", "/?q=x"),
    ("GET", "/config"),
    ("GET", "/gradio_api/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/info"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/heartbeat/x"),
    ("GET", "/gradio_api/queue/data?session_hash=x"),
    ("GET", "/gradio_api/queue/status"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/call/answer"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/component_server"),
    ("POST", "/gradio_api/reset"),
    ("GET", "/gradio_api/login_check"),
    ("GET", "/gradio_api/token"),
    ("GET", "/theme.css"),
    ("GET", "/gradio_api/theme.css"),
    ("GET", "/robots.txt"),
    ("GET", "/manifest.json"),
    ("GET", "/favicon.ico"),
    ("GET", "/assets/index.js"),
    ("GET", "/static/img/logo.svg"),
    ("POST", "/login"),
    ("GET", "/logout"),
    ("GET", "/gradio_api/mcp/"),
    ("POST", "/mcp"),
]


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    users = Users(tmp_path_factory.mktemp("users") / "users.json", CHEAP)
    users.add("张三", PASSWORD, Role.ASKER)
    return users


@pytest.fixture(scope="module")
def address(users: Users) -> Iterator[str]:
    tests = Path(__file__).parent
    code = SERVE.format(paths=[str(tests.parent), str(tests)], users=str(users.path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the service did not start"
            yield address.removeprefix("http://").rstrip("/")
        finally:
            process.terminate()


def send(
    address: str, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        kind = {"content-type": "application/json"} if body and "content-type" not in headers else {}
        connection.request(method, path, body, kind | headers)
        response = connection.getresponse()
        return response.status, {key.lower(): value for key, value in response.getheaders()}, response.read().decode()
    finally:
        connection.close()


def cookie(address: str) -> str:
    form = urlencode({"name": "张三", "password": PASSWORD})
    kind = {"content-type": "application/x-www-form-urlencoded"}
    status, headers, _ = send(address, "POST", "/sign-in", form, **kind)
    assert status == 303
    return headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize(("method", "path"), GRADIO)
def test_no_address_of_gradio_is_open(address: str, method: str, path: str) -> None:
    status, _, body = send(address, method, path, "{}" if method == "POST" else None)
    assert (status, json.loads(body)) == (401, {"detail": "请先登录。"})


def test_signed_in_the_page_is_there_with_its_policy(address: str) -> None:
    held = cookie(address)
    status, headers, page = send(address, "GET", "/", cookie=held, accept="text/html")
    assert status == 200
    assert "通知问答" in page
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert PASSWORD not in page
    assert held.partition("=")[2] not in page
    assert "$argon2" not in page
    status, headers, _ = send(address, "GET", "/", accept="text/html")
    assert (status, headers["location"]) == (303, "/sign-in?next=%2F")


def test_a_question_goes_through_the_queue_for_whoever_has_signed_in(address: str) -> None:
    held = cookie(address)
    config = json.loads(send(address, "GET", "/config", cookie=held)[2])
    [index] = [item["id"] for item in config["dependencies"] if item["js"] and len(item["inputs"]) == 1][:1]
    join = json.dumps({"data": ["八个坚持是哪八个？"], "fn_index": index, "session_hash": "abc"})
    assert send(address, "POST", "/gradio_api/queue/join", join, cookie=held)[0] == 200
    status, _, stream = send(address, "GET", "/gradio_api/queue/data?session_hash=abc", cookie=held)
    assert status == 200
    assert '"msg":"process_completed"' in stream
    assert "八个坚持" in stream


CLIENT = """
import os, sys
os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
from gradio_client import Client
client = Client(sys.argv[1], headers={"Authorization": sys.argv[2]}, verbose=False)
answer = client.predict("八个坚持是哪八个？", 2, api_name="/ask")
print(answer["answered"], len(answer["passages"]))
try:
    client.predict("", api_name="/ask")
except Exception as error:
    print(error)
"""


def test_the_gradio_client_asks_with_a_token(address: str, users: Users) -> None:
    users.add("程序", PASSWORD)
    bearer = f"Bearer {users.add_token('程序', 'x')}"
    found = subprocess.run(
        [sys.executable, "-c", CLIENT, f"http://{address}/", bearer], capture_output=True, text=True, timeout=120
    )
    assert found.stdout.splitlines()[0] == "True 2", found.stderr
    assert "请求的内容不对" in found.stdout.splitlines()[1]


def test_no_other_origin_may_read(address: str, users: Users) -> None:
    token = users.add_token("张三", "x")
    for origin in ("https://evil.example", "null", "http://localhost:3000"):
        for path in ("/config", "/api/documents"):
            status, headers, _ = send(address, "GET", path, authorization=f"Bearer {token}", origin=origin)
            assert status == 200
            assert not [name for name in headers if name.startswith("access-control-")]


def test_limits_hold_for_the_queue_too(address: str, users: Users) -> None:
    users.add("快手", PASSWORD)
    bearer = {"authorization": f"Bearer {users.add_token('快手', 'x')}"}
    found = [send(address, "POST", "/gradio_api/queue/join", "{}", **bearer)[0] for _ in range(45)]
    assert found.count(429) >= 5
    assert 429 not in found[:30]
    status, headers, body = send(address, "POST", "/mcp", "{}", **bearer)
    assert (status, json.loads(body)["detail"][:8]) == (429, "问得太快了，请过")
    assert headers["retry-after"]

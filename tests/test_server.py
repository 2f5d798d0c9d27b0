import http.client
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from page_fixture import OverlapAnswerer, serving

from assistant.current import Dressed
from assistant.guard import LARGEST_BODY, dress_page
from assistant.server import AddressTaken, Serving, open_socket, serve
from content.corpus import Corpus


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("two notices") as address:
        yield address


def _get(url: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode()


def test_health(address: str, corpus: Corpus) -> None:
    status, headers, body = _get(f"{address}/healthz")
    assert status == 200
    # Title, addressees, one paragraph, issuer and date of the second notice come on top.
    assert json.loads(body) == {"status": "ok", "notices": 2, "passages": len(corpus.passages) + 5}
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_is_chinese_has_a_title_and_names_no_other_host(address: str) -> None:
    status, headers, page = _get(f"{address}/?q=x", "GET", None, **{"Accept-Encoding": "gzip, br"})
    assert status == 200
    assert '<html\n\tlang="zh-CN"' in page
    assert page.count("<title>通知问答</title>") == 1
    assert "og:" not in page and "twitter:" not in page
    # Addresses stand only in data of Gradio's own that no browser follows.
    assert not re.findall(r"""(?:src|href|content)=["']?(?:https?:)?//""", page)
    assert headers["cache-control"] == "no-cache"


def test_every_script_has_the_nonce_of_the_policy(address: str) -> None:
    _, first, page = _get(address)
    _, second, _ = _get(address)
    policy = first["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]{16,})'", policy)
    assert nonce is not None
    assert nonce[1] not in second["content-security-policy"]
    tags = re.findall(r"<script[^>]*>", page)
    assert len(tags) >= 4
    assert all(f'nonce="{nonce[1]}"' in tag for tag in tags)
    assert "unsafe-inline" not in policy.split("style-src")[0]
    for header in ("referrer-policy", "permissions-policy", "cross-origin-opener-policy", "x-content-type-options"):
        assert header in first


def test_a_hostile_notice_cannot_close_the_script_that_carries_it(address: str) -> None:
    page = _get(address)[2]
    assert "window.hit" not in re.sub(r"window\.gradio_config = .*", "", page)
    assert "<script>window.hit" not in page
    assert "<img src=x" not in page


def test_the_pages_own_files_are_kept_forever_under_a_name_of_their_version(address: str) -> None:
    page = _get(address)[2]
    for name in re.findall(r'(page/page\.(?:js|css)\?\w{12})"', page):
        status, headers, _ = _get(f"{address}/{name}")
        assert status == 200
        assert "immutable" in headers["cache-control"]
    assert _get(f"{address}/page/..%2Fapp.py")[0] == 404
    assert _get(f"{address}/page/view.py")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.com/a.png",
        "/gradio_api/file=%68ttp://169.254.169.254/",
        "//gradio_api/file=https://example.com/a.png",
        "/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/upload",
        "/gradio_api/runs",
        "/gradio_api/process_recording",
        "/gradio_api/upload_progress?upload_id=x",
        "/gradio_api/stream/x",
        "/gradio_api/dev/reload",
        "//gradio_api//dev/reload",
        "/gradio_api/vibe-code",
        "/gradio_api/undo-vibe-edit/",
        "/docs",
        "/openapi.json",
    ],
)
def test_doors_that_the_page_does_not_need_are_shut(address: str, path: str) -> None:
    assert _get(address + path)[0] == 404


def test_uploads_and_large_bodies_are_refused(address: str) -> None:
    assert _get(f"{address}/gradio_api/upload", "POST", b"x")[0] == 404
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/gradio_api/queue/join")
    connection.putheader("Content-Length", str(LARGEST_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_questions_do_not_pass_the_queue_by(address: str) -> None:
    body = b'{"data":["x"],"fn_index":0}'
    assert _get(f"{address}/gradio_api/run/predict", "POST", body, **{"Content-Type": "application/json"})[0] == 404


def test_a_page_without_a_head_is_left_alone() -> None:
    assert dress_page("<p>x</p>", "n", "v") == "<p>x</p>"


def test_a_taken_port_is_one_sentence(corpus: Corpus) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressTaken, match=f"端口 {port} 用不了"):
            serve(OverlapAnswerer(corpus), port=port)


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 7860), ("127.0.0.1", 70000)])
def test_an_address_that_is_none_is_one_sentence(host: str, port: int) -> None:
    with pytest.raises(AddressTaken):
        open_socket(host, port)


def test_questions_are_logged_only_if_wanted(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []

    def create(answers: object, *_: object, **__: object) -> None:
        taken.append(answers)
        raise InterruptedError

    monkeypatch.setattr("assistant.application.create_app", create)
    answerer = OverlapAnswerer(corpus)
    for wanted in (False, True):
        with pytest.raises(InterruptedError):
            serve(answerer, port=0, serving=Serving(log_questions=wanted))
    assert taken[0] is answerer
    assert isinstance(taken[1], Dressed)

"""Metrics, logs, and coming to rest."""

from __future__ import annotations

import io
import json
import logging
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_users import CHEAP, PASSWORD
from web_fixture import PlainChecker, make, opened, real_notice

from assistant.access import Access
from assistant.logs import LoggedAnswers, LoggedChecks, write_logs
from assistant.metrics import Metrics, place_of
from assistant.observer import Rest
from assistant.users import Role, Users

ASK = {"question": "八个坚持是哪八个？"}


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What is written; the loggers are put back afterwards."""
    root, named = logging.getLogger(), [logging.getLogger(f"assistant.{name}") for name in ("requests", "asked")]
    before = root.handlers[:], root.level, [logger.level for logger in named]
    yield io.StringIO()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for logger, level in zip(named, before[2], strict=True):
        logger.setLevel(level)


def test_requests_are_counted_by_place_not_by_what_was_sent() -> None:
    metrics = Metrics()
    with opened(make(metrics=metrics)) as http:
        http.post("/api/ask", json=ASK)
        http.post("/api/ask", json={"question": ""})
        http.get("/api/documents/secret-name")
        http.request("BREW", "/tea?q=secret-question")
        text = http.get("/metrics").text
    assert 'notice_requests_total{method="POST",place="/api/ask",status="200"} 1.0' in text
    assert 'notice_requests_total{method="POST",place="/api/ask",status="422"} 1.0' in text
    assert 'place="/api/documents/",status="404"' in text
    assert 'method="other",place="other"' in text
    assert 'notice_index{of="notices"} 1.0' in text
    assert "notice_requests_open 1.0" in text
    assert "secret" not in text


def test_places_are_few() -> None:
    assert {place_of(f"/{name}") for name in ("a", "b", "page/x", "page/y", "gradio_api/z", "", "x" * 9000)} == {
        "other",
        "/page/",
        "/gradio_api/",
        "/",
    }


def test_only_an_admin_reads_the_numbers(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", CHEAP)
    for role in Role:
        users.add(role.value, PASSWORD, role)
    with opened(make(access=Access(users, False)), "http://notices.example") as http:
        for role, status in ((Role.ASKER, 403), (Role.ADMIN, 200)):
            token = users.add_token(role.value, "x")
            assert http.get("/metrics", headers={"authorization": f"Bearer {token}"}).status_code == status


def lines(logs: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in logs.getvalue().splitlines()]


def test_requests_are_logged_without_the_question(logs: io.StringIO) -> None:
    write_logs(logs, as_json=True, requests=True)
    with opened(make()) as http:
        http.post("/api/ask?q=秘密", json=ASK, headers={"authorization": "Bearer secret-token", "cookie": "a=secret"})
    [line] = [line for line in lines(logs) if line["where"] == "assistant.requests"]
    assert {key: line[key] for key in ("message", "method", "path", "status", "level", "address")} == {
        "message": "request",
        "method": "POST",
        "path": "/api/ask",
        "status": 200,
        "level": "info",
        "address": "127.0.0.1",
    }
    assert "八个坚持" not in logs.getvalue()
    assert "secret" not in logs.getvalue()
    assert "秘密" not in logs.getvalue()


def test_questions_are_logged_only_where_the_operator_says_so(logs: io.StringIO) -> None:
    from page_fixture import OverlapAnswerer

    answerer = OverlapAnswerer(real_notice())
    answers, checks = LoggedAnswers(answerer), LoggedChecks(PlainChecker(answerer))
    write_logs(logs, as_json=True)
    answers.ask("八个坚持")
    checks.check("三个坚持")
    assert logs.getvalue() == ""
    write_logs(logs, as_json=True, questions=True)
    assert answers.ask("八个坚持", as_typed=True) == answerer.ask("八个坚持", as_typed=True)
    checks.check("三个坚持")
    asked, checked = lines(logs)
    assert (asked["message"], asked["question"]) == ("question", "八个坚持")
    assert (checked["claim"], checked["verdict"]) == ("三个坚持", "contradicted")
    assert answers.corpus is answerer.corpus


def test_what_breaks_stands_in_the_log(logs: io.StringIO) -> None:
    write_logs(logs, as_json=True)
    with opened(make()) as http:
        assert "secret" not in http.post("/api/ask", json={"question": "测试出错"}).text
    [line] = lines(logs)
    assert "RuntimeError: secret /internal/path" in str(line["error"])
    write_logs(logs)
    logging.getLogger("x").warning("哎\n%s", "y")
    assert "warning x: 哎" in logs.getvalue()


def test_it_is_not_ready_once_it_comes_to_rest() -> None:
    rest = Rest()
    with opened(make(rest=rest)) as http:
        assert http.get("/readyz").status_code == 200
        rest.announce()
        assert http.get("/readyz").status_code == 503
        assert http.get("/healthz").status_code == 200


def test_a_page_that_is_open_does_not_keep_it_from_resting() -> None:
    from starlette.applications import Starlette
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    from assistant.observer import Observer

    rest = Rest()

    async def beat(_: object) -> StreamingResponse:
        async def forever() -> object:
            import asyncio

            yield b"."
            rest.begin()
            await asyncio.sleep(600)

        return StreamingResponse(forever())  # type: ignore[arg-type]

    app = Starlette(routes=[Route("/gradio_api/heartbeat/x", beat)])
    app.add_middleware(Observer, metrics=Metrics(), rest=rest)
    assert TestClient(app).get("/gradio_api/heartbeat/x").content == b"."


SERVE = """
import sys, time
sys.path[:0] = {paths!r}
from page_fixture import OverlapAnswerer
from web_fixture import real_notice
import assistant.application as application
from assistant.server import serve
whole = application.create_app
application.create_app = lambda *a, **o: whole(*a, **(o | {{"page": False}}))
class Slow(OverlapAnswerer):
    def ask(self, *a, **o):
        print("asked", flush=True)
        time.sleep(1.5)
        return super().ask(*a, **o)
serve(Slow(real_notice()), port=0, ready=lambda address: print(address, flush=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_told_to_stop_it_finishes_what_is_being_answered() -> None:
    tests = Path(__file__).parent
    code = SERVE.format(paths=[str(tests.parent), str(tests)])
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        found: list[int] = []

        def ask() -> None:
            request = urllib.request.Request(
                f"{address}api/ask", json.dumps(ASK).encode(), {"content-type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=60) as response:
                found.append(len(json.load(response)["passages"]))

        asking = threading.Thread(target=ask)
        asking.start()
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        asking.join(60)
        assert found == [5]
        assert process.wait(60) in (0, -signal.SIGTERM)

"""Who may open the addresses of checking and of further tabs, in the whole application."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import outing
import pytest
import tab_fixture
from check_fixture import FakeChecker
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from test_cli_check import Stand
from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access, right_for
from assistant.application import create_app
from assistant.check import Checker
from assistant.check_routes import LARGEST_UPLOAD
from assistant.guard import LARGEST_BODY, dress_page
from assistant.tab import Tab
from assistant.users import Role, Users

CHECKING = [
    ("POST", "/check/sheet"),
    ("GET", "/check/x/rows"),
    ("POST", "/check/x/stop"),
    ("GET", "/check/x/results.docx"),
    ("GET", "/check/x/results.xlsx"),
]
EVALS = [
    ("GET", "/evals/overview"),
    ("GET", "/evals/runs/x"),
    ("GET", "/evals/compare?a=x&b=y"),
    ("GET", "/evals/job"),
    ("POST", "/evals/job"),
    ("POST", "/evals/job/stop"),
    ("GET", "/evals/candidates"),
    ("POST", "/evals/candidates/x/accept"),
    ("GET", "/evals/export/log.zip"),
]

PROPOSE = ("POST", "/evals/propose")


@pytest.fixture
def users(tmp_path: Path) -> Users:
    users = Users(tmp_path / "users.json", CHEAP)
    for role in Role:
        users.add(role.value, PASSWORD, role)
    return users


@pytest.fixture
def app(tmp_path: Path, users: Users) -> FastAPI:
    product, tab = tab_fixture.tab(tmp_path / "tab")
    checker = FakeChecker(product.corpus)
    return create_app(product, [], checker=checker, tabs=(tab,), page=False, access=Access(users, False))


@pytest.fixture
def http(app: FastAPI) -> Iterator[TestClient]:
    with opened(app, "http://notices.example") as http:
        yield http


def ask(http: TestClient, users: Users, name: str, method: str, path: str, **sent: Any) -> Any:
    key = {"authorization": f"Bearer {users.add_token(name, 'test')}"}
    return http.request(method, path, headers=key, **sent)


def test_the_lists_here_name_every_address_of_the_application(app: FastAPI) -> None:
    own = {
        (method, route.path)
        for route in app.router.routes
        if isinstance(route, APIRoute) and route.path.startswith(("/check", "/evals"))
        for method in route.methods
    }

    def stands_for(method: str, pattern: str) -> bool:
        shape = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern))
        return any(method == m and re.fullmatch(shape, p.partition("?")[0]) for m, p in [*CHECKING, *EVALS, PROPOSE])

    assert len(own) == len(CHECKING) - 1 + len(EVALS) + 1  # the results are one address
    assert [route for route in own if not stands_for(*route)] == []


@pytest.mark.parametrize(("method", "path"), [*CHECKING, *EVALS, PROPOSE])
def test_nobody_gets_in_without_signing_in(http: TestClient, method: str, path: str) -> None:
    assert http.request(method, path, json={} if method == "POST" else None).status_code == 401


@pytest.mark.parametrize(("method", "path"), EVALS)
def test_the_tab_of_the_evals_needs_a_trainer(http: TestClient, users: Users, method: str, path: str) -> None:
    sent = {"json": {}} if method == "POST" else {}
    refused = ask(http, users, "asker", method, path, **sent)
    assert (refused.status_code, refused.json()) == (403, {"detail": "您没有这个权限。"})
    assert ask(http, users, "trainer", method, path, **sent).status_code in (200, 422)


@pytest.fixture
def anybody(tmp_path: Path) -> Iterator[TestClient]:
    """As with `--open`: other machines reach it, and nobody signs in."""
    product, tab = tab_fixture.tab(tmp_path / "tab")
    app = create_app(product, [], tabs=(tab,), page=False, access=Access(None, False))
    with opened(app, "http://notices.example") as http:
        yield http


@pytest.mark.parametrize(("method", "path"), EVALS)
def test_strangers_start_nothing_decide_nothing_and_take_nothing_away(
    anybody: TestClient, method: str, path: str
) -> None:
    refused = anybody.request(method, path, json={} if method == "POST" else None)
    assert (refused.status_code, refused.json()["detail"][:7]) == (403, "这里要登录才能")


def test_strangers_may_say_that_an_answer_is_wrong(anybody: TestClient) -> None:
    start = outing.TEXT.index("春游不收费")
    told = {"kind": "wrong", "question": "要带多少钱", "by": "某人", "notice": "春游", "start": start, "end": start + 5}
    assert anybody.post(PROPOSE[1], json=told | {"quote": "春游不收费"}).status_code == 200


@pytest.mark.parametrize(("access", "strangers"), [((None, True), False), ((None, False), True)])
def test_strangers_come_where_nobody_signs_in_and_others_reach_it(
    access: tuple[None, bool], strangers: bool, users: Users
) -> None:
    assert Access(*access).strangers == strangers
    assert not Access(users, access[1]).strangers


def test_an_asker_says_that_an_answer_is_wrong_in_their_own_name_and_a_trainer_decides(
    http: TestClient, users: Users
) -> None:
    start = outing.TEXT.index("春游不收费")
    place = {"notice": "春游", "start": start, "end": start + 5, "quote": "春游不收费"}
    told = {"kind": "wrong", "question": "要带多少钱", "by": "冒名的", **place}
    made = ask(http, users, "asker", "POST", "/evals/propose", json=told)
    assert (made.status_code, list(made.json())) == (200, ["id"])
    address = f"/evals/candidates/{made.json()['id']}"
    for action in ("accept", "reject", "reopen", "edit"):
        assert ask(http, users, "asker", "POST", f"{address}/{action}", json={}).status_code == 403
    assert ask(http, users, "asker", "GET", "/evals/candidates").status_code == 403
    (one,) = ask(http, users, "trainer", "GET", "/evals/candidates").json()["candidates"]
    assert (one["question"], one["proposed_by"], one["state"]) == ("要带多少钱", "asker", "proposed")
    assert ask(http, users, "trainer", "POST", f"{address}/reject", json={"reason": "不清楚"}).status_code == 200
    (one,) = ask(http, users, "trainer", "GET", "/evals/candidates").json()["candidates"]
    assert (one["decided_by"], one["reason"]) == ("trainer", "不清楚")


def test_an_asker_checks_a_sheet_and_takes_the_results(http: TestClient, users: Users) -> None:
    taken = ask(http, users, "asker", "POST", "/check/sheet", content="春游不收费。".encode())
    assert taken.status_code == 200
    job = taken.json()["job"]
    assert ask(http, users, "asker", "GET", f"/check/{job}/rows").json()["rows"] == []
    assert ask(http, users, "asker", "GET", f"/check/{job}/results.docx").content.startswith(b"PK")
    assert ask(http, users, "asker", "POST", f"/check/{job}/stop", content=b"").status_code == 204


def test_only_files_to_check_may_be_large(http: TestClient, users: Users) -> None:
    large = b"x" * (LARGEST_BODY + 1)
    assert ask(http, users, "asker", "POST", "/check/sheet?name=a.pdf", content=large).status_code == 422
    assert ask(http, users, "trainer", "POST", "/evals/propose", content=large).status_code == 413
    assert ask(http, users, "asker", "POST", "/check/x/stop", content=large).status_code == 413
    size = {"content-length": str(LARGEST_UPLOAD + 1)}
    assert http.post("/check/sheet", headers=size, content=b"x").status_code == 413


def test_a_tab_asks_for_the_role_that_it_names() -> None:
    tabs = {"/evals": Role.TRAINER, "/notes": Role.ADMIN, "/evals/propose": Role.ASKER}
    assert right_for("/evals/propose", tabs) is Role.ASKER
    assert right_for("/evals/proposed", tabs) is Role.TRAINER
    assert right_for("/evals", tabs) is right_for("/evals/job", tabs) is Role.TRAINER
    assert right_for("/notes/x", tabs) is Role.ADMIN
    assert right_for("/evalsx", tabs) is right_for("/evals") is Role.ASKER


def test_a_tab_keeps_to_addresses_below_its_name() -> None:
    def add(app: FastAPI) -> None:
        app.add_api_route("/other", lambda: None)

    with pytest.raises(ValueError, match="the tab notes adds /other, wanted addresses below /notes/"):
        make(tabs=(Tab("notes", {"zh": {}, "en": {}}, (), (), add),))


def test_the_page_is_told_which_tabs_to_leave_out() -> None:
    page = '<html lang="en"><head></head></html>'
    assert '<html lang="zh-CN" data-np-without="evals notes">' in dress_page(page, "n", "v", ("evals", "notes"))
    assert '<html lang="zh-CN">' in dress_page(page, "n", "v")
    named = dress_page(page, "n", "v", (), '小"王')
    assert '<html lang="zh-CN" data-np-user="小&quot;王">' in named


def test_the_api_checks_by_the_products_own_checker() -> None:
    answerer = outing.answerer()
    checker = Checker(answerer, Stand())  # type: ignore[arg-type]
    with opened(create_app(answerer, [], checker=checker, page=False)) as http:
        found = http.post("/api/check", json={"claim": "春游不收费。"})
    assert (found.status_code, found.json()) == (200, json.loads(json.dumps(checker.check("春游不收费。").to_json())))

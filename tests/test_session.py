from __future__ import annotations

from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer
from test_users import CHEAP, PASSWORD

from assistant.session import LIFETIME, Sessions
from assistant.users import Users


@pytest.fixture
def users(tmp_path: Path) -> Users:
    users = Users(tmp_path / "users.json", CHEAP)
    users.add("a", PASSWORD)
    return users


def test_a_session_lasts_its_time(users: Users) -> None:
    now = [1000.0]
    sessions = Sessions(users, clock=lambda: now[0])
    cookie = sessions.start(users.all()[0])
    now[0] += LIFETIME
    assert sessions.user_of(cookie) == users.all()[0]
    now[0] += 1
    assert sessions.user_of(cookie) is None
    now[0] = 1000.0 - 301  # a session from the future is none
    assert sessions.user_of(cookie) is None


def test_signing_out_ends_this_session_only(users: Users) -> None:
    sessions = Sessions(users)
    one, two = sessions.start(users.all()[0]), sessions.start(users.all()[0])
    sessions.end(one)
    sessions.end("nonsense")
    assert sessions.user_of(one) is None
    assert sessions.user_of(two) is not None


def test_a_new_password_and_removal_end_every_session(users: Users) -> None:
    sessions = Sessions(users)
    cookie = sessions.start(users.all()[0])
    users.add("a", PASSWORD + "2")
    assert sessions.user_of(cookie) is None
    cookie = sessions.start(users.all()[0])
    users.remove("a")
    assert sessions.user_of(cookie) is None


def test_a_cookie_that_was_made_elsewhere_is_none(users: Users) -> None:
    sessions = Sessions(users)
    user = users.all()[0]
    cookie = sessions.start(user)
    forged = URLSafeSerializer("x" * 43, salt="notice-assistant.session").dumps([user.name, user.stamp, "n", 10])
    for value in ("", "x", cookie[:-1], cookie[1:], forged, cookie + "x", "é"):
        assert sessions.user_of(value) is None


def test_a_restart_keeps_sessions(users: Users) -> None:
    cookie = Sessions(users).start(users.all()[0])
    assert Sessions(Users(users.path)).user_of(cookie) is not None


def test_what_was_signed_out_is_kept_within_bounds(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.session._MOST_ENDED", 3)
    sessions = Sessions(users)
    cookies = [sessions.start(users.all()[0]) for _ in range(5)]
    for cookie in cookies:
        sessions.end(cookie)
    assert len(sessions._ended) == 3
    assert sessions.user_of(cookies[-1]) is None

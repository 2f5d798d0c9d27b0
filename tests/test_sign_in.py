"""How often passwords may be tried, and by whom."""

from __future__ import annotations

from pathlib import Path

from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access
from assistant.sign_in import Attempts
from assistant.users import Users


def test_one_address_alone_shuts_no_name() -> None:
    attempts = Attempts()
    waits = [attempts.wait("6.6.6.6", "admin") for _ in range(2000)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True] * 1995
    assert attempts.wait("10.0.0.1", "admin") == 0


def test_many_addresses_do_not_try_a_name_for_ever() -> None:
    attempts = Attempts()
    free = sum(attempts.wait(f"6.6.6.{number}", "admin") == 0 for number in range(60))
    assert free == 40
    assert attempts.wait("10.0.0.1", "admin") > 0
    assert attempts.wait("10.0.0.1", "other") == 0


def test_many_addresses_do_not_shut_a_name_where_it_signs_in_from() -> None:
    attempts = Attempts()
    assert attempts.wait("10.0.0.1", "admin") == 0
    attempts.succeeded("10.0.0.1", "admin")
    for number in range(60):
        attempts.wait(f"6.6.6.{number}", "admin")
    assert attempts.wait("10.0.0.2", "admin") > 0
    # There it may be tried as often as anywhere: five times at once.
    assert [attempts.wait("10.0.0.1", "admin") > 0 for _ in range(6)] == [False] * 5 + [True]


def test_a_form_that_is_not_ours_signs_nobody_in(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", CHEAP)
    users.add("张三", PASSWORD)
    with opened(make(access=Access(users, False)), "http://notices.example") as http:
        many = {"name": "张三", "password": PASSWORD} | {f"field{number}": "x" for number in range(30)}
        answer = http.post("/sign-in", data=many)
        assert (answer.status_code, "用户名或密码不对。" in answer.text) == (401, True)

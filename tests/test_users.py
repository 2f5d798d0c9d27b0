from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from assistant.users import Role, Users, UsersError

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "春天的故事在2024"


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "users.json", CHEAP)


def test_a_user_is_known_by_the_password_and_no_other(users: Users) -> None:
    assert users.all() == ()
    assert users.add("张三", PASSWORD, Role.TRAINER)
    found = users.by_password("张三", PASSWORD)
    assert found is not None
    assert (found.name, found.role) == ("张三", Role.TRAINER)
    assert users.by_password("张三", PASSWORD + "x") is None
    assert users.by_password("张三", "") is None
    assert users.by_password("李四", PASSWORD) is None


def test_a_full_width_password_is_the_same_password(users: Users) -> None:
    users.add("a", "abcdefghi1")
    assert users.by_password("a", "ａｂｃｄｅｆｇｈｉ１") is not None
    assert users.by_password("a", "\ud800") is None


def test_nothing_secret_can_be_read_from_the_file(users: Users) -> None:
    users.add("a", PASSWORD)
    token = users.add_token("a", "监控")
    held = users.path.read_text(encoding="utf-8")
    assert PASSWORD not in held
    assert token not in held
    assert token.removeprefix("nat_") not in held
    assert json.loads(held)["users"][0]["password"].startswith("$argon2id$")
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600


def test_the_default_hash_is_argon2id_as_the_library_advises(tmp_path: Path) -> None:
    users = Users(tmp_path / "u")
    users.add("a", PASSWORD)
    assert "$argon2id$" in users.all()[0].password
    assert "m=65536,t=3" in users.all()[0].password


def test_a_token_names_its_user_until_it_is_taken_away(users: Users) -> None:
    users.add("a", PASSWORD)
    users.add("b", PASSWORD)
    first, second = users.add_token("b", "一"), users.add_token("b", "二")
    assert first != second
    assert [u and u.name for u in map(users.by_token, (first, second, "nat_x", ""))] == ["b", "b", None, None]
    assert users.remove_tokens("b") == 2
    assert users.by_token(first) is None


def test_a_new_password_changes_the_stamp_and_keeps_tokens(users: Users) -> None:
    users.add("a", PASSWORD)
    token, before = users.add_token("a", "x"), users.all()[0]
    assert not users.add("a", PASSWORD + "2", Role.ADMIN)
    [after] = users.all()
    assert after.stamp != before.stamp
    assert (after.role, after.tokens) == (Role.ADMIN, before.tokens)
    assert users.by_token(token) == after


def test_what_another_process_writes_is_seen(users: Users) -> None:
    users.add("a", PASSWORD)
    other = Users(users.path, CHEAP)
    other.add("b", PASSWORD)
    assert [user.name for user in users.all()] == ["a", "b"]
    assert users.secret == other.secret != ""
    other.remove("a")
    assert users.named("a") is None


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "x" * 65, "<b>", "a/b"])
def test_odd_names_are_refused(users: Users, name: str) -> None:
    with pytest.raises(UsersError, match="用户名"):
        users.add(name, PASSWORD)


@pytest.mark.parametrize("password", ["", "123456789", "x" * 501])
def test_short_and_endless_passwords_are_refused(users: Users, password: str) -> None:
    with pytest.raises(UsersError, match="密码"):
        users.add("a", password)


def test_someone_who_is_not_there_cannot_be_changed(users: Users) -> None:
    for act in (users.remove, users.remove_tokens, lambda name: users.add_token(name, "x")):
        with pytest.raises(UsersError, match="没有 z 这个用户"):
            act("z")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "users": [], "secret": "short"}', '{"version":1}', "\x00"]
)
def test_a_damaged_file_lets_nobody_in(users: Users, text: str) -> None:
    users.path.write_text(text, encoding="utf-8")
    with pytest.raises(UsersError):
        users.all()
    with pytest.raises(UsersError):
        users.by_token("x")
    with pytest.raises(UsersError):
        users.add("a", PASSWORD)
    assert users.path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.ASKER, Role.ASKER, True),
        (Role.ASKER, Role.TRAINER, False),
        (Role.TRAINER, Role.ADMIN, False),
        (Role.TRAINER, Role.ASKER, True),
        (Role.ADMIN, Role.ADMIN, True),
    ],
)
def test_roles(role: Role, needed: Role, may: bool) -> None:
    assert role.may(needed) is may


def test_a_name_that_is_added_twice_at_once_is_one_user(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", CHEAP)

    class Meanwhile:
        """A hasher in whose time somebody else adds the same name."""

        def hash(self, password: str) -> str:
            assert users.add("张三", PASSWORD, Role.ADMIN)
            return CHEAP.hash(password)

    other: Any = Meanwhile()
    assert not Users(users.path, other).add("张三", f"{PASSWORD}2", Role.TRAINER)
    assert [(user.name, user.role) for user in users.all()] == [("张三", Role.TRAINER)]

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_users import PASSWORD

from assistant.cli import main
from assistant.settings import users_file
from assistant.users import Role, Users


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NOTICE_ASSISTANT_USERS", str(tmp_path / "配置" / "users.json"))
    return tmp_path / "配置" / "users.json"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["user", *arguments], input=stdin)


def test_the_file_is_where_the_settings_say(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert users_file() == place
    monkeypatch.delenv("NOTICE_ASSISTANT_USERS")
    assert users_file().name == "users.json"


def test_the_password_is_asked_for_twice_and_never_shown(place: Path) -> None:
    result = run("add", "张三", "--role", "trainer", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert "已添加用户 张三（训练）" in result.stderr
    found = Users(place).by_password("张三", PASSWORD)
    assert found is not None
    assert found.role is Role.TRAINER
    assert run("add", "张三", "--password-stdin", stdin=f"{PASSWORD}2\n").stderr.startswith("已更新用户 张三（提问）")
    assert Users(place).by_password("张三", PASSWORD) is None


def test_two_passwords_that_differ_are_asked_for_again(place: Path) -> None:
    assert run("add", "a", stdin=f"{PASSWORD}\nx\n").exit_code == 1
    assert not place.exists()


def test_list_token_and_remove(place: Path) -> None:
    run("add", "a", "--password-stdin", stdin=PASSWORD)
    token = run("token", "a", "--label", "监控").stdout.strip()
    found = Users(place).by_token(token)
    assert found is not None
    assert run("list").stdout == "a\tasker\t提问\t令牌 1 个：监控\n"
    assert "1 个令牌" in run("token", "a", "--revoke").stderr
    assert Users(place).by_token(token) is None
    assert "已删除用户 a" in run("remove", "a").stderr
    assert run("list").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "a b", "--password-stdin"), "用户名只能用"),
        (("add", "a", "--password-stdin"), "密码太短或太长"),
        (("remove", "a"), "没有 a 这个用户"),
        (("token", "a"), "没有 a 这个用户"),
    ],
)
def test_what_cannot_be_done_is_one_line(place: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments, stdin="short\n")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"错误：{sentence}")
    assert result.stderr.count("\n") == 1


def test_serving_to_others_without_users_is_refused_at_once(place: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0", "--content", "none"])
    assert result.exit_code == 1
    assert "notice-assistant user add" in result.stderr
    result = CliRunner().invoke(main, ["serve", "--open", "--users", "x"])
    assert (result.exit_code, "只能用一个" in result.stderr) == (1, True)

"""`notice-assistant user`: who may sign in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.command import Commands

_FILE = click.Path(dir_okay=False, path_type=Path)
_WORDS = {"asker": "提问", "trainer": "训练", "admin": "管理"}
_users_option = click.option("--users", type=_FILE, metavar="文件", help="用户文件（默认在用户的配置文件夹里）。")
_help = click.help_option("--help", "-h", help="显示这段说明。")


def users_path(users: Path | None) -> Path:
    """The users file that is given, else that of the settings."""
    from assistant.settings import users_file

    return users or users_file()


@click.group(cls=Commands, help="管理能登录的用户。")
@_help
def user() -> None:
    """The commands about users."""


@user.command(help="添加用户；已有的用户改用新的密码和角色。")
@click.argument("name", metavar="用户名")
@click.option(
    "--role",
    type=click.Choice(["asker", "trainer", "admin"]),
    default="asker",
    show_default=True,
    help="角色：asker 提问和核对，trainer 还能增删文件、看评测，admin 还能看运行指标。",
)
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码（一行），不提示。")
@_users_option
@_help
def add(name: str, role: str, password_stdin: bool, users: Path | None) -> None:
    """Add a user, or give one a new password."""
    from assistant.users import Role, Users

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("密码（不显示）", hide_input=True, confirmation_prompt="再输一遍", err=True)
    held = Users(users_path(users))
    new = held.add(name, password, Role(role))
    click.echo(f"{'已添加' if new else '已更新'}用户 {name}（{_WORDS[role]}），用户文件：{held.path}", err=True)


@user.command(help="删除用户，同时作废其登录和令牌。")
@click.argument("name", metavar="用户名")
@_users_option
@_help
def remove(name: str, users: Path | None) -> None:
    """Take a user away."""
    from assistant.users import Users

    Users(users_path(users)).remove(name)
    click.echo(f"已删除用户 {name}。", err=True)


@user.command("list", help="列出用户、角色和令牌个数。")
@_users_option
@_help
def list_users(users: Path | None) -> None:
    """Show who there is."""
    from assistant.users import Users

    for found in Users(users_path(users)).all():
        labels = "：" * bool(found.tokens) + "、".join(token.label for token in found.tokens)
        click.echo(f"{found.name}\t{found.role}\t{_WORDS[found.role]}\t令牌 {len(found.tokens)} 个{labels}")


@user.command(help="给用户发一个供程序用的令牌，只显示这一次；--revoke 作废其全部令牌。")
@click.argument("name", metavar="用户名")
@click.option("--label", default="", metavar="用途", help="记下这个令牌是做什么用的。")
@click.option("--revoke", is_flag=True, help="作废这个用户的全部令牌。")
@_users_option
@_help
def token(name: str, label: str, revoke: bool, users: Path | None) -> None:
    """Give out a token, or take all of them back."""
    from assistant.users import Users

    held = Users(users_path(users))
    if revoke:
        click.echo(f"已作废 {name} 的 {held.remove_tokens(name)} 个令牌。", err=True)
    else:
        click.echo(held.add_token(name, label or "未注明"))

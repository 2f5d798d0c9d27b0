"""The options of `notice-assistant serve` that say who may use it and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assistant.access import Access
from assistant.settings import users_file

_FILE = click.Path(dir_okay=False, path_type=Path)


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in (
        click.option(
            "--rate",
            type=click.IntRange(0),
            metavar="次数",
            help="每个用户每分钟最多几次，0 为不限（默认：只对本机开放时不限，否则 60）。",
        ),
        click.option("--behind-proxy", is_flag=True, help="由本机的反向代理转来请求（要登录，除非加 --open）。"),
        click.option("--open", "everyone", is_flag=True, help="不用登录：能连到这个地址的人都能用。"),
        click.option("--users", type=_FILE, metavar="文件", help="要登录，用户在这个文件里。"),
    ):
        command = option(command)
    return command


def access_of(host: str, users: Path | None, everyone: bool, behind_proxy: bool, rate: int | None) -> Access:
    """How to serve at `host` by these options. Raises AccessError, UsersError."""
    return Access.decide(host, users or users_file(), users is not None, everyone, behind_proxy, rate)

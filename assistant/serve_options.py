"""The options of `notice-assistant serve` that say who may use it and what is written down."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assistant.server import Serving

_FILE = click.Path(dir_okay=False, path_type=Path)


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in (
        click.option("--log-questions", is_flag=True, help="把问题和要核对的话也记进日志（默认不记）。"),
        click.option("--log-requests", is_flag=True, help="每个请求记一行日志（地址和用时，不含问题）。"),
        click.option("--log-json", is_flag=True, help="日志每行一个 JSON。"),
        click.option(
            "--rate",
            type=click.IntRange(0),
            metavar="次数",
            help="每个用户每分钟最多几次，0 为不限（默认：只对本机开放时不限，否则 60）。",
        ),
        click.option("--behind-proxy", is_flag=True, help="由本机的反向代理转来请求（要登录，除非加 --open）。"),
        click.option("--root-path", default="", metavar="路径", help="代理把服务放在哪个路径下，例如 /notices。"),
        click.option("--open", "everyone", is_flag=True, help="不用登录：能连到这个地址的人都能用。"),
        click.option("--users", type=_FILE, metavar="文件", help="要登录，用户在这个文件里。"),
    ):
        command = option(command)
    return command


def serving_of(
    host: str,
    users: Path | None,
    everyone: bool,
    behind_proxy: bool,
    root_path: str,
    rate: int | None,
    log_json: bool,
    log_requests: bool,
    log_questions: bool,
) -> Serving:
    """How to serve at `host` by these options, logs set up. Raises AccessError, UsersError."""
    from assistant.access import Access
    from assistant.logs import write_logs
    from assistant.server import Serving
    from assistant.settings import users_file

    access = Access.decide(host, users or users_file(), users is not None, everyone, behind_proxy, rate)
    write_logs(sys.stderr, log_json, log_requests, log_questions)
    return Serving(access, log_questions, root_path=checked_root_path(root_path))


def checked_root_path(typed: str) -> str:
    """`/notices` for /notices/ and the like, "" for none. Raises AccessError for what is no path."""
    from assistant.access import AccessError

    path = "/" + typed.strip().strip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*|/", path):
        raise AccessError(f"--root-path {typed} 不是一个路径，请写成 /notices 这样。")
    return "" if path == "/" else path

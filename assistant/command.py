"""What every command line of the product shares: errors as one line, and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)

Progress = Callable[[int, int], None]
_LINE_EVERY = 30.0
_NO_MEMORY = "内存不够，没有做完。请关掉别的程序，或换一台内存至少 4 GB 的机器。"


class Failure(click.ClickException):
    """A known error as one line on stderr, exit status 1."""

    def show(self, file: Any = None) -> None:
        click.echo("错误：" + " ".join(self.format_message().split()), err=True, file=file)


class Commands(click.Group):
    """Turns the library's named errors into one line; anything else is a fault of ours and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._invoke(ctx)
        except MemoryError as error:
            raise Failure(_NO_MEMORY) from error
        except ImportError as error:
            raise Failure(f"软件包载入不了（{error}）。请按 README 重新安装，或检查内存是否够用。") from error

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except self.known_errors() as error:
            raise Failure(str(error)) from error
        except OSError as error:
            raise Failure(f"{error.filename or ''} {error.strerror or error}") from error

    def known_errors(self) -> tuple[type[Exception], ...]:
        """The named errors whose message is for the person at the terminal."""
        from assistant.access import AccessError
        from assistant.citation import QuotationError
        from assistant.opening import BuildError
        from assistant.scope import ScopeError
        from assistant.settings import SettingError
        from assistant.users import UsersError
        from content.candidate import CandidateError
        from content.library import LibraryError
        from content.notice import NoticeError
        from content.questions import QuestionError
        from index.encoder import EncoderError
        from index.engine import AddressError, EngineError
        from index.store import IndexUnusableError

        return (
            NoticeError,
            LibraryError,
            QuestionError,
            EncoderError,
            EngineError,
            AddressError,
            SettingError,
            IndexUnusableError,
            QuotationError,
            BuildError,
            CandidateError,
            AccessError,
            UsersError,
            ScopeError,
        )


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Progress on stderr with the rate and the time left: a bar, or a line every half minute in a log.

    Drawn once there is something to count.
    """
    from tqdm import tqdm

    shown = sys.stderr.isatty()
    layout = "{desc} {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt}，{rate_noinv_fmt}，还要 {remaining}"
    with tqdm(
        desc=what, unit=" 条", leave=False, dynamic_ncols=True, delay=0.5, disable=not shown, bar_format=layout
    ) as bar:
        lines = _Lines(what)

        def step(done: int, total: int) -> None:
            if not shown:
                lines.step(done, total)
                return
            if bar.total != total:
                bar.reset(total)
            bar.update(done - bar.n)

        yield step


class _Lines:
    """Progress as lines, for logs."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._told = time.monotonic()

    def step(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < _LINE_EVERY or not done:
            return
        self._told = now
        rate = done / (now - self._began)
        left = timedelta(seconds=round((total - done) / rate))
        click.echo(f"{self._what}：{done}/{total}，每秒 {rate:.1f} 条，还要 {left}", err=True)

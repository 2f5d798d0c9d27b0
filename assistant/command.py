"""What every command line of the product shares: errors as one line, and progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)

Progress = Callable[[int, int], None]


class Failure(click.ClickException):
    """A known error as one line on stderr, exit status 1."""

    def show(self, file: Any = None) -> None:
        click.echo("错误：" + " ".join(self.format_message().split()), err=True, file=file)


class Commands(click.Group):
    """Turns the library's named errors into one line; anything else is a fault of ours and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
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
        from assistant.users import UsersError
        from content.notice import NoticeError
        from content.questions import QuestionError
        from index.encoder import EncoderError
        from index.store import IndexUnusableError

        return (
            NoticeError,
            QuestionError,
            EncoderError,
            IndexUnusableError,
            QuotationError,
            BuildError,
            AccessError,
            UsersError,
        )


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A progress bar on stderr, drawn once there is something to count."""
    from tqdm import tqdm

    with tqdm(desc=what, leave=False, dynamic_ncols=True, delay=0.5, disable=None) as bar:

        def step(done: int, total: int) -> None:
            if bar.total != total:
                bar.reset(total)
            bar.update(done - bar.n)

        yield step

"""What the commands of `notice-evals` share: types of options, errors, the product opened twice, tables on screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.command import Commands, progress_bar

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.answerer import Answerer

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
SPLITS = click.Choice(["dev", "test", "all"])
SET_HELP = "题集名称（通知编号）或 .jsonl 文件；只有一个题集时可以省略。"
DATA_HELP = "用户数据目录（候选题和已采纳的新题）。"
_WIDTH = 140

Command = Callable[..., Any]


class EvalCommands(Commands):
    """The product's own handling of errors, with those of evals added."""

    def known_errors(self) -> tuple[type[Exception], ...]:
        from evals.agreement import AgreementError
        from evals.dataset import DatasetError
        from evals.record import RunError
        from evals.review import ReviewRefusedError

        return (*super().known_errors(), DatasetError, RunError, ReviewRefusedError, AgreementError)


def explained(command: Command) -> Command:
    """Gives a command its --help."""
    return click.help_option("--help", "-h", help="显示这段说明。")(command)


def set_option(command: Command) -> Command:
    """Gives a command --set."""
    return click.option("--set", "set_name", metavar="题集", help=SET_HELP)(command)


def data_option(command: Command) -> Command:
    """Gives a command --data-dir."""
    return click.option("--data-dir", type=NEW_FOLDER, metavar="目录", help=DATA_HELP)(command)


def json_option(command: Command) -> Command:
    """Gives a command --json."""
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON。")(command)


def save_option(command: Command) -> Command:
    """Gives a command --save, for figures that take the place of those measured before."""
    return click.option("--save", is_flag=True, help="把结果存进 evals/results，并记下代码版本和机器。")(command)


def note(sentence: str) -> None:
    """A sentence beside the output, on stderr."""
    click.echo(sentence, err=True)


def show(view: RenderableType) -> None:
    """A table or text for people, as wide as the terminal."""
    from rich.console import Console

    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console = Console(markup=False, emoji=False, highlight=False, width=_WIDTH)
    console.print(view)


def both_answerers(model: str | None = None) -> tuple[Answerer, Answerer]:
    """The product as delivered, with the bank and without it; by another encoder each has an index of its own."""
    from assistant.opening import open_answerer
    from evals.opening import packaged_settings

    with progress_bar("准备") as step:
        bank, plain = (open_answerer(packaged_settings(no_bank, model), step, note) for no_bank in (False, True))
    return bank, plain

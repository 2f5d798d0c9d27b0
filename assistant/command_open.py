"""What the commands share: their options, the settings these come to, and the product opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.command import FOLDER, progress_bar

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.answerer import Answerer
    from assistant.settings import Settings
    from content.corpus import Corpus

Command = Callable[..., Any]


def places_options(command: Command) -> Command:
    """Gives a command --content, --index-dir, --model and --help."""
    for option in (
        click.option("--model", metavar="名称|目录", help="编码器：模型名称或文件夹（默认用内置编码器）。"),
        click.option("--index-dir", type=FOLDER, metavar="目录", help="索引放在哪里。"),
        click.option("--content", type=FOLDER, metavar="目录", help="通知所在的文件夹。"),
    ):
        command = option(command)
    return explained(command)


def scope_options(command: Command) -> Command:
    """Gives a command --document, --issuer, --year and --kind, each as often as wanted."""
    for name, metavar, words in (
        ("kind", "种类", "只查这种文件：通知、意见、办法、法律、行政法规等（可重复）。"),
        ("year", "年份", "只查这一年的文件：2018 或 2015-2018（可重复）。"),
        ("issuer", "机关", "只查这个机关发的文件（可重复）。"),
        ("document", "文件", "只查这份文件：id、标题、法的简称或发文字号（可重复）。"),
    ):
        command = click.option(f"--{name}", multiple=True, metavar=metavar, help=words)(command)
    return command


def content_option(command: Command) -> Command:
    """Gives a command --content and --help."""
    return explained(click.option("--content", type=FOLDER, metavar="目录", help="通知所在的文件夹。")(command))


def explained(command: Command) -> Command:
    """Gives a command its --help."""
    return click.help_option("--help", "-h", help="显示这段说明。")(command)


def settings_for(
    content: Path | None,
    index_dir: Path | None,
    model: str | None,
    vectors: str | None = None,
    replicas: int | None = None,
) -> Settings:
    """What the options say, the rest from the environment."""
    from assistant.settings import Settings

    return Settings.from_environment(content, index_dir, model, vectors=vectors, replicas=replicas)


def open_product(settings: Settings) -> Answerer:
    """The answerer; its index is built first where that is needed."""
    from assistant.opening import open_answerer

    with progress_bar("建立索引") as step:
        return open_answerer(settings, step, say)


def name_skipped(corpus: Corpus) -> None:
    """Says which files could not be read."""
    for skipped in corpus.skipped:
        say(f"略过  {skipped}")


def say(sentence: str) -> None:
    """A sentence beside the output, on stderr."""
    click.echo(sentence, err=True)

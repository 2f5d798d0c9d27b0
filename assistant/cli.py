"""`notice-assistant`: build the index, ask, serve the page, look after the installation."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.command import FOLDER, Commands, Failure, progress_bar
from assistant.serve_options import serve_options, serving_of
from assistant.user_command import user

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.answerer import Answerer
    from assistant.settings import Settings

_AT_ONCE = 64
"""Questions of a batch that are encoded together."""


def _places(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--model", metavar="名称|目录", help="编码器：模型名称或文件夹（默认用内置编码器）。"),
        click.option("--index-dir", type=FOLDER, metavar="目录", help="索引放在哪里。"),
        click.option("--content", type=FOLDER, metavar="目录", help="通知所在的文件夹。"),
    ):
        command = option(command)
    return _help(command)


def _help(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.help_option("--help", "-h", help="显示这段说明。")(command)


@click.group(cls=Commands, help="通知问答：用自己的话提问，得到通知的原文和出处。")
@_help
def main() -> None:
    """The command `notice-assistant`."""


main.add_command(user)


@main.command(help="建立索引（通知或题库改动后运行）。")
@_places
def build(model: str | None, index_dir: Path | None, content: Path | None) -> None:
    """Build and save the index."""
    from assistant.opening import build as build_index

    settings = _settings(content, index_dir, model)
    with progress_bar("建立索引") as step:
        index = build_index(settings, step, _say)
    click.echo(
        f"索引已就绪：{len(index.corpus.notices)} 份通知，{len(index.corpus.passages)} 个段落，"
        f"{len(index.entries)} 个条目。",
        err=True,
    )


@main.command(help="提一个问题，或用 --batch 一次提许多问题。")
@click.argument("question", required=False, metavar="问题")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 100), metavar="个数", help="给出几个段落。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--batch", metavar="文件|-", help="每行一个问题，或每行一个带 question 的 JSON；- 表示标准输入。")
@_places
def ask(
    question: str | None,
    k: int,
    as_json: bool,
    batch: str | None,
    model: str | None,
    index_dir: Path | None,
    content: Path | None,
) -> None:
    """Answer one question or a batch."""
    if (question is None) == (batch is None):
        raise click.UsageError("请给出一个问题，或用 --batch 指定文件，二者选一。")
    if batch is not None and not as_json:
        raise click.UsageError("--batch 要和 --json 一起用。")
    if question is not None and not question.strip():
        raise Failure("问题是空的，请写下想问的内容。")
    settings = _settings(content, index_dir, model)
    if batch is None:
        assert question is not None
        answer = _open(settings).ask(_clean(question), k)
        _write(answer.to_json()) if as_json else _show(answer)
        return
    rows = list(_rows(batch, "question"))
    answerer = _open(settings)
    for at in range(0, len(rows), _AT_ONCE):
        part = rows[at : at + _AT_ONCE]
        answers = answerer.ask_many([_clean(row["question"]) for row in part], k)
        for row, answer in zip(part, answers, strict=True):
            _write(row | answer.to_json() | {"question": row["question"]})


@main.command(help="打开网页问答，并显示网址（按 Ctrl+C 结束）。")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址上提供服务。")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535), metavar="端口", help="端口。")
@serve_options
@_places
def serve(
    host: str, port: int, model: str | None, index_dir: Path | None, content: Path | None, **options: Any
) -> None:
    """Serve the page."""
    from assistant.server import serve as serve_page

    serving = serving_of(host, **options)  # before the model is loaded, so that a refusal comes at once
    answerer = _open(_settings(content, index_dir, model))
    serve_page(answerer, host, port, ready=lambda address: click.echo(f"请在浏览器中打开：{address}"), serving=serving)


@main.command(help="检查安装：版本、编码器、索引、引文。有问题时以状态 1 结束。")
@_places
def doctor(model: str | None, index_dir: Path | None, content: Path | None) -> None:
    """Look the installation over."""
    from assistant.doctor import examine

    worst = True
    for finding in examine(_settings(content, index_dir, model)):
        click.echo(("正常  " if finding.well else "问题  ") + finding.text)
        worst &= finding.well
    if not worst:
        sys.exit(1)


def _settings(content: Path | None, index_dir: Path | None, model: str | None) -> Settings:
    from assistant.settings import Settings

    return Settings.from_environment(content, index_dir, model)


def _open(settings: Settings) -> Answerer:
    from assistant.opening import open_answerer

    with progress_bar("建立索引") as step:
        return open_answerer(settings, step, _say)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _clean(question: str) -> str:
    """Lone surrogates of a broken terminal encoding cannot be encoded again."""
    return question.encode("utf-8", "replace").decode("utf-8")


def _rows(batch: str, key: str) -> Iterator[dict[str, Any]]:
    """Objects with `key`, from lines of plain text or of JSON; raises Failure with the line's number."""
    if batch == "-":
        with click.open_file("-", encoding="utf-8", errors="replace") as lines:
            yield from _parse(lines, "标准输入", key)
        return
    try:
        with Path(batch).open(encoding="utf-8-sig") as file:
            yield from _parse(file, batch, key)
    except UnicodeDecodeError as error:
        raise Failure(f"{batch}：不是 UTF-8 文本，请另存为 UTF-8 编码后再试。") from error
    except OSError as error:
        raise Failure(f"{batch}：打不开（{error.strerror}）。") from error


def _parse(lines: Iterable[str], source: str, key: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        text = line.lstrip("\ufeff").strip()  # Windows shells put a mark before what they pipe
        if not text:
            continue
        if not text.startswith("{"):
            yield {key: text}
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "数字太长或嵌套太深"
            raise Failure(f"{source}:{number}：不是有效的 JSON（{reason}）。") from error
        if not isinstance(row.get(key), str):
            raise Failure(f"{source}:{number}：缺少 {key} 这一项（应是文字）。")
        yield row


def _write(row: dict[str, Any]) -> None:
    # Bytes: a Windows console would refuse characters outside its own code page.
    click.echo(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))


def _show(answer: Answer) -> None:
    if answer.reading is not None:
        click.echo(f"按“{answer.reading}”查找")
    if not answer.answered:
        click.echo("通知没有直接回答这个问题。最接近的段落：")
    for found in answer.passages:
        click.echo(f"\n[{found.rank}] {found.citation.label}")
        if found.part is not None:
            click.echo(f"    回答：“{found.part}”")
        for mark in found.highlights:
            click.echo(f"    「{mark.text}」")
        if found.rank == 1 and answer.answered:
            click.echo(f"    （全段）{found.text}")

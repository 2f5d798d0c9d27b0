"""The commands `ask` and `check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure
from assistant.command_batch import AT_ONCE, clean, read_rows, write_row
from assistant.command_open import open_product, places_options, settings_for

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.verdict import Verdict


@click.command(help="提一个问题，或用 --batch 一次提许多问题。")
@click.argument("question", required=False, metavar="问题")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 100), metavar="个数", help="给出几个段落。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--batch", metavar="文件|-", help="每行一个问题，或每行一个带 question 的 JSON；- 表示标准输入。")
@places_options
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
    settings = settings_for(content, index_dir, model)
    if batch is None:
        assert question is not None
        answer = open_product(settings).ask(clean(question), k)
        write_row(answer.to_json()) if as_json else _show(answer)
        return
    rows = list(read_rows(batch, "question"))
    answerer = open_product(settings)
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        answers = answerer.ask_many([clean(row["question"]) for row in part], k)
        for row, answer in zip(part, answers, strict=True):
            write_row(row | answer.to_json() | {"question": row["question"]})


@click.command(help="核对一句话与通知是否一致，或用 --batch 一次核对许多句。")
@click.argument("claim", required=False, metavar="说法")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--batch", metavar="文件|-", help="每行一句，或每行一个带 claim 的 JSON；- 表示标准输入。")
@places_options
def check(
    claim: str | None, as_json: bool, batch: str | None, model: str | None, index_dir: Path | None, content: Path | None
) -> None:
    """Check one claim or a batch."""
    if (claim is None) == (batch is None):
        raise click.UsageError("请给出一句话，或用 --batch 指定文件，二者选一。")
    if batch is not None and not as_json:
        raise click.UsageError("--batch 要和 --json 一起用。")
    if claim is not None and not claim.strip():
        raise Failure("要核对的话是空的，请写下来再试。")
    from assistant.opening import open_checker

    settings = settings_for(content, index_dir, model)
    if batch is None:
        assert claim is not None
        verdict = open_checker(settings, open_product(settings)).check(clean(claim))
        write_row(verdict.to_json()) if as_json else _show_verdict(verdict)
        return
    rows = list(read_rows(batch, "claim"))
    checker = open_checker(settings, open_product(settings))
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        for row, verdict in zip(part, checker.check_many([clean(row["claim"]) for row in part]), strict=True):
            write_row(row | verdict.to_json() | {"claim": row["claim"]})


def _show(answer: Answer) -> None:
    from assistant.view import STRINGS

    if answer.reading is not None:
        click.echo(f"按“{answer.reading}”查找")
    if answer.lane is not None:
        click.echo(STRINGS["zh"][f"by_{answer.lane}"])
    if answer.remark is not None:
        click.echo(answer.remark)
    if not answer.answered:
        if answer.manner is not None:
            click.echo(STRINGS["zh"][answer.manner])
            return
        click.echo("通知没有直接回答这个问题。最接近的段落：")
    for found in answer.passages:
        click.echo(f"\n[{found.rank}] {found.citation.label}")
        if found.part is not None:
            click.echo(f"    回答：“{found.part}”")
        for mark in found.highlights:
            click.echo(f"    「{mark.text}」")
        if found.rank == 1 and answer.answered:
            click.echo(f"    （全段）{found.text}")


def _show_verdict(verdict: Verdict) -> None:
    from assistant.check_words import LEANINGS, WORDS, Word, word_of

    for statement in verdict.statements:
        word = word_of(statement)
        leaning = f"（{LEANINGS[statement.finding]}）" if word is Word.UNSURE else ""
        click.echo(f"{WORDS[word]}{leaning}  {statement.text}")
        for difference in statement.differences:
            click.echo(f"    说法：{difference.claim or '（无）'}    原文：{difference.source or '（无）'}")
        for found in statement.evidence:
            click.echo(f"  {found.citation.label}")
            for mark in found.highlights:
                click.echo(f"    「{mark.text}」")

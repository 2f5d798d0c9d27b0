"""The commands `ask` and `check`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.command import Failure
from assistant.command_batch import AT_ONCE, clean, read_rows, write_row
from assistant.command_open import open_product, places_options, scope_options, settings_for

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.answerer import Answerer
    from assistant.scope import Selection
    from assistant.verdict import Verdict


@click.command(help="提一个问题，或用 --batch 一次提许多问题。")
@click.argument("question", required=False, metavar="问题")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 100), metavar="个数", help="给出几个段落。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--batch", metavar="文件|-", help="每行一个问题，或每行一个带 question 的 JSON；- 表示标准输入。")
@scope_options
@places_options
def ask(
    question: str | None,
    k: int,
    as_json: bool,
    batch: str | None,
    model: str | None,
    index_dir: Path | None,
    content: Path | None,
    **facets: tuple[str, ...],
) -> None:
    """Answer one question or a batch."""
    if (question is None) == (batch is None):
        raise click.UsageError("请给出一个问题，或用 --batch 指定文件，二者选一。")
    if batch is not None and not as_json:
        raise click.UsageError("--batch 要和 --json 一起用。")
    if question is not None and not question.strip():
        raise Failure("问题是空的，请写下想问的内容。")
    from assistant.scope import read_selection

    settings = settings_for(content, index_dir, model)
    scope = read_selection(facets)
    if batch is None:
        assert question is not None
        answer = open_product(settings).ask(clean(question), k, scope=scope)
        write_row(answer.to_json()) if as_json else _show(answer, scope)
        return
    rows = list(read_rows(batch, "question"))
    answerer = open_product(settings)
    scopes = [_scope_of(number, row, facets, answerer) for number, row in enumerate(rows, 1)]
    for scope, numbered in groupby(enumerate(rows), lambda pair: scopes[pair[0]]):
        own = [row for _, row in numbered]
        for at in range(0, len(own), AT_ONCE):
            part = own[at : at + AT_ONCE]
            answers = answerer.ask_many([clean(row["question"]) for row in part], k, scope=scope)
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


def _scope_of(number: int, row: dict[str, Any], facets: dict[str, tuple[str, ...]], answerer: Answerer) -> Selection:
    """The scope of a row of a batch: its own keys, and the options where it has none of a name."""
    from assistant.scope import ScopeError, read_selection

    # Where there is one document, keys of these names mean something else, and are passed through.
    own = row if len(answerer.corpus.notices) > 1 else {}
    try:
        scope = read_selection({facet: own.get(facet) or value for facet, value in facets.items()})
        answerer.documents_in(scope)
        return scope
    except ScopeError as error:
        raise Failure(f"第 {number} 个问题：{error}") from error


def _show(answer: Answer, scope: Selection) -> None:
    from assistant.scope_words import SCOPE_STRINGS, WORDS_OF

    if scope:
        click.echo(f"范围：{scope.words()}")
    if answer.reading is not None:
        click.echo(f"按“{answer.reading}”查找")
    if answer.lane is not None:
        click.echo(SCOPE_STRINGS["zh"][f"by_{answer.lane}"])
    if answer.remark is not None:
        click.echo(answer.remark)
    if not answer.answered:
        if answer.reply is not None:
            click.echo(answer.reply)
            return
        click.echo("通知没有直接回答这个问题。最接近的段落：")
    for found in answer.passages:
        click.echo(f"\n[{found.rank}] {found.citation.label}")
        if found.part is not None:
            click.echo(f"    回答：“{found.part}”")
        for mark in found.highlights:
            click.echo(f"    「{mark.text}」")
        if found.newer_version is not None:
            click.echo("    " + SCOPE_STRINGS["zh"]["superseded"].format(date=found.newer_version))
        for copy in found.copies:
            how = "copy_differs" if copy.differing else "copy_same"
            words = SCOPE_STRINGS["zh"][how].format(label=copy.citation.label, count=copy.differing)
            click.echo(f"    {WORDS_OF[copy.relation]}  {words}")
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

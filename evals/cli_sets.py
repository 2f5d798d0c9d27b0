"""Commands about questions: `notice-evals overlap`, `validate`, `agreement` and `candidates`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure
from evals.command import FILE, FOLDER, NEW_FOLDER, data_option, explained, json_option, note, set_option, show

if TYPE_CHECKING:
    from assistant.settings import Settings
    from content.candidates import CandidateStore
    from content.corpus import Corpus

_CONTENT = click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
_BY = click.option("--by", required=True, metavar="姓名", help="是谁做的，记入候选题的记录。")


@click.command(help="检查题库与评测题是否雷同；有完全相同的题目时以状态 1 结束。")
@set_option
@_CONTENT
@data_option
@explained
def overlap(set_name: str | None, content: Path | None, data_dir: Path | None) -> None:
    """Compare the question bank with an eval set."""
    from evals.opening import open_set
    from evals.overlap import overlap as find_overlap
    from evals.table import overlap_view

    settings, corpus = _corpus(content, data_dir)
    eval_set = open_set(set_name, corpus, settings.data_dir)
    bank = [question.text for questions in corpus.questions for question in questions]
    found = find_overlap([question.text for question in eval_set.questions], bank)
    show(overlap_view(found))
    if found.identical:
        raise Failure(f"题库里有 {len(found.identical)} 道与评测题完全相同的题目，请从题库或题集中删去。")


@click.command(help="检查题集：引文、类别、重复、与题库的重叠、问到了哪些段落；有错误时以状态 1 结束。")
@set_option
@_CONTENT
@json_option
@explained
def validate(set_name: str | None, content: Path | None, as_json: bool) -> None:
    """Validate an eval set and the bank beside it."""
    from dataclasses import asdict

    from evals.opening import find_notice
    from evals.table_sets import validation_view
    from evals.validation import validate_set

    _, corpus = _corpus(content, None)
    path, notice = find_notice(set_name, corpus)
    found = validate_set(path, corpus, notice.id if notice else None)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False).encode())
    else:
        show(validation_view(found))
    if found.errors:
        raise Failure(f"题集 {found.name} 有 {len(found.errors)} 处错误。")


@click.command(help="两个人分别标注同一批题，看有多一致：科恩 κ 系数及其区间。")
@click.argument("marks_a", type=FILE, metavar="A")
@click.argument("marks_b", type=FILE, metavar="B")
@explained
def agreement(marks_a: Path, marks_b: Path) -> None:
    """How far two people agree."""
    from evals.agreement import agreements, read_marks
    from evals.table_sets import agreement_view

    show(agreement_view(agreements(read_marks(marks_a), read_marks(marks_b))))


@click.group(help="候选题：列出、采纳进评测集或题库、退回、导出。")
@explained
def candidates() -> None:
    """Questions made while using the product."""


@candidates.command("list", help="列出候选题，引文已不在原文里的会指出。")
@click.option("--all", "everything", is_flag=True, help="连同已决定的。")
@json_option
@_CONTENT
@data_option
@explained
def list_candidates(everything: bool, as_json: bool, content: Path | None, data_dir: Path | None) -> None:
    """List candidates."""
    from dataclasses import asdict

    from content.candidate import State
    from evals.review import flagged
    from evals.table_sets import candidates_view

    store, corpus = _store(content, data_dir)
    found = [one for one in store.all() if everything or one.state is State.PROPOSED]
    if as_json:
        for one in found:
            click.echo(json.dumps(asdict(one), ensure_ascii=False).encode())
    else:
        show(candidates_view(found))
    for flag in flagged(store, corpus):
        note(f"注意：{flag.sentence()}")


@candidates.command(help="把一道候选题采纳进评测集（eval）或题库（bank），不能两边都进。")
@click.argument("candidate", metavar="编号")
@click.option("--to", "target", type=click.Choice(["eval", "bank"]), required=True, help="进评测集还是题库。")
@click.option(
    "--split", type=click.Choice(["dev", "test"]), default="test", show_default=True, help="进评测集的哪部分。"
)
@click.option("--category", metavar="类别", help="题目的类别；通知没有回答的题写 near 或 far。")
@_BY
@_CONTENT
@data_option
@explained
def accept(
    candidate: str,
    target: str,
    split: str,
    category: str | None,
    by: str,
    content: Path | None,
    data_dir: Path | None,
) -> None:
    """Accept a candidate."""
    from content.candidate import Target
    from evals.opening import eval_questions
    from evals.review import accept as accept_candidate

    store, corpus = _store(content, data_dir)
    if category is not None and store.get(candidate).category != category:
        store.edit(candidate, by, category=category)
    known = eval_questions(corpus)
    taken = accept_candidate(store, corpus, known, candidate, by, Target(target), split)
    note(f"已采纳：{taken.question}")


@candidates.command(help="退回一道候选题，写明原因。")
@click.argument("candidate", metavar="编号")
@click.option("--reason", required=True, metavar="原因", help="为什么退回。")
@_BY
@data_option
@explained
def reject(candidate: str, reason: str, by: str, data_dir: Path | None) -> None:
    """Reject a candidate."""
    store = _store_of(data_dir)
    note(f"已退回：{store.reject(candidate, by, reason).question}")


@candidates.command(help="把已决定的一道候选题重新打开。")
@click.argument("candidate", metavar="编号")
@_BY
@data_option
@explained
def reopen(candidate: str, by: str, data_dir: Path | None) -> None:
    """Take a decision back."""
    note(f"已重开：{_store_of(data_dir).reopen(candidate, by).question}")


@candidates.command(help="把采纳的题写成题集或题库的格式，一份通知一个文件。")
@click.argument("target", type=click.Choice(["eval", "bank"]))
@click.option("--out", type=NEW_FOLDER, required=True, metavar="目录", help="写到哪里。")
@_CONTENT
@data_option
@explained
def export(target: str, out: Path, content: Path | None, data_dir: Path | None) -> None:
    """Write accepted candidates as question files."""
    from content.candidate import Target
    from evals.review import export as export_rows

    store, corpus = _store(content, data_dir)
    found = export_rows(store, corpus, Target(target))
    for name, rows in found.items():
        path = out / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
        note(f"已写好：{path}（{len(rows)} 题）")
    if not found:
        note("没有采纳的题可以导出。")


def _corpus(content: Path | None, data_dir: Path | None) -> tuple[Settings, Corpus]:
    from content.corpus import load_corpus
    from evals.opening import settings_for

    settings = settings_for(content, None, None, False, data_dir)
    return settings, load_corpus(settings.content_dir, True, settings.data_dir)


def _store(content: Path | None, data_dir: Path | None) -> tuple[CandidateStore, Corpus]:
    return _store_of(data_dir), _corpus(content, data_dir)[1]


def _store_of(data_dir: Path | None) -> CandidateStore:
    from content.candidates import CandidateStore
    from evals.opening import settings_for

    settings = settings_for(None, None, None, False, data_dir)
    if settings.data_dir is None:
        raise Failure("没有用户数据目录，请用 --data-dir 指明。")
    return CandidateStore(settings.data_dir)


@click.command(help="统计各文件读出的发文机关、日期、文号、条数，并与人工核对的样本比较。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@explained
def structure(content: Path | None) -> None:
    """How much of their form the documents give, and how much of it is right."""
    from content.corpus import load_corpus
    from evals.opening import settings_for
    from evals.structure import misses, read_sample, structures
    from evals.table_structure import structure_view

    corpus = load_corpus(settings_for(content, None, None, False).content_dir, with_bank=False)
    found, sample = structures(corpus), read_sample()
    known = {one.document.rsplit("/", 1)[-1] for one in found}
    checked = [one for one in sample if one.document in known]
    show(structure_view(found, checked, list(misses(found, checked)), len(corpus.passages), corpus.skipped))

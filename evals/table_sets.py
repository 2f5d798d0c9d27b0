"""Robustness, the gate, validation, agreement and candidates as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from content.candidate import Candidate, State, Target
from evals.agreement import Agreement
from evals.disturbance import DISTURBANCE_NAMES
from evals.gate import Gate
from evals.record import Run
from evals.robustness import Robustness
from evals.table import CATEGORY_NAMES, changes_view, figure, interval, named, right, signed
from evals.validation import Level, Validation

_SHOWN = ("Success@1", "Success@5", "Highlight", "Handled")
_MOST = 20
_STATES = {State.PROPOSED: "待定", State.ACCEPTED: "已采纳", State.REJECTED: "已退回"}
_TARGETS = {Target.EVAL: "评测集", Target.BANK: "题库", None: ""}
_LEVELS = {Level.ERROR: "错误", Level.WARNING: "提醒"}
_SPLITS = {"dev": "dev 题", "test": "test 题", "bank": "题库"}


def robustness_view(found: Robustness) -> RenderableType:
    """What each disturbance costs, with intervals."""
    parts: list[RenderableType] = []
    for name in _SHOWN:
        table = Table(
            "写法",
            right("改动的题数"),
            right("原题"),
            right("改后"),
            right("损失"),
            right("95% 区间"),
            title=named(name),
        )
        for loss in found.losses:
            if name in loss.differences:
                change = loss.differences[name]
                table.add_row(
                    DISTURBANCE_NAMES[loss.kind],
                    str(change.n),
                    figure(loss.clean[name].mean),
                    figure(loss.disturbed[name].mean),
                    signed(change.mean),
                    f"{signed(change.low)} 至 {signed(change.high)}",
                )
        parts.append(table)
    bank = "用题库" if found.has_bank else "不用题库"
    parts.append(Text(f"题集 {found.name}（{found.split}，{bank}），种子 {found.seed}，用时 {found.seconds:.0f} 秒"))
    return Group(*parts)


def gate_view(found: Gate, baseline: Run, now: Run) -> RenderableType:
    """The baseline and now, and the questions that changed sides."""
    one = found.comparison.first
    table = Table("", right("首条命中"), right("95% 区间"), right("题数"), "代码", title="与基准相比")
    for name, run in (("基准", baseline), ("现在", now)):
        value = run.overall["Success@1"]
        commit = (run.provenance.commit or "—")[:12] + ("（有改动）" if run.provenance.dirty else "")
        table.add_row(name, figure(value.mean), interval(value), str(value.n), commit)
    difference = f"{signed(one.difference.low)} 至 {signed(one.difference.high)}，p = {one.p_value:.3g}"
    parts: list[RenderableType] = [table, Text(f"差 {signed(one.difference.mean)}，95% 区间 {difference}")]
    parts += [Text(f"注意：{sentence}") for sentence in found.comparison.cautions]
    for title, changes in (("由对变错", found.comparison.losses), ("由错变对", found.comparison.wins)):
        if changes:
            parts.append(changes_view(f"{title}（{len(changes)} 题；A 是基准，B 是现在）", changes))
    return Group(*parts, Text(found.sentence(), style="bold"))


def validation_view(found: Validation) -> RenderableType:
    """How the set is made up, and every finding."""
    names = list(dict.fromkeys(category for own in found.counts.values() for category in own))
    table = Table("类别", *(right(_SPLITS[split]) for split in found.counts), title=f"题集 {found.name}")
    for category in names:
        counts = [str(own.get(category, 0)) for own in found.counts.values()]
        table.add_row(CATEGORY_NAMES.get(category, category), *counts)
    table.add_row("合计", *(str(sum(own.values())) for own in found.counts.values()), style="bold")
    table.add_row("通知没有回答的", *(f"{found.unanswerable[split]:.0%}" for split in found.counts))
    covered = "，".join(f"{_SPLITS[name]} {number}" for name, number in found.covered.items())
    asked = f"问到的文件（共 {found.documents} 份）" if found.documents else f"问到的段落（共 {found.passages} 段）"
    parts: list[RenderableType] = [table, Text(f"{asked}：{covered}")]
    for finding in found.findings:
        style = "bold" if finding.level is Level.ERROR else ""
        parts.append(Text(f"{_LEVELS[finding.level]}：{finding.message}", style=style))
    return Group(*parts, Text("没有错误。" if not found.errors else f"{len(found.errors)} 处错误。", style="bold"))


def agreement_view(found: Sequence[Agreement]) -> RenderableType:
    """Kappa for each field, and what the two marked unlike."""
    names = {"label": "标注", "category": "类别", "answerable": "通知是否回答", "quotes": "引文"}
    table = Table(
        "项目",
        right("题数"),
        right("一致的比例"),
        right("95% 区间"),
        right("κ"),
        right("95% 区间"),
        title="两人标注的一致",
    )
    parts: list[RenderableType] = [table]
    for one in found:
        share, kappa = one.share, one.kappa
        table.add_row(
            names[one.field], str(share.n), figure(share.mean), interval(share), figure(kappa.mean), interval(kappa)
        )
        if one.apart:
            apart = Table("编号", "题目", "A", "B", title=f"{names[one.field]}：不一致的 {len(one.apart)} 题")
            for row in one.apart[:_MOST]:
                apart.add_row(row.id, row.question, row.a, row.b)
            parts.append(apart)
    return Group(*parts)


def candidates_view(found: Sequence[Candidate]) -> RenderableType:
    """Candidates, oldest first."""
    table = Table("编号", "题目", "答案", "类别", "提出", "状态", title=f"候选题（{len(found)} 题）", show_lines=True)
    for one in found:
        answers = "；".join(anchor.quote[:30] for anchor in one.answers)
        if not answers and one.wrong:
            answers = "答案不对：" + one.wrong[0].quote[:30]
        state = _STATES[one.state] + _TARGETS[one.target] + (f"：{one.reason}" if one.reason else "")
        table.add_row(one.id, one.question, answers, one.category, f"{one.proposed_by} {one.proposed_at[:10]}", state)
    return table

"""Runs, comparisons and overlaps as tables for people."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from evals.compare import Change, Comparison
from evals.measures import Estimate
from evals.overlap import THRESHOLD, Overlap
from evals.record import Row, Run
from evals.refusal import Refusal

CATEGORY_NAMES = {
    "factoid": "事实",
    "list": "列举",
    "definition": "定义",
    "paraphrase": "改写",
    "everyday": "口语",
    "keyword": "关键词",
    "typo": "错别字",
    "traditional": "繁体",
    "english": "英文",
    "several": "多处",
    "near": "未答·相近",
    "far": "未答·无关",
}
MEASURE_NAMES = {
    "Success@1": "首条命中",
    "Success@3": "前三命中",
    "Success@5": "前五命中",
    "AP": "平均精确率",
    "Document@1": "首条文件对",
    "Document@5": "前五有对的文件",
    "Highlight": "标亮命中",
    "AllPlaces@3": "前三齐全",
    "AllPlaces@5": "前五齐全",
    "CharR@1": "首条含答案字数",
    "CharR@3": "前三含答案字数",
    "CharP@1": "首条中答案占比",
    "CharF1@1": "首条字数 F1",
    "CharR@500c": "读五百字得答案",
    "HighlightF1": "标亮字数 F1",
    "Handled": "处理得当",
    "Refused": "拒答",
}
_CATEGORY_COLUMNS = ("Success@1", "Success@5", "RR@10", "nDCG@10", "R@10", "Highlight", "CharF1@1", "Refused")
_MOST_CHANGES = 40
_MOST_PAIRS = 20
_DATE = re.compile(r"^（\d{4}-\d{2}-\d{2}）")
_LONGEST_FIRST = 40


def run_view(run: Run) -> RenderableType:
    """The measures of a run, overall and by category, and where they come from."""
    return Group(*_run_parts(run))


def _run_parts(run: Run) -> Iterator[RenderableType]:
    split = {"all": "全部"}.get(run.split, run.split)
    yield Text(f"题集 {run.name}（{split}，{len(run.rows)} 题，用时 {run.seconds:.1f} 秒）", style="bold")
    yield _overall(run)
    for title, header, own in (
        ("按类别", "类别", run.by_category),
        ("按通知的部分", "部分", run.by_section),
        ("按来源", "来源", run.by_source),
        ("首条未全中的文件", "文件", {name: own for name, own in run.by_document.items() if own["Success@1"].mean < 1}),
    ):
        if own:
            yield _breakdown(title, header, own)
    if run.refusal is not None:
        yield _refusal(run.refusal)
    latency = run.latency()
    yield Text(f"每题用时：中位 {latency['p50']:.0f} 毫秒，95% 在 {latency['p95']:.0f} 毫秒以内")
    commit = run.provenance.commit
    changed = "，有未提交的改动" if run.provenance.dirty else ""
    yield Text(f"代码：{commit[:12]}{changed}" if commit else "代码：不在版本库中")


def _overall(run: Run) -> Table:
    return estimates_view(run.overall, "总体")


def estimates_view(values: Mapping[str, Estimate], title: str) -> Table:
    """Measures with their intervals."""
    table = Table("指标", right("数值"), right("95% 区间"), right("题数"), title=title)
    for name, value in values.items():
        table.add_row(named(name), figure(value.mean), interval(value), str(value.n))
    return table


def _breakdown(title: str, header: str, groups: Mapping[str, Mapping[str, Estimate]]) -> Table:
    shown = [name for name in _CATEGORY_COLUMNS if any(name in own for own in groups.values())]
    table = Table(header, right("题数"), *(right(MEASURE_NAMES.get(name, name)) for name in shown), title=title)
    for group, own in groups.items():
        figures = [figure(own[name].mean) if name in own else "" for name in shown]
        table.add_row(CATEGORY_NAMES.get(group, group), str(own["Refused"].n), *figures)
    return table


def _refusal(refusal: Refusal) -> Table:
    table = Table("拒答", right("数值"), right("95% 区间"), right("题数"), title="该答与不该答")
    for name, value in (
        ("区分能力（ROC 曲线下面积）", refusal.auc),
        ("能答的题被拒", refusal.answerable_refused),
        ("不能答的题被拒（拒答的召回率）", refusal.unanswerable_refused),
        ("被拒的题确实不能答（拒答的精确率）", refusal.precision),
        ("校准误差 ECE（10 等分）", refusal.calibration_error),
    ):
        table.add_row(name, figure(value.mean), interval(value), str(value.n))
    table.add_row("风险—覆盖曲线下面积", figure(refusal.risk_area), "", "")
    return table


def comparison_view(comparison: Comparison) -> RenderableType:
    """The verdict, every measure, and the questions that changed sides."""
    table = Table(
        "指标",
        right("A"),
        right("B"),
        right("差（B − A）"),
        right("95% 区间"),
        right("p"),
        right("校正后 p"),
        right("题数"),
        "是否超出偶然",
        title="各项指标",
    )
    for one in comparison.measures:
        table.add_row(
            named(one.measure),
            figure(one.before),
            figure(one.after),
            signed(one.difference.mean),
            f"{signed(one.difference.low)} 至 {signed(one.difference.high)}",
            f"{one.p_value:.3g}",
            f"{one.corrected:.3g}",
            str(one.difference.n),
            "是" if one.significant else "否",
        )
    parts: list[RenderableType] = [table]
    if comparison.left_out:
        parts.append(Text(f"有 {comparison.left_out} 题只在一次评测里，没有计入。"))
    parts += [Text(f"注意：{sentence}") for sentence in comparison.cautions]
    for title, changes in (("B 胜", comparison.wins), ("B 负", comparison.losses)):
        if changes:
            parts.append(changes_view(f"{title}（{len(changes)} 题）", changes))
    return Group(*parts, Text(comparison.verdict(), style="bold"))


def changes_view(title: str, changes: Sequence[Change]) -> Table:
    """Questions with the first passage of both runs."""
    table = Table("编号", "题目", "A 的首条", "B 的首条", title=title, show_lines=True)
    for one in changes[:_MOST_CHANGES]:
        table.add_row(one.before.id, one.before.question, first_passage(one.before), first_passage(one.after))
    if len(changes) > _MOST_CHANGES:
        table.caption = f"另有 {len(changes) - _MOST_CHANGES} 题未列出"
    return table


def first_passage(row: Row) -> str:
    """Where the first passage of a row stands, and how it begins."""
    place = _DATE.sub("", row.first.rpartition("》")[2]) or row.first
    return f"{place}：{row.first_text[:_LONGEST_FIRST]}…" if row.first_text else place or "（没有找到）"


def overlap_view(found: Overlap) -> RenderableType:
    """How near bank and eval set are, with the nearest pairs."""
    table = Table(right("相似度"), "评测题", "题库中最接近的问题", title="最接近的题目")
    for pair in found.pairs[: max(_MOST_PAIRS, len(found.identical))]:
        table.add_row(f"{pair.similarity:.2f}", pair.question, pair.bank)
    return Group(
        table,
        Text(
            f"共 {len(found.pairs)} 道评测题：与题库完全相同的 {len(found.identical)} 道；"
            f"相似度超过 {THRESHOLD} 的占 {found.share_near:.1%}。"
        ),
    )


def right(header: str) -> Column:
    """A column of figures."""
    return Column(header, justify="right")


def named(name: str) -> str:
    """A measure with its Chinese name."""
    return f"{MEASURE_NAMES[name]} {name}" if name in MEASURE_NAMES else name


def figure(value: float) -> str:
    """A figure, or a dash for one that does not exist."""
    return "—" if math.isnan(value) else f"{value:.3f}"


def interval(value: Estimate) -> str:
    """The bounds of an interval."""
    return "—" if math.isnan(value.low) else f"{value.low:.3f}–{value.high:.3f}"


def signed(value: float) -> str:
    """A difference with its sign."""
    return "—" if math.isnan(value) else f"{value:+.3f}"

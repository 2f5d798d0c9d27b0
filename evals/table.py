"""Runs, comparisons and overlaps as tables for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from content.document import Skipped
from evals.compare import Change, Comparison
from evals.measures import Estimate, Refusal
from evals.overlap import THRESHOLD, Overlap
from evals.record import Run
from evals.structure import Miss, Structure, shares

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
_MEASURE_NAMES = {
    "Success@1": "首条命中",
    "Success@3": "前三命中",
    "Success@5": "前五命中",
    "Highlight": "标亮命中",
    "AllPlaces@3": "前三齐全",
    "AllPlaces@5": "前五齐全",
    "Refused": "拒答",
}
_CATEGORY_COLUMNS = ("Success@1", "Success@5", "RR@10", "nDCG@10", "R@10", "Highlight", "Refused")
_MOST_CHANGES = 40
_MOST_PAIRS = 20


def run_view(run: Run) -> RenderableType:
    """The measures of a run, overall and by category, and where they come from."""
    return Group(*_run_parts(run))


def _run_parts(run: Run) -> Iterator[RenderableType]:
    split = {"all": "全部"}.get(run.split, run.split)
    yield Text(f"题集 {run.name}（{split}，{len(run.rows)} 题，用时 {run.seconds:.1f} 秒）", style="bold")
    yield _overall(run)
    if run.by_category:
        yield _categories(run)
    if run.refusal is not None:
        yield _refusal(run.refusal)
    latency = run.latency()
    yield Text(f"每题用时：中位 {latency['p50']:.0f} 毫秒，95% 在 {latency['p95']:.0f} 毫秒以内")
    commit = run.provenance.commit
    changed = "，有未提交的改动" if run.provenance.dirty else ""
    yield Text(f"代码：{commit[:12]}{changed}" if commit else "代码：不在版本库中")


def _overall(run: Run) -> Table:
    table = Table("指标", _right("数值"), _right("95% 区间"), _right("题数"), title="总体")
    for name, value in run.overall.items():
        table.add_row(_named(name), _figure(value.mean), _interval(value), str(value.n))
    return table


def _categories(run: Run) -> Table:
    shown = [name for name in _CATEGORY_COLUMNS if any(name in own for own in run.by_category.values())]
    table = Table("类别", _right("题数"), *(_right(_MEASURE_NAMES.get(name, name)) for name in shown), title="按类别")
    for category, own in run.by_category.items():
        figures = [_figure(own[name].mean) if name in own else "" for name in shown]
        table.add_row(CATEGORY_NAMES.get(category, category), str(own["Refused"].n), *figures)
    return table


def _refusal(refusal: Refusal) -> Table:
    table = Table("拒答", _right("数值"), _right("95% 区间"), _right("题数"), title="该答与不该答")
    for name, value in (
        ("区分能力（ROC 曲线下面积）", refusal.auc),
        ("能答的题被拒", refusal.answerable_refused),
        ("不能答的题被拒", refusal.unanswerable_refused),
    ):
        table.add_row(name, _figure(value.mean), _interval(value), str(value.n))
    table.add_row("校准误差（10 等分）", _figure(refusal.calibration_error), "", "")
    return table


def comparison_view(comparison: Comparison) -> RenderableType:
    """The verdict, and the questions that changed sides."""
    difference = comparison.difference
    parts: list[RenderableType] = [
        Text(
            f"首条命中率之差（B − A）：{_signed(difference.mean)}，95% 区间 {_signed(difference.low)} 至 "
            f"{_signed(difference.high)}，共 {difference.n} 题"
        )
    ]
    if comparison.left_out:
        parts.append(Text(f"有 {comparison.left_out} 题只在一次评测里，没有计入。"))
    for title, changes in (("B 胜", comparison.wins), ("B 负", comparison.losses)):
        if changes:
            parts.append(_changes(f"{title}（{len(changes)} 题）", changes))
    return Group(*parts, Text(comparison.verdict(), style="bold"))


def _changes(title: str, changes: tuple[Change, ...]) -> Table:
    table = Table("编号", "题目", "A 的首条", "B 的首条", title=title)
    for one in changes[:_MOST_CHANGES]:
        table.add_row(one.before.id, one.before.question, one.before.first, one.after.first)
    if len(changes) > _MOST_CHANGES:
        table.caption = f"另有 {len(changes) - _MOST_CHANGES} 题未列出"
    return table


def overlap_view(found: Overlap) -> RenderableType:
    """How near bank and eval set are, with the nearest pairs."""
    table = Table(_right("相似度"), "评测题", "题库中最接近的问题", title="最接近的题目")
    for pair in found.pairs[: max(_MOST_PAIRS, len(found.identical))]:
        table.add_row(f"{pair.similarity:.2f}", pair.question, pair.bank)
    return Group(
        table,
        Text(
            f"共 {len(found.pairs)} 道评测题：与题库完全相同的 {len(found.identical)} 道；"
            f"相似度超过 {THRESHOLD} 的占 {found.share_near:.1%}。"
        ),
    )


def _right(header: str) -> Column:
    return Column(header, justify="right")


def _named(name: str) -> str:
    return f"{_MEASURE_NAMES[name]} {name}" if name in _MEASURE_NAMES else name


def _figure(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.3f}"


def _interval(value: Estimate) -> str:
    return "—" if math.isnan(value.low) else f"{value.low:.3f}–{value.high:.3f}"


def _signed(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:+.3f}"


_FIELD_NAMES = {"issuer": "发文机关", "date": "日期", "number": "文号", "articles": "条"}


def structure_view(
    found: Sequence[Structure],
    checked: Sequence[Structure],
    wrong: Sequence[Miss],
    passages: int,
    skipped: Sequence[Skipped],
) -> RenderableType:
    """What share of the documents gave each field, and how the sample checked by hand came out."""
    table = Table(
        "项目", Column("读出", justify="right"), Column("占比", justify="right"), Column("样本中读对", justify="right")
    )
    for share in shares(found):
        bad = sum(miss.field == share.field for miss in wrong)
        right = f"{len(checked) - bad}/{len(checked)}" if checked else "—"
        part = f"{share.given / share.documents:.1%}" if share.documents else "—"
        table.add_row(_FIELD_NAMES[share.field], str(share.given), part, right)
    articles = sum(one.articles for one in found)
    parts: list[RenderableType] = [
        Text(f"{len(found)} 份文件，{passages} 个段落，{articles} 条", style="bold"),
        table,
    ]
    parts += [Text(f"读错  {m.document}：{_FIELD_NAMES[m.field]}读作 {m.found}，应为 {m.right}") for m in wrong]
    parts += [Text(f"略过  {one}") for one in skipped]
    return Group(*parts)

"""A run over a claim set as tables for people."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evals.claim_run import ClaimRun
from evals.table import figure, interval, right
from index.pair import VERDICTS

_VERDICTS = {"supported": "一致", "contradicted": "不一致", "not_mentioned": "未提及"}
_MEASURES = {
    "accuracy": "判断正确",
    "balanced accuracy": "三种结论的平均正确率",
    "contradicted called supported": "不一致判成一致",
    "supported called contradicted": "一致判成不一致",
    "number, date or name named": "数字、日期、人名机构名判对且指出",
    "difference named": "不一致判对且指出差异",
    "evidence": "证据找对",
    "left to a person": "交人工判断",
    "accuracy where sure": "不交人工的判断正确",
}
_KINDS = {
    "verbatim": "照抄", "light_edit": "略改", "reworded": "改写", "merged": "合并", "partial": "部分", "quoted": "引用",
    "number": "数字", "date": "日期", "name": "人名机构名", "item": "列举项", "negation": "否定和情态",
    "relation": "关系", "term": "用语", "near": "相近", "far": "无关",
}  # fmt: skip


def claim_run_view(run: ClaimRun) -> RenderableType:
    """Headline, kinds and confusion."""
    headline = Table("指标", right("数值"), right("95% 区间"), right("条数"), title=f"说法集 {run.name}（{run.split}）")
    for name, value in run.measures.items():
        headline.add_row(_MEASURES[name], figure(value.mean), interval(value), str(value.n))
    kinds = Table("结论", "类别", right("判断正确"), right("95% 区间"), right("条数"), title="分类别")
    for key, value in run.by_kind.items():
        verdict, kind = key.split("/")
        kinds.add_row(_VERDICTS[verdict], _KINDS[kind], figure(value.mean), interval(value), str(value.n))
    confusion = Table("应为＼判为", *(right(_VERDICTS[v]) for v in VERDICTS), title="混淆矩阵")
    for wanted in VERDICTS:
        confusion.add_row(_VERDICTS[wanted], *(str(run.confusion[wanted][found]) for found in VERDICTS))
    return Group(headline, kinds, confusion, Text(f"每秒核对 {run.rate} 句"))

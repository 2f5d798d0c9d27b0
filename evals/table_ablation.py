"""What each setting is worth, as a table for terminal and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.ablation import MEASURES, Ablated, Ablation

if TYPE_CHECKING:
    from rich.table import Table

FAMILY_NAMES = {"dense": "语义", "characters": "字面", "pinyin": "拼音", "label": "标签", "question": "题库"}
HEADER = (
    "关掉的通道",
    "权重",
    "首条命中",
    "差（95% 区间）",
    "前五命中",
    "差（95% 区间）",
    "标亮命中",
    "差（95% 区间）",
)


def variant_label(row: Ablated) -> str:
    """A variant as a person reads it."""
    variant = row.variant
    if variant.whole:
        return "（全开）"
    if not variant.off:
        return f"编码器 {variant.name}"
    if variant.family:
        return f"{FAMILY_NAMES[variant.name]} {variant.name}（共 {len(variant.off)} 路）"
    return variant.name + (f" × {variant.factor:g}" if variant.factor else "")


def cells(ablation: Ablation) -> list[tuple[str, ...]]:
    """A table of texts under `HEADER`, for terminal and report: a row for each variant."""
    return [
        (
            variant_label(one),
            f"{one.weight:.2f}" if one.variant.off else "",
            *(text for measure in MEASURES for text in _pair(one, measure)),
        )
        for one in ablation.rows
    ]


def _pair(one: Ablated, measure: str) -> tuple[str, str]:
    change = one.differences[measure]
    if one.variant.whole:
        shown = ""
    elif change.mean == change.low == change.high == 0:
        shown = "0"
    else:
        shown = f"{change.mean:+.3f}（{change.low:+.3f} 至 {change.high:+.3f}）"
    return f"{one.values[measure].mean:.3f}", shown


def ablation_view(ablation: Ablation) -> Table:
    """The table for a terminal."""
    from rich.table import Table

    bank = "用题库" if ablation.has_bank else "不用题库"
    table = Table(*HEADER, title=f"逐路关闭（{bank}，{ablation.questions} 道能答的题）")
    for row in cells(ablation):
        table.add_row(*row)
    return table

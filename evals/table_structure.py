"""How much of their form a library's documents gave, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from content.document import Skipped
from evals.structure import Miss, Structure, shares

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

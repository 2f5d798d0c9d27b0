"""The results of a check as a workbook, one row a statement, and what every download says in words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.check_desk import Checked
from assistant.check_view import source_of, totals
from assistant.check_words import EXACTNESS, KINDS, LEANINGS, WORDS, Word, word_of
from assistant.verdict import Statement
from assistant.view import card_view
from content.corpus import Corpus

COLOURS = {
    Word.CONTRADICTED: ("A2231D", "F8DEDB"),
    Word.UNSURE: ("7A5600", "FBEFC9"),
    Word.NOT_MENTIONED: ("4A4F57", "E9EAEC"),
    Word.SUPPORTED: ("1C6B3F", "DDF0E3"),
}
"""Ink and ground of every word, as RRGGBB."""

_NAMES = ("行号", "问题", "答案", "语句", "结论", "把握", "不同之处", "原文", "出处")
_WIDTHS = (7, 28, 40, 40, 12, 8, 40, 60, 44)
_LONGEST_CELL = 32_000
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of the notice that settle a statement, verbatim, and their citation."""

    words: tuple[str, ...]
    label: str


def evidence_of(statement: Statement, corpus: Corpus) -> Iterator[Evidence]:
    """The evidence of a statement, cut anew from the notice. Raises QuotationError as `quote` does."""
    for found in statement.evidence:
        card_view(found, corpus)  # holds every word against the stored text
        yield Evidence(tuple(mark.text for mark in found.highlights) or (found.text,), found.citation.label)


def differences_of(statement: Statement, claim: str, corpus: Corpus) -> Iterator[tuple[str, str]]:
    """What differs and how exact its quotations are: 不同之处 or 引文, and a line."""
    for difference in statement.differences:
        source = source_of(difference, statement, corpus)
        theirs = f"通知为“{source}”" if source else "通知没有"
        ours = f"答案为“{difference.claim}”" if difference.claim else "答案没有"
        yield "不同之处", f"{KINDS[difference.kind]}：{ours}，{theirs}"
    for quotation in statement.quotations:
        yield "引文", f"“{quotation.span.of(claim)}”：{EXACTNESS[quotation.exactness]}"


def in_words(statement: Statement) -> str:
    """The word for a statement, with its leaning where a person must judge."""
    word = word_of(statement)
    return WORDS[word] + (f"（{LEANINGS[statement.finding]}）" if word is Word.UNSURE else "")


def totals_in_words(checked: Sequence[Checked]) -> str:
    """One line: how many rows and statements, and how many of each word."""
    counts = totals(list(checked))
    each = "，".join(f"{WORDS[word]} {counts[word]}" for word in reversed(Word))
    return f"共 {len(checked)} 条，{sum(counts.values())} 句：{each}"


def legal(text: str) -> str:
    """Text without the few characters that XML cannot carry."""
    return _ILLEGAL.sub("", text)


def cell_text(text: str) -> str:
    """Text for a cell: no spreadsheet takes it for a formula, now or after it was saved as .csv."""
    kept = legal(text)[:_LONGEST_CELL]
    return f"'{kept}" if kept.lstrip(" ").startswith(_DANGEROUS) else kept


def _line(item: Checked, statement: Statement, corpus: Corpus) -> list[str | int]:
    """One row of the workbook, as `_NAMES` has it."""
    evidence = list(evidence_of(statement, corpus))
    return [
        item.row.number,
        item.row.question,
        item.row.answer,
        statement.span.of(item.verdict.claim),
        in_words(statement),
        f"{statement.confidence:.0%}",
        "\n".join(line for _, line in differences_of(statement, item.verdict.claim, corpus)),
        "\n".join("……".join(own.words) for own in evidence),
        "\n".join(own.label for own in evidence),
    ]


def write_xlsx(checked: Sequence[Checked], corpus: Corpus) -> bytes:
    """The results as an .xlsx file. Raises QuotationError where a quotation would not be the notice's words."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    # All of it before a workbook is begun: one that is given up half-way leaves files behind.
    lines = [(word_of(own), _line(item, own, corpus)) for item in checked for own in item.verdict.statements]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核对结果")
    top = Alignment(wrap_text=True, vertical="top")

    def styled(ink: str | None = None, ground: str | None = None) -> Any:
        made = WriteOnlyCell(sheet)
        made.alignment = top
        if ink is not None and ground is not None:
            made.font, made.fill = Font(bold=True, color=ink), PatternFill("solid", start_color=ground)
        return made._style

    # A style is made once and shared: making it anew for every cell would take most of the time.
    plain, heading = styled(), styled("FFFFFF", "A2231D")
    coloured = {word: styled(*colours) for word, colours in COLOURS.items()}
    for at, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"

    def cell(value: str | int, style: Any = plain, of: Any = sheet) -> Any:
        made = WriteOnlyCell(of, (cell_text(value) or None) if isinstance(value, str) else value)
        if isinstance(made.value, str):
            made.data_type = "s"
        made._style = style
        return made

    sheet.append([cell(name, heading) for name in _NAMES])
    for word, values in lines:
        cells = [cell(value) for value in values]
        cells[4] = cell(values[4], coloured[word])
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_NAMES))}{len(lines) + 1}"
    summary = book.create_sheet("合计")
    summary.column_dimensions["A"].width = 24
    for word, count in [*totals(list(checked)).items()][::-1]:
        summary.append([cell(WORDS[word], coloured[word], summary), cell(count, plain, summary)])
    summary.append([cell("合计（句）", plain, summary), cell(sum(totals(list(checked)).values()), plain, summary)])
    summary.append([cell("核对的答案（条）", plain, summary), cell(len(checked), plain, summary)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

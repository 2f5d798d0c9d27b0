"""`Piece`: a passage to be, as the lines of a text are grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content.kind import Kind
from content.line import Line
from content.span import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """See `Passage` for what the fields mean."""

    kind: Kind
    section: tuple[str, ...]
    paragraph: int
    span: Span
    unit: str = ""
    attachment: str = ""
    header: str = ""


def whole(lines: Sequence[Line]) -> Span:
    """From the first of some lines to the end of the last."""
    return Span(lines[0].start, lines[-1].end)


def table_rows(lines: Sequence[Line], section: tuple[str, ...], table: int) -> Iterator[Piece]:
    """The rows of one table, each with the header cells that stand above it."""
    header = ""
    for row, line in enumerate(lines):
        span = row_span(line)
        unit = f"表{table}第{row}行" if row else f"表{table}表头"
        yield Piece(Kind.ROW, section, 0, span, unit, "", header)
        header = header or line.text[span.start - line.start : span.end - line.start]


def row_span(line: Line) -> Span:
    """The cells of a row without the strokes at its ends; the stroke behind an empty first cell stays."""
    inner = line.text[1:-1].strip()
    start = line.start + line.text.index(inner, 1)
    return Span(start, start + len(inner))


def cells_of(row: str) -> list[str]:
    """The cells of a row's text."""
    return [cell.strip() for cell in row.split("|")]

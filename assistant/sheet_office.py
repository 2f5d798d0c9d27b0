"""Answers from .xlsx and .docx files. Both are zip archives, looked over before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assistant.sheet_row import (
    HEADER_ROWS,
    MOST_COLUMNS,
    MOST_ROWS,
    Columns,
    Sheet,
    SheetError,
    find_columns,
    make_sheet,
    rows_of,
)
from assistant.sheet_text import paired

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable

LARGEST_UNPACKED = 150_000_000
LARGEST_PART = 60_000_000
LARGEST_DOCUMENT = 25_000_000
"""Bytes of word/document.xml, which is held in memory many times over."""
_MOST_PARTS = 5000
_BLANKS = 10_000
_MOST_SHEETS = 50
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_STEP = 1_000_000

Numbered = list[tuple[int, list[str]]]


def kind_of_archive(data: bytes) -> str:
    """`xlsx`, `docx` or `zip`, after looking whether it can be unpacked at all.

    Raises SheetError where it is no whole archive, has a password, or would unpack to more than is sensible.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _refuse_bombs(parts)
            if any(part.flag_bits & 1 for part in parts):
                raise SheetError("encrypted")
            names = {part.filename for part in parts}
            kind = "xlsx" if "xl/workbook.xml" in names else "docx" if "word/document.xml" in names else "zip"
            if kind != "zip":
                _refuse_doctypes(archive, parts)
            return kind
    except SheetError:
        raise
    except Exception as error:  # zipfile says in a dozen ways that an archive is damaged
        raise SheetError("broken") from error


def _refuse_bombs(parts: Sequence[zipfile.ZipInfo]) -> None:
    """No part can unpack to more than the archive says, since zipfile reads no further."""
    sizes = {part.filename: part.file_size for part in parts}
    large = any(size > LARGEST_PART for name, size in sizes.items() if name.endswith((".xml", ".rels")))
    total = sum(part.file_size for part in parts)
    document = sizes.get("word/document.xml", 0)
    if len(parts) > _MOST_PARTS or total > LARGEST_UNPACKED or large or document > LARGEST_DOCUMENT:
        raise SheetError("bomb")


def _refuse_doctypes(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Office files have no document type; where one stands, entities could grow without end."""
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(part) as file:
            before = b""
            while block := file.read(_STEP):
                if any(mark in before + block for mark in _DOCTYPES):
                    raise SheetError("bomb")
                before = block[-20:]


def read_xlsx(data: bytes) -> Sheet:
    """The answers of the first worksheet that has a column of answers, else of the first with any text.

    Raises SheetError.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [
            sheet for sheet in book.worksheets[:_MOST_SHEETS] if sheet.sheet_state == "visible"
        ] or book.worksheets
        heads = [_table(sheet, HEADER_ROWS) for sheet in sheets]
        named = [at for at, head in enumerate(heads) if find_columns([cells for _, cells in head]).header >= 0]
        filled = [at for at, head in enumerate(heads) if head]
        chosen = (named or filled or [0])[0]
        table = _table(sheets[chosen], MOST_ROWS + HEADER_ROWS)
        if len(table) > MOST_ROWS + HEADER_ROWS:
            raise SheetError("rows", rows=MOST_ROWS)
        columns = find_columns([cells for _, cells in table])
        problems = _formulas(data, sheets[chosen].title, table, columns)
        if len(filled) > 1:
            problems.append(SheetError("other_sheets", sheet=sheets[chosen].title[:31], count=len(filled) - 1))
        book.close()
    except SheetError:
        raise
    except Exception as error:  # so does openpyxl, whose errors are those of what it met first
        raise SheetError("broken") from error
    return make_sheet(rows_of(table, columns), _few(problems))


def _table(sheet: Any, most: int) -> Numbered:
    """At most `most` + 1 rows that hold something, with their numbers."""
    table: Numbered = []
    blank = 0
    for number, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        cells = [_written(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        blank = 0 if cells else blank + 1
        if cells:
            table.append((number, cells))
        if len(table) > most or blank > _BLANKS:
            break
    return table


def _written(value: object) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date):  # a datetime is one too
        day = f"{value.year}年{value.month}月{value.day}日"
        clock = isinstance(value, datetime) and (value.hour or value.minute)
        return f"{day}{value.hour}时{value.minute}分" if isinstance(value, datetime) and clock else day
    return str(value).strip()


def _formulas(data: bytes, title: str, table: Numbered, columns: Columns) -> list[SheetError]:
    """What is wrong with the formulas among the answers; cells that are wrong are emptied in `table`."""
    from openpyxl import load_workbook

    problems: list[SheetError] = []
    below = table[columns.header + 1 :]
    for number, cells in below:
        if columns.answer < len(cells) and cells[columns.answer] in _ERRORS:
            problems.append(SheetError("error", row=number, value=cells[columns.answer]))
            cells[columns.answer] = ""
    known: set[object] = {number for number, cells in below if columns.answer < len(cells) and cells[columns.answer]}
    known |= {problem.values["row"] for problem in problems}
    first = table[columns.header][0] if columns.header >= 0 else 0
    last = max((number for number, _ in table), default=0) + MOST_ROWS
    # Only the formulas themselves tell an empty cell from one whose result was never saved.
    book = load_workbook(io.BytesIO(data), read_only=True)
    written = book[title].iter_rows(
        min_col=columns.answer + 1, max_col=columns.answer + 1, min_row=first + 1, max_row=last, values_only=True
    )
    for number, values in enumerate(written, first + 1):
        if number not in known and values and isinstance(values[0], str) and values[0].startswith("="):
            problems.append(SheetError("formula", row=number))
    book.close()
    return problems


_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_FEW = 5


def _few(problems: list[SheetError]) -> list[SheetError]:
    """The first problems of single rows, and how many more there are; others all."""
    rows = [problem for problem in problems if "row" in problem.values]
    others = [problem for problem in problems if "row" not in problem.values]
    more = [SheetError("more_problems", count=len(rows) - _FEW)] if len(rows) > _FEW else []
    return [*rows[:_FEW], *more, *others]


def read_docx(data: bytes) -> Sheet:
    """The rows of its tables where one has a column of answers; else every paragraph, then every table row.

    Raises SheetError.
    """
    from docx import Document

    try:
        document = Document(io.BytesIO(data))
        sheet = list(_docx_rows(document))
    except SheetError:
        raise
    except Exception as error:  # python-docx too lets through whatever broke first
        raise SheetError("broken") from error
    try:
        return make_sheet(row for own in sheet for row in own)
    except SheetError as error:
        if error.reason == "empty" and len(document.inline_shapes):
            raise SheetError("pictures") from error
        raise


def _docx_rows(document: Document) -> Iterator[list[Any]]:
    from docx.table import Table as WordTable

    parts: list[Numbered | tuple[int, str]] = []
    number = 0
    for part in document.iter_inner_content():
        if isinstance(part, WordTable):
            table: Numbered = []
            for cells in _word_cells(part):
                number += 1
                table.append((number, cells))
                _refuse_many(number)
            parts.append(table)
        elif part.text.strip():
            number += 1
            parts.append((number, part.text))
            _refuse_many(number)
    tables = [(own, find_columns([cells for _, cells in own])) for own in parts if isinstance(own, list)]
    named = [list(rows_of(table, columns)) for table, columns in tables if columns.header >= 0]
    if named:
        yield from named
        return
    yield list(paired(own for own in parts if not isinstance(own, list)))
    yield from (list(rows_of(table, columns)) for table, columns in tables)


def _refuse_many(number: int) -> None:
    if number > MOST_ROWS + HEADER_ROWS:
        raise SheetError("rows", rows=MOST_ROWS)


def _word_cells(table: WordTable) -> Iterator[list[str]]:
    """The cells of every row, one that is merged across columns once; read from the XML, since `.cells` is slow."""
    from docx.oxml.ns import qn

    for row in table._tbl.tr_lst:
        yield ["\n".join(_text(p, qn) for p in cell.iter(qn("w:p"))).strip() for cell in row.tc_lst[:MOST_COLUMNS]]


def _text(paragraph: Any, qn: Any) -> str:
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")))

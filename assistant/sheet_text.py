"""Answers from text: .csv and .txt files, and what is pasted. Encoding and delimiter are recognised."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from assistant.sheet_row import (
    HEADER_ROWS,
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Sheet,
    SheetError,
    find_columns,
    make_sheet,
    rows_of,
)

_DELIMITERS = (",", "\t", ";", "|", "，", "；")
_SNIFFED = 60
_BLANKS = 10_000
_ASKED = re.compile(r"^\s*(?:[（(]?\d{1,4}[)）.．、]\s*)?(?:问|问题|题目|Q)\s*\d{0,4}\s*[:：]\s*(.+)$", re.S)
_ANSWERED = re.compile(r"^\s*(?:[（(]?\d{1,4}[)）.．、]\s*)?(?:答|答案|回答|A)\s*\d{0,4}\s*[:：]\s*(.*)$", re.S)


def decode(data: bytes) -> str:
    """The text of UTF-8, UTF-16 (with or without a mark) or GB18030 bytes.

    Raises SheetError for others, and for bytes that are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _decoded(data, "utf-8-sig")
    sample = data[:4000]
    if b"\0" in sample:
        # Without a mark, the zero bytes of line ends and digits stand at even or odd places only.
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if not min(even, odd):
            return _decoded(data, "utf-16-be" if even else "utf-16-le")
        raise SheetError("encoding")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise SheetError("encoding")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetError("encoding") from error
    if not _is_text(text):
        raise SheetError("encoding")
    return text


def _is_text(text: str) -> bool:
    """Whether there is hardly a control or private character in it."""
    sample = text[:20_000]
    odd = sum((c < " " and c not in "\t\n\r\f\v") or "\ue000" <= c <= "\uf8ff" or c == "\ufffd" for c in sample)
    return odd * 50 <= len(sample)


def read_text(text: str) -> Sheet:
    """A sheet of lines, each an answer; lines 问：… are the questions of the lines below. Raises SheetError."""
    return make_sheet(paired(enumerate(io.StringIO(text), 1)))


def paired(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of numbered lines: 问： opens a question, 答： its answer; without them every line is an answer."""
    question = ""
    for number, line in lines:
        if not line.strip():
            continue
        if asked := _ASKED.match(line):
            question = asked.group(1).strip()
        elif answered := _ANSWERED.match(line):
            yield Row(number, question, answered.group(1))
        else:
            yield Row(number, question, line)


def read_csv(text: str) -> Sheet:
    """A sheet of comma- or otherwise separated values. Raises SheetError."""
    if first := re.match(r"sep=(.)\r?\n", text):
        text, delimiter = text[first.end() :], first.group(1)
        skipped = 1
    else:
        delimiter, skipped = _delimiter(text), 0
    table: list[tuple[int, list[str]]] = []
    for number, cells in _cells(text, delimiter, skipped):
        table.append((number, cells))
        if len(table) > MOST_ROWS + HEADER_ROWS:
            raise SheetError("rows", rows=MOST_ROWS)
    return make_sheet(rows_of(table, find_columns([cells for _, cells in table])))


def _cells(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with the number of their first line."""
    if not delimiter:
        yield from ((n, [line.strip()]) for n, line in enumerate(io.StringIO(text), 1 + skipped) if line.strip())
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before, blank = skipped, 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num + skipped
            own = [cell.strip() for cell in cells[:MOST_COLUMNS]]
            blank = 0 if any(own) else blank + 1
            if blank > _BLANKS:
                return
            if any(own):
                yield number, own
    except csv.Error as error:
        raise SheetError("broken") from error


def _delimiter(text: str) -> str:
    """The mark that cuts most of the first lines into equally many cells; none where none does."""
    sample = text[:50_000]
    best, choice = 0.0, ""
    for mark in _DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
            widths = [len(cells) for cells, _ in zip(reader, range(_SNIFFED), strict=False) if any(cells)]
        except csv.Error:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
        agreed = count / len(widths) if widths else 0
        # Full-width marks are punctuation much oftener than delimiters.
        enough = 0.9 if mark in "，；" else 0.6
        if width >= 2 and agreed >= enough and (mark not in "，；" or len(widths) > 2) and agreed > best:
            best, choice = agreed, mark
    return choice

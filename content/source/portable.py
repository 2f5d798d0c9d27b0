"""PDF files with text: lines put together to paragraphs, page by page."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from content.attachment import is_attachment
from content.heading import heading_level, read_article, unit_level
from content.source.bounded import bounded
from content.source.extract import DamagedError, EncryptedError, Extract, UnreadableError, clean

MOST_PAGES = 3000
_LEAST_PER_PAGE = 8
_PAGE_NUMBER = re.compile(r"[-—–－―·\s]*(?:第?\s*\d{1,4}\s*页?)(?:\s*[/共，,]\s*\d{1,4}\s*页?)?[-—–－―·\s]*")
# A line that ends so goes on: ……第（一）、 / （二）项的规定.
_UNFINISHED = tuple("，、（(和及或与至")
_MARGIN = 0.12
"""The share of a page at its top and foot where running heads and page numbers stand."""
_WIDE_GAP, _LATIN_GAP = 0.6, 0.2
# Fonts say ⼯ and ⺠, the signs of a dictionary's index, where the page shows 工 and 民.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2F00, 0x2FD6), 0x2E9F, 0x2EF3)} | {
    ord(sign): word
    for sign, word in zip(
        "⺠⺒⺓⺛⺝⺮⺶⺷⻁⻄⻅⻆⻉⻋⻑⻒⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻲",
        "民巳幺旡月竹羊羊虎西见角贝车長長长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
}
_UNMAPPED = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page: its words, and in points where it stands and how large its characters are."""

    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    is_edge: bool


def read_portable(data: bytes) -> Extract:
    """The words of the pages. Raises UnreadableError for scans and bombs, EncryptedError, DamagedError."""
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    if b"%%EOF" not in data[-2048:] and b"startxref" not in data[-4096:]:
        raise DamagedError("PDF 没有结尾")
    try:
        with bounded():
            pages = [list(_rows(page, number)) for number, page in enumerate(_pages(data))]
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise EncryptedError from error
    if not pages:
        raise DamagedError("PDF 里没有页面")
    words = "".join(row.text for rows in pages for row in rows)
    unmapped = len(_UNMAPPED.findall(words))
    if unmapped > 0.1 * max(1, len(_UNMAPPED.sub("", words))):
        raise UnreadableError("PDF 里的文字没有编码对照，取不出原文，请用原稿或识别文字后再试。")
    if len(words) < _LEAST_PER_PAGE * len(pages):
        raise UnreadableError("PDF 里没有文字（是扫描件），请先识别文字（OCR）后再试。")
    empty = [str(number) for number, rows in enumerate(pages, 1) if not rows]
    notes = (f"第 {'、'.join(empty)} 页没有文字（可能是扫描的图片），没有收入。",) if empty else ()
    text, starts = _join(_without_running_heads(pages))
    return Extract(text, starts, notes)


def _pages(data: bytes) -> Iterator[Any]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns about every font
    for number, page in enumerate(extract_pages(io.BytesIO(data), laparams=LAParams(all_texts=True, boxes_flow=None))):
        if number >= MOST_PAGES:
            raise UnreadableError(f"PDF 超过 {MOST_PAGES} 页，请拆分后再试。")
        yield page


def _rows(page: Any, number: int) -> Iterator[_Row]:
    """The lines of a page from top to foot; what stands side by side at one height is one line."""
    found = sorted(_lines_within(page), key=lambda line: (-line.y0, line.x0))
    groups: list[list[Any]] = []
    for line in found:
        if groups and line.y0 > groups[-1][0].y0 - 0.4 * min(line.height, groups[-1][0].height):
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        characters = [c for line in sorted(group, key=lambda line: line.x0) for c in _characters(line)]
        text = clean(_written(characters)).translate(_RADICALS).strip()
        if text:
            size = sorted(c.size for c in characters)[len(characters) // 2]
            low, high = group[0].y0, group[0].y1
            edge = low < page.y0 + _MARGIN * page.height or high > page.y1 - _MARGIN * page.height
            left, right = characters[0].x0, characters[-1].x1
            yield _Row(text, left, right, high, size, number, edge)


def _lines_within(element: Any) -> Iterator[Any]:
    from pdfminer.layout import LTTextLine

    for child in element if isinstance(element, Iterable) else ():
        if isinstance(child, LTTextLine):
            if child.height > 0 and any(True for _ in _characters(child)):
                yield child
        else:
            yield from _lines_within(child)


def _characters(line: Any) -> Iterator[Any]:
    from pdfminer.layout import LTChar

    return (c for c in line if isinstance(c, LTChar) and c.get_text().strip())


def _written(characters: list[Any]) -> str:
    """The characters of a line, with a space where there is more room between two than their kind leaves."""
    text = "".join(c.get_text() for c in characters[:1])
    for before, after in pairwise(characters):
        latin = before.get_text()[-1:].isascii() and after.get_text()[:1].isascii()
        room = (after.x0 - before.x1) / max(before.size, 1.0)
        text += (" " if room > (_LATIN_GAP if latin else _WIDE_GAP) else "") + after.get_text()
    return text


def _without_running_heads(pages: list[list[_Row]]) -> list[_Row]:
    """All lines but page numbers and what stands at the edge of most pages."""
    seen = Counter(text for rows in pages for text in {_masked(row.text) for row in rows if row.is_edge})
    most = max(3, len(pages) // 2 + 1)
    kept: list[_Row] = []
    heads: set[str] = set()
    for row in (row for rows in pages for row in rows):
        repeated = row.is_edge and seen[_masked(row.text)] >= most
        # Where an attachment begins is said once, though it be said again at the top of all its pages.
        repeated = repeated and not (is_attachment(row.text) and row.text not in heads)
        heads.add(row.text)
        if not repeated and not (row.is_edge and _PAGE_NUMBER.fullmatch(row.text)):
            kept.append(row)
    return kept


def _masked(text: str) -> str:
    """A line as it stands on every page, whatever its number; 附件1 and 附件2 are two heads, not one."""
    return text if is_attachment(text) else re.sub(r"\d+", "0", text)


def _join(rows: list[_Row]) -> tuple[str, tuple[int, ...]]:
    """Text with a line a paragraph, and the offset at which each page begins."""
    if not rows:
        raise UnreadableError("PDF 里没有正文文字，请检查文件后再试。")
    body = Counter(round(row.size) for row in rows for _ in row.text).most_common(1)[0][0]
    main = [row for row in rows if abs(row.size - body) <= 1] or rows
    left = min(row.left for row in main)
    right = sorted(row.right for row in main)[int(0.9 * (len(main) - 1))]
    text = rows[0].text
    starts = [0] * (rows[0].page + 1)
    for before, row in pairwise(rows):
        text += _between(before, row, left, right)
        starts += [len(text)] * (row.page - before.page)
        text += row.text
    return text + "\n", tuple(starts)


def _between(before: _Row, row: _Row, left: float, right: float) -> str:
    is_full = before.right > right - 1.6 * before.size
    is_heading = (
        heading_level(row.text) is not None
        or unit_level(row.text) is not None
        or read_article(row.text) is not None
        or is_attachment(row.text)
    )
    is_new = (
        not is_full
        or row.left > left + 1.2 * row.size
        or abs(row.size - before.size) > 1.2
        or (is_heading and not before.text.endswith(_UNFINISHED))
    )
    if is_new:
        return "\n"
    return " " if before.text[-1].isascii() and before.text[-1].isalnum() and row.text[0].isascii() else ""

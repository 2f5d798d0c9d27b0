"""Word documents (.docx): paragraphs with their automatic numbers, text boxes, tables row by row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from content.source.extract import DamagedError, EncryptedError, Extract, UnreadableError, clean, table_row
from content.source.numbering import Numbering, is_on

LARGEST_UNPACKED = 300 * 2**20
_MAIN = "word/document.xml"
_MOST_COLUMNS = 100
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Struck out or moved away by tracked changes; pinyin above characters; what a field is computed from.
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}rt", f"{_W}instrText", f"{_W}pPr", _FALLBACK}
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def read_word(data: bytes) -> Extract:
    """The words of the document's body. Raises UnreadableError for what is no whole Word document."""
    import docx

    check_archive(data, _MAIN)
    document = docx.Document(io.BytesIO(data))
    numbering = Numbering.of(document)
    lines = [line.strip() for line in clean("\n".join(_blocks(document.element.body, numbering))).split("\n")]
    text = "\n".join(line for line in lines if line)
    if not text:
        raise UnreadableError("文档里没有文字（也许是图片），请先识别文字后再试。")
    return Extract(text + "\n")


def check_archive(data: bytes, wanted: str) -> None:
    """Raises EncryptedError, DamagedError, or UnreadableError for an archive that unpacks to far too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise EncryptedError
            # No member unpacks to more than is written here: zipfile stops at that length.
            size = sum(member.file_size for member in members)
            if size > LARGEST_UNPACKED:
                most = LARGEST_UNPACKED // 2**20
                raise UnreadableError(
                    f"文件解压后有 {size / 2**20:.0f} MB（最多 {most} MB），可能是压缩炸弹，没有打开。"
                )
            if wanted not in archive.namelist():
                raise DamagedError("不是 Word 文档的结构")
            if archive.testzip() is not None:
                raise DamagedError("校验不符")
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise DamagedError from error


def _blocks(element: Any, numbering: Numbering) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, numbering)
        elif child.tag == f"{_W}tbl":
            yield from _table(child, numbering)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child, numbering)


def _paragraph(paragraph: Any, numbering: Numbering) -> Iterator[str]:
    boxes: list[Any] = []
    words = "".join(_runs(paragraph, boxes))
    for box in boxes:
        yield from _blocks(box, numbering)
    if words.strip():
        yield numbering.next(paragraph) + words.strip()


def _runs(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element:
        if child.tag in _LEFT_OUT or (child.tag == f"{_W}r" and is_on(child.find(f"{_W}rPr"), "vanish")):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            # A page break is no line of the text.
            yield "" if child.get(f"{_W}type") == "page" else _BREAKS[child.tag]
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        else:
            yield from _runs(child, boxes)


def _table(table: Any, numbering: Numbering) -> Iterator[str]:
    rows = list(_cells(table, numbering))
    if max((len(row) for row in rows), default=0) < 2:
        # A frame around a text.
        for row in rows:
            yield from row
        return
    for row in rows:
        if any(row):
            yield table_row(row)


def _cells(table: Any, numbering: Numbering) -> Iterator[list[str]]:
    above: list[str] = []
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue  # of a table within a cell
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue  # struck out by tracked changes
        # A row may begin further in than the table does.
        cells = [""] * _width(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart":
                # A cell that reaches down is said in every row, so that each row can be read alone.
                cells.append(above[len(cells)] if len(cells) < len(above) else "")
            else:
                cells.append(" ".join(" ".join(_blocks(cell, numbering)).split()))
            cells += [""] * (_width(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1) - 1)
        above = cells
        yield cells


def _width(element: Any, least: int) -> int:
    """How many columns something takes, `least` where nothing tells."""
    width = element.get(f"{_W}val", "") if element is not None else ""
    return min(int(width), _MOST_COLUMNS) if width.isdecimal() else least

"""Web pages: the article without menus and scripts, tables row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from content.source.extract import DamagedError, Extract, UnreadableError, clean, table_row
from content.source.plain import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "gb18030": "gb18030"}
_DROPPED = frozenset(
    "script style noscript template head nav header footer aside form select button iframe object svg".split()
)
_BLOCKS = frozenset(
    "p div section article main li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre center body td th tr table hr "
    "figure figcaption address caption".split()
)
_ARTICLE = re.compile(
    r"\b(?:TRS_?(?:UE)?_?Editor|UCAPCONTENT|zoom|article[-_]?(?:content|body|con)|pages[-_]content|content[-_]?(?:main|text)"
    r"|con_text|news[-_]?content|detail[-_]?content|main[-_]?content)\b",
    re.IGNORECASE,
)
_SHORTEST_ARTICLE = 60
_LONGEST_CELL = 400


def read_page(data: bytes) -> Extract:
    """The words of a web page. Raises UnreadableError where there are none."""
    from lxml import etree, html

    text = _decode(data)
    if not text.strip():
        raise UnreadableError("网页里没有文字，请检查文件后再试。")
    try:
        # Without the declaration, which lxml refuses in a text that is already decoded.
        root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))
    except (etree.ParserError, ValueError) as error:
        raise DamagedError("读不出网页的结构") from error
    lines = [" ".join(line.split()) for line in clean("".join(_words(_article(root)))).split("\n")]
    found = "\n".join(line for line in lines if line)
    if not found:
        raise UnreadableError("网页里没有正文文字，请检查文件后再试。")
    return Extract(found + "\n")


def _decode(data: bytes) -> str:
    named = _CHARSET.search(data[:4096])
    if named and (encoding := _CHINESE.get(named[1].decode("ascii").lower())):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            pass  # pages lie about their encoding; what the bytes are is told below
    return decode(data)


def _article(root: Any) -> Any:
    """The element that holds the article, else the whole page."""
    marked = [
        node
        for node in root.iter("article", "main", "div", "td", "section")
        if node.tag in ("article", "main") or _ARTICLE.search(f"{node.get('id', '')} {node.get('class', '')}")
    ]
    long = [node for node in marked if len("".join(node.itertext()).strip()) >= _SHORTEST_ARTICLE]
    return long[0] if long else root


def _words(node: Any) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield node.tail or ""  # a comment
        return
    tag = node.tag.lower()
    if tag == "br":
        yield "\n"
    elif tag == "table" and _is_table(node):
        yield "\n" + "\n".join(_rows(node)) + "\n"
    elif tag not in _DROPPED:
        edge = "\n" if tag in _BLOCKS else ""
        # Line ends in the source of a page are white space; those of <pre> are its lines.
        flow = (lambda words: words) if tag == "pre" else (lambda words: re.sub(r"[\r\n\t ]+", " ", words))
        yield edge + flow(node.text or "")
        for child in node:
            yield from _words(child)
        yield edge
    yield re.sub(r"[\r\n\t ]+", " ", node.tail or "")


def _is_table(node: Any) -> bool:
    """Whether a table holds data, and is not there to lay out the page."""
    if node.find(".//table") is not None:
        return False
    rows = [row.xpath("./td|./th") for row in node.iter("tr")]
    cells = [cell for row in rows for cell in row]
    return (
        len(rows) > 1
        and max(map(len, rows)) > 1
        and all(len("".join(cell.itertext())) <= _LONGEST_CELL for cell in cells)
    )


def _rows(node: Any) -> Iterator[str]:
    """Rows with the cells that reach down from rows above filled in, so that each row can be read alone."""
    below: dict[int, tuple[int, str]] = {}
    for row in node.iter("tr"):
        cells: list[str] = []
        given = iter(row.xpath("./td|./th"))
        while True:
            left, text = below.get(len(cells), (0, ""))
            if left > 0:
                below[len(cells)] = (left - 1, text)
                cells.append(text)
                continue
            cell = next(given, None)
            if cell is None:
                break
            text = " ".join("".join(_words_within(cell)).split())
            for column in range(len(cells), len(cells) + _span(cell, "colspan")):
                below[column] = (_span(cell, "rowspan") - 1, text if column == len(cells) else "")
            cells += [text, *[""] * (_span(cell, "colspan") - 1)]
        if any(cells):
            yield table_row(cells)


def _words_within(cell: Any) -> Iterator[str]:
    for child in cell.iter():
        if isinstance(child.tag, str):
            if child.tag.lower() in _BLOCKS or child.tag.lower() == "br":
                yield " "
            yield child.text or ""
        if child is not cell:
            yield child.tail or ""


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 100) if value.isdecimal() else 1

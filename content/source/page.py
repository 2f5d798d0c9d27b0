"""Web pages: the article without menus and scripts, tables row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from content.line import compact
from content.opening import LONGEST_TITLE_LINE, ends_like_title
from content.organisation import is_organisation
from content.source.extract import DamagedError, Extract, UnreadableError, clean, table_row
from content.source.plain import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "gb18030": "gb18030"}
_DROPPED = "script style noscript template head nav footer aside select button iframe object svg".split()
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
_HEAD, _TITLE_LINES = 1000, 8
"""Characters and lines of an article in which its title stands, where it stands there at all."""
_SHORTEST_TITLE, _LONGEST_TITLE = 6, 120
"""The names of columns are shorter: 通知公告, 规划计划, 关于我们."""


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
    said = [node.get("content", "") for node in root.iter("meta") if node.get("name", "").lower() == "articletitle"]
    named = ["".join(node.itertext()) for node in root.iter("title")]
    _drop(root)
    article = _article(root)
    headings = list(_headings(root, article))
    etree.strip_elements(root, "header", with_tail=False)
    lines = [" ".join(line.split()) for line in clean("".join(_words(article))).split("\n")]
    found = [line for line in lines if line]
    if not found:
        raise UnreadableError("网页里没有正文文字，请检查文件后再试。")
    return Extract("\n".join([*_missing_title(said, headings, named, found), *found]) + "\n")


def _drop(root: Any) -> None:
    """Take out what is no text of the page; headers stay, for the title may be in one."""
    from lxml import etree

    etree.strip_elements(root, etree.Comment, *_DROPPED, with_tail=False)
    words = len("".join(root.itertext()))
    for form in list(root.iter("form")):
        # A search form goes; but some pages stand wholly within a form.
        if 2 * len("".join(form.itertext())) >= words or any(map(_is_article, form.iter("article", "div", "td"))):
            form.tag = "div"
    etree.strip_elements(root, "form", with_tail=False)


def _headings(root: Any, article: Any) -> Iterator[str]:
    """The words of the headings within the article's own header, then of those above it, the nearest first."""
    above: list[str] = []
    is_above = True
    for node in root.iter("h1", article.tag):
        if node is article:
            is_above = False
        elif node.tag == "h1" and article in node.iterancestors():
            yield "".join(node.itertext())
        elif node.tag == "h1" and is_above:
            above.append("".join(node.itertext()))
    yield from reversed(above)


def _missing_title(
    said: Iterable[str], headings: Iterable[str], named: Iterable[str], lines: Sequence[str]
) -> list[str]:
    """The title of an article that does not begin with it: as the page says it, its heading, else its own name.

    What is written in large letters may be the site's name, and the page's own name the site's or a column's.
    """
    head = _bare("".join(lines)[:_HEAD])
    begins = any(ends_like_title(compact(line)) and len(line) <= LONGEST_TITLE_LINE for line in lines[:_TITLE_LINES])
    # 关于……的通知_某某市人民政府
    own = [re.split(r"[_|｜]|\s*[-—–]\s*", name.strip())[0] for name in named]
    for titles, is_sure in ((said, True), (headings, False), (own, False)):
        for title in (" ".join(title.split()) for title in titles):
            plain = compact(title)
            if not (1 if is_sure else _SHORTEST_TITLE) <= len(plain) <= _LONGEST_TITLE:
                continue
            if _bare(plain) in head:
                return []
            like = ends_like_title(plain) or "关于" in plain or (titles is headings and _is_long_name(plain))
            if is_sure or (like and not begins):
                return [title]
    return []


def _is_long_name(plain: str) -> bool:
    """Whether a heading may be a title of no known kind, and not the name of a site or a column."""
    return len(plain) >= 10 and not is_organisation(plain) and not plain.endswith("网")


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


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
    marked = [node for node in root.iter("article", "main", "div", "td", "section") if _is_article(node)]
    long = [node for node in marked if len("".join(node.itertext()).strip()) >= _SHORTEST_ARTICLE]
    return long[0] if long else root


def _is_article(node: Any) -> bool:
    names = f"{node.get('id', '')} {node.get('class', '')}"
    return node.tag in ("article", "main") or _ARTICLE.search(names) is not None


def _words(node: Any) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield node.tail or ""  # a comment
        return
    tag = node.tag.lower()
    if tag == "br":
        yield "\n"
    elif tag == "table" and _is_table(node):
        yield "\n" + "\n".join(_rows(node)) + "\n"
    else:
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

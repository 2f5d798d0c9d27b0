"""How the lines of a text are grouped: parts and paragraphs of a notice, articles of a law, rows, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from content.article import CONTENTS, article_lines, articles, contents_end
from content.attachment import attachment_mark, is_attachment, is_bare_attachment
from content.heading import (
    LONGEST_HEADING,
    LONGEST_TITLE,
    heading_level,
    read_article,
    run_in_heading,
    unit_level,
)
from content.kind import Kind
from content.line import Line, compact
from content.opening import ends_like_title
from content.piece import Piece, table_rows, whole

_TITLE_ENDS = ("表", "单", "目录", "标准", "图", "范围", "样", "式样")


def outline(lines: Sequence[Line], title: str = "") -> Iterator[Piece]:
    """Pieces of the lines between opening and close; what repeats the title first is a heading."""
    repeated = _repeated_title(lines, title)
    if repeated:
        yield Piece(Kind.HEADING, (), 0, whole(lines[:repeated]), "正文标题")
    lines = lines[repeated:]
    at = _annex_start(lines)
    yield from _block(lines[:at])
    yield from outline_annex(lines[at:])


def outline_annex(lines: Sequence[Line]) -> Iterator[Piece]:
    """Pieces of attachments: each under its head 附件1, or under the title that it begins with."""
    if not lines:
        return
    marked = [is_attachment(line.text) for line in lines]
    heads = [i for i in range(len(lines)) if i == 0 or (marked[i] and not marked[i - 1])]
    for at, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        yield from _attachment(lines[at:end])


def _attachment(lines: Sequence[Line]) -> Iterator[Piece]:
    count = next((i for i, line in enumerate(lines) if not is_attachment(line.text)), len(lines))
    mark = attachment_mark(lines[0].text)
    last = lines[count - 1].text if count else ""
    if (
        count < len(lines)
        and (not count or (is_bare_attachment(last) and attachment_mark(last) == mark))
        and _is_title(lines[count])
    ):
        count += 1
    heads, body = lines[:count], lines[count:]
    root = " ".join(line.text for line in heads) or "附件"
    place = mark or (f"附件《{compact(root)}》" if heads else "附件")
    if heads:
        yield Piece(Kind.HEADING, (root,), 0, whole(heads), "标题", place)
    for piece in _block(body):
        yield replace(piece, section=(root, *piece.section), attachment=place)


def _is_title(line: Line) -> bool:
    return (
        not line.is_row
        and len(line.text) <= LONGEST_TITLE
        and not line.text.endswith(("。", "；", "：", ":", "，", "、"))
        and heading_level(line.text) is None
        and unit_level(line.text) is None
        and (line.text.endswith(_TITLE_ENDS) or ends_like_title(line.text) or line.marks > 0)
    )


def _block(lines: Sequence[Line]) -> Iterator[Piece]:
    starts = article_lines(lines)
    yield from articles(lines, starts, _paragraphs) if starts else _paragraphs(lines)


def _annex_start(lines: Sequence[Line]) -> int:
    starts = article_lines(lines)
    if not starts:
        marks = (i for i, line in enumerate(lines) if i and is_bare_attachment(line.text))
        return next(marks, len(lines))
    behind = range(starts[-1] + 1, len(lines))
    head = next((i for i in behind if is_attachment(lines[i].text)), None)
    if head is not None:
        return head
    # A second law behind the first, counted anew, begins with its title.
    again = next((i for i in behind if (article := read_article(lines[i].text)) and article.number == 1), len(lines))
    while again < len(lines) and again - 1 > starts[-1] and _is_title_or_unit(lines[again - 1]):
        again -= 1
    return again


def _is_title_or_unit(line: Line) -> bool:
    return _is_title(line) or unit_level(line.text) is not None


def _repeated_title(lines: Sequence[Line], title: str) -> int:
    wanted = compact(title).removeprefix("中华人民共和国")
    for count in range(1, min(4, len(lines))):
        words = compact("".join(line.text for line in lines[:count]))
        if words and words.removeprefix("中华人民共和国") == wanted:
            return count
    return 0


def _paragraphs(lines: Sequence[Line]) -> Iterator[Piece]:
    """Parts and paragraphs of a text without articles."""
    path: list[tuple[int, str]] = []
    paragraph = tables = at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.is_row:
            end = next((i for i in range(at, len(lines)) if not lines[i].is_row), len(lines))
            tables += 1
            yield from table_rows(lines[at - 1 : end], tuple(text for _, text in path), tables)
            at = end
            continue
        if compact(line.text) in CONTENTS and (end := contents_end(lines, at)) > at:
            yield Piece(Kind.CONTENTS, (), 0, whole(lines[at - 1 : end]))
            at = end
            continue
        level = unit_level(line.text)
        if level is not None or (heading_level(line.text) is not None and is_whole_heading(line)):
            level = level if level is not None else heading_level(line.text) or 0
            path = [(higher, text) for higher, text in path if higher < level] + [(level, line.text)]
            if len(path) == 1:
                paragraph = 0
            yield Piece(Kind.HEADING, tuple(text for _, text in path), 0, line.span)
            continue
        level = heading_level(line.text)
        above = [text for higher, text in path if level is None or higher < level]
        if level is not None:
            run_in = run_in_heading(line.text)
            # A heading with its text on its own line holds for that paragraph only, except where no other heading
            # stands above it: then it opens a part, which the lines after it belong to.
            if not above and (run_in is not None or path or level == 0):
                run_in = run_in or _first_clause(line.text)
                path, paragraph = [(level, run_in)], 0
            above += [run_in] if run_in is not None else []
        paragraph += 1
        yield Piece(Kind.PARAGRAPH, tuple(above), paragraph, line.span)


def _first_clause(text: str) -> str:
    """What a numbered paragraph is called by whose first sentence is too long for a heading."""
    return re.split(r"[，。；：！？,;:]", text[:LONGEST_HEADING], maxsplit=1)[0]


def is_whole_heading(line: Line) -> bool:
    """Whether a numbered line is all heading, with no text of a paragraph on it."""
    return (
        len(line.text) <= LONGEST_HEADING
        and not line.text.endswith(("。", "；", "：", ":", ";", "，", "！", "？"))
        and run_in_heading(line.text) is None
    )

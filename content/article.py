"""Articles of laws: 第N条 with its 款 and 项, under 编, 章 and 节."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from content.heading import article_mark, heading_level, heading_mark, read_article, unit_level, unit_mark
from content.kind import Kind
from content.line import Line, compact
from content.numeral import in_words
from content.piece import Piece, table_rows, whole

CONTENTS = ("目录", "目次")
_LONGEST = 1000
"""Characters of a 款 with its 项 that stay together; a longer list goes on in further passages."""
_FURTHEST = 30
"""How many numbers a law may leave out (articles struck out) before 第N条 is taken for a reference."""


def article_lines(lines: Sequence[Line]) -> list[int]:
    """Indices of the lines that begin articles: counted from 第一条 on, so that 第三条规定的…… is none.

    Empty where the text is not one of articles.
    """
    found: list[int] = []
    last = 0
    for at, line in enumerate(lines):
        article = read_article(line.text, last + 1)
        if article is None:
            continue
        follows = article.number == last + 1 or (article.is_inserted and article.number == last)
        apart = article.is_apart and last < article.number <= last + _FURTHEST
        if last and article.number == 1 and article.is_apart:
            break  # another law begins
        if follows or (last and apart):
            found.append(at)
            last = article.number
    return found


def articles(
    lines: Sequence[Line], starts: Sequence[int], plain: Callable[[Sequence[Line]], Iterable[Piece]]
) -> Iterator[Piece]:
    """Pieces of a law: its headings, and every 款 with its 项.

    `plain` groups what stands before the first article (目录, 序言).
    """
    listed = next((i for i in range(starts[0]) if compact(lines[i].text) in CONTENTS), None)
    behind = contents_end(lines, listed + 1) if listed is not None else 0
    opening = next(i for i in range(behind, starts[0] + 1) if i == starts[0] or unit_level(lines[i].text) is not None)
    yield from plain(lines[:opening])
    path: list[tuple[int, str]] = []
    article: list[Line] = []
    mark = ""
    begins = set(starts)
    for at in range(opening, len(lines)):
        line = lines[at]
        level = unit_level(line.text)
        if at not in begins and level is None:
            article.append(line)
            continue
        yield from _article(article, tuple(text for _, text in path), mark)
        article, mark = [], ""
        if at in begins:
            article.append(line)
            mark = article_mark(line.text)
            continue
        path = [(above, text) for above, text in path if above < (level or 0)] + [(level or 0, line.text)]
        marks = "".join(unit_mark(text) for _, text in path)
        yield Piece(Kind.HEADING, tuple(text for _, text in path), 0, line.span, f"{marks}标题")
    yield from _article(article, tuple(text for _, text in path), mark)


def contents_end(lines: Sequence[Line], at: int) -> int:
    """The index behind a table of contents whose headings begin at `at`: there its first heading comes again."""
    first = compact(lines[at].text) if at < len(lines) else ""
    end = at
    while end < len(lines) and unit_level(lines[end].text) is not None:
        if end > at and compact(lines[end].text) == first:
            break
        end += 1
    return end


def _article(lines: Sequence[Line], path: tuple[str, ...], mark: str) -> Iterator[Piece]:
    """One article, or where `mark` is empty the lines between a heading and the first article below it."""
    if not lines:
        return
    section = (*path, mark) if mark else path
    clauses = _clauses(lines)
    count = sum(not clause[0].is_row for clause in clauses)
    paragraph = table = 0
    for clause in clauses:
        if clause[0].is_row:
            table += 1
            for piece in table_rows(clause, section, table):
                yield Piece(piece.kind, section, 0, piece.span, mark + piece.unit, "", piece.header)
            continue
        paragraph += 1
        unit = mark + (f"第{in_words(paragraph)}款" if count > 1 else "") if mark else ""
        for part in _parts(clause):
            item = heading_mark(part[0].text)
            further = f"{unit}第{_item(item)}项起" if unit and part[0] is not clause[0] and item else unit
            yield Piece(Kind.PARAGRAPH, section, paragraph, whole(part), further)


def _clauses(lines: Sequence[Line]) -> list[list[Line]]:
    """The 款 of an article: each the line that begins it and the 项 below; the rows of a table stand together."""
    clauses: list[list[Line]] = []
    for line in lines:
        starts_clause = not clauses or (not line.is_row and heading_level(line.text) is None)
        if starts_clause or line.is_row != clauses[-1][0].is_row:
            clauses.append([line])
        else:
            clauses[-1].append(line)
    return clauses


def _parts(clause: Sequence[Line]) -> list[list[Line]]:
    """A 款 whole, or where it is very long, cut between its 项."""
    parts: list[list[Line]] = [[clause[0]]]
    for line in clause[1:]:
        if line.end - parts[-1][0].start > _LONGEST and heading_level(line.text) is not None:
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts


def _item(mark: str) -> str:
    bare = mark.strip("（()）.．、 ")
    return f"（{bare}）"

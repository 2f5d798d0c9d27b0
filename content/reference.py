"""What a question names: documents by 发文字号 or title, and articles, 《劳动合同法》第十九条第二款第（一）项."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from content.numeral import value_or_zero
from content.span import Span
from content.text import fold_text

_NUM = r"(?:[零〇○一二两三四五六七八九十百千]{1,12}|\d{1,12})"
_YEAR = r"(?:\d{4}|[零〇○一二三四五六七八九]{4})"
_CLOSE = r"[〕\])】〗}>﹞]"
_BODY = r"[\u4e00-\u9fff]{1,24}"
# A year in round brackets may be anything's: 劳动法（2018）第四十一条, 竞赛（2024）三等奖. There 号 must follow.
_NUMBER = re.compile(
    rf"(?P<body>{_BODY})\s*(?:(?:(?P<round>[(])|[〔\[【〖{{<﹝])\s*(?P<year>{_YEAR})\s*年?\s*{_CLOSE}"
    rf"\s*第?\s*(?P<number>{_NUM})(?(round)\s*号|(?:\s*号|(?![\d零〇○一二两三四五六七八九十百千]|\s*[条款项章节个天])))"
    rf"|(?P<bare_year>(?:19|20)\d\d)\s*(?:年\s*第?|第|-|\s)\s*(?P<bare_number>\d+)\s*号)"
)
_ORDER = re.compile(
    rf"(?P<body>[\u4e00-\u9fff、]{{2,40}}?)\s*"
    rf"(?:令\s*[〔\[(【]?\s*第?\s*(?P<after>{_NUM})\s*号\s*[〕\])】]?|第?\s*(?P<before>{_NUM})\s*号\s*令)"
)
_ARTICLES = re.compile(
    rf"(?P<mark>第?)\s*(?P<numbers>{_NUM}(?:\s*[、,和与及]\s*第?\s*{_NUM})*)\s*条(?!\s*[例款理件约])(?P<more>之{_NUM})?"
    rf"(?:\s*第?\s*(?P<clause>{_NUM})\s*款)?(?:\s*第?\s*[(]?\s*(?P<item>{_NUM})\s*[)]?\s*项)?"
)
_TO = re.compile(r"\s*(?:至|到|-|~)\s*$")
_LISTED = re.compile(_NUM)
_STATE = "中华人民共和国"
_SAME = (("中央军事委员会", "中央军委"), (_STATE, ""))
_MOST = 10
"""Articles that a range names at most."""


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A 发文字号 in a folded text: the letters before the year with whatever words stand before them, and its key."""

    span: Span
    body: str
    year: int | None
    number: int


@dataclass(frozen=True, slots=True)
class ArticleMention:
    """An article in a folded text; `more` is 之一 of 第十九条之一, `marked`: written with 第.

    `clause` (款) and `item` (项) are None where not named.
    """

    span: Span
    number: int
    more: str
    clause: int | None
    item: int | None
    marked: bool


def numbers_in(folded: str) -> Iterator[NumberMention]:
    """Every 发文字号 in a folded text, brackets of any kind or none: 苏工发〔2018〕12号, 国务院令第517号."""
    taken: list[Span] = []
    for match in _NUMBER.finditer(folded):
        year, number = match["year"] or match["bare_year"], match["number"] or match["bare_number"]
        taken.append(Span(*match.span()))
        yield NumberMention(taken[-1], _same(match["body"]), value_or_zero(year), value_or_zero(number))
    for match in _ORDER.finditer(folded):
        span = Span(*match.span())
        if not any(span.overlaps(other) for other in taken):
            yield NumberMention(span, _same(match["body"]), None, value_or_zero(match["after"] or match["before"]))


def same_number(asked: NumberMention, written: NumberMention) -> bool:
    """Whether what was asked for is the number that a document bears; words may stand before the letters."""
    if (asked.year, asked.number) != (written.year, written.number):
        return False
    # 请问国务院令 asks for 国务院令, and 国务院令 for 中华人民共和国国务院令.
    return asked.body.endswith(written.body) or (asked.year is None and written.body.endswith(asked.body))


def number_of(number: str | None) -> NumberMention | None:
    """A document's own number as it is compared, None where it is none of these."""
    return next(numbers_in(fold_text(number)), None) if number else None


def articles_in(folded: str) -> Iterator[ArticleMention]:
    """Every article in a folded text, lists and ranges one by one: 第八、九条, 第十九条至第二十一条."""
    last: ArticleMention | None = None
    for match in _ARTICLES.finditer(folded):
        span = Span(match.start(), match.end())
        more, clause, item = match["more"] or "", match["clause"], match["item"]
        for at, written in enumerate(_LISTED.findall(match["numbers"])):
            number = value_or_zero(written)
            if last is not None and at == 0 and _TO.search(folded[last.span.end : span.start]):
                for between in range(last.number + 1, min(number, last.number + _MOST)):
                    yield ArticleMention(span, between, "", None, None, True)
            last = ArticleMention(
                span,
                number,
                more,
                value_or_zero(clause) if clause else None,
                value_or_zero(item) if item else None,
                bool(match["mark"]),
            )
            yield last


def plain_name(title: str) -> str:
    """A title as names are compared: folded, without 中华人民共和国, 《》, quotation marks and white space."""
    return "".join(character for character, _ in plain_characters(fold_text(title)))


def plain_characters(folded: str) -> list[tuple[str, int]]:
    """The characters of a folded text that count in a name, each with its offset."""
    kept = []
    at = 0
    while at < len(folded):
        if folded.startswith(_STATE, at):
            at += len(_STATE)
            continue
        if folded[at] not in "《》〈〉<>\"'" and not folded[at].isspace():
            kept.append((folded[at], at))
        at += 1
    return kept


def _same(body: str) -> str:
    for long, short in _SAME:
        body = body.replace(long, short)
    return body

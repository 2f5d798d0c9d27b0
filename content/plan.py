"""`Plans`: the numbered parts, paragraphs and points of notices, and what stands at a place that a question names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from content.corpus import Corpus
from content.heading import heading_level, heading_mark, unit_mark
from content.named import Lane, Named
from content.notice import Notice
from content.numeral import NUMERAL, in_words, value_or_zero
from content.passage import Kind, Passage
from content.place import PlaceMention, places_in
from content.rest import is_filler, rest_of
from content.span import Span

_MOST = 30
"""Passages that a place has at most."""
_OTHER = -1
"""The number of a part that is called otherwise, such as 第二章."""
_NUMBER = re.compile(NUMERAL)
# What a citation says beside title and place: the date of the document and the page.
_CITED_WITH = re.compile(r"\d{4}-\d\d-\d\d|第\d+页")

Owner = tuple[Span, tuple[str, ...], str]
"""Where a text names a document, the ids of those that it may be, and its name."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one passage stands, by numbers: `part` is None before the first part, `points` those below it."""

    row: int
    annex: int | None
    part: int | None
    paragraph: int
    points: tuple[int, ...]
    is_heading: bool
    text: str


class Plan:
    """The spots of one notice. Immutable after construction."""

    def __init__(self, rows: Sequence[tuple[int, Passage]]) -> None:
        self._spots = [spot for row, passage in rows if (spot := _spot(row, passage)) is not None]

    def find(self, asked: PlaceMention, name: str) -> tuple[list[int], str | None] | None:
        """The passages at a place; where there is none, those around it and a sentence; None where it is not clear.

        `name` is what the notice is called in the sentence.
        """
        spots = [spot for spot in self._spots if spot.annex is None]
        if asked.annex is not None:
            annexes = {spot.annex for spot in self._spots if spot.annex is not None}
            number = asked.annex if asked.annex or 0 in annexes or len(annexes) != 1 else min(annexes)
            if number not in annexes:
                return None if annexes and not number else ([], f"{name}没有附件{number or ''}。")
            spots = [spot for spot in self._spots if spot.annex == number]
            name = f"{name}的附件{asked.annex or ''}"
        if asked.opening:
            return self._within([spot for spot in spots if spot.part is None], asked, f"{name}的开头部分")
        if asked.part is None:
            return self._alone(spots, asked, name)
        if own := [spot for spot in spots if spot.part == asked.part]:
            return self._within(own, asked, f"{name}的第{in_words(asked.part)}部分")
        return [], _missing(name, _parts(spots), asked.part, "部分")

    def _within(self, own: Sequence[Spot], asked: PlaceMention, name: str) -> tuple[list[int], str | None] | None:
        """As `find`, of the spots of one part."""
        found = list(own)
        remark = None
        if asked.paragraph is not None:
            found = [spot for spot in own if spot.paragraph == asked.paragraph > 0]
            remark = _missing(name, {spot.paragraph for spot in own} - {0}, asked.paragraph, "段")
        elif asked.points:
            depth, number = len(asked.points), asked.points[-1]
            beside = [
                spot for spot in own if len(spot.points) >= depth and spot.points[: depth - 1] == asked.points[:-1]
            ]
            numbers = {spot.points[depth - 1] for spot in beside}
            if number not in numbers and _tells(own, number):
                return None
            found = [spot for spot in beside if spot.points[depth - 1] == number]
            remark = _missing(name, numbers, number, asked.word)
        if not found:
            return [spot.row for spot in own], remark
        headings = [spot for spot in found if spot.is_heading]
        return [spot.row for spot in (headings or found if asked.heading else found)], None

    def _alone(self, spots: Sequence[Spot], asked: PlaceMention, name: str) -> tuple[list[int], str | None] | None:
        """As `find`, where no part is named: a paragraph of the opening, or a point in whatever part."""
        if asked.paragraph is not None:
            opening = [spot for spot in spots if spot.part is None]
            if found := [spot.row for spot in opening if spot.paragraph == asked.paragraph > 0]:
                return found, None
            # Further on, whoever counts may count headings or not, and begin anew in every part.
            total = sum(spot.paragraph > 0 for spot in spots)
            clear = bool(spots) and (len(opening) == len(spots) or asked.paragraph > len(spots))
            return ([], _missing(name, set(range(1, total + 1)), asked.paragraph, "段")) if clear else None
        pointed = [spot for spot in spots if spot.points]
        if not pointed:
            # Then the parts are what is counted.
            number = asked.points[0]
            if not (parts := _parts(spots)) or len(asked.points) > 1 or (number not in parts and _tells(spots, number)):
                return None
            found = [spot.row for spot in spots if spot.part == number]
            return found, None if found else _missing(name, parts, number, asked.word)
        holding, number = {spot.part for spot in pointed}, asked.points[-1]
        if len(holding) == 1 and (parts := _parts(pointed)):
            name = f"{name}的第{in_words(min(parts))}部分"
        placed = self._within(pointed, asked, name)
        if placed is None or placed[1] is None:
            return placed
        if _tells(spots, number):
            return None
        return [], f"{name}各部分都没有第{in_words(number)}{asked.word}。" if len(holding) > 1 else placed[1]


class Plans:
    """Looks up the places that questions name. Immutable after construction."""

    def __init__(self, corpus: Corpus, laws: Collection[str]) -> None:
        self._notices = {notice.id: notice for notice in corpus.notices}
        self._laws = frozenset(laws)
        rows: defaultdict[str, list[tuple[int, Passage]]] = defaultdict(list)
        for row, passage in enumerate(corpus.passages):
            rows[passage.notice_id].append((row, passage))
        self._plans = {name: Plan(own) for name, own in rows.items() if name not in self._laws}

    def look_up(self, folded: str, owners: Sequence[Owner], among: frozenset[str] | None) -> Named | None:
        """What is at the places named in a folded question, None where it names none, or it is not clear of what."""
        found: list[list[int]] = []
        around: list[int] = []
        remark: str | None = None
        mentions = list(places_in(folded))
        notice = self._owner(mentions, owners, among)
        if notice is None:
            return None
        spans = [span for span, _, _ in owners] + [mention.span for mention in mentions]
        spans += [Span(*match.span()) for match in _CITED_WITH.finditer(folded)]
        genre = notice.genre or ""
        rest = rest_of(folded, spans)
        rest = "" if is_filler(rest.replace(genre, "")) else rest
        # What else is asked may be of a part or a point of something else: 报告的第二部分.
        leads = is_filler(rest_of(folded[: mentions[0].span.start], spans).replace(genre, ""))
        name = f"这份{genre or '文件'}" if len(self._notices) == 1 else f"《{notice.title}》"
        for mention in mentions:
            placed = self._plans[notice.id].find(mention, name)
            if placed is None:
                return None
            lacks_part = mention.part is not None and placed[1] is not None
            if rest and not (leads and (mention.is_exact or lacks_part)):
                return None
            if placed[1] is None:
                found.append(placed[0])
            else:
                around += placed[0]
                remark = remark or placed[1]
        # Of several places the first passage of each, then the second of each.
        turns = [row for turn in zip_longest(*found) for row in turn if row is not None]
        rows = tuple(dict.fromkeys(turns or around))[:_MOST]
        return Named(Lane.PLACE if found else None, rows, frozenset({notice.id}), rest, remark, (), not found)

    def _owner(
        self, mentions: Sequence[PlaceMention], owners: Sequence[Owner], among: frozenset[str] | None
    ) -> Notice | None:
        """The one notice that places are asked of, None where it may be another."""
        if not mentions:
            return None
        if owners:
            ids = {item for _, own, _ in owners for item in own}
            if len(ids) != 1 or not all(own for _, own, _ in owners):
                return None
        else:
            scope = self._notices.keys() if among is None else among & self._notices.keys()
            ids = {item for item in scope if item in self._plans}
            # 第三条 may be of a law beside it.
            if len(ids) != 1 or (len(scope) > 1 and any(mention.part is None for mention in mentions)):
                return None
        return self._notices[ids.pop()] if ids <= self._plans.keys() else None


def _tells(spots: Sequence[Spot], number: int) -> bool:
    """Whether a text counts so far within its sentences: ……六是……."""
    return any(f"{in_words(number)}是" in spot.text for spot in spots)


def _parts(spots: Sequence[Spot]) -> set[int]:
    return {spot.part for spot in spots if spot.part is not None and spot.part != _OTHER}


def _missing(name: str, numbers: Collection[int], asked: int, unit: str) -> str:
    """That there is no such part, paragraph or point, and how many there are."""
    none = f"没有第{in_words(asked)}{unit}"
    if not numbers:
        return f"{name}没有分{unit}，{none}。"
    if min(numbers) <= asked <= max(numbers) or len(numbers) != max(numbers):
        return f"{name}{none}。"
    count = "两" if len(numbers) == 2 else in_words(len(numbers))
    return f"{name}只有{count}{'个' if unit == '部分' else ''}{unit}，{none}。"


def _spot(row: int, passage: Passage) -> Spot | None:
    """Where a passage stands, None for what is no part of the counted text."""
    if passage.kind not in (Kind.HEADING, Kind.PARAGRAPH, Kind.ROW) or (passage.unit and passage.kind is not Kind.ROW):
        return None
    annex = _annex(passage.attachment) if passage.attachment else None
    section = passage.section[1:] if passage.attachment else passage.section
    above = [_number(heading) for heading in section]
    own = heading_level(passage.text) is not None and not any(passage.text.startswith(one) for one in section[-1:])
    points = [*above[1:], *([_number(passage.text)] if own and passage.kind is Kind.PARAGRAPH else [])]
    part = above[0] if above else None
    return Spot(row, annex, part, passage.paragraph, tuple(points), passage.kind is Kind.HEADING, passage.text)


def _annex(attachment: str) -> int:
    found = _NUMBER.search(attachment) if "《" not in attachment else None
    return value_or_zero(found.group()) if found else 0


def _number(heading: str) -> int:
    unit = unit_mark(heading)
    found = _NUMBER.search(unit if unit.endswith("部分") else "" if unit else heading_mark(heading))
    return value_or_zero(found.group()) if found else _OTHER

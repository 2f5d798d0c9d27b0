"""`Slot`: a number, a date or a name that a text holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.bound import bound_of
from assistant.name import names
from content.span import Span
from content.text import Folded, fold, numbers


class SlotKind(StrEnum):
    """What a slot holds."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Slot:
    """`value` is what is compared: of a number (value,), of a date (year, month, day), of a name its letters.

    `unit` is what follows a number (第 before it where it is one in an order, % for 百分之), or the kind of a name.
    `bound` is the side of it that is meant (see assistant/bound.py), "" for itself.
    """

    kind: SlotKind
    span: Span
    value: tuple[float | None, ...] | str
    unit: str = ""
    bound: str = ""


_DAY = r"(?:[日号]|(?=[-—–~至到]\d{1,2}[日号]))"
"""What follows the day of a date; in 10月22-26日 it is told once for both."""
_DATE = re.compile(
    rf"(?<!\d)(?:(?P<y>\d{{4}})年(?:(?P<m>\d{{1,2}})月(?:份|[底初末]|[上中下]旬|(?P<d>\d{{1,2}}){_DAY})?)?"
    rf"|(?P<m2>\d{{1,2}})月(?:份|[底初末]|[上中下]旬|(?P<d2>\d{{1,2}}){_DAY})?"
    r"|(?P<d3>\d{1,2})[日号](?![线楼文内]|以内|之内))"
)
_ISO = re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
MEASURES = frozenset("个项条次位名人年月日天届章节款种类家期场周点批套部级样")
"""What things are counted by."""
_OF_ONE = MEASURES | frozenset("小元份分秒等季岁倍成米轮中")
"""Behind which 一 is a number: 一小时, 一等奖."""
_MARKER = re.compile(
    r"(?:(?<=[。;:\n])|^)\s*(?:[一二三四五六七八九十]+(?:是|、)|\d{1,2}[.、](?!\d)|\([一二三四五六七八九十]+\))"
)
"""一是, 二、, 3. and （四）: the place of a point in its list."""
MARKER = "第"
"""The unit of a point's place in its list."""
_APART = re.compile(r"(?<=\d)，(?=\d)")
"""A comma between two numbers; folded, it would make one of them."""
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,2}")
_NOT_A_NUMBER = re.compile(
    "一定|一致|一直|一样|一般|一切|一起|一旦|一线|万一|千万|十分|统一|进一步|唯一|一律|一道|百姓|三农|一级|一层|一并|一流|一把手"
    "|(?<!第)[一二三四五六七八九]是|一方面|一系列|一些|一边|第一时间|之一|一员|(?<![午上])一点"
    r"|(?:最后|末了?|打?头)一(?=[个项条点位])|[一二两三四五六七八九十]个字"
)


def slots(text: str) -> tuple[Slot, ...]:
    """Dates, numbers and names of a text, each with its span, in order."""
    folded = fold(_APART.sub("、", text))
    found = _dates(folded)
    found += _markers(folded, [slot.span for slot in found])
    found += _numbers(folded, [slot.span for slot in found])
    found = [slot if slot.unit == MARKER else replace(slot, bound=bound_of(text, slot.span)) for slot in found]
    found += [Slot(SlotKind.NAME, _source(folded, span), name, kind) for span, name, kind in names(folded.text)]
    return tuple(sorted(found, key=lambda slot: slot.span))


def _dates(folded: Folded) -> list[Slot]:
    found: list[Slot] = []
    arabic, starts = _arabic(folded.text)
    # A date set with points is looked for as it stands: 2018.10 would be read as a number.
    for pattern, text, places in ((_ISO, folded.text, range(len(folded.text) + 1)), (_DATE, arabic, starts)):
        for match in pattern.finditer(text):
            own = _source(folded, Span(places[match.start()], places[match.end()]))
            if any(own.overlaps(slot.span) for slot in found):
                continue
            parts = match.groupdict()
            day = tuple(
                float(v) if (v := next((parts[n] for n in names if parts.get(n)), None)) else None
                for names in (("y",), ("m", "m2"), ("d", "d2", "d3"))
            )
            found.append(Slot(SlotKind.DATE, own, day))
    return found


def _markers(folded: Folded, taken: Sequence[Span]) -> list[Slot]:
    found = []
    for match in _MARKER.finditer(folded.text):
        for start, _, value in numbers(match.group())[:1]:
            own = _source(folded, Span(match.start() + start, match.end()))
            if not any(own.overlaps(other) for other in taken):
                found.append(Slot(SlotKind.NUMBER, own, (value,), MARKER))
    return found


def _numbers(folded: Folded, taken: Sequence[Span]) -> list[Slot]:
    found = []
    idle = [Span(*match.span()) for match in _NOT_A_NUMBER.finditer(folded.text)]
    for start, end, value in numbers(folded.text):
        own = Span(start, end)
        # 三千万元 is a number though 千万 is a word.
        if any(word.contains(own) for word in idle) or any(_source(folded, own).overlaps(span) for span in taken):
            continue
        following = _UNIT.match(folded.text, end)
        unit = following.group() if following else ""
        in_order = folded.text[:start].endswith("第")
        if folded.text[start:end] == "一" and unit[:1] not in _OF_ONE and not (in_order and unit):
            continue
        shown = end + 1 if unit[:1] in MEASURES else end
        if in_order:
            start, unit = start - 1, "第" + unit
        elif folded.text[:start].endswith("百分之") or folded.text.startswith("%", end):
            unit = "%"
        found.append(Slot(SlotKind.NUMBER, _source(folded, Span(start, shown)), (value,), unit))
    return found


def _source(folded: Folded, span: Span) -> Span:
    return Span(*folded.source_span(span.start, span.end))


def _arabic(folded: str) -> tuple[str, list[int]]:
    """The folded text with Arabic numerals, and for every character where it stood, one more for the end."""
    text: list[str] = []
    starts: list[int] = []
    at = 0
    for start, end, value in numbers(folded):
        shown = folded[start:end] if folded[start:end].isdigit() else f"{value:.15g}"
        text += folded[at:start] + shown
        starts += [*range(at, start), *[start] * len(shown)]
        at = end
    text += folded[at:]
    return "".join(text), [*starts, *range(at, len(folded) + 1)]

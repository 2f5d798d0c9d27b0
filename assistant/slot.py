"""`Slot`: a number, a date or a name that a text holds, and which slots of a claim its evidence contradicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.name import NameKind, names
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

    `unit` is what follows a number (第 before it where it is one in an order), or the kind of a name.
    """

    kind: SlotKind
    span: Span
    value: tuple[float | None, ...] | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A slot of the claim that the evidence fills otherwise (`theirs`), or does not hold at all (`theirs` None)."""

    ours: Slot
    theirs: Slot | None


_DATE = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})年(?:(?P<m>\d{1,2})月(?:份|[底初末]|[上中下]旬|(?P<d>\d{1,2})[日号])?)?"
    r"|(?P<m2>\d{1,2})月(?:份|[底初末]|[上中下]旬|(?P<d2>\d{1,2})[日号])?|(?P<d3>\d{1,2})[日号](?![线楼文内]|以内|之内))"
)
_ISO = re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_SHORTENED = 4
"""Letters of a name from which one may be left out."""
_MEASURES = frozenset("个项条次位名人年月日天届章节款种类家期场周点批套部级样")
_SORTS = ("个项条点款种类样批套部", "位名人", "天日", "章节届期场次周")
"""Measures of which one may stand for another."""
_MARKER = re.compile(
    r"(?:(?<=[。;:\n])|^)\s*(?:[一二三四五六七八九十]+(?:是|、)|\d{1,2}[.、](?!\d)|\([一二三四五六七八九十]+\))"
)
"""一是, 二、, 3. and （四）: the place of a point in its list."""
MARKER = "第"
"""The unit of a point's place in its list."""
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,2}")
_NOT_A_NUMBER = re.compile(
    "一定|一致|一直|一样|一般|一切|一起|一旦|一线|万一|千万|十分|统一|进一步|唯一|一律|一道|百姓|三农|一级|一层|一并|一流|一把手"
    "|[一二三四五六七八九]是|一方面|一系列|一些|一边|第一时间|之一|一员|一点"
)


def slots(text: str) -> tuple[Slot, ...]:
    """Dates, numbers and names of a text, each with its span, in order."""
    folded = fold(text)
    found = _dates(folded)
    found += _markers(folded, [slot.span for slot in found])
    found += _numbers(folded, [slot.span for slot in found])
    found += [Slot(SlotKind.NAME, _source(folded, span), name, kind) for span, name, kind in names(folded.text)]
    return tuple(sorted(found, key=lambda slot: slot.span))


def conflicts(
    claim: Sequence[Slot], evidence: Sequence[Slot], elsewhere: str = "", focus: Span | None = None
) -> tuple[Conflict, ...]:
    """Slots of the claim that the evidence does not hold, with what it holds in their stead where that is plain.

    `elsewhere` is the evidence's folded text, with whatever else a name of the claim may stand in, as a part too.
    `focus` is the stretch of the evidence that fits best, where what stands in their stead is looked for first.
    """
    found = []
    free = [slot for slot in evidence if not any(_agree(other, slot) for other in claim)]
    for slot in claim:
        part = slot.kind is SlotKind.NAME and str(slot.value) in elsewhere
        if part or any(_agree(slot, other) and not _passed(slot, other, evidence) for other in evidence):
            continue
        rivals = [other for other in free if _rivalry(slot, other)]
        best = max(
            rivals, key=lambda o: _rivalry(slot, o) + (focus is not None and focus.contains(o.span)), default=None
        )
        found.append(Conflict(slot, best))
    return tuple(found)


def rivals(ours: Slot, claim: Sequence[Slot], evidence: Sequence[Slot]) -> list[tuple[Slot, int]]:
    """Slots of the evidence that `ours` may stand for and the claim does not hold, with how like they are in sort."""
    free = [slot for slot in evidence if not any(_agree(other, slot) for other in claim)]
    return [(slot, likeness) for slot in free if (likeness := _rivalry(ours, slot) or _countable(ours, slot))]


def _countable(ours: Slot, theirs: Slot) -> int:
    """Whether 四点 may stand for 五个方面: what both count is told by measures of one sort."""
    both = ours.kind is theirs.kind is SlotKind.NUMBER and all(s.unit[:1] in _MEASURES for s in (ours, theirs))
    return int(both and bool(ours.unit and theirs.unit) and _of_one_sort(ours.unit, theirs.unit))


def _agree(a: Slot, b: Slot) -> bool:
    """Whether `a` of the claim says what `b` of the evidence says."""
    if a.kind is not b.kind:
        return False
    if a.kind is SlotKind.DATE:
        both = _both(a, b)
        return bool(both) and all(x == y for x, y in both)
    if a.kind is SlotKind.NUMBER:
        return a.value == b.value and _of_one_sort(a.unit, b.unit)
    return _one_name(str(a.value), str(b.value))


def _passed(count: Slot, mark: Slot, evidence: Sequence[Slot]) -> bool:
    """Whether `mark` is of one of several points and not the last: 二是 of five points bears out no 两个."""
    if mark.unit != MARKER or not count.unit or _in_order(count) or count.value == (1.0,):
        return False
    last = max(float(slot.value[0] or 0) for slot in evidence if slot.unit == MARKER)
    return mark.value != (last,)


def _of_one_sort(ours: str, theirs: str) -> bool:
    """Whether what two numbers count may be the same: years are not 坚持, while 四点 and 四项 are."""
    signs = [unit.removeprefix("第")[:1] for unit in (ours, theirs)]
    if not all(sign in _MEASURES for sign in signs):
        return True
    sorts = [next((sort for sort in _SORTS if sign in sort), sign) for sign in signs]
    return sorts[0] == sorts[1]


def _one_name(ours: str, theirs: str) -> bool:
    """Whether one is part of the other: the claim's anywhere, the evidence's as the end of a fuller name.

    武进 alone says nothing of 武进区委宣传部; of 武进区总工会, 武进总工会 leaves out one letter.
    """
    if ours in theirs or ours.endswith(theirs):
        return True
    gaps = (theirs[:at] + theirs[at + 1 :] for at in range(1, len(theirs) - 1))
    return len(ours) >= _SHORTENED and any(ours in shorter for shorter in gaps)


def _rivalry(ours: Slot, theirs: Slot) -> int:
    """How likely `theirs` is what `ours` should have been; 0 for not at all."""
    if ours.kind is not theirs.kind:
        return 0
    if ours.kind is SlotKind.DATE:
        both = _both(ours, theirs)
        return len(both) and 1 + sum(x == y for x, y in both)
    if ours.kind is SlotKind.NUMBER:
        same = ours.unit.removeprefix("第"), theirs.unit.removeprefix("第")
        if _in_order(ours) and _in_order(theirs):
            return 2 + (same[0][:1] == same[1][:1])
        if _in_order(ours) != _in_order(theirs) and MARKER not in (ours.unit, theirs.unit):
            return 0  # a place in an order is no count
        return 2 * (same[0][0] == same[1][0]) + (same[0] == same[1]) if all(same) else 0
    if NameKind.PERSON in (ours.unit, theirs.unit):
        return int(ours.unit == theirs.unit)
    return 1


def _in_order(slot: Slot) -> bool:
    """Whether a number tells a place: 第三条, and 十六届 as well as 第十六届."""
    return slot.unit[:1] in ("第", "届")


def _both(a: Slot, b: Slot) -> list[tuple[float, float]]:
    """Year, month and day, as far as both dates have them."""
    pairs = zip(a.value, b.value, strict=True)
    return [(x, y) for x, y in pairs if isinstance(x, float) and isinstance(y, float)]


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
        if any(own.overlaps(word) for word in idle) or any(_source(folded, own).overlaps(span) for span in taken):
            continue
        following = _UNIT.match(folded.text, end)
        unit = following.group() if following else ""
        if folded.text[start:end] == "一" and unit[:1] not in _MEASURES:
            continue
        shown = end + 1 if unit[:1] in _MEASURES else end
        if start and folded.text[start - 1] == "第":
            start, unit = start - 1, "第" + unit
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

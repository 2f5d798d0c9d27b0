"""Stretches of dates (10月22日至26日), and of how many days they are."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.conflict import Conflict
from assistant.slot import Slot, SlotKind, slots
from content.span import Span

_RANGE = re.compile(r"\s*(?:至|到|-|—|–|~|～)+\s*")
DAYS = "天"
"""The unit of a reckoned number of days."""
_LAPSE_AHEAD = re.compile(r"(?:隔|过|提前|再过|仅|第|前|后|满)了?$")
_LAPSE_BEHIND = re.compile(r"[之以]?[前后内]|时间内")
"""三天后, 隔了三天."""
_SOME_YEAR = 2018.0
"""Where no year is told; that it is no leap year matters at the end of February alone."""


def told(text: str) -> tuple[Slot, ...]:
    """The slots of a text, and the days from the first to the last date of every stretch, both counted.

    What the last date of a stretch does not tell (26日) is that of its first.
    """
    found = slots(text)
    stretches = [(first, last, _whole(first, last)) for first, last in _stretches(text, found)]
    days = [
        Slot(SlotKind.NUMBER, Span(first.span.start, last.span.end), (count,), DAYS)
        for first, last, whole in stretches
        if (count := _days(first, whole))
    ]
    ends = {last: whole for _, last, whole in stretches}
    return (*(ends.get(slot, slot) for slot in found), *days)


def lapsed(claim: str, found: Sequence[Conflict], evidence: Sequence[Slot]) -> tuple[Conflict, ...]:
    """The conflicts, those about the days between two dates (三天后, 隔了三天) decided by the dates of the evidence.

    Left out where two of them lie so far apart; without what would stand in their place where that is not told: how
    long something takes is no such lapse.
    """
    dates = [slot for slot in evidence if slot.kind is SlotKind.DATE]
    # A date without a year is of the only one that is told; of several it may be any.
    years = {year for date in dates if (year := _parts(date)[0])} or {_SOME_YEAR}
    own = years.pop() if len(years) == 1 else None
    days = sorted({day for date in dates if (day := _day(date, own)) is not None})
    apart = {float((later - first).days) for first, later in itertools.combinations(days, 2)}
    out = []
    for conflict in found:
        if not _is_lapse(claim, conflict.ours):
            out.append(conflict)
        elif conflict.ours.value[0] not in apart:
            theirs = conflict.theirs
            reckoned = theirs is not None and theirs.unit == DAYS and _is_stretch(theirs, evidence)
            out.append(replace(conflict, theirs=None) if reckoned else conflict)
    return tuple(out)


def _is_lapse(claim: str, slot: Slot) -> bool:
    if slot.kind is not SlotKind.NUMBER or slot.unit[:1] not in ("天", "日"):
        return False
    return bool(_LAPSE_AHEAD.search(claim[: slot.span.start]) or _LAPSE_BEHIND.match(claim, slot.span.end))


def _is_stretch(days: Slot, evidence: Sequence[Slot]) -> bool:
    """Whether a number of days is reckoned from dates, not told in words."""
    return any(slot != days and days.span.contains(slot.span) for slot in evidence)


def _day(date: Slot, some_year: float | None) -> dt.date | None:
    """The day of a date, of `some_year` where it tells none; None where it is no day, or of no calendar."""
    year, month, day = _parts(date)
    year = year or some_year
    if year is None or month is None or day is None:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def whole_stretch(text: str, date: Span) -> Span:
    """A date with the one that it is the begin or the end of: 10月22日至26日."""
    for first, last in _stretches(text, slots(text)):
        if first.span.overlaps(date) or last.span.overlaps(date):
            return Span(first.span.start, last.span.end)
    return date


def _stretches(text: str, found: Sequence[Slot]) -> Iterator[tuple[Slot, Slot]]:
    dates = [slot for slot in found if slot.kind is SlotKind.DATE]
    for first, last in itertools.pairwise(dates):
        if _RANGE.fullmatch(text, first.span.end, last.span.start):
            yield first, last


def _whole(first: Slot, last: Slot) -> Slot:
    return replace(last, value=tuple(own or before for own, before in zip(_parts(last), _parts(first), strict=True)))


def _parts(date: Slot) -> tuple[float | None, ...]:
    """Year, month and day, each None where it is not told."""
    return date.value if isinstance(date.value, tuple) else (None, None, None)


def _days(first: Slot, last: Slot) -> float:
    """How many days they are, both counted; 0 where that is not told."""
    begin, end = _day(first, _SOME_YEAR), _day(last, _SOME_YEAR)
    return max(0.0, (end - begin).days + 1.0) if begin and end else 0.0

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
_SOME_YEAR = 2018
"""Where no year is told; that it is no leap year matters at the end of February alone."""


def told(text: str) -> tuple[Slot, ...]:
    """The slots of a text, and the days from the first to the last date of every stretch, both counted.

    What the last date of a stretch does not tell (26日) is that of its first.
    """
    stretches = [(first, last, _whole(first, last)) for first, last in _stretches(text)]
    days = [
        Slot(SlotKind.NUMBER, Span(first.span.start, last.span.end), (count,), DAYS)
        for first, last, whole in stretches
        if (count := _days(first, whole))
    ]
    ends = {last: whole for _, last, whole in stretches}
    return (*(ends.get(slot, slot) for slot in slots(text)), *days)


def lapsed(claim: str, found: Sequence[Conflict], evidence: Sequence[Slot]) -> tuple[Conflict, ...]:
    """The conflicts, those about the days between two dates (三天后, 隔了三天) decided by the dates of the evidence.

    Left out where two of them lie so far apart; without what would stand in their place where that is not told: how
    long something takes is no such lapse.
    """
    days = sorted({day for slot in evidence if slot.kind is SlotKind.DATE and (day := _day(slot)) is not None})
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


def _day(slot: Slot) -> dt.date | None:
    year, month, day = tuple(slot.value)
    if not isinstance(month, float) or not isinstance(day, float):
        return None
    try:
        return dt.date(int(year) if isinstance(year, float) else _SOME_YEAR, int(month), int(day))
    except ValueError:
        return None


def whole_stretch(text: str, date: Span) -> Span:
    """A date with the one that it is the begin or the end of: 10月22日至26日."""
    for first, last in _stretches(text):
        if first.span.overlaps(date) or last.span.overlaps(date):
            return Span(first.span.start, last.span.end)
    return date


def _stretches(text: str) -> Iterator[tuple[Slot, Slot]]:
    dates = [slot for slot in slots(text) if slot.kind is SlotKind.DATE]
    for first, last in itertools.pairwise(dates):
        if _RANGE.fullmatch(text, first.span.end, last.span.start):
            yield first, last


def _whole(first: Slot, last: Slot) -> Slot:
    pairs = zip(last.value, first.value, strict=True)
    return replace(
        last, value=tuple(float(v) if isinstance(v := b if a is None else a, float) else None for a, b in pairs)
    )


def _days(first: Slot, last: Slot) -> float:
    """How many days they are; 0 where that is not told."""
    begin, end = list(first.value), list(last.value)
    if None in (*begin[1:], *end[1:]):
        return 0.0
    try:
        days = [dt.date(int(y or _SOME_YEAR), int(m), int(d)) for y, m, d in (begin, end)]  # type: ignore[arg-type]
    except ValueError:
        return 0.0
    return max(0.0, (days[1] - days[0]).days + 1.0)

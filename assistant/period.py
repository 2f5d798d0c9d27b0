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
_LAPSE_AHEAD = re.compile(r"(?:隔|过|提前|再过|仅|第|前|后)了?$")
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


def is_lapse(claim: str, conflict: Conflict, evidence: Sequence[Slot]) -> bool:
    """Whether a number of days is held against the length of a stretch but tells how long before or after something."""
    ours, theirs = conflict.ours.span, conflict.theirs
    if theirs is None or theirs.unit != DAYS:
        return False
    reckoned = any(slot != theirs and theirs.span.contains(slot.span) for slot in evidence)
    return reckoned and bool(_LAPSE_AHEAD.search(claim[: ours.start]) or _LAPSE_BEHIND.match(claim, ours.end))


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

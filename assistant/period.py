"""Stretches of dates (10月22日至26日), and of how many days they are."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from assistant.slot import Slot, SlotKind, slots
from content.span import Span

_RANGE = re.compile(r"\s*(?:至|到|-|—|–|~|～)+\s*")
_SOME_YEAR = 2018
"""Where no year is told; that it is no leap year matters at the end of February alone."""


def told(text: str) -> tuple[Slot, ...]:
    """The slots of a text, and the days from the first to the last date of every stretch, both counted."""
    days = [
        Slot(SlotKind.NUMBER, Span(first.span.start, last.span.end), (count,), "天")
        for first, last in _stretches(text)
        if (count := _days(first, last))
    ]
    return (*slots(text), *days)


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


def _days(first: Slot, last: Slot) -> float:
    """How many days they are; 0 where that is not told."""
    begin, parts = list(first.value), list(last.value)
    # What the end of a stretch does not tell (26日) is that of its begin.
    end = [own if own is not None else before for own, before in zip(parts, begin, strict=True)]
    if None in (*begin[1:], *end[1:]):
        return 0.0
    try:
        days = [dt.date(int(y or _SOME_YEAR), int(m), int(d)) for y, m, d in (begin, end)]  # type: ignore[arg-type]
    except ValueError:
        return 0.0
    return max(0.0, (days[1] - days[0]).days + 1.0)

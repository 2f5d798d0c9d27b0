"""The place of a point in its list: a claim that calls third what the evidence sets second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.conflict import Conflict
from assistant.evidence import pairs_of
from assistant.slot import MARKER, Slot, SlotKind, slots
from content.span import Span

_CLAUSE = re.compile(r"[^，。；：！？,;:!?\n]+")
_COUNTED = frozenset("项条点个方样件位部")
_PART = "部"
_SHARE = 0.3
"""From which share of what is said to stand at a place a point that holds it is the one spoken of."""
_BETTER = 1.5
"""How many times more of it that point must hold than the one at the claimed place."""


def point_of(claim: str, place: Slot, evidence: str) -> tuple[Slot | None, float, float]:
    """The mark (二是, （三）) of the point that the claim says to stand at `place`, such as 第四项.

    With it the share of those words that the point holds, and the share that the point at the claimed place holds;
    the mark is None where the evidence has no points.
    """
    points = _points(evidence, place.unit[1:2] == _PART)
    return _best(_about(claim, place, _places(claim)), place, points)


def misplaced(claim: str, evidence: str) -> tuple[Conflict, ...]:
    """Every 第四项 of a claim whose words stand in another point of the evidence, with the mark of that point."""
    points, parts = _points(evidence), _points(evidence, parts=True)
    places = _places(claim) if points else []
    # Where the evidence has 第一位 itself, that is no matter of points.
    told = {slot.unit[:2] for slot in slots(evidence) if slot.unit[:1] == "第"} if places else set()
    found = []
    for place in places:
        if place.unit[:2] in told:
            continue
        own = parts if place.unit[1:2] == _PART else points
        best, most, there = _best(_about(claim, place, places), place, own)
        if best is not None and best.value != place.value and most >= _SHARE and most >= _BETTER * there:
            found.append(Conflict(place, best))
    return tuple(found)


def _points(evidence: str, parts: bool = False) -> list[tuple[Slot, frozenset[str]]]:
    """The marks of the evidence's points, each with the pairs of characters of its point.

    Of `parts` those with 、, where there are any: 4. is no part of a notice.
    """
    marks = [slot for slot in slots(evidence) if slot.unit == MARKER]
    if parts:
        marks = [mark for mark in marks if mark.span.of(evidence).endswith("、")] or marks
    ends = [*(mark.span.start for mark in marks[1:]), len(evidence)]
    return [(mark, pairs_of(evidence[mark.span.end : end])) for mark, end in zip(marks, ends, strict=False)]


def _best(
    words: frozenset[str], place: Slot, points: Sequence[tuple[Slot, frozenset[str]]]
) -> tuple[Slot | None, float, float]:
    shares = [(len(words & held) / max(1, len(words)), mark) for mark, held in points]
    most, best = max(shares, key=lambda share: share[0], default=(0.0, None))
    return best if most else None, most, max((s for s, mark in shares if mark.value == place.value), default=0.0)


def _places(claim: str) -> list[Slot]:
    counted = [slot for slot in slots(claim) if slot.kind is SlotKind.NUMBER and slot.unit[:1] == "第"]
    return [slot for slot in counted if slot.unit[1:2] and slot.unit[1:2] in _COUNTED]


def _about(claim: str, place: Slot, places: Sequence[Slot]) -> frozenset[str]:
    """What is said to stand at a place: the claim without it, of one that names several places its clause."""
    whole = [Span(0, len(claim))]
    clauses = [Span(*match.span()) for match in _CLAUSE.finditer(claim)] if len(places) > 1 else whole
    own = next((span for span in clauses if span.contains(place.span)), whole[0])
    return pairs_of(claim[own.start : place.span.start]) | pairs_of(claim[place.span.end : own.end])

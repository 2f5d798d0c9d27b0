"""A number or date that the evidence has too, but elsewhere: 一等奖2000元 beside 一等奖3000元，二等奖2000元."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.alignment import Replaced
from assistant.conflict import Conflict
from assistant.slot import Slot, SlotKind, slots
from content.span import Span

_ALIKE = 0.8
"""From which likeness two clauses tell the same of the same thing."""


def displaced(claim: str, evidence: str, laid: Sequence[Replaced], known: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """Such slots that are not among the `known` conflicts; `laid` are the clauses of both beside each other."""
    ours, theirs = ([s for s in slots(text) if s.kind is not SlotKind.NAME] for text in (claim, evidence))
    found = []
    for pair in laid:
        if not pair.displaced or pair.likeness < _ALIKE:
            continue
        own, other = _only(ours, pair.claim), _only(theirs, pair.evidence)
        if own is None or claim[: own.span.start].endswith(("？", "?")):
            continue  # 哪天？10月22日: nothing tells what it is of
        if other is None or any(own == conflict.ours for conflict in known):
            continue
        if (own.kind, own.unit[:1]) == (other.kind, other.unit[:1]) and own.value != other.value:
            found.append(Conflict(own, other))
    return tuple(found)


def _only(own: Sequence[Slot], span: Span | None) -> Slot | None:
    """The slot that a span overlaps; None for several."""
    found = [slot for slot in own if span is not None and slot.span.overlaps(span)]
    return found[0] if len(found) == 1 else None

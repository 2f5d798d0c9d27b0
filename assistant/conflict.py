"""`Conflict`: which slots of a claim its evidence contradicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.bound import opposed
from assistant.name import NameKind
from assistant.slot import MARKER, MEASURES, Slot, SlotKind
from content.span import Span

_SHORTENED = 4
"""Letters of a name from which one may be left out."""
_SORTS = ("个项条点款种类样批套部", "位名人", "天日", "章节届期场次周")
"""Measures of which one may stand for another."""
_QUANTITIES = dict(zip("元块人名位分岁周%小", "元元人人人分岁岁%小", strict=True))
"""By the first letter of a measure what it measures: so many 元 are no number of 人."""
_VAGUE = re.compile("^[余多来几]+|^个(?=小)")
"""What may stand before a measure without another being meant: 3000余人, 三个小时."""
_PLACES = frozenset("省市区县镇乡")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A slot of the claim that the evidence fills otherwise (`theirs`), or does not hold at all (`theirs` None)."""

    ours: Slot
    theirs: Slot | None


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
    both = ours.kind is theirs.kind is SlotKind.NUMBER and all(s.unit[:1] in MEASURES for s in (ours, theirs))
    return int(both and bool(ours.unit and theirs.unit) and _of_one_sort(ours.unit, theirs.unit))


def _agree(a: Slot, b: Slot) -> bool:
    """Whether `a` of the claim says what `b` of the evidence says."""
    if a.kind is not b.kind or opposed(a.bound, b.bound):
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
    signs = [_VAGUE.sub("", unit.removeprefix("第"))[:1] for unit in (ours, theirs)]
    quantities = [_QUANTITIES.get(sign) for sign in signs]
    if any(quantities) and all(q or sign in MEASURES for q, sign in zip(quantities, signs, strict=True)):
        return quantities[0] == quantities[1]
    if not all(sign in MEASURES for sign in signs):
        return True
    sorts = [next((sort for sort in _SORTS if sign in sort), sign) for sign in signs]
    return sorts[0] == sorts[1]


def _one_name(ours: str, theirs: str) -> bool:
    """Whether one is part of the other: the claim's anywhere, the evidence's as the end of a fuller name.

    武进 alone says nothing of 武进区委宣传部; of 武进区总工会, 武进总工会 leaves out one letter. 北京市 is 北京.
    """
    if ours[-1] in _PLACES and ours[:-1] == theirs:
        return True
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
            if MARKER not in (ours.unit, theirs.unit) and not _of_one_sort(ours.unit, theirs.unit):
                return 0
            return 2 + (same[0][:1] == same[1][:1])
        if _in_order(ours) != _in_order(theirs) and MARKER not in (ours.unit, theirs.unit):
            return 0  # a place in an order is no count
        alike = 2 * (same[0][0] == same[1][0]) + (same[0] == same[1]) if all(same) else 0
        return alike or (_countable(ours, theirs) if float(ours.value[0] or 0) > 1 else 0)
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

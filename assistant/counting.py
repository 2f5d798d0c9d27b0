"""How many things the evidence lists, where a claim tells their number: 三件事 beside 建机制、强功能、增实效."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.conflict import Conflict
from assistant.evidence import pairs_of
from assistant.slot import Slot, SlotKind, slots
from content.span import Span

COUNTED = "counted"
"""The unit of a slot that holds a list; its value is how many items the list has."""
_ITEMS = frozenset("个项条点款种类样批套级处件家层组方重")
"""Measures of what stands in lists."""
_OTHERWISE = re.compile(r"个(?:字|月|小时|工作日|百分点|人|星期|年|学期|钟)|点[到钟半整至]")
"""What is measured so is nothing that a list could have."""
_CLOCK = re.compile(r"(?:[上下中]午|早上?|晚上?|凌晨)$")
_STRETCH = re.compile(r"[^，。；：！？,;:!?\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_TAIL = re.compile(r"(?:(?<![平高初中同均优])等|这|那|[一二两三四五六七八九十\d]+[个项条点种类]).*$")
"""What comes behind the last item."""
_NUMERAL = re.compile(r"[一二三四五六七八九十\d]+")
_LEADS = re.compile(r"^(?:即|就是|包括|分别是|要做到|做到|要)")
"""What stands before the first of several clauses that begin alike."""
_LAST_TWO = re.compile(r"以及|(?<=[^总组])[和与及](?=[^谐平])")
_LONGEST = 24
"""Characters of an item; what is longer is no item but a sentence with a mark in it."""
_FEWEST = 3
_NEAR = 24
"""Characters about a list that tell what is listed."""
_NOUN = 2
"""Characters of what is counted."""
_OWN, _ABOUT = 0.1, 0.18
"""What share of the claim's character pairs a list, and what stands about it, must hold to be the one meant."""
_TELLS = (1.0, 0.5, 0.5)
"""What the words of a list count, those about it, and those of its whole sentence."""


@dataclass(frozen=True, slots=True)
class _List:
    """A list with the numbers of items that it may be said to have: 甲、乙和丙 are three, or two."""

    span: Span
    counts: frozenset[int]


def recounted(
    claim: str,
    evidence: str,
    found: Sequence[Conflict],
    focus: Span | None,
    points: Sequence[Span] = (),
    named: bool = False,
) -> tuple[Conflict, ...]:
    """The conflicts with those about how many things there are decided by the list that they speak of.

    Left out where that list has so many items, set against the list where it has not. `focus` is the stretch of the
    evidence that fits best, and where such a list is looked for first. `points` are paragraphs that the claim may
    count (by their first words): what is meant where no list is, and before any where it names (`named`) them.
    """
    told = [slot for slot in slots(evidence) if slot.kind is SlotKind.NUMBER and not slot.unit.startswith("第")]
    counts = [conflict for conflict in found if _is_count(claim, conflict.ours, told)]
    if not counts:
        return tuple(found)
    lists = list(_lists(evidence))
    own = [item for item in lists if focus is not None and focus.contains(item.span)] or lists
    series = _List(Span(points[0].start, points[-1].end), frozenset({len(points)})) if points else None
    out = []
    for conflict in found:
        best = None
        if conflict in counts:
            listed = _meant(claim, conflict.ours, evidence, own) if own and not (named and series) else None
            best = listed or series
        if best is None:
            out.append(conflict)
        elif conflict.ours.value[0] not in best.counts:
            out.append(Conflict(conflict.ours, Slot(SlotKind.NUMBER, best.span, (float(max(best.counts)),), COUNTED)))
    return tuple(out)


def _is_count(claim: str, ours: Slot, told: Sequence[Slot]) -> bool:
    """Whether it is a number of two things or more, and none that the evidence tells of its own."""
    many = ours.kind is SlotKind.NUMBER and isinstance(ours.value[0], float) and ours.value[0] > 1
    if not many or ours.unit[:1] not in _ITEMS or _OTHERWISE.search(claim, ours.span.start, ours.span.end + 3):
        return False
    if ours.unit[:1] == "点" and _CLOCK.search(claim[: ours.span.start]):
        return False
    return not any(slot.unit[:1] in _ITEMS and slot.value[0] not in (None, 1.0) for slot in told)


def _meant(claim: str, slot: Slot, evidence: str, lists: Sequence[_List]) -> _List | None:
    """The list whose words, and those about it, stand most in the claim; None where none of them does."""
    asked = pairs_of(claim[: slot.span.start]) | pairs_of(claim[slot.span.end :])

    def shares(item: _List) -> tuple[float, ...]:
        near = evidence[max(0, item.span.start - _NEAR) : item.span.end + _NEAR]
        sentence = next(m.group() for m in _SENTENCE.finditer(evidence) if m.end() >= item.span.end)
        texts = (item.span.of(evidence), near, sentence)
        return tuple(len(asked & pairs_of(text)) / max(1, len(asked)) for text in texts)

    best = max(lists, key=lambda item: sum(w * own for w, own in zip(_TELLS, shares(item), strict=True)))
    own, about, _ = shares(best)
    noun = claim[slot.span.end : slot.span.end + _NOUN]
    items = best.span.of(evidence).split("、")
    if len(items) > 1 and len(noun) == _NOUN and sum(noun in item for item in items) == 1:
        return None  # 2套教材 are so many of one item
    return best if own >= _OWN and about >= _ABOUT else None


def _lists(text: str) -> Iterator[_List]:
    """What is set side by side with 、, and three clauses or more of a sentence that begin alike."""
    for stretch in _STRETCH.finditer(text):
        items = stretch.group().split("、")
        items[-1] = _TAIL.sub("", items[-1])
        words = "、".join(items).rstrip("、")
        items = [item for item in items if item]
        if len(items) > 1 and max(map(len, items)) <= _LONGEST and not _NUMERAL.fullmatch(items[0]):
            last, every = len(_LAST_TWO.findall(items[-1])), len(_LAST_TWO.findall(words))
            counts = frozenset({len(items), len(items) + last, len(items) + every})
            yield _List(Span(stretch.start(), stretch.start() + len(words)), counts)
    for sentence in _SENTENCE.finditer(text):
        run: list[Span] = []
        for match in _STRETCH.finditer(text, *sentence.span()):
            lead = _LEADS.match(match.group())
            clause = Span(match.start() + (lead.end() if lead else 0), match.end())
            if run and clause.of(text)[:2] != run[-1].of(text)[:2]:
                yield from _run(run)
                run = []
            run.append(clause)
        yield from _run(run)


def _run(clauses: Sequence[Span]) -> Iterator[_List]:
    if len(clauses) >= _FEWEST:
        yield _List(Span(clauses[0].start, clauses[-1].end), frozenset({len(clauses)}))

"""How many things the evidence lists, where a claim tells their number: 三件事 beside 建机制、强功能、增实效."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evidence import pairs_of
from assistant.slot import Conflict, Slot, SlotKind
from content.span import Span

COUNTED = "counted"
"""The unit of a slot that holds a list; its value is how many items the list has."""
_ITEMS = frozenset("个项条点款种类样批套级处件家层组方重")
"""Measures of what stands in lists."""
_LETTERS = "个字"
_STRETCH = re.compile(r"[^，。；：！？,;:!?\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_TAIL = re.compile(r"(?:等等|等|这|那|[一二两三四五六七八九十\d]+[个项条点种类]).*$")
_LAST_TWO = re.compile(r"以及|[和与及]")
_LONGEST = 24
"""Characters of an item; what is longer is no item but a sentence with a mark in it."""
_FEWEST = 3
_NEAR = 24
"""Characters about a list that tell what is listed."""
_OWN, _ABOUT = 0.1, 0.18
"""What share of the claim's character pairs a list, and what stands about it, must hold to be the one meant."""
_TELLS = (1.0, 0.5, 0.5)
"""What the words of a list count, those about it, and those of its whole sentence."""


@dataclass(frozen=True, slots=True)
class _List:
    """A list with the numbers of items that it may be said to have: 甲、乙和丙 are three, or two."""

    span: Span
    counts: frozenset[int]


def recounted(claim: str, evidence: str, found: Sequence[Conflict], focus: Span | None) -> tuple[Conflict, ...]:
    """The conflicts with those about how many things there are decided by the list that they speak of.

    Left out where that list has so many items, set against the list where it has not. `focus` is the stretch of the
    evidence that fits best, and where such a list is looked for first.
    """
    if not any(_is_count(conflict) for conflict in found):
        return tuple(found)
    lists = list(_lists(evidence))
    own = [item for item in lists if focus is not None and focus.contains(item.span)] or lists
    out = []
    for conflict in found:
        best = _meant(claim, conflict.ours, evidence, own) if own and _is_count(conflict) else None
        if best is None:
            out.append(conflict)
        elif conflict.ours.value[0] not in best.counts:
            out.append(Conflict(conflict.ours, Slot(SlotKind.NUMBER, best.span, (float(max(best.counts)),), COUNTED)))
    return tuple(out)


def _is_count(conflict: Conflict) -> bool:
    """Whether two things or more stand against no number, or against one that counts other things."""
    ours, theirs = conflict.ours, conflict.theirs
    told = theirs is not None and theirs.unit[:1] == ours.unit[:1]
    many = ours.kind is SlotKind.NUMBER and isinstance(ours.value[0], float) and ours.value[0] > 1
    return many and ours.unit[:1] in _ITEMS and not ours.unit.startswith(_LETTERS) and not told


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
    return best if own >= _OWN and about >= _ABOUT else None


def _lists(text: str) -> Iterator[_List]:
    """What is set side by side with 、, and three clauses or more of a sentence that begin alike."""
    for stretch in _STRETCH.finditer(text):
        words = _TAIL.sub("", stretch.group())
        items = words.split("、")
        if len(items) > 1 and max(map(len, items)) <= _LONGEST:
            last = len(_LAST_TWO.findall(items[-1]))
            every = len(_LAST_TWO.findall(words))
            counts = {len(items), len(items) + last, len(items) + every} if last or every else {len(items)}
            yield _List(Span(stretch.start(), stretch.start() + len(words)), frozenset(counts))
    for sentence in _SENTENCE.finditer(text):
        run: list[re.Match[str]] = []
        for clause in _STRETCH.finditer(text, *sentence.span()):
            if run and clause.group()[:2] != run[-1].group()[:2]:
                yield from _run(run)
                run = []
            run.append(clause)
        yield from _run(run)


def _run(clauses: Sequence[re.Match[str]]) -> Iterator[_List]:
    if len(clauses) >= _FEWEST:
        yield _List(Span(clauses[0].start(), clauses[-1].end()), frozenset({len(clauses)}))

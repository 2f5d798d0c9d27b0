"""What the evidence has where a claim has something else: the slot of the same sort, or words of like look."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.alignment import LITTLE, clauses
from assistant.conflict import Conflict, rivals
from assistant.counting import COUNTED
from assistant.evidence import pairs_of
from assistant.likeness import BESIDE, beside
from assistant.name import NameKind
from assistant.order import point_of
from assistant.period import told, whole_stretch
from assistant.post import POST
from assistant.slot import MARKER, Slot, SlotKind, slots
from content.span import Span
from content.text import fold_text

_NEAR = 50.0
"""How alike (of 100) two words must look for one to be the other, misremembered."""
_NEAR_NAME = 35.0
"""The same for names of bodies, which stand for one another rather than for other words."""
_ENDS = 15.0
"""What ending alike (日报, 电视台) counts beside likeness, and being a name as well."""
_CONTEXT = 4.0
"""What sharing all of the claim's character pairs counts beside the likeness of two slots in sort and unit."""
_FIRST = 0.3
"""What having been found first, in the stretch that fits the claim best, counts."""
_FRAME, _LONGEST_NAME = 3, 16
"""Characters that both have on one side of a name at least, with one on the other; and of the name at most."""
_FRAMED = 90.0
"""What that counts as, beside likeness."""
_MARKS = "，。；：！？、“”「」《》（）() \n"
_SPOKEN_OF = re.compile(r"(?:总书记|同志|主席|总理)?(?:关于|新时代)")
"""Behind a person's name: whose words or thought are spoken of, not who speaks (报告对习近平总书记关于……的论述)."""
_LITTLE_BESIDE = 1
"""Letters beside a slot up to which its clause tells nothing: what it dates or counts is told by the next one."""


def rival(claim: str, evidence: str, conflict: Conflict) -> Span | None:
    """What the evidence has for a slot of the claim; None where nothing of its sort stands there."""
    ours, theirs = conflict.ours, conflict.theirs
    if theirs is not None and theirs.unit == MARKER:
        mark, _, _ = point_of(claim, ours, evidence)
        return mark.span if mark else theirs.span
    if ours.unit == POST or (theirs is not None and theirs.unit == COUNTED):
        return theirs.span if theirs else None
    free = rivals(ours, slots(claim), told(evidence))
    if ours.kind is SlotKind.NAME and ours.unit != NameKind.PERSON:
        like = _body(claim, ours, evidence, [slot for slot, _ in free])
        return like or (theirs.span if theirs else None)
    if theirs is None:
        return None
    if ours.unit == NameKind.PERSON and not _SPOKEN_OF.match(claim, ours.span.end):
        free = [item for item in free if not _SPOKEN_OF.match(evidence, item[0].span.end)] or free
    asked = pairs_of(claim[: ours.span.start]) | pairs_of(claim[ours.span.end :])
    places = clauses(evidence)

    def merit(item: tuple[Slot, int]) -> float:
        slot, likeness = item
        near = _surroundings(slot.span, places)
        share = len(asked & pairs_of(near.of(evidence))) / max(1, len(asked))
        return likeness + _CONTEXT * share + _FIRST * (slot == theirs)

    best = max(free, key=merit, default=(theirs, 0))[0]
    return whole_stretch(evidence, best.span) if best.kind is SlotKind.DATE else best.span


def _surroundings(slot: Span, places: Sequence[Span]) -> Span:
    """The clause that a slot stands in, with the next one where it holds little else."""
    at = next((at for at, place in enumerate(places) if place.overlaps(slot)), None)
    if at is None:
        return slot
    near = places[at]
    little = (near.end - near.start) - (slot.end - slot.start) <= _LITTLE_BESIDE
    return Span(near.start, places[at + 1].end) if little and at + 1 < len(places) else near


def counterpart(words: str, evidence: str) -> Span | None:
    """The words of the evidence that look most like `words` without being them: 武进职工网 for 常州职工网."""
    own = fold_text(words)
    best: tuple[float, Span] | None = None
    edges = [span for span in words_of(evidence) if span.of(evidence) not in LITTLE]
    for first in edges:
        for last in edges:
            span = Span(first.start, max(first.end, last.end))
            if last.start < first.start or abs(len(own) - (span.end - span.start)) > 1:
                continue
            theirs = fold_text(span.of(evidence))
            likeness = _likeness(own, theirs) if theirs.isalnum() else 0.0
            if likeness >= _NEAR and theirs not in own and own not in theirs and (best is None or likeness > best[0]):
                best = likeness, span
    return best[1] if best and len(own) > 1 else None


def words_of(text: str) -> list[Span]:
    """The words of a text that begin with a letter or a digit."""
    import rjieba

    spans, at = [], 0
    for word in rjieba.cut(text):
        if word[0].isalnum():
            spans.append(Span(at, at + len(word)))
        at += len(word)
    return spans


def _body(claim: str, ours: Slot, evidence: str, free: Sequence[Slot]) -> Span | None:
    """Another body's name that looks like it or stands between the same words, or the words of the evidence that do."""
    from rapidfuzz import fuzz

    own = fold_text(str(ours.value))
    found = []
    for slot in free:
        name = str(slot.value)
        between = BESIDE * beside(claim, ours.span, evidence, slot.span)
        if slot.unit == ours.unit and (between or fuzz.partial_ratio(own, name) >= _NEAR_NAME):
            found.append((fuzz.ratio(own, name) + _ENDS * (own[-1] == name[-1]) + _ENDS + between, slot.span))
    if (between_same := framed(claim, ours.span, evidence)) is not None:
        found.append((_FRAMED, between_same))
    other = counterpart(str(ours.value), evidence)
    if other is not None:
        found.append((_likeness(own, fold_text(other.of(evidence))), other))
    return max(found, key=lambda item: item[0], default=(0.0, None))[1]


def framed(claim: str, ours: Span, evidence: str) -> Span | None:
    """The words of the evidence between those that the claim has on both sides of its own, on one side three or more.

    None where they stand there in no place or in several, or enclose more than a name.
    """
    places: set[Span] = set()
    for left, right in ((_FRAME, 1), (1, _FRAME)):
        before, after = claim[max(0, ours.start - left) : ours.start], claim[ours.end : ours.end + right]
        if len(before) < left or len(after) < right or not (before + after).strip(_MARKS):
            continue
        pattern = f"{re.escape(before)}([^，。；：！？、\\n]{{2,{_LONGEST_NAME}}}?){re.escape(after)}"
        places |= {Span(*match.span(1)) for match in re.finditer(pattern, evidence)}
    own = places.pop() if len(places) == 1 else None
    return own if own is not None and own.of(evidence) != ours.of(claim) else None


def _likeness(own: str, theirs: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(own, theirs) + (own[:1] == theirs[:1]) + (own[-1:] == theirs[-1:])

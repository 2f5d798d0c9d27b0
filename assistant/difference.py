"""What differs between a claim and its evidence, named: slots that conflict, and words marked as differing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.alignment import Replaced
from assistant.evidence import pairs_of
from assistant.likeness import listed_instead, quoted_instead
from assistant.name import NameKind
from assistant.slot import MARKER, Conflict, Slot, SlotKind, slots
from assistant.verdict import DifferenceKind
from content.span import Span
from content.text import fold_text
from index.pair import Reading

_DIFFERS = 0.5
_LEAST = 0.15
_MARKED = 0.3
_NEAR = 50.0
"""How alike (of 100) two words must look for one to be the other, misremembered."""
_MODAL = re.compile(
    r"不|没|无|未|非|勿|禁|免|必须|应当|应该|可以|可|须|需|得|只|仅|允许|一定|自愿|强制|反对|拒绝|取消|停止|放松|削弱|降低|减少|缩小|弱化|淡化"
    r"|放弃|拖延|推迟|脱离|违背|否定|忽视|轻视|从轻|酌情|随意|任意|尽量|尽可能|最好|鼓励|选修|部分|个别|少数|暂时|以外|以下|以上"
)
_LIST = "、，；和及与"
_QUOTES = '“”「」『』"《》'


@dataclass(frozen=True, slots=True)
class Named:
    """A difference: a span of the claim and a span of the evidence text, either None where nothing stands there."""

    kind: DifferenceKind
    claim: Span | None
    evidence: Span | None


def name_differences(
    claim: str, evidence: str, reading: Reading, found: Sequence[Conflict], laid: Sequence[Replaced]
) -> tuple[Named, ...]:
    """All differences, the plainest first; empty where nothing is seen to differ.

    Words that stand in one another's place in two like clauses come first, where the reader marked them or they are
    numbers or names; then slots in conflict; and the words that the reader marked where neither is to be found.
    """
    ours, theirs = slots(claim), slots(evidence)
    scored = []
    for item in laid:
        if item.claim is None:
            continue
        own = _widened(item.claim, ours)
        other = _widened(item.evidence, theirs) if item.evidence else None
        if other is None:
            own, other = _added(claim, own, evidence)
        elif _same(own.of(claim), other.of(evidence)):
            own, other = item.claim, item.evidence
        marked = max((chance for span, chance in reading.claim if span.overlaps(item.claim)), default=0.0)
        plain = any(c.ours.span.overlaps(own) for c in found)
        score = marked + plain + 0.3 * item.displaced + 0.4 * item.exchanged
        if other is None or not _same(own.of(claim), other.of(evidence)):
            scored.append((score, Named(kind_of(claim, evidence, own, other), own, other)))
    most = max((score for score, _ in scored), default=0.0)
    named = [item for score, item in scored if score >= max(_MARKED, 0.5 * most)]
    named = _with_terms(claim, evidence, named)
    named = _with_items(claim, evidence, named, reading)
    for conflict in found:
        if any(n.claim and n.claim.overlaps(conflict.ours.span) for n in named):
            continue
        source = _rival(claim, evidence, conflict)
        if source is not None:
            named.append(Named(_SLOT_KINDS[conflict.ours.kind], conflict.ours.span, source))
    return tuple(named) or tuple(_marked(claim, evidence, reading))


def _with_terms(claim: str, evidence: str, named: Sequence[Named]) -> list[Named]:
    """The differences, those in a wrong quoted term replaced by the term itself unless they lie in its original too."""
    out = list(named)
    for own, other in quoted_instead(claim, evidence):
        inside = [n for n in out if n.claim and n.claim.overlaps(own)]
        if any(own.contains(n.claim) and n.evidence and other.contains(n.evidence) for n in inside if n.claim):
            continue
        out = [n for n in out if n not in inside] + [Named(DifferenceKind.TERM, own, other)]
    return out


def _with_items(claim: str, evidence: str, named: Sequence[Named], reading: Reading) -> list[Named]:
    """The differences, with the wrong items of lists: what the reader marked, or anything where nothing was named."""
    out = list(named)
    for own, other in listed_instead(claim, evidence):
        marked = max((chance for span, chance in reading.claim if span.overlaps(own)), default=0.0)
        if named and marked < _MARKED:
            continue
        inside = [n for n in out if n.claim and n.claim.overlaps(own)]
        if any(n.evidence and (other is None or n.evidence.overlaps(other)) for n in inside):
            continue
        out = [n for n in out if n not in inside] + [Named(DifferenceKind.ITEM, own, other)]
    return out


def _rival(claim: str, evidence: str, conflict: Conflict) -> Span | None:
    """What the evidence has for a slot of the claim: of a body's name first what looks like it."""
    theirs = conflict.theirs.span if conflict.theirs else None
    if conflict.theirs is not None and conflict.theirs.unit == MARKER:
        return _point(claim, evidence) or theirs
    if conflict.ours.kind is not SlotKind.NAME or conflict.ours.unit == NameKind.PERSON:
        return theirs
    return counterpart(conflict.ours.span.of(claim), evidence) or theirs


def _point(claim: str, evidence: str) -> Span | None:
    """The mark (二是, （三）) of the point whose place in a list a claim speaks of: it holds most of the claim."""
    marks = [slot.span for slot in slots(evidence) if slot.unit == MARKER]
    ends = [*(mark.start for mark in marks[1:]), len(evidence)]
    asked = pairs_of(claim)
    points = [(len(asked & pairs_of(evidence[m.end : end])), m) for m, end in zip(marks, ends, strict=True)]
    most, best = max(points, key=lambda point: point[0], default=(0, None))
    return best if most else None


def _same(ours: str, theirs: str) -> bool:
    return fold_text(ours).replace("第", "") == fold_text(theirs).replace("第", "")


def _added(claim: str, own: Span, evidence: str) -> tuple[Span, Span | None]:
    """Words that the claim adds: with the word they belong to where that stands in the evidence (副总理 for 总理)."""
    prefix = own.end - own.start == 1
    following = next((word for word in _words(claim) if prefix and word.start == own.end), None)
    at = evidence.find(following.of(claim)) if following else -1
    if following is not None and at >= 0:
        return Span(own.start, following.end), Span(at, at + following.end - following.start)
    return own, counterpart(own.of(claim), evidence)


def counterpart(words: str, evidence: str) -> Span | None:
    """The words of the evidence that look most like `words` without being them: 武进职工网 for 常州职工网."""
    from rapidfuzz import fuzz

    own = fold_text(words)
    best: tuple[float, Span] | None = None
    for first in (edges := _words(evidence)):
        for last in edges:
            span = Span(first.start, max(first.end, last.end))
            words_of = span.of(evidence)
            if last.start < first.start or abs(len(own) - len(words_of)) > 1 or not words_of.isalnum():
                continue
            theirs = fold_text(words_of)
            ends = (own[0] == theirs[0]) + (own[-1] == theirs[-1])
            likeness = fuzz.ratio(own, theirs) + ends
            if likeness >= _NEAR and theirs not in own and own not in theirs and (best is None or likeness > best[0]):
                best = likeness, span
    return best[1] if best and len(own) > 1 else None


def _widened(span: Span, own: Sequence[Slot]) -> Span:
    """A span widened to the slots that it is part of: 11 to 11月29日."""
    for slot in own:
        if slot.span.overlaps(span):
            span = Span(min(span.start, slot.span.start), max(span.end, slot.span.end))
    return span


_SLOT_KINDS = {
    SlotKind.NUMBER: DifferenceKind.NUMBER,
    SlotKind.DATE: DifferenceKind.DATE,
    SlotKind.NAME: DifferenceKind.NAME,
}


def _marked(claim: str, evidence: str, reading: Reading) -> list[Named]:
    ours = _groups(claim, reading.claim, slots(claim))
    theirs = _groups(evidence, reading.evidence, slots(evidence))
    if not ours and not theirs:
        return []
    count = max(1, min(len(ours), len(theirs)))
    ours = sorted(sorted(ours, key=lambda g: -g[1])[:count])
    theirs = sorted(sorted(theirs, key=lambda g: -g[1])[:count])
    out = []
    for at in range(max(len(ours), len(theirs))):
        own = ours[at][0] if at < len(ours) else None
        other = (counterpart(own.of(claim), evidence) if own else None) or (theirs[at][0] if at < len(theirs) else None)
        out.append(Named(kind_of(claim, evidence, own, other), own, other))
    return out


def _groups(text: str, tokens: Sequence[tuple[Span, float]], own_slots: Sequence[Slot]) -> list[tuple[Span, float]]:
    """Stretches of neighbouring marked tokens, widened to whole words and slots, each with its highest chance."""
    if not tokens:
        return []
    most = max(chance for _, chance in tokens)
    if most < _LEAST:
        return []
    least = min(_DIFFERS, 0.7 * most)
    groups: list[tuple[Span, float]] = []
    for span, chance in tokens:
        if chance < least or not any(c.isalnum() for c in span.of(text)):
            continue
        if groups and span.start - groups[-1][0].end <= 1 and not _breaks(text[groups[-1][0].end : span.start]):
            before, high = groups[-1]
            groups[-1] = Span(before.start, max(before.end, span.end)), max(high, chance)
        else:
            groups.append((span, chance))
    edges = _words(text)
    wide: list[tuple[Span, float]] = []
    for span, chance in groups:
        for other in (*edges, *(slot.span for slot in own_slots)):
            if other.overlaps(span):
                span = Span(min(span.start, other.start), max(span.end, other.end))
        if wide and span.start < wide[-1][0].end:
            before, high = wide[-1]
            wide[-1] = Span(before.start, max(span.end, before.end)), max(high, chance)
        else:
            wide.append((span, chance))
    return wide


def _breaks(text: str) -> bool:
    return any(not character.isalnum() for character in text)


def _words(text: str) -> list[Span]:
    import rjieba

    spans, at = [], 0
    for word in rjieba.cut(text):
        if word[0].isalnum():
            spans.append(Span(at, at + len(word)))
        at += len(word)
    return spans


def kind_of(claim: str, evidence: str, ours: Span | None, theirs: Span | None) -> DifferenceKind:
    """What sort of thing stands in the two spans."""
    own = ours.of(claim) if ours else ""
    other = theirs.of(evidence) if theirs else ""
    for kind in (SlotKind.DATE, SlotKind.NUMBER, SlotKind.NAME):
        sides = [
            any(slot.kind is kind and slot.span.overlaps(span) for slot in slots(text))
            for text, span in ((claim, ours), (evidence, theirs))
            if span
        ]
        if sides and all(sides):
            return _SLOT_KINDS[kind]
    swapped = bool(own and other) and fold_text(own) in fold_text(evidence) and fold_text(other) in fold_text(claim)
    if swapped:
        return DifferenceKind.RELATION
    if _MODAL.search(own) or _MODAL.fullmatch(other):
        return DifferenceKind.NEGATION
    if theirs and (_quoted(evidence, theirs) or (ours and _quoted(claim, ours))):
        return DifferenceKind.TERM
    if theirs and _listed(evidence, theirs):
        return DifferenceKind.ITEM
    if own and fold_text(own) in fold_text(evidence):
        return DifferenceKind.RELATION
    return DifferenceKind.TERM


def _quoted(text: str, span: Span) -> bool:
    return sum(text[: span.start].count(mark) for mark in "“「『") > sum(text[: span.start].count(m) for m in "”」』")


def _listed(text: str, span: Span) -> bool:
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return "、" in (before, after)

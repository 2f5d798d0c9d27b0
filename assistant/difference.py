"""What differs between a claim and its evidence, named: slots that conflict, and words marked as differing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.alignment import LITTLE, Replaced
from assistant.conflict import Conflict, rivals
from assistant.instead import counterpart, rival, words_of
from assistant.likeness import listed_instead, quoted_instead, trimmed
from assistant.name import NameKind
from assistant.period import whole_stretch
from assistant.slot import MARKER, Slot, SlotKind, slots
from assistant.verdict import DifferenceKind
from content.span import Span
from content.text import fold_text
from index.pair import Reading

_DIFFERS = 0.5
_LEAST = 0.15
_MARKED = 0.3
_NEARLY = 0.65
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
        own = _widened(claim, item.claim, ours)
        other = _widened(evidence, item.evidence, theirs) if item.evidence else None
        if other is None:
            # Of 排在第一位 the place alone: what stands there instead is told by the slot.
            against = [c for c in found if own.contains(c.ours.span)]
            if against and (source := rival(claim, evidence, against[0])) is not None:
                own, other = against[0].ours.span, source
            else:
                own, other = _added(claim, own, evidence)
        elif (plain_pair := _of_one_kind(claim, own, evidence, other, found)) is not None:
            own, other = plain_pair
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
        source = rival(claim, evidence, conflict)
        if source is not None:
            own = conflict.ours.span
            own = whole_stretch(claim, own) if conflict.ours.kind is SlotKind.DATE else own
            named.append(Named(_SLOT_KINDS[conflict.ours.kind], own, source))
    return tuple(named) or tuple(_marked(claim, evidence, reading))


def _of_one_kind(
    claim: str, own: Span, evidence: str, other: Span, found: Sequence[Conflict]
) -> tuple[Span, Span] | None:
    """Where a date of the claim was laid beside words that hold none: the date, and the one that contradicts it."""
    against = [c for c in found if own.contains(c.ours.span) and c.ours.kind is SlotKind.DATE]
    if not against or any(slot.kind is SlotKind.DATE and slot.span.overlaps(other) for slot in slots(evidence)):
        return None
    source = rival(claim, evidence, against[0])
    return None if source is None else (whole_stretch(claim, against[0].ours.span), source)


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


def _same(ours: str, theirs: str) -> bool:
    return fold_text(ours).replace("第", "") == fold_text(theirs).replace("第", "")


def _added(claim: str, own: Span, evidence: str) -> tuple[Span, Span | None]:
    """Words that the claim adds: with the word they belong to where that stands in the evidence (副总理 for 总理)."""
    prefix = own.end - own.start == 1
    following = next((word for word in words_of(claim) if prefix and word.start == own.end), None)
    at = evidence.find(following.of(claim)) if following else -1
    if following is not None and at >= 0:
        return Span(own.start, following.end), Span(at, at + following.end - following.start)
    return own, counterpart(own.of(claim), evidence)


def _widened(text: str, span: Span, own: Sequence[Slot]) -> Span:
    """A span widened to the slots that it is part of: 11 to 11月29日."""
    for slot in own:
        if slot.span.overlaps(span):
            # Of 韩正为, which word segmentation takes for a name, the name alone.
            ends = slot.span.end if span.end == slot.span.end + 1 and slot.kind is SlotKind.NAME else span.end
            span = Span(min(span.start, slot.span.start), max(ends, slot.span.end))
            if slot.kind is SlotKind.DATE:
                span = _joined(span, whole_stretch(text, slot.span))
    return span


def _joined(a: Span, b: Span) -> Span:
    return Span(min(a.start, b.start), max(a.end, b.end))


_SLOT_KINDS = {
    SlotKind.NUMBER: DifferenceKind.NUMBER,
    SlotKind.DATE: DifferenceKind.DATE,
    SlotKind.NAME: DifferenceKind.NAME,
}


def _marked(claim: str, evidence: str, reading: Reading) -> list[Named]:
    ours = _groups(claim, reading.claim, slots(claim))
    theirs = _groups(evidence, reading.evidence, slots(evidence))
    if not any(slot.unit[:1] == "第" for slot in slots(claim)):
        # The mark of a point (五是) stands for nothing but another place in the list.
        marks = [slot.span for slot in slots(evidence) if slot.unit == MARKER]
        theirs = [group for group in theirs if not any(mark.contains(group[0]) for mark in marks)]
    if not ours and not theirs:
        return []
    count = max(1, min(len(ours), len(theirs)))
    ours = sorted(sorted(ours, key=lambda g: -g[1])[:count])
    theirs = sorted(sorted(theirs, key=lambda g: -g[1])[:count])
    out = []
    for at in range(max(len(ours), len(theirs))):
        own = _shorn(claim, ours[at][0]) if at < len(ours) else None
        other = _shorn(evidence, theirs[at][0]) if at < len(theirs) else None
        if own is not None:
            other = _slot_instead(claim, own, evidence, reading) or counterpart(own.of(claim), evidence) or other
        own, other = _parted(claim, own, evidence, other)
        if own is None or other is None or not _same(own.of(claim), other.of(evidence)):
            out.append(Named(kind_of(claim, evidence, own, other), own, other))
    return out


def _slot_instead(claim: str, own: Span, evidence: str, reading: Reading) -> Span | None:
    """For marked words that hold a date, a number or a person, what is marked in the evidence of the same sort."""
    held = slots(claim)
    for slot in held:
        if not slot.span.overlaps(own) or (slot.kind is SlotKind.NAME and slot.unit != NameKind.PERSON):
            continue
        found = []
        for other, likeness in rivals(slot, held, slots(evidence)):
            marked = max((chance for span, chance in reading.evidence if span.overlaps(other.span)), default=0.0)
            found.append((marked, likeness, other.span))
        best = max(found, key=lambda item: item[:2], default=None)
        if best is not None and best[0] >= _MARKED:
            return best[2]
    return None


def _shorn(text: str, span: Span) -> Span:
    """Without the little words that it begins and ends with."""
    words = [word for word in words_of(text) if span.contains(word) and word.of(text) not in LITTLE]
    return Span(words[0].start, words[-1].end) if words else span


def _parted(claim: str, ours: Span | None, evidence: str, theirs: Span | None) -> tuple[Span | None, Span | None]:
    """Both without what they begin and end with alike, where they are no names or numbers, which are told whole."""
    if ours is None or theirs is None or any(slot.span.overlaps(ours) for slot in slots(claim)):
        return ours, theirs
    own, other = trimmed(claim, ours, evidence, theirs)
    return (own, other) if own.start < own.end and other.start < other.end else (ours, theirs)


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
    groups = [(_peak(span, chance, tokens), chance) for span, chance in groups]
    edges = words_of(text)
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


def _peak(group: Span, most: float, tokens: Sequence[tuple[Span, float]]) -> Span:
    """Of a stretch of marked tokens what lies between those that are nearly as surely marked as the surest."""
    sure = [span for span, chance in tokens if group.contains(span) and chance >= _NEARLY * most]
    return Span(sure[0].start, sure[-1].end)


def _breaks(text: str) -> bool:
    return any(not character.isalnum() for character in text)


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

"""Two things that a claim has changed round about the word between them: 甲是乙的一部分 for 乙是甲的一部分."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.alignment import Replaced, clauses
from assistant.evidence import pairs_of
from content.span import Span
from content.text import fold_text

_PIVOT = re.compile(
    "(?:从来|历来|向来|一直|始终|一贯|(?<![首成])都|(?<![成])就|也|便(?!民))*(?P<word>是|算在|属于|对|向|由|把|代表|领导|引领|推动|促进|服务)"
)
_AS_IS = ("算在", "属于")
"""What says the same as 是 in 班费是活动经费的一部分."""
_NEAR = 6
"""Characters on either side of the word that tell what stands there."""
_OTHER, _OWN = 0.55, 0.4
"""What share of their pairs must stand on the other side in the evidence, and may stand on the same side."""
_IS = "是"


def turned(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """What stands before such a word in the claim and behind it in the evidence, and the other way round."""
    theirs = list(_sides(evidence))
    found = []
    for word, before, after in _sides(claim):
        for other, left, right in theirs:
            if not _one(word, other) or (word == other == _IS and not _of_one(after.of(claim), right.of(evidence))):
                continue
            if _crossed(claim, before, after, evidence, left, right):
                own, instead = _common(claim, before, evidence, right), _common(evidence, left, claim, after)
                if own is not None and instead is not None:
                    found.append(Replaced(own, instead, 1.0, True, True))
                    break
    return tuple(found)


def _sides(text: str) -> Iterator[tuple[str, Span, Span]]:
    """Every such word with what its clause has before and behind it."""
    for clause in clauses(text):
        for match in _PIVOT.finditer(text, clause.start, clause.end):
            if match.start() > clause.start + 1 and match.end() < clause.end - 1:
                yield match["word"], Span(clause.start, match.start()), Span(match.end(), clause.end)


def _one(ours: str, theirs: str) -> bool:
    return ours == theirs or {ours, theirs} <= {_IS, *_AS_IS}


def _of_one(ours: str, theirs: str) -> bool:
    """Whether what a thing is (甲是乙的来源) is so of the same in both; else 甲是乙 may be said as 乙是甲."""
    own = pairs_of(ours.partition("的")[2])
    return bool(own) and _share(own, pairs_of(theirs)) >= _OWN


def _crossed(claim: str, before: Span, after: Span, evidence: str, left: Span, right: Span) -> bool:
    first = pairs_of(claim[max(before.start, before.end - _NEAR) : before.end])
    second = pairs_of(claim[after.start : min(after.end, after.start + _NEAR)].split("的")[0])
    held = pairs_of(left.of(evidence)), pairs_of(right.of(evidence))
    return (
        min(_share(first, held[1]), _share(second, held[0])) >= _OTHER
        and max(_share(first, held[0]), _share(second, held[1])) <= _OWN
    )


def _share(own: frozenset[str], held: frozenset[str]) -> float:
    return len(own & held) / max(1, len(own))


def _common(text: str, span: Span, other: str, side: Span) -> Span | None:
    """The longest end of a stretch that stands in a stretch of the other text."""
    held = fold_text(side.of(other))
    starts = (at for at in range(span.start, span.end - 1) if fold_text(text[at : span.end]) in held)
    return next((Span(at, span.end) for at in starts), None)

"""A statement in plain order: an answer set into its question, and the person of a cleft before what they do.

八个坚持有几个：八个 says nothing that words could be held against, and 作报告的，是王某 has the two ends of 王某作报告
apart. What is read is the plain form; every character of it knows where it stands in the statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from assistant.answered import answered
from assistant.cleft import uncleft
from content.span import Span

_QUOTES = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("〝", "〞"), ("《", "》"), ("（", "）"), ("(", ")"))
_STRAIGHT = '"'


@dataclass(frozen=True, slots=True)
class Restated:
    """`text` is what is read; `places[i]` is where its character `i` stands in the statement."""

    text: str
    places: tuple[int, ...]

    def source(self, span: Span, within: Span | None = None) -> Span:
        """Where a span of `text` stands in the statement.

        Of one that lies in several pieces there, the longest of those that lie `within` a stretch of the statement, or
        of all where none does.
        """
        if span.start == span.end:
            at = self.places[span.start] if span.start < len(self.places) else max(self.places, default=-1) + 1
            return Span(at, at)
        own = self.places[span.start : span.end]
        cuts = [0, *(at for at, (a, b) in enumerate(pairwise(own), 1) if b != a + 1), len(own)]
        pieces = [Span(own[start], own[end - 1] + 1) for start, end in pairwise(cuts)]
        inside = [piece for piece in pieces if within is not None and within.contains(piece)]
        return max(inside or pieces, key=lambda piece: piece.end - piece.start)


def restate(statement: str) -> Restated:
    """The statement in plain order; as it is where there is nothing to set right, or quotations would be torn."""
    plain = Restated(statement, tuple(range(len(statement))))
    filled = _joined(plain, answered(statement))
    return _joined(filled, uncleft(filled.text, filled is not plain))


def _joined(said: Restated, pieces: Iterable[Span] | None) -> Restated:
    """The pieces of a text in this order; the text itself where there are none, or one holds half of a quotation."""
    own = list(pieces or ())
    texts = [piece.of(said.text) for piece in own]
    torn = any(
        text.count(_STRAIGHT) % 2 or any(text.count(left) != text.count(right) for left, right in _QUOTES)
        for text in texts
    )
    if not own or torn:
        return said
    return Restated("".join(texts), tuple(at for piece in own for at in said.places[piece.start : piece.end]))

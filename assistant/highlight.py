"""Which words of a passage answer the question."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.extent import extended
from content.passage import Kind, Passage
from content.span import Span
from index.build import Index
from index.entries import EntryKind
from index.retriever import Hit

FITTED = Path(__file__).parent / "highlight.json"
_WHOLE = (Kind.NUMBER, Kind.ADDRESSEES, Kind.ISSUER, Kind.DATE)
"""Lines that answer as a whole, whatever part of them a bank question quotes."""


@dataclass(frozen=True, slots=True)
class Voting:
    """How the entries that led to a passage vote on its words, fitted on dev questions (`notice-evals fit`).

    `width` is the difference of score over which a vote falls to a third; `question`, `sentence` and `clause` are
    what a vote of each kind counts. A mark of whose words the share `echo` are the question's own goes on.
    """

    width: float
    question: float
    sentence: float
    clause: float
    echo: float


def read_voting(path: Path = FITTED) -> Voting:
    """The fitted voting."""
    return Voting(**json.loads(path.read_text(encoding="utf-8"))["voting"])


def highlights(hit: Hit, index: Index, voting: Voting, question: str) -> tuple[Span, ...]:
    """The answering words of a hit, best first, each inside its passage and no two overlapping.

    The near bank questions vote for their quotes, the near sentences and clauses for themselves, the nearer the
    more; the stretch wins that agrees best with all votes, so a single odd neighbour decides nothing. It is then
    taken as far as the answer to the question goes (`assistant.extent`).
    """
    passage = index.corpus.passages[hit.passage]
    if passage.kind in _WHOLE:
        return (passage.span,)
    votes = _votes(hit, index, voting, passage)
    if not votes:
        return (passage.span,)
    winner = _winner(votes)
    first = extended(winner, passage, question, voting.echo)
    return apart([first, *_places(hit, index, passage, winner)])


def apart(marks: Iterable[Span]) -> tuple[Span, ...]:
    """The marks without those that overlap an earlier one."""
    found: list[Span] = []
    for span in marks:
        if not any(span.overlaps(other) for other in found):
            found.append(span)
    return tuple(found)


def together(marks: Iterable[Span], passage: Passage) -> tuple[Span, ...]:
    """As `apart`, with what follows the first mark, or goes before it, in its sentence joined to it."""
    first, *others = apart(marks)
    while True:
        others = [span for span in others if not span.overlaps(first)]  # punctuation alone may lie in what was joined
        joined = next((span for span in others if _follow(first, span, passage)), None)
        if joined is None:
            return (first, *others)
        first = Span(min(first.start, joined.start), max(first.end, joined.end))


def _follow(one: Span, other: Span, passage: Passage) -> bool:
    """Whether nothing but a comma stands between two marks that do not overlap."""
    gap = passage.text[min(one.end, other.end) - passage.start : max(one.start, other.start) - passage.start]
    return not gap.strip("，、,")


def _votes(hit: Hit, index: Index, voting: Voting, passage: Passage) -> dict[Span, float]:
    votes: dict[Span, float] = {}
    whole = passage.span
    share = {
        EntryKind.QUESTION: voting.question,
        EntryKind.SENTENCE: voting.sentence,
        EntryKind.CLAUSE: voting.clause,
    }
    for kind, counts in share.items():
        evidence = hit.of_kind(kind)
        for item in evidence:
            weight = counts * math.exp((item.score - evidence[0].score) / voting.width)
            for span in index.entries[item.row].spans:
                if whole.overlaps(span):
                    inside = Span(max(span.start, whole.start), min(span.end, whole.end))
                    votes[inside] = votes.get(inside, 0.0) + weight
    return votes


def _winner(votes: Mapping[Span, float]) -> Span:
    """The stretch that agrees best with all votes, of equals the first.

    Two agree by twice the shared characters by the characters of both: what the measure HighlightF1 would say.
    """
    spans = sorted(votes)
    starts, ends = np.array([(span.start, span.end) for span in spans], np.float64).T
    shared = np.minimum(ends[:, None], ends) - np.maximum(starts[:, None], starts)
    lengths = ends - starts
    agreement = 2 * np.maximum(shared, 0.0) / (lengths[:, None] + lengths)
    return spans[int((agreement @ np.array([votes[span] for span in spans])).argmax())]


def _places(hit: Hit, index: Index, passage: Passage, winner: Span) -> list[Span]:
    """The other places that the bank question behind the winner points at in the same passage."""
    for item in hit.of_kind(EntryKind.QUESTION):
        spans = [span for span in index.entries[item.row].spans if passage.span.contains(span)]
        if winner in spans:
            return spans
    return []

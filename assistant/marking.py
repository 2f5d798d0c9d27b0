"""`Marker`: which words of each passage that is shown are marked as those that answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.highlight import apart, highlights, read_voting, together
from assistant.mention import sentences_with
from assistant.siblings import lead
from content.span import Span
from index.build import Index
from index.retriever import Hit


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was searched for, and what is known of how it is meant.

    `parts` are those of its parts that are answered, each with its best hit; `points` passages that answer with their
    first sentence; `term` what it looks for as it stands, None for other questions.
    """

    question: str
    parts: Mapping[str, Hit]
    points: frozenset[int]
    term: str | None = None


class Marker:
    """Marks passages of one index. Immutable after construction."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._voting = read_voting()

    def marks(self, rank: int, hit: Hit, asked: Asked) -> tuple[Span, ...]:
        """The marks of the hit at `rank`, best first, each inside its passage and no two overlapping."""
        passage = self._index.corpus.passages[hit.passage]
        if asked.term and (standing := sentences_with(asked.term, passage)):
            return standing
        whole = highlights(hit, self._index, self._voting, asked.question)
        if hit.passage in asked.points:
            return apart([lead(passage), *(whole if hit.evidence else ())])
        own = [
            highlights(found, self._index, self._voting, part)[0]
            for part, found in asked.parts.items()
            if found.passage == hit.passage
        ]
        if rank == 1:
            return together([*whole, *own], passage) if len(own) > 1 else whole
        return together(own, passage) if own else whole

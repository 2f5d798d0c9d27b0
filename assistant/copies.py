"""Passages that are folded under one that says the same, and what differs between the two."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from assistant.citation import Citation
from content.span import Span
from content.text import fold


class Relation(StrEnum):
    """What a folded passage is to the one that is shown."""

    OLDER = "older version"
    NEWER = "newer version"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Copy:
    """A passage folded under another, in its own words.

    `differing` counts the characters that differ. `marks` are the spans of these here, `against` those in the passage
    that is shown, each in the stored text of its own notice.
    """

    relation: Relation
    text: str
    citation: Citation
    differing: int
    marks: tuple[Span, ...]
    against: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """What the JSON of a passage says of it."""
        return {
            "relation": self.relation.value,
            "text": self.text,
            "citation": asdict(self.citation),
            "differing": self.differing,
            "differences": [{"start": span.start, "end": span.end} for span in self.marks],
        }


def differing(shown: str, other: str) -> tuple[int, tuple[Span, ...], tuple[Span, ...]]:
    """How many characters differ, and their spans in either text.

    White space and the width of characters make no difference. A character that is another counts once, one that is
    more or less counts once.
    """
    from rapidfuzz.distance import Levenshtein

    ours, theirs = _letters(shown), _letters(other)
    count = 0
    here: list[Span] = []
    there: list[Span] = []
    for step in Levenshtein.opcodes([letter for letter, _ in ours], [letter for letter, _ in theirs]):
        if step.tag == "equal":
            continue
        count += max(step.src_end - step.src_start, step.dest_end - step.dest_start)
        _mark(here, ours, step.src_start, step.src_end)
        _mark(there, theirs, step.dest_start, step.dest_end)
    return count, tuple(here), tuple(there)


def shifted(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    """Spans of a passage as spans of its notice."""
    return tuple(Span(span.start + by, span.end + by) for span in spans)


def _letters(text: str) -> list[tuple[str, int]]:
    folded = fold(text)
    return [
        (letter, offset) for letter, offset in zip(folded.text, folded.offsets, strict=False) if not letter.isspace()
    ]


def _mark(spans: list[Span], letters: list[tuple[str, int]], start: int, end: int) -> None:
    if start == end:
        return
    first, last = letters[start][1], letters[end - 1][1] + 1
    if spans and spans[-1].end == first:
        spans[-1] = Span(spans[-1].start, last)
    else:
        spans.append(Span(first, last))

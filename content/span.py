"""`Span`: a stretch of a document's stored text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code-point offsets `[start, end)` into the stored text of one document."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: ({self.start}, {self.end})")

    def of(self, text: str) -> str:
        """The exact words; raises ValueError when the span does not lie inside `text`."""
        if self.end > len(text):
            raise ValueError(f"span ({self.start}, {self.end}) ends outside a text of {len(text)} characters")
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

"""`Answer`: the passages that a question finds, in the notice's own words, and whether they answer it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.citation import Citation
from assistant.manner import Manner


@dataclass(frozen=True, slots=True)
class Highlight:
    """The words that answer: offsets into the stored text of the notice, and exactly that slice."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One passage of an answer; `part` is what it answers of a question that asks for several things, else None."""

    rank: int
    score: float
    text: str
    citation: Citation
    highlights: tuple[Highlight, ...]
    part: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The passage as the contract has it, which knows no parts."""
        return {name: value for name, value in asdict(self).items() if name != "part"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found. `passages` are the nearest ones even when `answered` is False.

    `reading` is the question as it was understood where that differs from what was typed (else None);
    `confidence` is the calibrated probability that the first passage answers. `manner` is how something that asks
    nothing is meant (a greeting, say), None for a question.
    """

    question: str
    answered: bool
    confidence: float
    passages: tuple[Found, ...]
    reading: str | None = None
    manner: Manner | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command-line contract."""
        return {
            "question": self.question,
            "answered": self.answered,
            "confidence": self.confidence,
            "passages": [found.to_json() for found in self.passages],
        }

"""`Answer`: the passages that a question finds, in the notice's own words, and whether they answer it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.citation import Citation
from assistant.copies import Copy
from assistant.manner import Manner
from assistant.manner_words import REPLIES
from content.named import Lane


@dataclass(frozen=True, slots=True)
class Highlight:
    """The words that answer: offsets into the stored text of the notice, and exactly that slice."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One passage of an answer.

    `part` is what it answers of a question that asks for several things, else None. `found_by` says by what it was
    looked up where the question names it: its 发文字号, its article or its place. `copies` say the same elsewhere;
    `newer_version` is the date of the newest version of a law where this is an older one that it no longer has.
    """

    rank: int
    score: float
    text: str
    citation: Citation
    highlights: tuple[Highlight, ...]
    part: str | None = None
    found_by: Lane | None = None
    copies: tuple[Copy, ...] = ()
    newer_version: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The passage as the contract has it, without the part; what is more is there only where it says something."""
        row = asdict(self)
        more = {
            "found_by": self.found_by,
            "copies": [copy.to_json() for copy in self.copies],
            "newer_version": self.newer_version,
        }
        for name in ("part", *more):
            del row[name]
        return row | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found. `passages` are the nearest ones even when `answered` is False.

    `reading` is the question as it was understood where that differs from what was typed (else None);
    `confidence` is the calibrated probability that the first passage answers. `manner` is how something that asks
    nothing is meant (a greeting, say), None for a question. `remark` is one Chinese sentence about what the question
    names and is not there (第二百条 of a law that has 98), or about where to turn in need, else None.
    """

    question: str
    answered: bool
    confidence: float
    passages: tuple[Found, ...]
    reading: str | None = None
    manner: Manner | None = None
    remark: str | None = None

    @property
    def lane(self) -> Lane | None:
        """By what the first passage was looked up, None where it was searched for."""
        return self.passages[0].found_by if self.passages else None

    @property
    def reply(self) -> str | None:
        """The Chinese sentences said to something that asks nothing, None for a question."""
        return None if self.manner is None else REPLIES["zh"][self.manner]

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command-line contract, with `reply` where there is one."""
        passages = [found.to_json() for found in self.passages]
        if self.remark is not None and passages:
            passages[0]["remark"] = self.remark
        return {
            "question": self.question,
            "answered": self.answered,
            "confidence": self.confidence,
            "passages": passages,
        } | ({"reply": self.reply} if self.reply is not None else {})

"""`Verdict`: whether a notice says what someone said it says, with the evidence and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.answer import Found
from content.span import Span


class Finding(StrEnum):
    """What a notice has to say of a statement."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_MENTIONED = "not_mentioned"


class DifferenceKind(StrEnum):
    """What sort of thing differs."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    TERM = "term"
    NEGATION = "negation"
    RELATION = "relation"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the claim says (`claim`) and what the notice has in its stead (`source`); either may be empty.

    `claim_span` lies in the claim; `source_span` in the notice `notice_id`. None where that side is empty.
    """

    kind: DifferenceKind
    claim: str
    source: str
    claim_span: Span | None = None
    source_span: Span | None = None
    notice_id: str | None = None

    def to_json(self) -> dict[str, str]:
        """The difference as the contract has it."""
        return {"kind": str(self.kind), "claim": self.claim, "source": self.source}


class Exactness(StrEnum):
    """How a quotation in a claim agrees with the notice."""

    EXACT = "exact"
    PUNCTUATION = "punctuation"
    DIFFERING = "differing"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that the claim sets in quotation marks, held against the notice character by character.

    `span` lies in the claim (without the marks), `source_span` in the notice `notice_id` (None when ABSENT);
    `claim_marks` and `source_marks` are the characters that differ.
    """

    span: Span
    exactness: Exactness
    notice_id: str | None = None
    source_span: Span | None = None
    claim_marks: tuple[Span, ...] = ()
    source_marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a claim (`span` in the claim) and what was found of it.

    `evidence` are passages, best first, whose highlights are the sentences that settle it; `confidence` is the
    calibrated probability of `finding`, and `sure` whether it is high enough to go without a person's judgement.
    """

    span: Span
    text: str
    finding: Finding
    confidence: float
    sure: bool
    evidence: tuple[Found, ...]
    differences: tuple[Difference, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim's statements and what they come to: contradicted if any is, else not mentioned if any is."""

    claim: str
    finding: Finding
    confidence: float
    sure: bool
    statements: tuple[Statement, ...]

    @property
    def evidence(self) -> tuple[Found, ...]:
        """The evidence of all statements, that of the deciding ones first, each place once."""
        order = sorted(self.statements, key=lambda s: s.finding is not self.finding)
        found: dict[tuple[str, int, int], Found] = {}
        for statement in order:
            for item in statement.evidence:
                marks = item.highlights[0]
                found.setdefault((item.citation.notice_id, marks.start, marks.end), item)
        return tuple(found.values())

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(difference for statement in self.statements for difference in statement.differences)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command-line contract."""
        evidence = [item.to_json() | {"rank": rank} for rank, item in enumerate(self.evidence, 1)]
        return {
            "claim": self.claim,
            "verdict": str(self.finding),
            "confidence": self.confidence,
            "evidence": evidence,
            "differences": [difference.to_json() for difference in self.differences],
        }

"""`Candidate`: a question that someone made while using the product, and the events that it comes from.

An answer is anchored by its words and their offsets: where a notice has changed since, the words are looked for, and
an answer whose words are gone is flagged, not dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from content.notice import Notice
from content.span import Span


class CandidateError(ValueError):
    """A candidate that cannot be written or read; the message is a Chinese sentence that says why."""


class State(StrEnum):
    """What became of a candidate."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Target(StrEnum):
    """Where an accepted candidate went. Never both: a question that the product has learned cannot examine it."""

    EVAL = "eval"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of a notice and where they stood when they were marked; `sha256` is that of the notice's text then."""

    notice_id: str
    quote: str
    start: int
    end: int
    sha256: str

    def find(self, notice: Notice) -> Span | None:
        """Where the words stand now: the nearest place to where they stood; None when they are gone."""
        if notice.text[self.start : self.end] == self.quote:
            return Span(self.start, self.end)
        places = []
        at = notice.text.find(self.quote)
        while at >= 0:
            places.append(at)
            at = notice.text.find(self.quote, at + 1)
        if not places:
            return None
        start = min(places, key=lambda place: abs(place - self.start))
        return Span(start, start + len(self.quote))


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a candidate (the name of the event), by whom and when."""

    event: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question as it stands now.

    `answers` are the words that answer (none: nothing was marked, or the notice does not answer). `wrong` are words
    that were shown and do not answer. `category` is how it is asked, or near or far for what the notice does not
    answer. `target` and `split` are None until it is accepted, `split` for the bank too; `reason` is why it was
    rejected. `steps` are all that was done to it.
    """

    id: str
    notice_id: str
    question: str
    answers: tuple[Anchor, ...]
    wrong: tuple[Anchor, ...]
    category: str
    note: str
    proposed_by: str
    proposed_at: str
    state: State = State.PROPOSED
    target: Target | None = None
    split: str | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str = ""
    steps: tuple[Step, ...] = ()


EDITABLE = ("question", "answers", "category", "note")


def anchor(notice: Notice, span: Span) -> Anchor:
    """The words of a span of `notice`, to be found again."""
    return Anchor(notice.id, span.of(notice.text), span.start, span.end, notice.sha256)


def lost(candidate: Candidate, notice: Notice) -> tuple[Anchor, ...]:
    """The answers of a candidate whose words are no longer in the notice."""
    return tuple(one for one in candidate.answers if one.find(notice) is None)


def after(event: Mapping[str, Any], before: Candidate | None) -> Candidate:
    """What a candidate is after an event; raises KeyError, TypeError or ValueError for an event that cannot be."""
    found = _after(event, before)
    return replace(found, steps=(*found.steps, Step(str(event["event"]), str(event["by"]), str(event["at"]))))


def _after(event: Mapping[str, Any], before: Candidate | None) -> Candidate:
    kind, by, at = event["event"], str(event["by"]), str(event["at"])
    if kind == "proposed":
        if before is not None:
            raise ValueError("proposed twice")
        return Candidate(
            id=str(event["id"]),
            notice_id=str(event["notice_id"]),
            question=str(event["question"]),
            answers=_anchors(event["answers"]),
            wrong=_anchors(event["wrong"]),
            category=str(event["category"]),
            note=str(event["note"]),
            proposed_by=by,
            proposed_at=at,
        )
    if before is None:
        raise ValueError("never proposed")
    if kind == "edited":
        changes: dict[str, Any] = {name: event[name] for name in EDITABLE if name in event}
        if "answers" in changes:
            changes["answers"] = _anchors(changes["answers"])
        return replace(before, **changes)
    if kind == "accepted":
        split = event["split"]
        return replace(
            before, state=State.ACCEPTED, target=Target(event["target"]), split=split, decided_by=by, decided_at=at
        )
    if kind == "rejected":
        return replace(before, state=State.REJECTED, decided_by=by, decided_at=at, reason=str(event["reason"]))
    if kind == "reopened":
        return replace(
            before, state=State.PROPOSED, target=None, split=None, decided_by=None, decided_at=None, reason=""
        )
    raise ValueError(f"event {kind!r}")


def _anchors(rows: Sequence[Mapping[str, Any]]) -> tuple[Anchor, ...]:
    return tuple(Anchor(**{field.name: row[field.name] for field in fields(Anchor)}) for row in rows)

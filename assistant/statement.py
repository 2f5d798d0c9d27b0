"""The statements of a claim: its sentences, and what of the claim is read for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from content.span import Span

_ENDS, _OPENERS, _CLOSERS = "。！？!?", "“‘「『（(《", "”’」』）)》"
_LEANS = re.compile(r"^(?:[他她它其这该那此]|并|还|也|同时|而且|其中|另外|此外|会上|以及|对此)")
_GOES_ON = ("的", "，", "、", "；", "这", "是", "。")
_SHORT = 12
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One statement: `span` in the claim, and `read`, the stretch that is read to understand it.

    A statement that leans on the one before it (他还说……) is read with that one; else the two spans are the same.
    """

    span: Span
    read: Span


def split_statements(claim: str) -> tuple[Part, ...]:
    """The statements of a claim in order; every character that is not white space lies in exactly one."""
    spans: list[Span] = []
    for span in _sentences(claim):
        # What holds next to nothing is part of the one before.
        if spans and sum(character.isalnum() for character in span.of(claim)) < _FEWEST:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    parts = []
    for at, span in enumerate(spans):
        own = span.of(claim)
        leans = at > 0 and (len(own) < _SHORT or bool(_LEANS.match(own)))
        parts.append(Part(span, Span(spans[at - 1].start, span.end) if leans else span))
    return tuple(parts)


def _sentences(claim: str) -> list[Span]:
    """Stretches that end at 。！？ or a line's end, but not inside quotation marks or brackets that are closed."""
    closing = _closing(claim)
    found, start, at = [], 0, 0
    while at < len(claim):
        if at in closing:
            # A quotation that is a whole sentence ends the statement, unless something more is said of it.
            at = closing[at]
            if claim[at - 1] in _ENDS and claim[at + 1 : at + 2] not in _GOES_ON:
                found.append((start, at + 1))
                start = at + 1
            at += 1
            continue
        ends = claim[at] in _ENDS
        if ends or claim[at] == "\n":
            while ends and at + 1 < len(claim) and claim[at + 1] in _ENDS + _CLOSERS:
                at += 1
            found.append((start, at + 1))
            start = at + 1
        at += 1
    found.append((start, len(claim)))
    return [_stripped(claim, start, end) for start, end in found if claim[start:end].strip()]


def _closing(claim: str) -> dict[int, int]:
    """Where each opening mark is closed, on its own line."""
    closed: dict[int, int] = {}
    open_marks: list[int] = []
    for at, character in enumerate(claim):
        if character == "\n":
            open_marks.clear()
        elif character in _OPENERS:
            open_marks.append(at)
        elif character in _CLOSERS:
            kind = _OPENERS[_CLOSERS.index(character)]
            while open_marks:
                before = open_marks.pop()
                if claim[before] == kind:
                    closed[before] = at
                    break
    return closed


def _stripped(claim: str, start: int, end: int) -> Span:
    piece = claim[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return Span(first, first + len(piece.strip()))

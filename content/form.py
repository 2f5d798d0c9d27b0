"""`Form`: what is found of a document's formal parts while it is read from both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from content.history import History
from content.kind import Kind
from content.line import Line
from content.span import Span


@dataclass(slots=True)
class Form:
    """What was found while reading from both ends: `first` to `last` are the lines not yet spoken for.

    `order` is the body of an order, which has no title: 中华人民共和国国务院 of 中华人民共和国国务院令.
    """

    lines: Sequence[Line]
    first: int
    last: int
    parts: list[tuple[Kind, Span]] = field(default_factory=list)
    number: Span | None = None
    title: Sequence[Line] = ()
    addressees: Span | None = None
    history: History | None = None
    order: Span | None = None
    issuer: Span | None = None
    date: Span | None = None
    annex: Sequence[Line] = ()

    @property
    def rest(self) -> Sequence[Line]:
        return self.lines[self.first : self.last]

    def add(self, kind: Kind, lines: Sequence[Line]) -> None:
        """One part that covers these lines."""
        if lines:
            self.parts.append((kind, Span(lines[0].start, lines[-1].end)))

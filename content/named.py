"""`Named`: what a question names, and by what it is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from content.span import Span


class Lane(StrEnum):
    """By what a question is looked up before anything is searched."""

    NUMBER = "number"
    ARTICLE = "article"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names.

    `lane` is None where it names no number, article or place that there is; `rows` are the passages (indices into
    `corpus.passages`) that come first, in order; `notices` the ids of the documents named; `rest` what is asked beside
    the names (empty for nothing); `remark` one Chinese sentence about what is named and is not there, else None;
    `marks` the words that were asked for by 项, by row; `is_missing`: nothing of what is named by number is there.
    """

    lane: Lane | None = None
    rows: tuple[int, ...] = ()
    notices: frozenset[str] = frozenset()
    rest: str = ""
    remark: str | None = None
    marks: tuple[tuple[int, Span], ...] = ()
    is_missing: bool = False


NOTHING = Named()

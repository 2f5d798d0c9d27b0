"""Whom somebody speaks for: 王某代表理事会 where the evidence has the same person speak for somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.alignment import Replaced, clauses
from assistant.role import people_in
from content.span import Span
from index.pair import as_read

_FOR = re.compile(
    r"(?:(?<![会工党人大团])代表(?!大会|团|们|性|作|人)|(?<![代接])替(?![代换]))"
    r"(?P<whom>[^的，。；：、]{2,14}?)(?=所|来(?=[作做讲说致发])|向|对|作|做|致|讲|说|宣|发|出席|看望|慰问|交|在|的|$)"
)
"""Not 职工代表, 代表大会, 代表团, who are people themselves."""


@dataclass(frozen=True, slots=True)
class _Behalf:
    """A person, and the span that tells whom they speak for."""

    person: str
    whom: Span


def behalf(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """Whom the people of a claim speak for, where the evidence has them speak for somebody else alone."""
    theirs = list(_spoken(evidence))
    found = []
    for own in _spoken(claim):
        others = [other for other in theirs if other.person == own.person]
        if others and not any(_one(own.whom.of(claim), other.whom.of(evidence)) for other in others):
            found.append(Replaced(own.whom, others[0].whom, 1.0, True, True))
    return tuple(found)


def _one(ours: str, theirs: str) -> bool:
    """Whether both may be the same: every letter of the shorter stands in the longer, in order (全总执委会)."""
    short, long = sorted((as_read(ours).text, as_read(theirs).text), key=len)
    letters = iter(long)
    return all(letter in letters for letter in short)


def _spoken(text: str) -> Iterator[_Behalf]:
    """Every 代表 of a clause that comes behind one person's name, with that person."""
    for clause in clauses(text):
        for match in _FOR.finditer(text, clause.start, clause.end):
            before = [person for person in people_in(text, clause) if person.end <= match.start()]
            if before:
                yield _Behalf(before[-1].of(text), Span(*match.span("whom")))

"""Who does what: a claim that gives one person what the evidence gives another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.alignment import Replaced, clauses
from assistant.name import NameKind, names
from content.span import Span
from content.text import fold

_FITS, _BETTER = 0.35, 0.25
"""What share of a clause's character pairs the other person's clause must hold, and how much more than the own one."""
LETTERS = 3
"""Names of two letters are too often plain words that word segmentation takes for names."""
_THOUGHT = "新时代"
"""Behind a name it makes a body of thought of it, that does nothing: 以习近平新时代……思想为指导."""
_CLEFT = re.compile(r"的[，,]\s*[就便]?是")
"""要求大家到场的，是张校长: one clause, whatever the comma says."""
_TOLD = re.compile(r"(.{5,}的)[，,]?\s*[就便]?是(?!.*的是)")
"""What comes before 的是 tells what is done; what comes after it, such as someone's post, tells who does it."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """A clause with the person it is about, and the pairs of characters that tell what is done.

    Not `alone` where the head of a passage names the person and the clause another: either may be said to do it.
    """

    person: Span
    name: str
    pairs: frozenset[str]
    alone: bool = True


def roles(claim: str, evidence: str, blocks: Sequence[tuple[Span, Span]] = ()) -> tuple[Replaced, ...]:
    """Every person of the claim whose deed is, in the evidence, that of another person and not theirs.

    `blocks` are the stretches of the evidence that are of one passage each, with its head: whom that alone names, the
    rest of the passage tells of too.
    """
    theirs = [*_deeds(evidence, clauses(evidence)), *_headed(evidence, blocks)]
    found = []
    for deed in _deeds(claim, _whole_clauses(claim), cleft=True):
        own = max((_share(deed, other) for other in theirs if other.name == deed.name), default=0.0)
        rivals = [other for other in theirs if other.name != deed.name and other.alone]
        best = max(rivals, key=lambda other: _share(deed, other), default=None)
        if best is None:
            continue
        share = _share(deed, best)
        if share >= _FITS and share - own >= _BETTER:
            found.append(Replaced(deed.person, best.person, share, True, True))
    return tuple(found)


def _share(deed: _Deed, other: _Deed) -> float:
    return len(deed.pairs & other.pairs) / max(1, len(deed.pairs))


def _whole_clauses(claim: str) -> list[Span]:
    """The clauses of a claim, what a cleft sets behind a comma with what it is said of."""
    found: list[Span] = []
    for clause in clauses(claim):
        if found and _CLEFT.match(claim, found[-1].end - 1):
            found[-1] = Span(found[-1].start, clause.end)
        else:
            found.append(clause)
    return found


def _deeds(text: str, spans: Sequence[Span], cleft: bool = False) -> Iterator[_Deed]:
    """Every person that a clause names, with what the clause says beside."""
    for clause in spans:
        people = people_in(text, clause)
        told = _TOLD.match(clause.of(text)) if cleft else None
        rest = told.group(1) if told else clause.of(text)
        for person in people:
            rest = rest.replace(person.of(text), " ")
        pairs = _pairs(rest)
        for person in people if pairs else ():
            yield _Deed(person, fold(person.of(text)).text, pairs)


def _headed(text: str, blocks: Sequence[tuple[Span, Span]]) -> Iterator[_Deed]:
    """What the clauses of a passage say, as deeds of the one person that its head names."""
    for block, head in blocks:
        people = people_in(text, head)
        if len({person.of(text) for person in people}) != 1:
            continue
        for clause in clauses(text[: block.end]):
            if clause.start >= head.end and clause.start >= block.start:
                own = people_in(text, clause)
                yield _Deed(people[0], fold(people[0].of(text)).text, _pairs(clause.of(text)), not own)


def people_in(text: str, span: Span) -> list[Span]:
    """The names of people within a stretch of a text."""
    folded = fold(span.of(text))
    found = [own for own, name, kind in names(folded.text) if kind is NameKind.PERSON and len(name) == LETTERS]
    found = [own for own in found if not folded.text.startswith(_THOUGHT, own.end)]
    places = [folded.source_span(own.start, own.end) for own in found]
    return [Span(span.start + start, span.start + end) for start, end in places]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(a + b for a, b in itertools.pairwise(fold(text).text) if (a + b).isalnum())

"""Who does what: a claim that gives one person what the evidence gives another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.alignment import Replaced, clauses
from assistant.name import NameKind, names
from content.span import Span
from content.text import fold

_FITS, _BETTER = 0.35, 0.25
"""What share of a clause's character pairs the other person's clause must hold, and how much more than the own one."""


_LETTERS = 3
"""Names of two letters are too often plain words that word segmentation takes for names."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """A clause with the person it is about, and the pairs of characters that tell what is done."""

    person: Span
    name: str
    pairs: frozenset[str]


def roles(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """Every person of the claim whose deed is, in the evidence, that of another person and not theirs."""
    theirs = list(_deeds(evidence))
    found = []
    for deed in _deeds(claim):
        own = max((_share(deed, other) for other in theirs if other.name == deed.name), default=0.0)
        rivals = [other for other in theirs if other.name != deed.name]
        best = max(rivals, key=lambda other: _share(deed, other), default=None)
        if best is None:
            continue
        share = _share(deed, best)
        if share >= _FITS and share - own >= _BETTER:
            found.append(Replaced(deed.person, best.person, share, True, True))
    return tuple(found)


def _share(deed: _Deed, other: _Deed) -> float:
    return len(deed.pairs & other.pairs) / max(1, len(deed.pairs))


def _deeds(text: str) -> Iterator[_Deed]:
    """Every person that a clause names, with what the clause says beside."""
    for clause in clauses(text):
        folded = fold(clause.of(text))
        people = [(span, name) for span, name, kind in names(folded.text) if kind is NameKind.PERSON]
        people = [(span, name) for span, name in people if len(name) == _LETTERS]
        if not people:
            continue
        rest = folded.text
        for _, name in people:
            rest = rest.replace(name, " ")
        pairs = frozenset(a + b for a, b in itertools.pairwise(rest) if (a + b).isalnum())
        for span, name in people if pairs else ():
            start, stop = folded.source_span(span.start, span.end)
            yield _Deed(Span(clause.start + start, clause.start + stop), name, pairs)

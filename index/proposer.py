"""`Proposer`: which passages of many a question is scored over.

Each channel proposes the entries that it finds nearest, each by itself. So does the sort of document (`Sorts`) that has
few passages: among the many of the other sort none of its own might come so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from index.arrangement import NO_AIM
from index.build import ANALYZERS, Index
from index.channel import NEIGHBOURS, Scores, highest
from index.copies import Copies
from index.encoder import Vectors
from index.entries import EntryKind
from index.view import Aim, Ints, Scope, View, Views

_WHOLE = 1_000
"""Up to so many passages all are scored; of more, those that the channels propose."""
_PROPOSED = 64
"""Entries that each channel proposes."""
_FEW, _TIMES_MORE = 2_000, 4
"""Of one sort there are few up to so many passages, and where those of both are so many times as many."""
_SCOPES = 8
"""Scopes of which it is kept at hand what is searched in them."""

Lexical = Mapping[tuple[str, EntryKind], Scores]
"""A score for every row of a kind, by analyzer and kind."""


@dataclass(frozen=True, slots=True)
class _Searched:
    """What a scope leaves: passages, rows within each kind, and the passages of the sort that has fewer."""

    passages: Ints
    rows: Mapping[EntryKind, Ints | range]
    few: Ints


class Proposer:
    """Over one index. Immutable after construction; `telling` are the channels that propose (`Fusion.telling`)."""

    def __init__(self, index: Index, views: Views, copies: Copies, telling: frozenset[tuple[str, EntryKind]]) -> None:
        self._index, self._views, self._copies, self._telling = index, views, copies, telling
        # The same for every question: halves of a library are searched in a scope each.
        self._searched = lru_cache(_SCOPES)(partial(_searched_in, index, views))
        self._few = lru_cache(_SCOPES)(partial(_rows_of_few, views, self._searched))

    @property
    def all_are_scored(self) -> bool:
        """Whether there are so few passages that none need be proposed."""
        return self._views.whole.passages.size <= _WHOLE

    def view(self, vector: Vectors, lexical: Lexical, k: int, scope: Scope | None, aim: Aim, fold: bool) -> View:
        """What a question to many passages, or to a scope, is scored over; `vector` has shape (1, dim)."""
        views = self._views
        searched = self._searched(scope)
        allowed, rows = searched.passages, searched.rows
        count = max(_PROPOSED, k)
        unanswered = self._nearest(vector, lexical, EntryKind.UNANSWERED, rows[EntryKind.UNANSWERED], NEIGHBOURS)
        if allowed.size <= _WHOLE:
            return views.of(allowed, np.unique(unanswered))
        few = searched.few.size
        parts = [rows]
        if 0 < few <= _FEW and few * _TIMES_MORE < allowed.size:
            parts.append(self._few(scope))
        proposed = [
            views.passages_of(self._nearest(vector, lexical, kind, own, count), kind)
            for part in parts
            for kind, own in part.items()
            if kind is not EntryKind.UNANSWERED
        ]
        proposed.append(allowed[:k])  # where nothing is near there still are k passages
        if aim != NO_AIM:
            aimed = views.passages_in(Scope(aim.preferred))[:_WHOLE]
            proposed += [aimed, np.array(aim.first, np.int64)]
        if fold:
            proposed += [self._copies.newest(np.unique(np.concatenate(proposed)))]
        chosen = np.concatenate(proposed)
        # Entries lead to passages of one notice and so keep to the scope; what is aimed at and copies need not.
        chosen = chosen if scope is None else chosen[np.isin(chosen, allowed)]
        return views.of(chosen, np.unique(unanswered), allowed)

    def _nearest(self, vector: Vectors, lexical: Lexical, kind: EntryKind, own: Ints | range, count: int) -> Ints:
        """Of some rows of a kind those that its channels find nearest."""
        start = self._index.rows[kind].start
        shifted = range(start, start + len(own)) if isinstance(own, range) else own + start
        found = [np.zeros(0, np.int64)]
        if ("dense", kind) in self._telling:
            _, dense = self._index.store.search(vector, count, shifted)
            found.append(dense[0] - start)
        for name in ANALYZERS:
            if (name, kind) in self._telling:
                scores = lexical[name, kind]
                near = highest(scores if isinstance(own, range) else scores[own], count)
                found.append(near if isinstance(own, range) else own[near])
        return np.concatenate(found)


def _searched_in(index: Index, views: Views, scope: Scope | None) -> _Searched:
    if scope is None:
        allowed = views.whole.passages
        rows: dict[EntryKind, Ints | range] = {kind: range(len(index.rows[kind])) for kind in EntryKind}
    else:
        allowed = views.passages_in(scope)
        rows = {kind: views.rows_of(allowed, kind) for kind in EntryKind}
    return _Searched(allowed, rows, views.sorts.few(allowed))


def _rows_of_few(
    views: Views, searched: Callable[[Scope | None], _Searched], scope: Scope | None
) -> Mapping[EntryKind, Ints]:
    few = searched(scope).few
    return {kind: views.rows_of(few, kind) for kind in EntryKind if kind is not EntryKind.UNANSWERED}

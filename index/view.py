"""`View`: the passages that one question is scored over, with the entries that lead to them.

A small corpus is one view, all of it. Of a large one, or of the notices of a `Scope`, the channels propose passages
each by itself; these are then scored and fused as if they were the whole corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content.kind import Kind
from index.build import Index
from index.entries import EntryKind
from index.sorts import Sorts

Ints = NDArray[np.int64]
_SCOPES = 16
"""Scopes whose passages are kept at hand."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The notices, by id, that may be found."""

    notices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a question is known to be after, beside what its words are near to.

    `first` are passages (indices into `corpus.passages`) that come before all others, in this order; those of the
    notices `preferred` have an advantage, or with `strict` come before those of all others.
    """

    first: tuple[int, ...] = ()
    preferred: frozenset[str] = frozenset()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """`passages` are indices into `corpus.passages`, ascending; `rows[kind]` rows within the kind, ascending.

    `links[kind]` are pairs (place in `rows[kind]`, place in `passages`) as two arrays of one length, `by_passage[kind]`
    the same in the order of passages. `whole`: nothing is left out. `advantage` is by place what a passage's sort
    counts among all that is searched (`Sorts`).
    """

    passages: Ints
    rows: dict[EntryKind, Ints]
    links: dict[EntryKind, tuple[Ints, Ints]]
    by_passage: dict[EntryKind, tuple[Ints, Ints]]
    whole: bool
    with_bank: bool
    advantage: NDArray[np.float32]

    def rows_at(self, place: int, kind: EntryKind) -> Ints:
        """Places in `rows[kind]` of what leads to the passage at `place`, ascending."""
        rows, passages = self.by_passage[kind]
        start, end = passages.searchsorted((place, place + 1))
        return rows[start:end]


class Views:
    """Makes views of one index. Immutable after construction."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._links = {kind: _links(index, kind) for kind in EntryKind}
        count = len(index.corpus.passages)
        places = {notice.id: place for place, notice in enumerate(index.corpus.notices)}
        self._notice_ids = places
        self.notice_of = np.fromiter((places[p.notice_id] for p in index.corpus.passages), np.int64, count)
        """The notice of each passage, as its place in `corpus.notices`."""
        titles = [row for row, passage in enumerate(index.corpus.passages) if passage.kind is Kind.TITLE]
        self.sorts = Sorts(index.corpus, self.notice_of)
        self._titled = np.isin(np.arange(len(places)), self.notice_of[titles])
        # Links ordered by passage: those of passage p are `_order[kind][_starts[kind][p] : _starts[kind][p + 1]]`.
        self._order = {kind: np.argsort(passages, kind="stable") for kind, (_, passages) in self._links.items()}
        self._starts = {
            kind: np.searchsorted(passages[self._order[kind]], np.arange(count + 1))
            for kind, (_, passages) in self._links.items()
        }
        self._notice_of_unanswered = np.repeat(
            np.arange(len(places)), [sum(not q.answerable for q in bank) for bank in index.corpus.questions]
        )
        self._has_bank = np.array([any(q.answerable for q in bank) for bank in index.corpus.questions], np.bool_)
        rows = {kind: np.arange(len(index.rows[kind])) for kind in EntryKind}
        ordered = {kind: (of[self._order[kind]], to[self._order[kind]]) for kind, (of, to) in self._links.items()}
        every = np.arange(count)
        more = self.sorts.advantage(every, every)
        self.whole = View(every, rows, self._links, ordered, True, index.has_bank, more)
        self.passages_in = lru_cache(_SCOPES)(partial(_passages_in, places, self.notice_of))

    def rows_of(self, passages: Ints, kind: EntryKind) -> Ints:
        """Rows within a kind that lead to some passages, ascending; of UNANSWERED those of their notices."""
        if kind is EntryKind.UNANSWERED:
            return np.flatnonzero(np.isin(self._notice_of_unanswered, np.unique(self.notice_of[passages])))
        return np.unique(self._links[kind][0][self._at(passages, kind)])

    def passages_of(self, rows: Ints, kind: EntryKind) -> Ints:
        """Passages that rows of a kind lead to, the first row's first; a row may lead to several, or to none."""
        linked, passages = self._links[kind]  # ascending by row
        starts, ends = np.searchsorted(linked, rows), np.searchsorted(linked, rows, side="right")
        return passages[_runs(starts, ends)]

    def of(self, passages: Iterable[int] | Ints, unanswered: Ints, among: Ints | None = None) -> View:
        """A view of some passages, with these rows of UNANSWERED; `among` are those that are searched (None: these)."""
        chosen = np.unique(np.fromiter(passages, np.int64))
        rows: dict[EntryKind, Ints] = {}
        links: dict[EntryKind, tuple[Ints, Ints]] = {}
        for kind in EntryKind:
            own_rows, own_passages = (side[self._at(chosen, kind)] for side in self._links[kind])
            rows[kind] = unanswered if kind is EntryKind.UNANSWERED else np.unique(own_rows)
            links[kind] = np.searchsorted(rows[kind], own_rows), np.searchsorted(chosen, own_passages)
        # The weights that use a bank were fitted where every passage has questions.
        banked = bool(self._has_bank[self.notice_of[chosen]].mean() > 0.5) if chosen.size else False
        more = self.sorts.advantage(chosen, chosen if among is None else among)
        return View(chosen, rows, links, links, False, banked, more)

    def of_many(self, view: View) -> bool:
        """Whether the passages are of several documents with titles, and there is no bank to tell them apart."""
        notices = self.notice_of[view.passages]
        several = bool(notices.size) and int(np.ptp(notices)) > 0
        return several and not view.with_bank and bool(self._titled[notices].any())

    def _at(self, passages: Ints, kind: EntryKind) -> Ints:
        """Which links lead to some passages, those of the first passage first."""
        starts = self._starts[kind]
        return self._order[kind][_runs(starts[passages], starts[passages + 1])]


def _passages_in(places: Mapping[str, int], notice_of: Ints, scope: Scope) -> Ints:
    """The passages of the notices of a scope, not to be written to; an id that there is not stands for none."""
    wanted = np.zeros(len(places), np.bool_)
    wanted[[places[name] for name in scope.notices if name in places]] = True
    return _frozen(np.flatnonzero(wanted[notice_of]))


def _frozen(values: Ints) -> Ints:
    values.flags.writeable = False
    return values


def _runs(starts: Ints, ends: Ints) -> Ints:
    """The numbers from each start up to its end, one run after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    numbers: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return numbers


def _links(index: Index, kind: EntryKind) -> tuple[Ints, Ints]:
    rows = index.rows[kind]
    pairs = [(row - rows.start, passage) for row in rows for passage in index.entries[row].passages]
    array: Any = np.array(pairs, np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]

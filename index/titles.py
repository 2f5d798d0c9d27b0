"""`Titles`: how near a question comes to the titles of documents, which speaks for every passage of a document.

Among many documents like rules stand in several (a licence is revoked everywhere); what a question is about is told by
the title alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from content.kind import Kind
from index.build import Index
from index.channel import Scores
from index.encoder import Vectors
from index.entries import EntryKind
from index.lexical import LexicalIndex
from index.terms import character_terms
from index.view import Ints

TITLE_CHANNELS = ("dense/title", "characters/title")


class Titles:
    """Over one index. Immutable after construction."""

    def __init__(self, index: Index) -> None:
        places = {notice.id: place for place, notice in enumerate(index.corpus.notices)}
        # The title's own passage, or the first one of a document without a title.
        rows: dict[int, int] = {}
        for row, passage in enumerate(index.corpus.passages):
            place = places[passage.notice_id]
            if place not in rows or (
                passage.kind is Kind.TITLE and index.corpus.passages[rows[place]].kind != Kind.TITLE
            ):
                rows[place] = row
        start = index.rows[EntryKind.PASSAGE].start  # one entry a passage, in their order
        self._rows = np.array([start + rows.get(place, 0) for place in range(len(places))], np.int64)
        self._lexical = LexicalIndex.build([notice.title for notice in index.corpus.notices], character_terms)
        self._store = index.store

    def scores(self, vector: Vectors, terms: Sequence[str], notices: Ints) -> dict[str, Scores]:
        """By channel the score of each of `notices` (places in `corpus.notices`), for a vector of shape (1, dim)."""
        own, back = np.unique(notices, return_inverse=True)
        near = self._store.at(self._rows[own]) @ vector[0]
        return dict(zip(TITLE_CHANNELS, (near[back], self._lexical.scores(terms)[own][back]), strict=True))

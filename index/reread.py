"""`Rereading`: which of the passages found the reranker reads once more, and what it then counts.

Of several documents the first sixteen, always. Of one (or of several without titles, which tell nothing apart) the
first eight, and only where the first is not sure. Where there is a bank, none: of 645 dev questions about the packaged
notice it would put one more first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from content.corpus import Corpus
from index.channel import Scores
from index.reranker import Reranker, given
from index.view import View, Views

RERANKER = "reranker"
"""The name of its scores among a hit's channels."""
READ, READ_OF_ONE = 16, 8
"""Passages that it reads of several documents, and of one."""
_SURE = 1.0
"""A first passage so far ahead of the second is sure: likelier by a factor of e, as the weights are fitted."""


class Rereading:
    """What a reranker adds to the channels' sum, over one index; `counts` is that of `Fusion`. Immutable."""

    def __init__(self, corpus: Corpus, views: Views, reranker: Reranker, counts: Mapping[str, float]) -> None:
        self._corpus, self._views, self._reranker, self._counts = corpus, views, reranker, counts

    def factor(self, view: View, ranked: Scores) -> float:
        """What the reranker counts among the passages of a view, ranked by these scores; 0 where it reads none."""
        if view.with_bank:
            return 0.0
        if self._views.of_many(view):
            return self._counts.get("of_many", 0.0)
        return self._counts.get("without_bank", 0.0) if unsure(ranked) else 0.0

    def of(self, question: str, passage: int, channels: Mapping[str, float]) -> float:
        """What the reranker says of one passage found, with the scores of its channels: as it read it, or anew."""
        if RERANKER in channels:
            return channels[RERANKER]
        found = self._corpus.passages[passage]
        notice = self._corpus.notices[self._views.notice_of[passage]]
        return float(self._reranker.scores(question, [given(notice, found)])[0])

    def read(self, question: str, ranked: Scores, view: View) -> Scores:
        """By place in a view what the reranker says of the passages that are ranked first; the others get the least."""
        count = READ if self._views.of_many(view) else READ_OF_ONE
        first = np.lexsort((np.arange(ranked.size), -ranked))[:count]
        rows = view.passages[first]
        notices = [self._corpus.notices[place] for place in self._views.notice_of[rows]]
        pairs = [given(notice, self._corpus.passages[row]) for notice, row in zip(notices, rows, strict=True)]
        scores = self._reranker.scores(question, pairs)
        read = np.full(ranked.size, scores.min(), np.float32)
        read[first] = scores
        return read


def unsure(ranked: Scores) -> bool:
    """Whether the second passage might as well be the first."""
    return ranked.size > 1 and float(np.diff(np.partition(ranked, -2)[-2:])[0]) < _SURE

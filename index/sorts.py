"""`Sorts`: rules (laws, regulations) and what offices write (notices), of which one may be far fewer.

An office keeps some notices beside the laws that they cite. Were every passage as likely to be asked for as any other,
the many of the one sort would win by their number alone; so each sort is taken to be as likely as the other. That is a
weight of 1 for the logarithm of their proportion, fixed: `evals/fit_many.py` fits the other weights beside it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from content.corpus import Corpus
from content.facets import is_rule


class Sorts:
    """Over one corpus; `notice_of` is the place in `corpus.notices` of each passage. Immutable after construction.

    `among` are always the passages that are searched, as indices into `corpus.passages`.
    """

    def __init__(self, corpus: Corpus, notice_of: NDArray[np.int64]) -> None:
        self._rules = np.array([is_rule(notice) for notice in corpus.notices], np.bool_)[notice_of]

    def few(self, among: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the sort that has fewer; none where there is but one sort."""
        fewer, more = self._fewer(among)
        return among[self._rules[among] == fewer] if more is not None else among[:0]

    def advantage(self, passages: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.float32]:
        """What counts for each of some passages beside its score: how many times more the others are, as a logarithm.

        0 for those of the sort that has more, and for all where there is but one sort. Shape (passages,).
        """
        fewer, more = self._fewer(among)
        found: NDArray[np.float32] = np.float32(more or 0.0) * (self._rules[passages] == fewer)
        return found.astype(np.float32)

    def _fewer(self, among: NDArray[np.int64]) -> tuple[bool, float | None]:
        """Whether the rules are the fewer, and by what logarithm; None where there is but one sort."""
        rules = int(np.count_nonzero(self._rules[among]))
        others = among.size - rules
        if not rules or not others:
            return False, None
        return rules <= others, abs(math.log(others / rules))

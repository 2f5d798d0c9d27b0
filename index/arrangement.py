"""`Arrangement`: the order in which passages are shown, once they are scored."""

from __future__ import annotations

import numpy as np

from index.channel import Scores, by_turns, first_of_each
from index.copies import Copies
from index.view import Aim, Ints, Scope, View, Views

NO_AIM = Aim()
_ADVANTAGE = 1.5
"""What a passage of a notice that a question names has over others, in standard deviations of the scores."""


class Arrangement:
    """Puts first what a question names, takes turns between documents, and folds what says the same."""

    def __init__(self, views: Views, copies: Copies) -> None:
        self._views = views
        self._copies = copies

    def arrange(
        self, view: View, fused: Scores, k: int, scope: Scope | None = None, aim: Aim = NO_AIM, fold: bool = False
    ) -> list[tuple[int, tuple[int, ...]]]:
        """The best k places in a view, each with the passages (indices into the corpus) that are folded under it.

        `fused` are scores by place. Whose passages a question asks for by name need not take turns with others.
        """
        ranked = self.favoured(view, fused, aim)
        order = np.lexsort((np.arange(view.passages.size), -ranked))
        if aim != NO_AIM:
            order = self._aimed(order, view, aim)
        if fold:
            order = order[first_of_each(self._copies.newest(view.passages[order]))]
        if aim == NO_AIM and (fold or not view.whole):
            order = by_turns(order, ranked, self._families(view, fold))
        if not fold:
            return [(int(place), ()) for place in order[:k]]
        among = None if scope is None else self._views.passages_in(scope)
        groups = self._copies.fold(view.passages[order], k, frozenset(aim.first), among)
        return [(int(np.searchsorted(view.passages, group.leader)), group.copies) for group in groups]

    def favoured(self, view: View, fused: Scores, aim: Aim) -> Scores:
        """The scores with the advantage of what a question names.

        For the order alone: what is made of scores elsewhere was fitted without.
        """
        if not aim.preferred:
            return fused
        ranked = fused.copy()
        ranked[np.isin(view.passages, self._views.passages_in(Scope(aim.preferred)))] += np.float32(
            _ADVANTAGE * float(fused.std())
        )
        return ranked

    def _aimed(self, order: Ints, view: View, aim: Aim) -> Ints:
        """The same places with those that a question names before the others."""
        passages = view.passages[order]
        turn = np.ones(order.size, np.int64) * len(aim.first)
        if aim.strict:
            turn += ~np.isin(passages, self._views.passages_in(Scope(aim.preferred)))
        for place, passage in enumerate(aim.first):
            turn[passages == passage] = place
        return order[np.argsort(turn, kind="stable")]

    def _families(self, view: View, fold: bool) -> Ints:
        """By place the document that takes its turn: where passages are folded, all versions of a law are one."""
        if not fold:
            return self._views.notice_of[view.passages]
        return np.array([self._copies.family(int(passage)) for passage in view.passages], np.int64)

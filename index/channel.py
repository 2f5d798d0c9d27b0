"""Scores of one channel over a view, and what is made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.entries import EntryKind
from index.view import Ints, View

Scores = NDArray[np.float32]
NEIGHBOURS = 10
"""Bank questions that vote."""
DEPTH = 512
_MEAN_OF = 3
"""Several bank questions about one passage that are all near say more than one that is nearest by chance."""
_VOTE_WIDTH = 0.03
"""Cosine over which a neighbour's vote falls to a third."""
_TURN = 4
"""Hits of one notice before the others have their turn, in a library."""
_LITTLE = 1e-6
"""A spread below this is none."""
_NEAR_ENOUGH = 0.5
"""Share of the score of the hit that waits, which one of another notice needs for going first."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Score by entry row of one kind, and by passage the best of its entries."""

    by_row: Scores
    by_passage: Scores


def best_by_passage(by_row: Scores, kind: EntryKind, floor: float, view: View) -> Channel:
    """A channel from scores by place in `view.rows[kind]`; passages that no entry leads to get the floor."""
    rows, passages = view.links[kind]
    by_passage = np.full(view.passages.size, floor, np.float32)
    np.maximum.at(by_passage, passages, by_row[rows])
    return Channel(by_row, by_passage)


def mean_of_best(by_row: Scores, view: View) -> Scores:
    """By passage the mean of its best bank questions; passages that none of the nearest leads to get the floor."""
    rows, passages = view.links[EntryKind.QUESTION]
    by_passage = np.zeros(view.passages.size, np.float32)
    if not rows.size:
        return by_passage
    scores = by_row[rows]
    floor = float(scores.min())
    # Most have the least score, for nothing in common or for being far: the others alone are sorted.
    near = np.flatnonzero(scores > floor)
    if near.size >= DEPTH:
        near = near[np.argpartition(scores[near], -DEPTH)[-DEPTH:]]
        floor = float(scores[near].min())
    passages, scores = passages[near], scores[near]
    order = np.lexsort((-scores, passages))
    passages, scores = passages[order], scores[order]
    starts = np.flatnonzero(np.r_[True, passages[1:] != passages[:-1]])
    place = np.arange(passages.size) - np.repeat(starts, np.diff(np.r_[starts, passages.size]))
    by_passage[:] = floor
    for rank in range(_MEAN_OF):
        # A passage with fewer near questions than that takes the floor for the others.
        by_passage[passages[place == rank]] += (scores[place == rank] - floor) / _MEAN_OF
    return by_passage


def by_turns(order: Ints, fused: Scores, notices: Ints) -> Ints:
    """The same places, but past the fourth hit of a notice those of other notices come first.

    Only those that come near the one that waits: a notice that alone speaks of it keeps its places.
    """
    taken: dict[int, int] = {}
    first: list[int] = []
    later: list[int] = []
    limit = -np.inf
    for place in order:
        notice = int(notices[place])
        taken[notice] = taken.get(notice, 0) + 1
        if taken[notice] > _TURN and not later:
            limit = _NEAR_ENOUGH * float(fused[place])
        (later if taken[notice] > _TURN or fused[place] < limit else first).append(int(place))
    return np.array([*first, *later], np.int64)


def first_of_each(keys: Ints) -> Ints:
    """Where each key stands first, in order."""
    return np.sort(np.unique(keys, return_index=True)[1])


def highest(scores: Scores, count: int) -> Ints:
    """Up to `count` places with the highest scores above 0, ascending; of equal ones the first."""
    if scores.size <= count:
        return np.flatnonzero(scores > 0)
    low = np.partition(scores, -count)[-count]
    if low <= 0:
        return np.flatnonzero(scores > 0)
    chosen = scores > low
    equal = np.flatnonzero(scores == low)
    chosen[equal[: count - int(np.count_nonzero(chosen))]] = True
    return np.flatnonzero(chosen)


def vote(answered: Scores, unanswered: Scores) -> float:
    """The share of questions without an answer among the nearest, the nearer counting more; 0 for none at all."""
    near = sorted([(float(s), 0.0) for s in _top(answered)] + [(float(s), 1.0) for s in _top(unanswered)], reverse=True)
    near = near[:NEIGHBOURS]
    if not near:
        return 0.0
    weights = [math.exp((score - near[0][0]) / _VOTE_WIDTH) for score, _ in near]
    return sum(weight * vote for weight, (_, vote) in zip(weights, near, strict=True)) / sum(weights)


def _top(scores: Scores) -> Scores:
    if len(scores) <= NEIGHBOURS:
        return scores
    above = scores[scores > scores.min()]
    return np.partition(above if len(above) >= NEIGHBOURS else scores, -NEIGHBOURS)[-NEIGHBOURS:]


def fuse(channels: Mapping[str, Channel], weights: Mapping[str, float]) -> Scores:
    """The weighted sum of channels, each in standard deviations from its mean so that they can be added."""
    used = {name: weight for name, weight in weights.items() if weight}
    if not used:
        return np.zeros(next(iter(channels.values())).by_passage.size, np.float32)
    together = np.array([channels[name].by_passage for name in used])
    if not together.size:
        return np.zeros(0, np.float32)
    spread = together.std(axis=1, keepdims=True)
    spread[spread <= _LITTLE] = 1.0
    fused: Scores = np.array(list(used.values()), np.float32) @ (
        (together - together.mean(axis=1, keepdims=True)) / spread
    )
    return fused


def standard(scores: Scores) -> Scores:
    """Scores as distances from their mean in standard deviations, so that channels can be added."""
    if not scores.size:
        return scores
    spread = float(scores.std())
    standardised: Scores = (scores - scores.mean()) / np.float32(spread if spread > _LITTLE else 1.0)
    return standardised

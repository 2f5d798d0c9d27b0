"""Measures with TREC's words and semantics, and how sure each figure is.

Ranked measures come from ir_measures. A judged question without results counts 0; ties break as in trec_eval, by
score and then by document id, both descending. Questions of one group are one question in several wordings, so
groups, not single questions, are resampled for the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RANKED = ("Success@1", "Success@3", "Success@5", "nDCG@10", "RR@10", "AP", "R@1", "R@3", "R@5", "R@10")
"""AP is average precision over all that was returned; its mean is TREC's MAP."""
RESAMPLES = 2000
CONFIDENCE_LEVEL = 0.95

Qrels = Mapping[str, Mapping[str, int]]
Scored = Mapping[str, Mapping[str, float]]
"""Query id to document id to score, higher is better."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` questions with its 95% bootstrap interval. All are NaN where `n` is 0."""

    mean: float
    low: float
    high: float
    n: int


def rank_documents(scores: Mapping[str, float]) -> list[str]:
    """Document ids, best first, ties broken as trec_eval breaks them."""
    return sorted(scores, key=lambda document: (scores[document], document), reverse=True)


def ranked_measures(qrels: Qrels, run: Scored) -> dict[str, dict[str, float]]:
    """The measures of `RANKED` for every judged query: `{query id: {measure: value}}`.

    Queries of `run` that nobody judged are left out.
    """
    import ir_measures

    # The providers behind ir_measures break ties in different ways, and trec_eval compares scores in single
    # precision: so ties are broken here, and whole numbers handed on.
    judged = {query: dict(grades) for query, grades in qrels.items() if grades}
    ordered = {
        query: {document: float(-rank) for rank, document in enumerate(rank_documents(scores))}
        for query, scores in run.items()
        if scores and query in judged
    }
    values = {query: dict.fromkeys(RANKED, 0.0) for query in qrels}
    measures = [ir_measures.parse_measure(name) for name in RANKED]
    if not ordered:
        return values
    for metric in ir_measures.iter_calc(measures, judged, ordered):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    return values


def first_relevant(qrels: Mapping[str, int], scores: Mapping[str, float]) -> int | None:
    """The rank, from 1, of the first relevant document; None when none was found."""
    for rank, document in enumerate(rank_documents(scores), 1):
        if qrels.get(document, 0) > 0:
            return rank
    return None


def estimate(values: Sequence[float], groups: Sequence[str] | None = None, seed: int = 0) -> Estimate:
    """The mean of `values` and its interval, resampling whole groups (`groups[i]` is the group of `values[i]`).

    Where all values are equal a bootstrap can see no spread. Shares (all 0 or all 1) then get the exact binomial
    interval over groups; anything else, and a single group, the interval that the values leave: none, or all.
    """
    from scipy import stats

    if not values:
        return Estimate(math.nan, math.nan, math.nan, 0)
    sums, counts = _by_group(values, groups)
    mean = float(sums.sum() / counts.sum())
    ratios = sums / counts
    if np.ptp(ratios) == 0:
        if ratios[0] in (0.0, 1.0):
            hits = len(ratios) if ratios[0] else 0
            interval = stats.binomtest(hits, len(ratios)).proportion_ci(CONFIDENCE_LEVEL, "exact")
            return Estimate(mean, float(interval.low), float(interval.high), len(values))
        low, high = (mean, mean) if len(ratios) > 1 else (math.nan, math.nan)
        return Estimate(mean, low, high, len(values))
    result = stats.bootstrap(
        (sums, counts),
        lambda total, count, axis=-1: total.sum(axis=axis) / count.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE_LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = (float(bound) for bound in result.confidence_interval)
    return Estimate(mean, low, high, len(values))


def _by_group(values: Sequence[float], groups: Sequence[str] | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    array = np.asarray(values, np.float64)
    if groups is None:
        return array, np.ones_like(array)
    _, index = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    return np.bincount(index, array).astype(np.float64), np.bincount(index).astype(np.float64)

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

RANKED = ("Success@1", "Success@3", "Success@5", "nDCG@10", "RR@10", "R@10")
RESAMPLES = 2000
CONFIDENCE_LEVEL = 0.95
BINS = 10

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


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: their mean confidence, the share answered rightly, and how many they are."""

    confidence: float
    right: float
    n: int


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """When questions below `threshold` are refused: the share answered, and the share of those answered wrongly."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """How well a run tells what the notice answers from what it does not.

    `auc` is the area under the ROC curve of confidence, answerable against unanswerable (its n: all questions).
    Calibration and risk take a question as answered rightly when its first passage is relevant.
    """

    auc: Estimate
    answerable_refused: Estimate
    unanswerable_refused: Estimate
    calibration_error: float
    reliability: tuple[Bin, ...]
    risk_coverage: tuple[RiskPoint, ...]


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


def roc_area(
    answerable: Sequence[float],
    unanswerable: Sequence[float],
    groups: tuple[Sequence[str], Sequence[str]] | None = None,
    seed: int = 0,
) -> Estimate:
    """Area under the ROC curve: how often an answerable question has the higher confidence (ties count half).

    NaN when there are no questions of one kind. `groups` are those of the questions of both kinds; the interval
    resamples the groups of the two kinds apart, and is NaN where every pair is won.
    """
    from scipy import stats
    from sklearn.metrics import roc_auc_score

    total = len(answerable) + len(unanswerable)
    if not answerable or not unanswerable:
        return Estimate(math.nan, math.nan, math.nan, total)
    labels = [1] * len(answerable) + [0] * len(unanswerable)
    area = float(roc_auc_score(labels, [*answerable, *unanswerable]))
    a, u = np.asarray(answerable, np.float64)[:, None], np.asarray(unanswerable, np.float64)[None, :]
    wins = (a > u) + 0.5 * (a == u)
    # The area over a resample is the pairs won over the pairs there are, between the groups that it drew.
    members = [_members(own, size) for own, size in zip(groups or (None, None), wins.shape, strict=True)]
    won = members[0] @ wins @ members[1].T
    pairs = np.outer(members[0].sum(axis=1), members[1].sum(axis=1))
    if min(won.shape) < 2 or np.ptp(wins) == 0:
        return Estimate(area, math.nan, math.nan, total)
    result = stats.bootstrap(
        (np.arange(won.shape[0]), np.arange(won.shape[1])),
        lambda rows, columns: won[np.ix_(rows, columns)].sum() / pairs[np.ix_(rows, columns)].sum(),
        vectorized=False,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE_LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = (float(bound) for bound in result.confidence_interval)
    return Estimate(area, low, high, total)


def _members(groups: Sequence[str] | None, size: int) -> NDArray[np.float64]:
    """A row for each group, with a 1 for each of its questions; shape (groups, size)."""
    names = np.arange(size) if groups is None else np.asarray(groups, dtype=object).astype(str)
    found: NDArray[np.float64] = (np.unique(names)[:, None] == names[None, :]).astype(np.float64)
    return found


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> tuple[Bin, ...]:
    """Up to `bins` bins of equally many questions by confidence; equal confidences share a bin."""
    values, hits = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if not len(values):
        return ()
    number = np.searchsorted(np.sort(values), values, side="left") * bins // len(values)
    return tuple(
        Bin(float(values[number == i].mean()), float(hits[number == i].mean()), int((number == i).sum()))
        for i in np.unique(number)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence from the share right, weighted by bin size."""
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.confidence - one.right) for one in bins) / total if total else math.nan


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> tuple[RiskPoint, ...]:
    """One point for each distinct confidence taken as threshold, from the strictest to answering everything."""
    values, wrong = np.asarray(confidence, np.float64), 1.0 - np.asarray(right, np.float64)
    order = np.argsort(-values, kind="stable")
    values, wrong = values[order], np.cumsum(wrong[order])
    last = [i for i in range(len(values)) if i + 1 == len(values) or values[i + 1] != values[i]]
    return tuple(RiskPoint(float(values[i]), (i + 1) / len(values), float(wrong[i] / (i + 1))) for i in last)

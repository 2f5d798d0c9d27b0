"""How well a run tells what the notice answers from what it does not: ranking by confidence, refusing, calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.measures import CONFIDENCE_LEVEL, RESAMPLES, Estimate

BINS = 10


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
    `precision` is the share of refused questions that the notice does not answer; the recall of refusing is
    `unanswerable_refused`. Calibration and risk take a question as answered rightly when its first passage is
    relevant; `risk_area` is the mean risk over all coverages.
    """

    auc: Estimate
    answerable_refused: Estimate
    unanswerable_refused: Estimate
    precision: Estimate
    calibration_error: Estimate
    risk_area: float
    reliability: tuple[Bin, ...]
    risk_coverage: tuple[RiskPoint, ...]


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


def estimate_calibration_error(
    confidence: Sequence[float], right: Sequence[bool], groups: Sequence[str] | None = None, seed: int = 0
) -> Estimate:
    """The calibration error over ten bins, with an interval that resamples whole groups.

    Few questions make the error look larger than it is, and a resample of them larger still: so the interval is the
    basic one, which turns what the resamples add around, and may lie below the error itself.
    """
    from scipy import stats

    values, hits = np.asarray(confidence, np.float64), np.asarray(right, bool)
    error = calibration_error(reliability(confidence, right))
    members = _members(groups, len(values)).astype(bool)
    if len(members) < 2:
        return Estimate(error, math.nan, math.nan, len(values))
    rows = [np.flatnonzero(member) for member in members]

    def resampled(drawn: NDArray[np.int64]) -> float:
        own = np.concatenate([rows[group] for group in drawn])
        return calibration_error(reliability(values[own], hits[own]))

    result = stats.bootstrap(
        (np.arange(len(rows)),),
        resampled,
        vectorized=False,
        n_resamples=RESAMPLES // 4,
        confidence_level=CONFIDENCE_LEVEL,
        method="basic",
        rng=np.random.default_rng(seed),
    )
    low, high = (min(1.0, max(0.0, float(bound))) for bound in result.confidence_interval)
    return Estimate(error, low, high, len(values))


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> tuple[RiskPoint, ...]:
    """One point for each distinct confidence taken as threshold, from the strictest to answering everything."""
    values, wrong = np.asarray(confidence, np.float64), 1.0 - np.asarray(right, np.float64)
    order = np.argsort(-values, kind="stable")
    values, wrong = values[order], np.cumsum(wrong[order])
    last = [i for i in range(len(values)) if i + 1 == len(values) or values[i + 1] != values[i]]
    return tuple(RiskPoint(float(values[i]), (i + 1) / len(values), float(wrong[i] / (i + 1))) for i in last)


def risk_area(points: Sequence[RiskPoint]) -> float:
    """The mean risk over all coverages, a step at each point: 0 where every answer is right, NaN without points."""
    before, area = 0.0, 0.0
    for point in points:
        area += (point.coverage - before) * point.risk
        before = point.coverage
    return area if points else math.nan

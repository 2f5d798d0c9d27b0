"""Means over the rows of a run: every measure, overall and by whatever the rows are sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evals.measures import RANKED, Estimate, estimate
from evals.record import Row
from evals.refusal import (
    Refusal,
    estimate_calibration_error,
    reliability,
    risk_area,
    risk_coverage,
    roc_area,
)
from evals.spans import CHARACTERS

MEASURES = (*RANKED, "Document@1", "Document@5", "Highlight", "AllPlaces@3", "AllPlaces@5", *CHARACTERS, "Handled")
"""Document@k: the right document is among those of the first k passages (only where many are asked about).
Highlight: the first highlight of the first passage overlaps a quote. AllPlaces@k: k passages reach every quote.
Handled: a question that the notice answers was answered with the right passage first, any other was refused."""
BINARY = frozenset(
    {"Success@1", "Success@3", "Success@5", "Document@1", "Document@5", "Highlight", "AllPlaces@3", "AllPlaces@5"}
    | {"Handled"}
)
"""The measures that are 0 or 1 for each question."""


def value_of(row: Row, name: str) -> float | None:
    """One measure of one question; None where the question, or the run, has no such thing."""
    if name == "Highlight":
        return None if row.highlight is None else float(row.highlight)
    if name == "Handled":
        if row.answered is None:
            return None
        return float(row.answered and row.rank == 1) if row.answerable else float(not row.answered)
    return row.values.get(name)


def summary(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Every measure that any of the rows has, over those rows that have it."""
    found: dict[str, Estimate] = {}
    for name in MEASURES:
        values = [(value, row.group) for row in rows if (value := value_of(row, name)) is not None]
        if values:
            found[name] = estimate([value for value, _ in values], [group for _, group in values])
    return found


def breakdown(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, Mapping[str, Estimate]]:
    """The summary and the share refused by what `key` says of a row, in order of appearance; "" is left out."""
    found: dict[str, Mapping[str, Estimate]] = {}
    for name in dict.fromkeys(map(key, rows)):
        own = [row for row in rows if key(row) == name]
        if name:
            found[name] = summary(own) | {"Refused": refused(own)}
    return found


def refused(rows: Sequence[Row]) -> Estimate:
    """The share of questions that were refused."""
    return estimate([float(row.answered is False) for row in rows], [row.group for row in rows])


def refusal(rows: Sequence[Row]) -> Refusal | None:
    """How well the run refuses; None when it gives no confidence."""
    sure = [(row, row.confidence) for row in rows if row.confidence is not None]
    if not sure:
        return None
    yes = [(value, row.group) for row, value in sure if row.answerable]
    no = [(value, row.group) for row, value in sure if not row.answerable]
    confidence, right = [value for _, value in sure], [row.rank == 1 for row, _ in sure]
    groups = [row.group for row, _ in sure]
    turned_away = [row for row in rows if row.answered is False]
    points = risk_coverage(confidence, right)
    return Refusal(
        auc=roc_area(
            [value for value, _ in yes],
            [value for value, _ in no],
            ([group for _, group in yes], [group for _, group in no]),
        ),
        answerable_refused=refused([row for row in rows if row.answerable]),
        unanswerable_refused=refused([row for row in rows if not row.answerable]),
        precision=estimate([float(not row.answerable) for row in turned_away], [row.group for row in turned_away]),
        calibration_error=estimate_calibration_error(confidence, right, groups),
        risk_area=risk_area(points),
        reliability=reliability(confidence, right),
        risk_coverage=points,
    )

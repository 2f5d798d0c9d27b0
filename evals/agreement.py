"""How far two people agree who marked the same questions apart: Cohen's kappa with a bootstrap interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from content.questions import QuestionError, read_jsonl
from evals.measures import CONFIDENCE_LEVEL, RESAMPLES, Estimate, estimate

FIELDS = ("label", "category", "answerable", "quotes")
"""What is compared where both files have it. `answerable` is read from `quotes` where it is not said."""


class AgreementError(ValueError):
    """Files that cannot be held against each other; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One question that the two marked unlike."""

    id: str
    question: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people over one field: the share marked alike and Cohen's kappa, each with its interval.

    Kappa is NaN where both used one and the same mark for everything: there is nothing to agree about by luck.
    """

    field: str
    share: Estimate
    kappa: Estimate
    apart: tuple[Disagreement, ...]


def read_marks(path: Path) -> dict[str, dict[str, Any]]:
    """Rows by id, each with at least one of `FIELDS`; raises AgreementError with the line of a faulty one."""
    found: dict[str, dict[str, Any]] = {}
    try:
        for number, row in read_jsonl(path):
            name = row.get("id")
            if not isinstance(name, str) or name in found:
                raise AgreementError(f"{path}:{number}：每行要有不重复的 id。")
            if "answerable" not in row and isinstance(row.get("quotes"), list):
                row = row | {"answerable": bool(row["quotes"])}
            found[name] = row
    except QuestionError as error:
        raise AgreementError(str(error)) from error
    if not found:
        raise AgreementError(f"{path}：没有标注。")
    return found


def agreements(a: Mapping[str, Mapping[str, Any]], b: Mapping[str, Mapping[str, Any]]) -> tuple[Agreement, ...]:
    """One for each field that both marked; raises AgreementError when they share no question or no field."""
    shared = [name for name in a if name in b]
    if not shared:
        raise AgreementError("两份标注没有共同的题目（按 id 对应）。")
    found = []
    for field in FIELDS:
        names = [name for name in shared if field in a[name] and field in b[name]]
        if names:
            found.append(_agreement(field, names, a, b))
    if not found:
        raise AgreementError(f"两份标注没有共同的项目，需要 {'、'.join(FIELDS)} 之一。")
    return tuple(found)


def cohen_kappa(a: Sequence[str], b: Sequence[str]) -> float:
    """Agreement beyond what the two habits of marking would give by luck, as a share of what is beyond luck."""
    names = sorted({*a, *b})
    place = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    np.add.at(table, ([place[x] for x in a], [place[y] for y in b]), 1)
    return _kappa(table)


def _kappa(table: Any) -> float:
    total = table.sum()
    luck = float((table.sum(axis=0) * table.sum(axis=1)).sum() / total**2)
    return (float(np.trace(table) / total) - luck) / (1 - luck) if luck < 1 else math.nan


def _agreement(
    field: str, names: Sequence[str], a: Mapping[str, Mapping[str, Any]], b: Mapping[str, Mapping[str, Any]]
) -> Agreement:
    first, second = ([_mark(marks[name][field]) for name in names] for marks in (a, b))
    alike = [float(x == y) for x, y in zip(first, second, strict=True)]
    apart = tuple(
        Disagreement(name, str(a[name].get("question", b[name].get("question", ""))), x, y)
        for name, x, y in zip(names, first, second, strict=True)
        if x != y
    )
    return Agreement(field, estimate(alike), estimate_kappa(first, second), apart)


def estimate_kappa(a: Sequence[str], b: Sequence[str], seed: int = 0) -> Estimate:
    """Kappa with its interval, questions resampled; resamples in which it is undefined are left out."""
    place = {name: at for at, name in enumerate(sorted({*a, *b}))}
    rows, columns = np.array([place[x] for x in a]), np.array([place[y] for y in b])
    drawn = np.random.default_rng(seed).integers(0, len(rows), (RESAMPLES, len(rows)))
    values = []
    for own in drawn:
        table = np.bincount(rows[own] * len(place) + columns[own], minlength=len(place) ** 2)
        value = _kappa(table.reshape(len(place), len(place)).astype(float))
        if not math.isnan(value):
            values.append(value)
    whole = cohen_kappa(a, b)
    if math.isnan(whole) or len(values) < RESAMPLES // 2:
        return Estimate(whole, math.nan, math.nan, len(rows))
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = (float(bound) for bound in np.quantile(values, (tail, 1 - tail)))
    return Estimate(whole, low, high, len(rows))


def _mark(value: Any) -> str:
    """A mark as text that two people's can be compared by; quotes in any order are the same."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(sorted(map(str, value))) or "（无）"
    return str(value).strip()

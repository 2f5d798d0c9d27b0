"""Two runs over the same questions: which is better, by how much, and whether that is more than luck."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.measures import RESAMPLES, Estimate, estimate
from evals.record import Row, Run, RunError
from evals.summary import BINARY, value_of

LEVEL = 0.05
COMPARED = ("Success@1", "Success@5", "nDCG@10", "RR@10", "Highlight", "CharR@500c", "Handled")
"""The measures that are compared, the deciding one first; p-values are corrected over those that both runs have."""
_POWER = 1.959964 + 0.841621  # normal quantiles for a two-sided test at 0.05 with a power of 0.8


@dataclass(frozen=True, slots=True)
class Change:
    """A question with its row in both runs."""

    before: Row
    after: Row


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of B less that of A, question by question.

    `before` and `after` are the means of A and B. `difference` has a paired bootstrap interval over question groups.
    `p_value` is that of McNemar's exact test for a measure of 0 and 1, that of the paired bootstrap for others, both
    two-sided; `corrected` is it after Holm and Bonferroni. `needed` is about how many questions would show a
    difference of this size four times in five (None: no difference).
    """

    measure: str
    before: float
    after: float
    difference: Estimate
    p_value: float
    corrected: float
    needed: int | None

    @property
    def significant(self) -> bool:
        """Whether both the interval and the corrected test take the difference for more than luck."""
        return self.corrected < LEVEL and (self.difference.low > 0 or self.difference.high < 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """B held against A; `measures` begins with Success@1, by which questions are won and lost.

    `left_out` counts answerable questions that only one of the runs asked. `cautions` are Chinese sentences about
    what makes the two less comparable.
    """

    measures: tuple[Difference, ...]
    wins: tuple[Change, ...]
    losses: tuple[Change, ...]
    left_out: int
    cautions: tuple[str, ...]

    @property
    def first(self) -> Difference:
        return self.measures[0]

    @property
    def difference(self) -> Estimate:
        return self.first.difference

    @property
    def significant(self) -> bool:
        return self.first.significant

    def verdict(self) -> str:
        """One Chinese sentence."""
        found = self.first
        if not self.wins and not self.losses:
            return f"两次评测在 {found.difference.n} 道题上首条命中完全相同，没有差别。"
        points = f"{abs(found.difference.mean) * 100:.1f} 个百分点"
        odds = f"胜 {len(self.wins)} 题、负 {len(self.losses)} 题，p = {found.p_value:.3g}"
        if len(self.measures) > 1:
            odds += f"，按 {len(self.measures)} 项指标校正后 {found.corrected:.3g}"
        if not found.difference.mean:
            return f"B 与 A 的首条命中率相同（{odds}），看不出差别。"
        better = "高" if found.difference.mean > 0 else "低"
        if found.significant:
            return f"B 的首条命中率比 A {better} {points}（{odds}），不像是偶然。"
        return (
            f"B 的首条命中率比 A {better} {points}（{odds}），差别可能只是偶然；"
            f"要看清这样大的差别，大约需要 {found.needed} 道题（现有 {found.difference.n} 道）。"
        )


def compare(a: Run, b: Run, measures: Sequence[str] = COMPARED) -> Comparison:
    """Compare the questions that both runs asked; raises RunError when they share no answerable one."""
    if a.name != b.name:
        raise RunError(f"两次评测用的题集不同：{a.name} 和 {b.name}，不能比较。")
    before, after = ({(row.id, row.question, row.answerable): row for row in run.rows} for run in (a, b))
    shared = [Change(before[key], after[key]) for key in before if key in after]
    answerable = [one for one in shared if one.before.answerable]
    if not answerable:
        raise RunError(f"两次评测没有共同的题目（{a.split} 和 {b.split}），不能比较。")
    found = [one for name in measures if (one := _difference(name, shared)) is not None]
    corrected = holm([one.p_value for one in found])
    differences = [_gain(one) for one in answerable]
    return Comparison(
        measures=tuple(
            Difference(one.measure, one.before, one.after, one.difference, one.p_value, p, one.needed)
            for one, p in zip(found, corrected, strict=True)
        ),
        wins=tuple(one for one, gain in zip(answerable, differences, strict=True) if gain > 0),
        losses=tuple(one for one, gain in zip(answerable, differences, strict=True) if gain < 0),
        left_out=sum(row.answerable for run in (a, b) for row in run.rows) - 2 * len(answerable),
        cautions=tuple(_cautions(a, b)),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values after Holm and Bonferroni, in the order given: the chance of one false alarm stays at its level."""
    corrected, largest = [0.0] * len(p_values), 0.0
    for step, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[at]))
        corrected[at] = largest
    return corrected


def _difference(name: str, shared: Sequence[Change]) -> Difference | None:
    """One measure over the questions that have it in both runs, not yet corrected; None when there are none."""
    pairs = [(value_of(one.before, name), value_of(one.after, name), one.before.group) for one in shared]
    known = [(x, y, group) for x, y, group in pairs if x is not None and y is not None]
    if not known:
        return None
    gains = np.array([y - x for x, y, _ in known])
    groups = [group for _, _, group in known]
    mean = estimate(gains.tolist(), groups) if gains.any() else Estimate(0.0, 0.0, 0.0, len(gains))
    p_value = mcnemar(int((gains > 0).sum()), int((gains < 0).sum())) if name in BINARY else bootstrap_p(gains, groups)
    return Difference(
        name,
        float(np.mean([x for x, _, _ in known])),
        float(np.mean([y for _, y, _ in known])),
        mean,
        p_value,
        p_value,
        questions_needed(gains, groups),
    )


def mcnemar(wins: int, losses: int) -> float:
    """McNemar's exact test, two-sided: how likely so lopsided a count of changed questions is by luck."""
    from scipy.stats import binomtest

    return float(binomtest(wins, wins + losses).pvalue) if wins or losses else 1.0


def bootstrap_p(gains: NDArray[np.float64], groups: Sequence[str], seed: int = 0) -> float:
    """Two-sided p-value of a mean gain of 0, by a bootstrap over groups: the share of resamples beyond 0, twice."""
    if not gains.any():
        return 1.0
    _, index = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    sums = np.bincount(index, gains)
    if len(sums) < 2:
        return 1.0
    drawn = np.random.default_rng(seed).integers(0, len(sums), (RESAMPLES, len(sums)))
    totals = sums[drawn].sum(axis=1)
    beyond = min(int((totals <= 0).sum()), int((totals >= 0).sum()))
    return min(1.0, 2 * (beyond + 1) / (RESAMPLES + 1))


def questions_needed(gains: NDArray[np.float64], groups: Sequence[str]) -> int | None:
    """About how many questions would show a mean gain of this size four times in five; None when there is none.

    Questions of one group tell less than as many single ones, by the design effect that these gains have.
    """
    mean = float(gains.mean())
    if not mean:
        return None
    _, index = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    apart = gains - mean
    single = float(np.square(apart).sum())
    grouped = float(np.square(np.bincount(index, apart)).sum())
    design = max(1.0, grouped / single) if single else 1.0
    return math.ceil(design * float(np.square(gains).mean()) * (_POWER / mean) ** 2)


def _gain(one: Change) -> float:
    return one.after.values.get("Success@1", 0.0) - one.before.values.get("Success@1", 0.0)


def _cautions(a: Run, b: Run) -> list[str]:
    found = []
    if a.set_digest != b.set_digest:
        found.append("两次评测之间题集改动过，只比较两边都有的题目。")
    if a.split != b.split:
        found.append(f"A 问的是 {a.split} 部分，B 问的是 {b.split} 部分，只比较两边都有的题目。")
    for name, run in (("A", a), ("B", b)):
        if run.provenance.dirty:
            found.append(f"{name} 运行时代码有未提交的改动，不能凭提交号重现。")
    return found

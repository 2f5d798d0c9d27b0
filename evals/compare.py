"""Two runs over the same questions: which is better, by how much, and whether that is more than luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evals.measures import Estimate, estimate
from evals.record import Row, Run, RunError

LEVEL = 0.05
_POWER = 1.959964 + 0.841621  # normal quantiles for a two-sided test at 0.05 with a power of 0.8; McNemar's variance


@dataclass(frozen=True, slots=True)
class Change:
    """A question with its row in both runs."""

    before: Row
    after: Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """Success@1 of B less that of A, question by question.

    `difference` has a paired bootstrap interval over question groups; `p_value` is McNemar's exact test, two-sided.
    `needed` is about how many questions would show a difference of this size four times in five (None: no
    difference). `left_out` counts questions that only one of the runs asked.
    """

    difference: Estimate
    p_value: float
    wins: tuple[Change, ...]
    losses: tuple[Change, ...]
    needed: int | None
    left_out: int

    @property
    def significant(self) -> bool:
        """Whether both the interval and the test take the difference for more than luck."""
        return self.p_value < LEVEL and (self.difference.low > 0 or self.difference.high < 0)

    def verdict(self) -> str:
        """One Chinese sentence."""
        if not self.wins and not self.losses:
            return f"两次评测在 {self.difference.n} 道题上首条命中完全相同，没有差别。"
        points = f"{abs(self.difference.mean) * 100:.1f} 个百分点"
        odds = f"胜 {len(self.wins)} 题、负 {len(self.losses)} 题，p = {self.p_value:.3g}"
        if not self.difference.mean:
            return f"B 与 A 的首条命中率相同（{odds}），看不出差别。"
        better = "高" if self.difference.mean > 0 else "低"
        if self.significant:
            return f"B 的首条命中率比 A {better} {points}（{odds}），不像是偶然。"
        return (
            f"B 的首条命中率比 A {better} {points}（{odds}），差别可能只是偶然；"
            f"要看清这样大的差别，大约需要 {self.needed} 道题（现有 {self.difference.n} 道）。"
        )


def compare(a: Run, b: Run) -> Comparison:
    """Compare the answerable questions that both runs asked; raises RunError when they share none."""
    if a.name != b.name:
        raise RunError(f"两次评测用的题集不同：{a.name} 和 {b.name}，不能比较。")
    before = {(row.id, row.question): row for row in a.rows if row.answerable}
    after = {(row.id, row.question): row for row in b.rows if row.answerable}
    shared = [Change(before[key], after[key]) for key in before if key in after]
    if not shared:
        raise RunError(f"两次评测没有共同的题目（{a.split} 和 {b.split}），不能比较。")
    from scipy.stats import binomtest

    differences = [one.after.values["Success@1"] - one.before.values["Success@1"] for one in shared]
    wins = tuple(one for one, difference in zip(shared, differences, strict=True) if difference > 0)
    losses = tuple(one for one, difference in zip(shared, differences, strict=True) if difference < 0)
    p_value = float(binomtest(len(wins), len(wins) + len(losses)).pvalue) if wins or losses else 1.0
    mean = estimate(differences, [one.before.group for one in shared])
    if not wins and not losses:
        mean = Estimate(0.0, 0.0, 0.0, len(shared))
    needed = math.ceil(float(np.square(differences).mean()) * (_POWER / mean.mean) ** 2) if mean.mean else None
    return Comparison(mean, p_value, wins, losses, needed, len(before) + len(after) - 2 * len(shared))

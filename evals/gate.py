"""The gate: the working tree against a saved baseline, question by question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.compare import Comparison, compare
from evals.record import RESULTS, Run

BASELINE = RESULTS / "baseline.json"
SPLIT = "dev"
"""Whoever looks at a gate at every change tunes to it: so it asks dev questions, and test ones stay unseen."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`passed` unless Success@1 fell by more than luck explains."""

    comparison: Comparison
    passed: bool

    def sentence(self) -> str:
        """One Chinese sentence."""
        if not self.passed:
            return f"没有通过：首条命中率下降超出偶然，新答错 {len(self.comparison.losses)} 题。"
        if self.comparison.losses:
            return f"通过：有 {len(self.comparison.losses)} 题由对变错，总的变化没有超出偶然。"
        return "通过：没有一题由对变错。"


def check(baseline: Run, now: Run) -> Gate:
    """Hold a run against the baseline by Success@1 alone; raises RunError where they cannot be compared."""
    found = compare(baseline, now, ("Success@1",))
    return Gate(found, not (found.significant and found.difference.mean < 0))


def baseline_path(folder: Path | None) -> Path:
    """Where the baseline lies: in the results that come with the product, or in a folder of results."""
    return BASELINE if folder is None else folder / BASELINE.name

"""When to say no: the calibrated probability that the first passage answers.

Logistic regression over features of the run, fitted on dev questions and the bank (`notice-evals fit`). The top
cosine alone is useless (area under the ROC curve 0.55); margins, the nearness of answerable against unanswerable
bank questions, and whether what is asked for (a number, a date) stands in the sentence carry it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.build import Index
from index.retriever import Retrieval

_MODEL = Path(__file__).parent / "refusal.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """intercept + sum of weight * (value - mean) / scale, through the logistic function."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        total = self.intercept + sum(
            weight * (features[name] - self.means[name]) / self.scales[name] for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Models for corpora with and without a bank; below `threshold` the answer is no."""

    with_bank: Logistic
    without_bank: Logistic
    threshold: float
    trust_question: float

    @classmethod
    def read(cls, path: Path = _MODEL) -> Refusal:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            Logistic(**data["with_bank"]),
            Logistic(**data["without_bank"]),
            data["threshold"],
            data["trust_question"],
        )

    def confidence(self, retrieval: Retrieval, index: Index) -> float:
        """Probability from 0 to 1; 0 when nothing was found."""
        if not retrieval.hits:
            return 0.0
        from assistant.signals import signals

        found = signals(retrieval, index)
        model = self.with_bank if index.has_bank else self.without_bank
        return round(model.probability(found), 4)

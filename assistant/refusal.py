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

from assistant.signals import signals
from index.build import Index
from index.reread import RERANKER
from index.retriever import Retrieval

MODEL = Path(__file__).parent / "refusal.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """intercept + sum of weight * (value - mean) / scale, through the logistic function.

    Below `threshold` the answer is no.
    """

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        total = self.intercept + sum(
            weight * (features[name] - self.means[name]) / self.scales[name] for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Models for corpora with and without a bank; without one, for several documents and for what was reread in one.

    None: as without a bank.
    """

    with_bank: Logistic
    without_bank: Logistic
    of_many: Logistic | None = None
    reread: Logistic | None = None

    @classmethod
    def read(cls, path: Path = MODEL) -> Refusal:
        data = json.loads(path.read_text(encoding="utf-8"))
        special = [Logistic(**data[name]) if name in data else None for name in ("of_many", "reread")]
        return cls(Logistic(**data["with_bank"]), Logistic(**data["without_bank"]), *special)

    def judge(self, retrieval: Retrieval, index: Index) -> tuple[bool, float]:
        """(whether the first passage is given as an answer, the probability that the notice answers)."""
        if not retrieval.hits:
            return False, 0.0
        model = self.with_bank if retrieval.with_bank else self.without_bank
        special = self.of_many if retrieval.of_many else self.reread if retrieval.reranked else None
        # What was fitted with the reranker's scores says nothing without them.
        if special and (retrieval.reranked or RERANKER not in special.weights):
            model = special
        probability = model.probability(signals(retrieval, index))
        return probability >= model.threshold, round(probability, 4)

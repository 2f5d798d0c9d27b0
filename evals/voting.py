"""Fits how highlights are voted on, on questions whose passages were found already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from assistant.highlight import Voting, highlights
from evals.dataset import EvalQuestion
from evals.spans import character_measures
from index.build import Index
from index.retriever import Retrieval

Asked = tuple[Index, Sequence[tuple[EvalQuestion, Retrieval]]]
"""An index, and answerable questions with what it found for them."""
_VOTES = product((0.04, 0.08, 0.16), (1.0,), (0.0, 0.5, 1.0, 2.0), (0.0, 0.5, 1.0, 2.0))
_GRID = tuple(Voting(*values, echo=1.0) for values in _VOTES)
_ECHO = (0.4, 0.5, 0.6, 0.7, 0.8)


def fit_voting(sets: Sequence[Asked]) -> tuple[Voting, list[dict[str, float]]]:
    """The voting whose first highlight of the first passage agrees best with the quotes, and its measures by set.

    Whether it touches a quote and how well it covers one count alike: by the first alone everything would be marked.
    """

    def worth(voting: Voting) -> float:
        return sum(sum(measure(asked, voting).values()) for asked in sets)

    best = max(_GRID, key=worth)
    best = max((replace(best, echo=echo) for echo in _ECHO), key=worth)
    return best, [measure(asked, best) for asked in sets]


def measure(asked: Asked, voting: Voting) -> dict[str, float]:
    """Means over the questions of a set."""
    index, found = asked
    touched: list[bool] = []
    covered: list[float] = []
    for question, retrieval in found:
        hit = retrieval.hits[0]
        passage = index.corpus.passages[hit.passage]
        mark = highlights(hit, index, voting, retrieval.question)[0]
        touched.append(question.answers(passage.notice_id, mark))
        lit = (passage.notice_id, mark)
        covered.append(character_measures(question, question.notice_id, [lit], lit)["HighlightF1"])
    return {"highlight on a quote": round(float(np.mean(touched)), 4), "HighlightF1": round(float(np.mean(covered)), 4)}

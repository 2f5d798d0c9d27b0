"""Fits what the reranker counts, and when to say no after it has read within one document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.dataset import EvalQuestion
from evals.fit import (
    NEEDS_BANK,
    SEEN,
    Floats,
    Material,
    fit_refusal,
    relevant_passages,
    retrievals,
    roc_area,
    threshold_for,
)
from index.reread import unsure

LITTLE = 1e-3
"""A gain of less is none: figures are rounded."""
REFUSE_AT_MOST = 0.03
"""Share of answerable dev questions that may be refused: of sixty, one."""
_FOLDS = 8
_COUNTS = tuple(step / 10 for step in range(1, 21))
"""What the reranker may count beside the sum of the channels."""
_ELSEWHERE = 300
"""Questions that are asked of another document than theirs."""


def fit_reranking(material: Material, weights: dict[str, float]) -> tuple[float, dict[str, Any]]:
    """What the reranker counts beside the sum of the channels, and the evidence: what is found without and with it.

    0 where there is no reranker or it gains nothing on questions about other documents. Within one document it reads
    where the first is not sure, as in the product.
    """
    rereading = material.retriever.rereading
    if rereading is None:
        return 0.0, {}
    features, right, documents = [], [], []
    passages = material.retriever.index.corpus.passages
    rows = zip(material.questions, material.readings, material.vectors(), material.scopes(), strict=True)
    for question, reading, vector, scope in rows:
        if question.answerable:
            view, channels = material.retriever.in_view(reading, vector[None], SEEN, scope)
            relevant = relevant_passages(question, [passages[place] for place in view.passages])
            if relevant.any() and weights.keys() <= channels.keys():
                fused = material.retriever.fused(view, channels, weights)
                reads = scope is None or unsure(fused)
                read = rereading.read(reading, fused, view) if reads else np.zeros_like(fused)
                features.append(np.stack([fused, read - read.min()], axis=1).astype(np.float64))
                right.append(relevant)
                documents.append(question.notice_id)
    alone = np.mean(
        [first_and_five(own[:, 0], relevant) for own, relevant in zip(features, right, strict=True)], axis=0
    )
    after = cross_validated(features, right, documents, lambda some, own: np.array([1.0, _most_found(some, own)]))
    evidence = {
        "Success@1, Success@5": [round(float(value), 4) for value in alone],
        "Success@1, Success@5 reranked, cross-validated": after,
        "read": round(float(np.mean([own[:, 1].any() for own in features])), 4),
    }
    return _most_found(features, right) if sum(after) > float(alone.sum()) + LITTLE else 0.0, evidence


def fit_reread(material: Material, read: Callable[[str], str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model of refusal where the reranker read within one document, and the evidence for it; empty for nothing.

    Some questions about each document are asked of another of the same set, which does not answer them. `read` gives
    a question as it is searched for.
    """
    asked = (*(one for one in material.questions if one.notice_id), *_elsewhere(material.questions))
    own = _within(material, asked, read)
    # What is not among the passages that the refusal looks at can't be answered from them, and says nothing of it.
    found = zip(asked, retrievals(own), reached(own), strict=True)
    asked = tuple(one for one, hits, there in found if hits.reranked and (there or not one.answerable))
    if len({one.answerable for one in asked}) < 2:
        return {}, {}
    model, probabilities, answerable = fit_refusal(_within(material, asked, read), NEEDS_BANK, balanced=True)
    threshold = threshold_for(probabilities, answerable, REFUSE_AT_MOST)
    near = np.array([one in material.questions for one in asked]) & ~answerable
    return model | {"threshold": threshold}, {
        "questions read": len(asked),
        "refusal ROC area, cross-validated": round(roc_area(probabilities, answerable), 4),
        "answerable refused": _share(probabilities[answerable] < threshold),
        "unanswerable refused": _share(probabilities[near] < threshold),
        "of another document refused": _share(probabilities[~near & ~answerable] < threshold),
    }


def reached(material: Material) -> list[bool]:
    """By question whether what answers it is among the passages that the refusal looks at."""
    passages = material.retriever.index.corpus.passages
    own = [[passages[hit.passage] for hit in retrieval.hits] for retrieval in retrievals(material)]
    return [bool(relevant_passages(q, some).any()) for q, some in zip(material.questions, own, strict=True)]


def cross_validated(
    features: Sequence[Floats],
    right: Sequence[NDArray[np.bool_]],
    documents: Sequence[str],
    fitted: Callable[[Sequence[Floats], Sequence[NDArray[np.bool_]]], Floats],
) -> list[float]:
    """Success@1 and Success@5 of questions by weights that were fitted on questions about other documents."""
    found = np.zeros(2)
    folds = {name: at % _FOLDS for at, name in enumerate(dict.fromkeys(documents))}
    for fold in range(_FOLDS):
        inside = [place for place, name in enumerate(documents) if folds[name] != fold]
        outside = [place for place, name in enumerate(documents) if folds[name] == fold]
        if inside and outside:
            weights = fitted([features[place] for place in inside], [right[place] for place in inside])
            some = (first_and_five(features[place] @ weights, right[place]) for place in outside)
            found += sum(some, np.zeros(2))
    return [round(float(value), 4) for value in found / len(features)]


def first_and_five(scores: Floats, right: NDArray[np.bool_]) -> Floats:
    """Whether what is right is the first, and among the first five."""
    rank = 1 + int((scores > scores[right].max()).sum())
    return np.array([rank == 1, rank <= 5], np.float64)


def _most_found(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]]) -> float:
    """What the reranker must count beside the sum for most to be found first and among the first five.

    Likelihood would ask for more than that: what it gains, it gains on a few questions that stay far from the first.
    """

    def found(weight: float) -> float:
        rows = zip(features, right, strict=True)
        return sum(float(first_and_five(own @ (1.0, weight), one).sum()) for own, one in rows)

    return max(_COUNTS, key=lambda weight: (found(weight), -weight))


def _elsewhere(questions: Sequence[EvalQuestion]) -> list[EvalQuestion]:
    """Questions asked of another document of their set, evenly from all of them."""
    moved = []
    for source in dict.fromkeys(one.source for one in questions):
        own = [one for one in questions if one.source == source and one.notice_id]
        half = len(own) // 2
        moved += [
            replace(one.unanswered(), notice_id=there.notice_id)
            for one, there in zip(own, [*own[half:], *own[:half]], strict=True)
            if one.notice_id != there.notice_id
        ]
    return moved[:: max(1, len(moved) // _ELSEWHERE)]


def _within(material: Material, asked: Sequence[EvalQuestion], read: Callable[[str], str]) -> Material:
    readings = tuple(read(one.text) for one in asked)
    return replace(material, questions=tuple(asked), readings=readings, by_document=True)


def _share(which: NDArray[np.bool_]) -> float:
    """The share that is so, 0 of none."""
    return round(float(which.mean()), 4) if which.size else 0.0

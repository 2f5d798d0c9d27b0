"""Fits the weights and the model of refusal for many documents without a bank, on the dev questions of a library.

The questions of a set about one notice, whose documents the library does not hold, are questions that it does not
answer: with them the model of refusal has enough to learn from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answerer import Answerer
from assistant.refusal import MODEL as REFUSAL
from evals.dataset import DatasetError, EvalQuestion, EvalSet
from evals.fit import (
    CHANNELS,
    MANY,
    NEEDS_BANK,
    RERANKING,
    SEEN,
    Floats,
    Material,
    dev_questions,
    fit_refusal,
    judged,
    relevant_passages,
    retrievals,
    roc_area,
    success_at_1,
    threshold_for,
    weigh,
    write_fitted,
)
from index.channel import Scores, fuse
from index.fusion import FUSION
from index.reranker import Reranker
from index.retriever import RERANKER, Retriever
from index.titles import TITLE_CHANNELS

_CHANNELS = (*CHANNELS, *TITLE_CHANNELS)
_FOLDS = 8
_RERANKING = tuple(step / 10 for step in range(1, 21))
"""What the reranker may count beside the sum of the channels."""
_STRANGERS = 100
_REFUSE_AT_MOST = 0.03
"""Share of answerable dev questions that may be refused: of sixty, one."""


class ReadOnce(Reranker):
    """A reranker that remembers what it has read: a fit asks for the same several times."""

    def __init__(self, reranker: Reranker) -> None:
        self._reranker = reranker
        self._known: dict[tuple[str, tuple[str, str]], float] = {}

    def scores(self, question: str, passages: Sequence[tuple[str, str]]) -> Scores:
        missing = [passage for passage in passages if (question, passage) not in self._known]
        found = self._reranker.scores(question, missing)
        self._known |= {(question, passage): float(one) for passage, one in zip(missing, found, strict=True)}
        return np.array([self._known[question, passage] for passage in passages], np.float32)


@dataclass(frozen=True, slots=True)
class FittedMany:
    """What `fit_many` found, and the evidence on dev questions.

    `weights` are empty where those of one notice do as well on questions that were not fitted on; `reranking` is what
    the reranker counts beside them, 0 where there is none or it gains nothing.
    """

    weights: dict[str, float]
    reranking: float
    refusal: dict[str, Any]
    evidence: dict[str, Any]

    def write(self) -> None:
        """Put the values beside those fitted on one notice, which stay as they are."""
        fusion, refusal = {MANY: self.weights, RERANKING: self.reranking}, {MANY: self.refusal}
        for path, own in ((FUSION, fusion), (REFUSAL, refusal)):
            known = json.loads(path.read_text(encoding="utf-8"))
            write_fitted(path, {**known, **own, f"{MANY}_evidence": self.evidence})


def fit_many(answerer: Answerer, eval_sets: Sequence[EvalSet], strangers: Sequence[EvalQuestion]) -> FittedMany:
    """Fit on the dev questions of sets about many documents; `strangers` are questions about none of them.

    Raises DatasetError where all is scored as one notice is: for so few passages there is nothing to fit.
    """
    index = answerer.retriever.index
    questions = tuple(question for one in eval_sets for question in dev_questions(one))
    reader = answerer.retriever.reranker and ReadOnce(answerer.retriever.reranker)
    own = Retriever(index, answerer.retriever.encoder, answerer.retriever.fusion, reader)
    material = Material(own, questions, tuple(answerer.read(q.text) for q in questions))
    if not answerer.retriever.search(questions[0].text, 1).of_many:
        names = "、".join(one.name for one in eval_sets)
        raise DatasetError(f"题集 {names} 所问的文件太少或带有题库，没有什么可拟合的。")
    features, right, documents = judged(material, _CHANNELS)
    weights = dict(zip(_CHANNELS, (round(float(one), 4) for one in weigh(features, right)), strict=True))
    old = answerer.retriever.fusion
    before = _success(features, right, old.without_bank)
    after = cross_validated(features, right, documents)
    if sum(after) <= sum(before):
        weights = {}  # no better than those of one notice on questions that they were not fitted on
    reranking, reranked = fit_reranking(material, weights or old.without_bank)
    fused = Retriever(index, own.encoder, replace(old, of_many=weights, reranking=reranking), reader)
    material = replace(material, retriever=fused)
    # What is not among the passages that the refusal looks at can't be answered from them, and says nothing of it.
    known = tuple(one for one, found in zip(questions, _reached(material), strict=True) if found or not one.answerable)
    asked = (*known, *_unanswered(strangers))
    both = Material(fused, asked, tuple(answerer.read(question.text) for question in asked))
    skip = NEEDS_BANK if reranking else (*NEEDS_BANK, RERANKER)
    model, probabilities, answerable = fit_refusal(both, skip, balanced=True)
    threshold = threshold_for(probabilities, answerable, _REFUSE_AT_MOST)
    within = np.array([question in questions for question in asked])
    evidence = {
        "sets": {one.name: one.digest for one in eval_sets},
        "dev_questions": len(questions),
        "strangers": len(asked) - len(known),
        "answerable of which the answer was not found": len(questions) - len(known),
        "Success@1, Success@5 in view with the weights of one notice": before,
        "Success@1, Success@5 in view, cross-validated": after,
        "Success@1, Success@5 reranked, cross-validated": reranked,
        "Success@1": round(success_at_1(material), 4),
        "refusal ROC area, cross-validated": round(roc_area(probabilities, answerable), 4),
        "refusal ROC area without strangers": round(roc_area(probabilities[within], answerable[within]), 4),
        "answerable refused": round(float((probabilities[answerable] < threshold).mean()), 4),
        "unanswerable refused": round(float((probabilities[within & ~answerable] < threshold).mean()), 4),
        "strangers refused": round(float((probabilities[~within] < threshold).mean()), 4),
    }
    return FittedMany(weights, reranking, model | {"threshold": threshold}, evidence)


def fit_reranking(material: Material, weights: dict[str, float]) -> tuple[float, list[float]]:
    """What the reranker counts beside the sum of the channels; Success@1 and Success@5 with it, cross-validated.

    0 where there is no reranker or it gains nothing on questions about other documents.
    """
    if material.retriever.reranker is None:
        return 0.0, []
    features, right, documents = [], [], []
    passages = material.retriever.index.corpus.passages
    for question, reading, vector in zip(material.questions, material.readings, material.vectors(), strict=True):
        if question.answerable:
            view, channels = material.retriever.in_view(reading, vector[None], SEEN)
            relevant = relevant_passages(question, [passages[place] for place in view.passages])
            if relevant.any():
                fused = fuse(channels, weights)
                read = material.retriever.read_first(reading, fused, view)
                features.append(np.stack([fused, read - read.min()], axis=1).astype(np.float64))
                right.append(relevant)
                documents.append(question.notice_id)
    alone = np.mean([_found(own[:, 0], relevant) for own, relevant in zip(features, right, strict=True)], axis=0)
    after = cross_validated(features, right, documents, lambda some, own: np.array([1.0, _most_found(some, own)]))
    gains = sum(after) > float(alone.sum())
    return _most_found(features, right) if gains else 0.0, after


def _most_found(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]]) -> float:
    """What the reranker must count beside the sum for most to be found first and among the first five.

    Likelihood would ask for more than that: what it gains, it gains on a few questions that stay far from the first.
    """

    def found(weight: float) -> float:
        return sum(float(_found(own @ (1.0, weight), one).sum()) for own, one in zip(features, right, strict=True))

    return max(_RERANKING, key=lambda weight: (found(weight), -weight))


def _reached(material: Material) -> list[bool]:
    """By question whether what answers it is among the passages that the refusal looks at."""
    passages = material.retriever.index.corpus.passages
    own = [[passages[hit.passage] for hit in retrieval.hits] for retrieval in retrievals(material)]
    return [bool(relevant_passages(q, some).any()) for q, some in zip(material.questions, own, strict=True)]


def _unanswered(strangers: Sequence[EvalQuestion]) -> list[EvalQuestion]:
    """One wording a group, evenly from the whole set, as questions without an answer."""
    firsts = list({question.group: question for question in reversed(strangers)}.values())[::-1]
    step = max(1, -(-len(firsts) // _STRANGERS))
    return [replace(question, category="far", quotes=(), places=(), versions=()) for question in firsts[::step]]


def cross_validated(
    features: Sequence[Floats],
    right: Sequence[NDArray[np.bool_]],
    documents: Sequence[str],
    fitted: Callable[[Sequence[Floats], Sequence[NDArray[np.bool_]]], Floats] = weigh,
) -> list[float]:
    """Success@1 and Success@5 of questions by weights that were fitted on questions about other documents."""
    found = np.zeros(2)
    folds = {name: at % _FOLDS for at, name in enumerate(dict.fromkeys(documents))}
    for fold in range(_FOLDS):
        inside = [place for place, name in enumerate(documents) if folds[name] != fold]
        outside = [place for place, name in enumerate(documents) if folds[name] == fold]
        if inside and outside:
            weights = fitted([features[place] for place in inside], [right[place] for place in inside])
            found += sum((_found(features[place] @ weights, right[place]) for place in outside), np.zeros(2))
    return [round(float(value), 4) for value in found / len(features)]


def _success(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]], weights: dict[str, float]) -> list[float]:
    given = np.array([weights.get(name, 0.0) for name in _CHANNELS])
    shares = np.mean([_found(own @ given, relevant) for own, relevant in zip(features, right, strict=True)], axis=0)
    return [round(float(value), 4) for value in shares]


def _found(scores: Floats, right: NDArray[np.bool_]) -> Floats:
    """Whether what is right is the first, and among the first five."""
    rank = 1 + int((scores > scores[right].max()).sum())
    return np.array([rank == 1, rank <= 5], np.float64)

"""Fits what documents without a bank need, on the dev questions of a library: among many of them, and within one.

The questions of a set about one notice, whose documents the library does not hold, are questions that it does not
answer: with them the model of refusal has enough to learn from. Within one document those about others are such.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    REREAD,
    Floats,
    Material,
    dev_questions,
    fit_refusal,
    judged,
    roc_area,
    success_at_1,
    threshold_for,
    weigh,
    write_fitted,
)
from evals.fit_reread import (
    LITTLE,
    REFUSE_AT_MOST,
    cross_validated,
    first_and_five,
    fit_reranking,
    fit_reread,
    reached,
)
from index.channel import Scores
from index.fusion import FUSION
from index.reranker import Reranker
from index.reread import RERANKER
from index.retriever import Retriever
from index.titles import TITLE_CHANNELS

_CHANNELS = (*CHANNELS, *TITLE_CHANNELS)
_STRANGERS = 100


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
    the reranker counts beside them, and within one document, 0 where there is none or it gains nothing. `refusal` is
    the model among many, `reread` that within one where the reranker read, empty where it reads nothing.
    """

    weights: dict[str, float]
    reranking: dict[str, float]
    refusal: dict[str, Any]
    reread: dict[str, Any]
    evidence: dict[str, Any]

    def write(self) -> None:
        """Put the values beside those fitted on one notice, which stay as they are."""
        fusion, refusal = {MANY: self.weights, RERANKING: self.reranking}, {MANY: self.refusal}
        if self.reread:
            refusal[REREAD] = self.reread
        for path, own in ((FUSION, fusion), (REFUSAL, refusal)):
            known = json.loads(path.read_text(encoding="utf-8"))
            known.pop(REREAD, None)
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
    features, right, documents = judged(material, _CHANNELS, of_many=True)
    weights = dict(zip(_CHANNELS, (round(float(one), 4) for one in _weigh(features, right)[:-1]), strict=True))
    old = answerer.retriever.fusion
    before = _success(features, right, old.without_bank)
    after = cross_validated(features, right, documents, _weigh)
    if sum(after) <= sum(before) + LITTLE:
        weights = {}  # no better than those of one notice on questions that they were not fitted on
    reranking, reranked = fit_reranking(material, weights or old.without_bank)
    within_one, found_within = fit_reranking(replace(material, by_document=True), old.without_bank)
    counts = {MANY: reranking, "without_bank": within_one}
    fused = Retriever(index, own.encoder, replace(old, of_many=weights, reranking=counts), reader)
    material = replace(material, retriever=fused)
    reread, evidence_of_reread = fit_reread(material, answerer.read) if within_one else ({}, {})
    if not reread:
        counts.pop("without_bank")  # nothing could say whether what it read answers
    # What is not among the passages that the refusal looks at can't be answered from them, and says nothing of it.
    known = tuple(one for one, found in zip(questions, reached(material), strict=True) if found or not one.answerable)
    asked = (*known, *_unanswered(strangers))
    both = Material(fused, asked, tuple(answerer.read(question.text) for question in asked))
    skip = NEEDS_BANK if reranking else (*NEEDS_BANK, RERANKER)
    model, probabilities, answerable = fit_refusal(both, skip, balanced=True)
    threshold = threshold_for(probabilities, answerable, REFUSE_AT_MOST)
    within = np.array([question in questions for question in asked])
    evidence = {
        "sets": {one.name: one.digest for one in eval_sets},
        "dev_questions": len(questions),
        "strangers": len(asked) - len(known),
        "answerable of which the answer was not found": len(questions) - len(known),
        "Success@1, Success@5 in view with the weights of one notice": before,
        "Success@1, Success@5 in view, cross-validated": after,
        "reranked": reranked,
        "Success@1": round(success_at_1(material), 4),
        "refusal ROC area, cross-validated": round(roc_area(probabilities, answerable), 4),
        "refusal ROC area without strangers": round(roc_area(probabilities[within], answerable[within]), 4),
        "answerable refused": round(float((probabilities[answerable] < threshold).mean()), 4),
        "unanswerable refused": round(float((probabilities[within & ~answerable] < threshold).mean()), 4),
        "strangers refused": round(float((probabilities[~within] < threshold).mean()), 4),
        "within one document": found_within | evidence_of_reread,
    }
    return FittedMany(weights, counts, model | {"threshold": threshold}, reread, evidence)


def _unanswered(strangers: Sequence[EvalQuestion]) -> list[EvalQuestion]:
    """One wording a group, evenly from the whole set, as questions without an answer."""
    firsts = list({question.group: question for question in reversed(strangers)}.values())[::-1]
    step = max(1, -(-len(firsts) // _STRANGERS))
    return [question.unanswered() for question in firsts[::step]]


def _weigh(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]]) -> Floats:
    return weigh(features, right, of_many=True)


def _success(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]], weights: dict[str, float]) -> list[float]:
    given = np.array([*(weights.get(name, 0.0) for name in _CHANNELS), 1.0])
    found = [first_and_five(own @ given, relevant) for own, relevant in zip(features, right, strict=True)]
    return [round(float(value), 4) for value in np.mean(found, axis=0)]

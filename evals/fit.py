"""Fits the weights of the channels and the model of refusal on dev questions, never on test ones.

Fusion: weights of a linear sum, by maximum likelihood of the passages that answer under a softmax over all passages,
with a small ridge, none negative. Refusal: logistic regression on `assistant.signals`, judged by cross-validation over
question groups. Both are fitted with the bank and without it, and written with their evidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answerer import Answerer
from assistant.highlight import FITTED as VOTING
from assistant.refusal import MODEL as REFUSAL
from assistant.signals import signals
from content.passage import Passage
from content.text import fold_text
from evals.dataset import EvalQuestion, EvalSet
from evals.voting import Asked, fit_voting
from index.channel import standard
from index.fusion import FUSION, Fusion
from index.reread import RERANKER
from index.retriever import Retrieval, Retriever
from index.view import Scope

Floats = NDArray[np.float64]

CHANNELS = (
    "dense/passage", "dense/sentence", "dense/clause", "dense/label",
    "characters/passage", "characters/sentence", "characters/label", "pinyin/sentence",
)  # fmt: skip
BANK_CHANNELS = (
    *CHANNELS, "dense/question", "dense/question-mean",
    "characters/question", "characters/question-mean", "pinyin/question",
)  # fmt: skip
NEEDS_BANK = (
    "dense_question", "characters_question", "dense_over_unanswered", "characters_over_unanswered", "vote",
)  # fmt: skip
MANY = "of_many"
"""Under which name stands what is fitted over many documents (`evals.fit_many`)."""
RERANKING = "reranking"
"""Under which name stands what the reranker counts among them, and within one."""
REREAD = "reread"
"""Under which name stands the refusal of what was reread within one document."""
_RIDGE = 0.01
_FOLDS = 5
SEEN = 5
"""Passages that the refusal looks at."""
_REFUSE_AT_MOST = 0.0125
"""Share of answerable dev questions that may be refused; the bound to keep on questions not seen is 0.04."""


@dataclass(frozen=True, slots=True)
class Material:
    """The dev questions of one set with what one retriever finds for them, `by_document` each within its own alone."""

    retriever: Retriever
    questions: tuple[EvalQuestion, ...]
    readings: tuple[str, ...]
    by_document: bool = False

    def vectors(self) -> NDArray[np.float32]:
        return self.retriever.encoder.encode_queries([fold_text(reading) for reading in self.readings])

    def scopes(self) -> list[Scope | None]:
        """By question what is searched for it, None for all."""
        return [Scope(frozenset({one.notice_id})) if self.by_document else None for one in self.questions]


def dev_questions(eval_set: EvalSet) -> tuple[EvalQuestion, ...]:
    """The questions that may be fitted on."""
    return tuple(question for question in eval_set.questions if question.split == "dev")


def fit_fusion(material: Material, names: Sequence[str]) -> dict[str, float]:
    """Weight by channel name."""
    features, right, _ = judged(material, names)
    found = weigh(features, right)
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def judged(
    material: Material, names: Sequence[str], of_many: bool = False
) -> tuple[list[Floats], list[NDArray[np.bool_]], list[str]]:
    """For each answerable question its channels, which passages are right, and the id of its document.

    Channels have shape (passages in view, channels), `of_many` with a last column for the advantage of a sort, which
    counts as it is; questions for which nothing right, or no such channel, is in view are left out.
    """
    passages = material.retriever.index.corpus.passages
    features, right, documents = [], [], []
    for question, reading, vector in zip(material.questions, material.readings, material.vectors(), strict=True):
        if not question.answerable:
            continue
        view, channels = material.retriever.in_view(reading, vector[None], SEEN)
        relevant = relevant_passages(question, [passages[place] for place in view.passages])
        if relevant.any() and channels.keys() >= set(names):
            beside = [material.retriever.advantage(view)] if of_many else []
            own = np.stack([*(standard(channels[name].by_passage) for name in names), *beside], axis=1)
            features.append(own.astype(np.float64))
            right.append(relevant)
            documents.append(question.notice_id)
    return features, right, documents


def weigh(features: Sequence[Floats], right: Sequence[NDArray[np.bool_]], of_many: bool = False) -> Floats:
    """The weights under which what is right is likeliest; shape (channels,). Of many the last is 1 (see `judged`)."""
    from scipy.optimize import minimize

    channels, longest = features[0].shape[1], max(map(len, features))
    x, y = np.zeros((len(features), longest, channels)), np.zeros((len(features), longest), np.bool_)
    nothing = np.zeros((len(features), longest))
    for place, (own, relevant) in enumerate(zip(features, right, strict=True)):
        x[place, : len(own)], y[place, : len(own)], nothing[place, len(own) :] = own, relevant, -np.inf

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = x @ weights + nothing
        scores -= scores.max(axis=1, keepdims=True)
        share = np.exp(scores)
        share /= share.sum(axis=1, keepdims=True)
        on_right = share * y
        total = on_right.sum(axis=1)
        gradient = ((share - on_right / total[:, None])[:, :, None] * x).sum(axis=1).mean(axis=0)
        value = float(-np.log(np.maximum(total, 1e-12)).mean() + _RIDGE * (weights**2).sum())
        return value, gradient + 2 * _RIDGE * weights

    start = np.full(channels, 0.3)
    bounds: list[tuple[float, float | None]] = [(0.0, None)] * channels
    if of_many:
        bounds[-1], start[-1] = (1.0, 1.0), 1.0
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Floats = found.x
    return weights


def relevant_passages(question: EvalQuestion, passages: Sequence[Passage]) -> NDArray[np.bool_]:
    """Which passages hold a quote that answers."""
    known = question.documents
    return np.array([p.notice_id in known and question.answers(p.notice_id, p.span) for p in passages])


def fit_refusal(
    material: Material, skip: Sequence[str] = (), balanced: bool = False
) -> tuple[dict[str, Any], Floats, NDArray[np.bool_]]:
    """(model as JSON, cross-validated probabilities that a question is answered, whether it is).

    With `balanced` answerable questions and others count alike, however many there are of either.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = [signals(found, material.retriever.index) for found in retrievals(material)]
    names = [name for name in rows[0] if name not in skip]
    x = np.array([[row[name] for name in names] for row in rows])
    y = np.array([question.answerable for question in material.questions])
    groups = [question.group for question in material.questions]
    weights = "balanced" if balanced else None
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=2000, class_weight=weights))
    held_out = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(_FOLDS), method="predict_proba")[:, 1]
    model.fit(x, y)
    scaler, logistic = model[0], model[1]
    return (
        {
            "intercept": float(logistic.intercept_[0]),
            "weights": _named(names, logistic.coef_[0]),
            "means": _named(names, scaler.mean_),
            "scales": _named(names, scaler.scale_),
        },
        held_out,
        y,
    )


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}


def retrievals(material: Material) -> list[Retrieval]:
    """What is found for every question, as deep as the refusal looks."""
    if not material.by_document:
        return material.retriever.search_many(material.readings, SEEN)
    found = zip(material.readings, material.scopes(), strict=True)
    return [material.retriever.search(reading, SEEN, scope) for reading, scope in found]


def threshold_for(probabilities: Floats, answerable: NDArray[np.bool_], at_most: float = _REFUSE_AT_MOST) -> float:
    """The highest threshold that refuses at most this share of answerable questions."""
    return round(float(np.quantile(probabilities[answerable], at_most)), 4)


def asked(material: Material) -> Asked:
    """The answerable questions of some material with what is found for them."""
    found = zip(material.questions, retrievals(material), strict=True)
    return material.retriever.index, [(question, own) for question, own in found if question.answerable]


def success_at_1(material: Material) -> float:
    """Share of answerable questions whose first passage answers."""
    passages = material.retriever.index.corpus.passages
    found = material.retriever.search_many(material.readings, 1)
    return float(
        np.mean(
            [
                question.answers(first.notice_id, first.span)
                for question, retrieval in zip(material.questions, found, strict=True)
                if question.answerable
                for first in [passages[retrieval.hits[0].passage]]
            ]
        )
    )


def fit(bank: Answerer, plain: Answerer, eval_set: EvalSet) -> Fitted:
    """Fit everything on the dev questions: with the bank by `bank`, without it by `plain`."""
    questions = dev_questions(eval_set)
    fusion: dict[str, dict[str, float]] = {}
    refusal: dict[str, Any] = {}
    evidence: dict[str, Any] = {"set": eval_set.name, "set_sha256": eval_set.digest, "dev_questions": len(questions)}
    materials: list[Material] = []
    for name, answerer, channels, skip in (
        ("with_bank", bank, BANK_CHANNELS, (RERANKER,)),
        ("without_bank", plain, CHANNELS, (*NEEDS_BANK, RERANKER)),
    ):
        material = Material(answerer.retriever, questions, tuple(answerer.read(q.text) for q in questions))
        weights = fit_fusion(material, channels)
        fused = Retriever(answerer.retriever.index, answerer.retriever.encoder, Fusion(weights, weights))
        material = Material(fused, questions, material.readings)
        model, probabilities, answerable = fit_refusal(material, skip)
        threshold = threshold_for(probabilities, answerable)
        fusion[name] = weights
        refusal[name] = model | {"threshold": threshold}
        evidence[name] = {
            "Success@1": round(success_at_1(material), 4),
            "refusal ROC area, cross-validated": round(roc_area(probabilities, answerable), 4),
            "answerable refused": round(float((probabilities[answerable] < threshold).mean()), 4),
            "unanswerable refused": round(float((probabilities[~answerable] < threshold).mean()), 4),
        }
        materials.append(material)
    voting, values = fit_voting([asked(material) for material in materials])
    for name, own in zip(fusion, values, strict=True):
        evidence[name] |= own
    return Fitted(fusion, refusal, asdict(voting), evidence)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `fit` found, and the evidence on dev questions."""

    fusion: dict[str, dict[str, float]]
    refusal: dict[str, Any]
    voting: dict[str, float]
    evidence: dict[str, Any]

    def write(self) -> None:
        """Put the fitted values where the product reads them, each with the evidence; of many documents as it was."""
        for path, own in ((FUSION, self.fusion), (REFUSAL, self.refusal)):
            before = json.loads(path.read_text(encoding="utf-8"))
            kept = {name: before[name] for name in (MANY, REREAD, RERANKING, f"{MANY}_evidence") if name in before}
            write_fitted(path, {**own, "evidence": self.evidence, **kept})
        write_fitted(VOTING, {"voting": self.voting, "evidence": self.evidence})


def roc_area(probabilities: Floats, answerable: NDArray[np.bool_]) -> float:
    """Of the model of refusal."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(answerable, probabilities))


def write_fitted(path: Path, data: Mapping[str, Any]) -> None:
    """Write fitted values as the product reads them."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

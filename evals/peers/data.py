"""The texts, questions and vectors that all systems get alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from content.corpus import load_corpus
from evals.beir import read_beir
from evals.dataset import EvalQuestion
from evals.measures import ranked_measures
from evals.opening import open_set
from evals.scale import Cloud
from index.encoder import Vectors

K = 10
_NOISE = 0.42
"""How far a question lies from the text that it is about (see index/recall.py)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages and judged questions. `dev` are questions to tune on, with their own judgements in `qrels`."""

    name: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    qrels: Mapping[str, Mapping[str, int]]
    dev: tuple[tuple[str, str], ...] = ()

    def quality(self, found: Mapping[str, Sequence[str]], asked: Sequence[tuple[str, str]]) -> dict[str, float]:
        """Means over the questions `asked`; `found` are ids by question, best first."""
        judged = {name: self.qrels[name] for name, _ in asked}
        scored = {name: {one: float(-rank) for rank, one in enumerate(found.get(name, ()), 1)} for name in judged}
        values = ranked_measures(judged, scored)
        return {
            measure: float(np.mean([one[measure] for one in values.values()]))
            for measure in ("Success@1", "Success@5", "nDCG@10")
        }


def notice_questions() -> tuple[str, tuple[EvalQuestion, ...]]:
    """The packaged notice's text and the answerable questions of its test split."""
    corpus = load_corpus(with_bank=False)
    eval_set = open_set(None, corpus)
    text = corpus.notice(eval_set.notice_id).text
    return text, tuple(question for question in eval_set.of_split("test") if question.answerable)


def notice_texts() -> Texts:
    """The packaged notice in the product's passages, with its answerable questions."""
    corpus = load_corpus(with_bank=False)
    eval_set = open_set(None, corpus)
    asked = {split: [q for q in eval_set.of_split(split) if q.answerable] for split in ("dev", "test")}
    qrels = {
        question.id: {str(row): 1 for row, passage in enumerate(corpus.passages) if question.is_place(passage.span)}
        for own in asked.values()
        for question in own
    }
    pairs = {split: tuple((q.id, q.text) for q in own) for split, own in asked.items()}
    ids = tuple(str(row) for row in range(len(corpus.passages)))
    return Texts("notice", ids, tuple(p.text for p in corpus.passages), pairs["test"], qrels, pairs["dev"])


def beir_texts(folder: Path) -> Texts:
    """A folder in BEIR layout; raises DatasetError. Queries without text are left out for everyone."""
    beir = read_beir(folder)
    questions = tuple((name, text) for name, text in beir.queries if text)
    return Texts(
        beir.name,
        tuple(name for name, _ in beir.documents),
        tuple(text for _, text in beir.documents),
        questions,
        beir.qrels,
    )


@dataclass(frozen=True, slots=True)
class Cloudy:
    """`rows` synthetic passages and some questions, in files, with the exact ten nearest of each question."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    questions: tuple[str, ...]
    vectors: Path
    question_vectors: Path
    nearest: tuple[tuple[str, ...], ...]

    def recall(self, found: Sequence[Sequence[str]]) -> float:
        """The mean share of the ten nearest that was found; the questions begin anew where more were asked."""
        shares = [len(set(own) & set(self.nearest[at % len(self.nearest)])) / K for at, own in enumerate(found)]
        return float(np.mean(shares))


def make_cloud(rows: int, questions: int, folder: Path) -> Cloudy:
    """Vectors shaped like real ones (evals/scale.py), with texts of 80 characters."""
    vectors = np.concatenate(list(Cloud(0).portions(rows)))
    chance = np.random.default_rng(1)
    targets, one, other = (vectors[chance.integers(0, rows, questions)] for _ in range(3))
    asked: Vectors = targets + _NOISE * (one - other) / np.linalg.norm(one - other, axis=1, keepdims=True).clip(1e-6)
    asked = (asked / np.linalg.norm(asked, axis=1, keepdims=True)).astype(np.float32)
    near = np.argsort(-(asked @ vectors.T), axis=1)[:, :K]
    paths = folder / f"cloud-{rows}.npy", folder / f"cloud-{rows}-questions.npy"
    np.save(paths[0], vectors, allow_pickle=False)
    np.save(paths[1], asked, allow_pickle=False)
    texts = tuple((f"第{row}段：" + "工会工作要服务职工，维护职工合法权益。" * 5)[:80] for row in range(rows))
    ids = tuple(str(row) for row in range(rows))
    named = tuple(f"第{number}个问题" for number in range(questions))
    return Cloudy(ids, texts, named, *paths, tuple(tuple(str(row) for row in own) for own in near))


def fill_request(cloud: Cloudy) -> dict[str, object]:
    """What a driver needs to know the vectors of a cloud."""
    return {
        "passages": {"texts": cloud.texts, "vectors": str(cloud.vectors)},
        "questions": {"texts": cloud.questions, "vectors": str(cloud.question_vectors)},
    }

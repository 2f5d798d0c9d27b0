"""`Retriever`: fuses the channels and groups entries by passage."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content.text import fold_text
from index.build import ANALYZERS, Index
from index.encoder import Encoder, Vectors
from index.entries import EntryKind

Scores = NDArray[np.float32]
_DEPTH = 512
FUSION = Path(__file__).parent / "fusion.json"
_MEAN_OF = 3
"""Several bank questions about one passage that are all near say more than one that is nearest by chance."""
_EVIDENCE = {EntryKind.SENTENCE: 3, EntryKind.CLAUSE: 3, EntryKind.QUESTION: 12}
"""How many entries of each kind are kept as evidence of a hit."""
_LEXICAL_SHARE = 0.3
_NEIGHBOURS = 10
_VOTE_WIDTH = 0.03
"""Cosine over which a neighbour's vote falls to a third."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An entry near the question: its row in the index and a score (cosine plus a share of the lexical score)."""

    kind: EntryKind
    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found.

    `passage` is its index in `corpus.passages`; `score` the fused score, higher is better; `channels` the score of
    each channel by name; `evidence` the entries that led to it.
    """

    passage: int
    score: float
    channels: dict[str, float]
    evidence: tuple[Evidence, ...]

    def of_kind(self, kind: EntryKind) -> tuple[Evidence, ...]:
        """The evidence of one kind, best first."""
        return tuple(evidence for evidence in self.evidence if evidence.kind is kind)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found: passages, best first, and how near it comes to questions known to have no answer.

    `unanswered_dense` and `unanswered_lexical` are the best scores among those questions; `unanswered_vote` is the
    share of them among the nearest bank questions, the nearer counting more (0 without a bank).
    """

    question: str
    hits: tuple[Hit, ...]
    unanswered_dense: float
    unanswered_lexical: float
    unanswered_vote: float


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of the channels, fitted on dev questions (`notice-evals fit`), with a bank and without one."""

    with_bank: dict[str, float]
    without_bank: dict[str, float]

    @classmethod
    def read(cls, path: Path = FUSION) -> Fusion:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["with_bank"], data["without_bank"])


@dataclass(frozen=True, slots=True)
class _Channel:
    """Score by entry row of one kind, and by passage the best of its entries."""

    by_row: Scores
    by_passage: Scores


class Retriever:
    """Search over one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder, fusion: Fusion | None = None) -> None:
        self.index = index
        self.encoder = encoder
        self.fusion = fusion or Fusion.read()
        self._links = {kind: _links(index, kind) for kind in EntryKind}
        self._passages = len(index.corpus.passages)

    def search(self, question: str, k: int) -> Retrieval:
        """The best `k` passages for a question (fewer when the corpus has fewer)."""
        return self.search_many([question], k)[0]

    def search_many(self, questions: Sequence[str], k: int) -> list[Retrieval]:
        """As `search`, the questions encoded together."""
        vectors = self.encoder.encode_queries([fold_text(question) for question in questions])
        return [self._search(question, vector[None], k) for question, vector in zip(questions, vectors, strict=True)]

    def channels(self, question: str, vector: Vectors) -> dict[str, _Channel]:
        """Every channel's scores for a question whose vector, shape (1, dim), is given."""
        found = {f"dense/{kind}": self._dense(vector, kind) for kind in EntryKind}
        for name, analyzer in ANALYZERS.items():
            terms = analyzer(question)
            for (of, kind), lexical in self.index.lexical.items():
                if of == name:
                    found[f"{name}/{kind}"] = self._by_passage(lexical.scores(terms), kind, 0.0)
        for name in ("dense", "characters"):
            by_row = found[f"{name}/{EntryKind.QUESTION}"].by_row
            found[f"{name}/question-mean"] = _Channel(by_row, self._mean_of_best(by_row))
        return found

    def _mean_of_best(self, by_row: Scores) -> Scores:
        """By passage the mean of its best bank questions; passages that none of the nearest leads to get the floor."""
        rows, passages = self._links[EntryKind.QUESTION]
        by_passage = np.zeros(self._passages, np.float32)
        if not rows.size:
            return by_passage
        scores = by_row[rows]
        if scores.size > _DEPTH:
            near = np.argpartition(scores, -_DEPTH)[-_DEPTH:]
            passages, scores = passages[near], scores[near]
        order = np.lexsort((-scores, passages))
        passages, scores = passages[order], scores[order]
        starts = np.flatnonzero(np.r_[True, passages[1:] != passages[:-1]])
        place = np.arange(passages.size) - np.repeat(starts, np.diff(np.r_[starts, passages.size]))
        floor = float(scores.min())
        by_passage[:] = floor
        for rank in range(_MEAN_OF):
            # A passage with fewer near questions than that takes the floor for the others.
            by_passage[passages[place == rank]] += (scores[place == rank] - floor) / _MEAN_OF
        return by_passage

    def _dense(self, vector: Vectors, kind: EntryKind) -> _Channel:
        rows = self.index.rows[kind]
        by_row = np.zeros(len(rows), np.float32)
        scores, found = self.index.store.search(vector, _DEPTH, rows)
        if not found.size:
            return _Channel(by_row, np.zeros(self._passages, np.float32))
        floor = float(scores[0, -1])
        by_row[:] = floor
        by_row[found[0] - rows.start] = scores[0]
        return self._by_passage(by_row, kind, floor)

    def _by_passage(self, by_row: Scores, kind: EntryKind, floor: float) -> _Channel:
        rows, passages = self._links[kind]
        by_passage = np.full(self._passages, floor, np.float32)
        np.maximum.at(by_passage, passages, by_row[rows])
        return _Channel(by_row, by_passage)

    def _search(self, question: str, vector: Vectors, k: int) -> Retrieval:
        channels = self.channels(question, vector)
        weights = self.fusion.with_bank if self.index.has_bank else self.fusion.without_bank
        fused = np.zeros(self._passages, np.float32)
        for name, weight in weights.items():
            fused += np.float32(weight) * standard(channels[name].by_passage)
        order = np.lexsort((np.arange(self._passages), -fused))[:k]
        dense = channels[f"dense/{EntryKind.UNANSWERED}"].by_row
        lexical = channels[f"characters/{EntryKind.UNANSWERED}"].by_row
        return Retrieval(
            question,
            tuple(self._hit(int(row), float(fused[row]), channels) for row in order),
            float(dense.max(initial=0.0)),
            float(lexical.max(initial=0.0)),
            _vote(channels[f"dense/{EntryKind.QUESTION}"].by_row, dense),
        )

    def _hit(self, passage: int, score: float, channels: dict[str, _Channel]) -> Hit:
        values = {name: float(channel.by_passage[passage]) for name, channel in channels.items()}
        evidence = tuple(e for kind in _EVIDENCE for e in self._evidence(passage, kind, channels))
        return Hit(passage, score, values, evidence)

    def _evidence(self, passage: int, kind: EntryKind, channels: dict[str, _Channel]) -> list[Evidence]:
        rows, passages = self._links[kind]
        own = rows[passages == passage]
        dense, lexical = channels[f"dense/{kind}"].by_row[own], channels[f"characters/{kind}"].by_row[own]
        scores = dense + np.float32(_LEXICAL_SHARE) * lexical
        best = np.argsort(-scores, kind="stable")[: _EVIDENCE[kind]]
        start = self.index.rows[kind].start
        return [Evidence(kind, int(own[i]) + start, float(scores[i])) for i in best]


def _links(index: Index, kind: EntryKind) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (row within the kind, passage) as two arrays of one length."""
    rows = index.rows[kind]
    pairs = [(row - rows.start, passage) for row in rows for passage in index.entries[row].passages]
    array: Any = np.array(pairs, np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def _vote(answered: Scores, unanswered: Scores) -> float:
    near = sorted([(float(s), 0.0) for s in _top(answered)] + [(float(s), 1.0) for s in _top(unanswered)], reverse=True)
    near = near[:_NEIGHBOURS]
    if not near:
        return 0.0
    weights = [math.exp((score - near[0][0]) / _VOTE_WIDTH) for score, _ in near]
    return sum(weight * vote for weight, (_, vote) in zip(weights, near, strict=True)) / sum(weights)


def _top(scores: Scores) -> Scores:
    return scores if len(scores) <= _NEIGHBOURS else np.partition(scores, -_NEIGHBOURS)[-_NEIGHBOURS:]


def standard(scores: Scores) -> Scores:
    """Scores as distances from their mean in standard deviations, so that channels can be added."""
    if not scores.size:
        return scores
    spread = float(scores.std())
    standardised: Scores = (scores - scores.mean()) / np.float32(spread if spread > 1e-6 else 1.0)
    return standardised

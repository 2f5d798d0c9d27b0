"""`Retriever`: fuses the channels and groups entries by passage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from content.text import fold_text
from index.build import ANALYZERS, Index
from index.channel import DEPTH, NEIGHBOURS, Channel, Scores, best_by_passage, by_turns, fuse, mean_of_best, vote
from index.encoder import Encoder, Vectors
from index.entries import EntryKind
from index.view import Ints, Scope, View, Views

_WHOLE = 1_000
"""Up to so many passages all are scored; of more, those that the channels propose."""
_PROPOSED = 64
"""Entries that each channel proposes."""
FUSION = Path(__file__).parent / "fusion.json"
_EVIDENCE = {EntryKind.SENTENCE: 3, EntryKind.CLAUSE: 3, EntryKind.QUESTION: 12}
"""How many entries of each kind are kept as evidence of a hit."""
_LEXICAL_SHARE = 0.3


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
    share of them among the nearest bank questions, the nearer counting more (0 without a bank). `with_bank`: the bank
    had a say.
    """

    question: str
    hits: tuple[Hit, ...]
    unanswered_dense: float
    unanswered_lexical: float
    unanswered_vote: float
    with_bank: bool = False


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of the channels, fitted on dev questions (`notice-evals fit`), with a bank and without one."""

    with_bank: dict[str, float]
    without_bank: dict[str, float]

    @classmethod
    def read(cls, path: Path = FUSION) -> Fusion:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["with_bank"], data["without_bank"])


class Retriever:
    """Search over one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder, fusion: Fusion | None = None) -> None:
        self.index = index
        self.encoder = encoder
        self.fusion = fusion or Fusion.read()
        self._views = Views(index)

    def search(self, question: str, k: int, scope: Scope | None = None) -> Retrieval:
        """The best `k` passages for a question (fewer when the corpus, or the notices of a scope, have fewer)."""
        return self.search_many([question], k, scope)[0]

    def search_many(self, questions: Sequence[str], k: int, scope: Scope | None = None) -> list[Retrieval]:
        """As `search`, the questions encoded together."""
        vectors = self.encoder.encode_queries([fold_text(question) for question in questions])
        return [
            self._search(question, vector[None], k, scope) for question, vector in zip(questions, vectors, strict=True)
        ]

    def channels(self, question: str, vector: Vectors) -> dict[str, Channel]:
        """Every channel's scores, over the whole corpus, for a question whose vector, shape (1, dim), is given."""
        lexical = {
            (name, kind): self.index.lexical[name, kind].scores(terms)
            for name, terms in self._terms(question).items()
            for kind in EntryKind
        }
        return self._channels(vector, lexical, self._views.whole)

    def _terms(self, question: str) -> dict[str, list[str]]:
        return {name: analyzer(question) for name, analyzer in ANALYZERS.items()}

    def _channels(
        self, vector: Vectors, lexical: dict[tuple[str, EntryKind], Scores], view: View
    ) -> dict[str, Channel]:
        """Channels over a view; `lexical` has a score for every row of a kind."""
        dense = self._dense if view.whole else self._dense_of_all
        found = {f"dense/{kind}": dense(vector, kind, view) for kind in EntryKind}
        for (name, kind), scores in lexical.items():
            found[f"{name}/{kind}"] = best_by_passage(scores[view.rows[kind]], kind, 0.0, view)
        for name in ("dense", "characters"):
            by_row = found[f"{name}/{EntryKind.QUESTION}"].by_row
            found[f"{name}/question-mean"] = Channel(by_row, mean_of_best(by_row, view))
        return found

    def _view(self, vector: Vectors, lexical: dict[tuple[str, EntryKind], Scores], k: int, scope: Scope | None) -> View:
        """What a question to many passages, or to a scope, is scored over."""
        views = self._views
        allowed = views.whole.passages if scope is None else views.passages_in(scope)
        rows: dict[EntryKind, Ints | range] = {
            kind: range(len(self.index.rows[kind])) if scope is None else views.rows_of(allowed, kind)
            for kind in EntryKind
        }
        count = max(_PROPOSED, k)
        unanswered = self._propose(vector, lexical, EntryKind.UNANSWERED, rows, NEIGHBOURS)
        if allowed.size <= _WHOLE:
            return views.of(allowed, np.unique(unanswered))
        kinds = [kind for kind in EntryKind if kind is not EntryKind.UNANSWERED]
        proposed = [views.passages_of(self._propose(vector, lexical, kind, rows, count), kind) for kind in kinds]
        fill = allowed[:k]  # where nothing is near there still are k passages
        # Every entry leads to passages of one notice, so nothing leaves the scope.
        return views.of(np.concatenate([*proposed, fill]), np.unique(unanswered))

    def _propose(
        self,
        vector: Vectors,
        lexical: dict[tuple[str, EntryKind], Scores],
        kind: EntryKind,
        rows: dict[EntryKind, Ints | range],
        count: int,
    ) -> Ints:
        """Rows of a kind that its channels find nearest."""
        own, start = rows[kind], self.index.rows[kind].start
        shifted = range(start, start + len(own)) if isinstance(own, range) else own + start
        _, dense = self.index.store.search(vector, count, shifted)
        found = [dense[0] - start]
        for name in ANALYZERS:
            scores = lexical[name, kind] if isinstance(own, range) else lexical[name, kind][own]
            near = np.argpartition(scores, -count)[-count:] if scores.size > count else np.arange(scores.size)
            near = near[scores[near] > 0]
            found.append(near if isinstance(own, range) else own[near])
        return np.concatenate(found)

    def _dense(self, vector: Vectors, kind: EntryKind, view: View) -> Channel:
        """Cosines of the nearest entries; those further away get the least of these."""
        rows = self.index.rows[kind]
        by_row = np.zeros(len(rows), np.float32)
        scores, found = self.index.store.search(vector, DEPTH, rows)
        if not found.size:
            return Channel(by_row, np.zeros(view.passages.size, np.float32))
        floor = float(scores[0, -1])
        by_row[:] = floor
        by_row[found[0] - rows.start] = scores[0]
        return best_by_passage(by_row, kind, floor, view)

    def _dense_of_all(self, vector: Vectors, kind: EntryKind, view: View) -> Channel:
        """Cosines of every entry of a view."""
        by_row: Scores = self.index.store.at(view.rows[kind] + self.index.rows[kind].start) @ vector[0]
        return best_by_passage(by_row, kind, float(by_row.min(initial=1.0)) if by_row.size else 0.0, view)

    def _search(self, question: str, vector: Vectors, k: int, scope: Scope | None = None) -> Retrieval:
        whole = self._views.whole
        if scope is None and whole.passages.size <= _WHOLE:
            view, channels = whole, self.channels(question, vector)
        else:
            terms = self._terms(question)
            lexical = {
                (name, kind): self.index.lexical[name, kind].scores(terms[name]) for name, kind in self.index.lexical
            }
            view = self._view(vector, lexical, k, scope)
            channels = self._channels(vector, lexical, view)
        weights = self.fusion.with_bank if view.with_bank else self.fusion.without_bank
        fused = fuse(channels, weights)
        order = np.lexsort((np.arange(view.passages.size), -fused))
        if not view.whole:
            order = by_turns(order, fused, self._views.notice_of[view.passages])
        dense = channels[f"dense/{EntryKind.UNANSWERED}"].by_row
        lexical_scores = channels[f"characters/{EntryKind.UNANSWERED}"].by_row
        return Retrieval(
            question,
            tuple(self._hit(int(place), float(fused[place]), channels, view) for place in order[:k]),
            float(dense.max(initial=0.0)),
            float(lexical_scores.max(initial=0.0)),
            vote(channels[f"dense/{EntryKind.QUESTION}"].by_row, dense),
            view.with_bank,
        )

    def _hit(self, place: int, score: float, channels: dict[str, Channel], view: View) -> Hit:
        values = {name: float(channel.by_passage[place]) for name, channel in channels.items()}
        evidence = tuple(e for kind in _EVIDENCE for e in self._evidence(place, kind, channels, view))
        return Hit(int(view.passages[place]), score, values, evidence)

    def _evidence(self, place: int, kind: EntryKind, channels: dict[str, Channel], view: View) -> list[Evidence]:
        rows, passages = view.links[kind]
        own = rows[passages == place]
        dense, lexical = channels[f"dense/{kind}"].by_row[own], channels[f"characters/{kind}"].by_row[own]
        scores = dense + np.float32(_LEXICAL_SHARE) * lexical
        best = np.argsort(-scores, kind="stable")[: _EVIDENCE[kind]]
        start = self.index.rows[kind].start
        return [Evidence(kind, int(view.rows[kind][own[i]]) + start, float(scores[i])) for i in best]

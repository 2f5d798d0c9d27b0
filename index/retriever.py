"""`Retriever`: fuses the channels and groups entries by passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from content.text import fold_text
from index.arrangement import NO_AIM, Arrangement
from index.build import ANALYZERS, Index
from index.channel import DEPTH, Channel, Scores, best_by_passage, fuse, mean_of_best, vote
from index.copies import Copies
from index.encoder import Encoder, Vectors
from index.entries import EntryKind
from index.fusion import Fusion
from index.lexical import codes_of_terms
from index.proposer import Proposer
from index.reranker import Reranker
from index.reread import RERANKER, Rereading
from index.terms import character_terms
from index.titles import Titles
from index.view import Aim, Scope, View, Views

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
    each channel by name; `evidence` the entries that led to it; `copies` are passages that say the same (`Copies`).
    """

    passage: int
    score: float
    channels: dict[str, float]
    evidence: tuple[Evidence, ...]
    copies: tuple[int, ...] = ()

    def of_kind(self, kind: EntryKind) -> tuple[Evidence, ...]:
        """The evidence of one kind, best first."""
        return tuple(evidence for evidence in self.evidence if evidence.kind is kind)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found: passages, best first, and how near it comes to questions known to have no answer.

    `unanswered_dense` and `unanswered_lexical` are the best scores among those questions; `unanswered_vote` is the
    share of them among the nearest bank questions, the nearer counting more (0 without a bank). `with_bank`: the bank
    had a say. `of_many`: passages of several documents were in question, without a bank.
    """

    question: str
    hits: tuple[Hit, ...]
    unanswered_dense: float
    unanswered_lexical: float
    unanswered_vote: float
    with_bank: bool = False
    of_many: bool = False

    @property
    def reranked(self) -> bool:
        """Whether the reranker had a say."""
        return bool(self.hits) and RERANKER in self.hits[0].channels


class Retriever:
    """Search over one index. Immutable after construction; safe to use from several threads."""

    def __init__(
        self, index: Index, encoder: Encoder, fusion: Fusion | None = None, reranker: Reranker | None = None
    ) -> None:
        self.index, self.encoder, self.reranker = index, encoder, reranker
        self.fusion = fusion or Fusion.read()
        self._views = Views(index)
        self._titles = Titles(index)
        self.copies = Copies(index.corpus)
        self._arrangement = Arrangement(self._views, self.copies)
        self.rereading: Rereading | None = None
        if reranker is not None:
            self.rereading = Rereading(index.corpus, self._views, reranker, self.fusion.reranking)
        self._proposer = Proposer(index, self._views, self.copies, self.fusion.telling(index.has_bank))

    def search(
        self, question: str, k: int, scope: Scope | None = None, aim: Aim = NO_AIM, fold: bool = False
    ) -> Retrieval:
        """The best `k` passages for a question (fewer when the corpus, or the notices of a scope, have fewer).

        With `fold` those that say the same as a better one are laid under it and count with it.
        """
        return self.search_many([question], k, scope, [aim], fold)[0]

    def search_many(
        self,
        questions: Sequence[str],
        k: int,
        scope: Scope | None = None,
        aims: Sequence[Aim] | None = None,
        fold: bool = False,
        vectors: Vectors | None = None,
    ) -> list[Retrieval]:
        """As `search`, the questions encoded together; `aims` has one for each, `vectors` what `encode` makes."""
        if vectors is None:
            vectors = self.encode(questions)
        return [
            self._search(question, vector[None], k, scope, aim, fold and len(self.index.corpus.notices) > 1)
            for question, vector, aim in zip(questions, vectors, aims or [NO_AIM] * len(questions), strict=True)
        ]

    def encode(self, questions: Sequence[str]) -> Vectors:
        """The vectors of questions, for whoever searches for them several times."""
        return self.encoder.encode_queries([fold_text(question) for question in questions])

    def channels(self, question: str, vector: Vectors) -> dict[str, Channel]:
        """Every channel's scores, over the whole corpus, for a question whose vector, shape (1, dim), is given."""
        return self._channels(vector, self._lexical(question), self._views.whole)

    def _lexical(self, question: str) -> dict[tuple[str, EntryKind], Scores]:
        codes = {name: codes_of_terms(analyzer(question)) for name, analyzer in ANALYZERS.items()}
        return {(name, kind): own.scores_of(codes[name]) for (name, kind), own in self.index.lexical.items()}

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

    def _of_titles(self, question: str, vector: Vectors, view: View) -> dict[str, Channel]:
        """What the titles of the documents in a view say, for each of their passages."""
        found = self._titles.scores(vector, character_terms(question), self._views.notice_of[view.passages])
        return {name: Channel(scores, scores) for name, scores in found.items()}

    def fused(self, view: View, channels: Mapping[str, Channel], weights: Mapping[str, float]) -> Scores:
        """The channels' weighted sum by place in a view, with the `advantage`."""
        return fuse(channels, weights) + self.advantage(view)

    def advantage(self, view: View) -> Scores:
        """By place in a view what the sort of its document counts, among several documents, else 0."""
        return view.advantage if self._views.of_many(view) else np.zeros_like(view.advantage)

    def _dense(self, vector: Vectors, kind: EntryKind, view: View) -> Channel:
        """Cosines of the nearest entries; those further away get the least of these."""
        rows = self.index.rows[kind]
        by_row = np.zeros(len(rows), np.float32)
        scores, found = self.index.store.search(vector, DEPTH, rows)
        if not found.size:
            return Channel(by_row, np.zeros(view.passages.size, np.float32))
        by_row[:] = floor = float(scores[0, -1])
        by_row[found[0] - rows.start] = scores[0]
        return best_by_passage(by_row, kind, floor, view)

    def _dense_of_all(self, vector: Vectors, kind: EntryKind, view: View) -> Channel:
        """Cosines of every entry of a view."""
        by_row: Scores = self.index.store.at(view.rows[kind] + self.index.rows[kind].start) @ vector[0]
        return best_by_passage(by_row, kind, float(by_row.min(initial=1.0)) if by_row.size else 0.0, view)

    def in_view(
        self,
        question: str,
        vector: Vectors,
        k: int,
        scope: Scope | None = None,
        aim: Aim = NO_AIM,
        fold: bool = False,
    ) -> tuple[View, dict[str, Channel]]:
        """The passages that a question is scored over, with every channel's scores; `vector` has shape (1, dim)."""
        if scope is None and self._proposer.all_are_scored:
            view, channels = self._views.whole, self.channels(question, vector)
        else:
            lexical = self._lexical(question)
            view = self._proposer.view(vector, lexical, k, scope, aim, fold)
            channels = self._channels(vector, lexical, view)
        if self._views.of_many(view):
            channels = channels | self._of_titles(question, vector, view)
        return view, channels

    def _search(
        self,
        question: str,
        vector: Vectors,
        k: int,
        scope: Scope | None = None,
        aim: Aim = NO_AIM,
        fold: bool = False,
    ) -> Retrieval:
        view, channels = self.in_view(question, vector, k, scope, aim, fold)
        of_many = self._views.of_many(view)
        weights = self.fusion.with_bank if view.with_bank else self.fusion.without_bank
        if of_many:
            weights = self.fusion.of_many or weights
        fused = self.fused(view, channels, weights)
        if self.rereading is not None:
            ranked = self._arrangement.favoured(view, fused, aim)
            if factor := self.rereading.factor(view, ranked):
                read = self.rereading.read(question, ranked, view)
                channels = channels | {RERANKER: Channel(read, read)}
                fused = fused + np.float32(factor) * (read - read.min())
        groups = self._arrangement.arrange(view, fused, k, scope, aim, fold)
        # How likely a sort is asked for is a matter of the order; a hit's score tells how well it fits.
        scores = fused - self.advantage(view)
        dense = channels[f"dense/{EntryKind.UNANSWERED}"].by_row
        lexical_scores = channels[f"characters/{EntryKind.UNANSWERED}"].by_row
        return Retrieval(
            question,
            tuple(self._hit(place, float(scores[place]), channels, view, copies) for place, copies in groups),
            float(dense.max(initial=0.0)),
            float(lexical_scores.max(initial=0.0)),
            vote(channels[f"dense/{EntryKind.QUESTION}"].by_row, dense),
            view.with_bank,
            of_many,
        )

    def _hit(
        self, place: int, score: float, channels: dict[str, Channel], view: View, copies: tuple[int, ...] = ()
    ) -> Hit:
        values = {name: float(channel.by_passage[place]) for name, channel in channels.items()}
        evidence = tuple(e for kind in _EVIDENCE for e in self._evidence(place, kind, channels, view))
        return Hit(int(view.passages[place]), score, values, evidence, copies)

    def _evidence(self, place: int, kind: EntryKind, channels: dict[str, Channel], view: View) -> list[Evidence]:
        own = view.rows_at(place, kind)
        dense, lexical = channels[f"dense/{kind}"].by_row[own], channels[f"characters/{kind}"].by_row[own]
        scores = dense + np.float32(_LEXICAL_SHARE) * lexical
        best = np.argsort(-scores, kind="stable")[: _EVIDENCE[kind]]
        start = self.index.rows[kind].start
        return [Evidence(kind, int(view.rows[kind][own[i]]) + start, float(scores[i])) for i in best]

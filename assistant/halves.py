"""`Halves`: a library in which some notices have a question bank and others have none.

Weights that use a bank would pass over a notice that nobody has written questions for, and those without one would
throw the bank away. So the two halves are searched apart, each by its own weights, and the half that more probably
answers comes first: by how sure each is, and, where there is a reranker, by what it says of the first of each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.refusal import Refusal
from index.arrangement import NO_AIM
from index.retriever import Hit, Retrieval, Retriever
from index.view import Aim, Scope

_SEEN = 5
"""Hits that a judgement rests on."""
_READ, _NEEDED = 0.6, 2.75
"""What the reranker's difference counts beside the log-odds that the bank's half answers, and what both must reach.

Chosen on 367 dev questions: about 16 notices without a bank the first passage was right for 0.634 (0.595 by how sure
the halves are alone, 0.641 where that half came first always), about 30 laws for 0.804 (0.757, 0.804), about the
packaged notice for 0.969 (0.969, 0.977).
"""
_TURN = 3
"""Hits of the first half before those of the other, where that does not answer."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a question found, and whether its first hit answers with which probability."""

    retrieval: Retrieval
    answered: bool
    confidence: float


class Halves:
    """Searches and judges. Immutable after construction; safe to use from several threads."""

    def __init__(self, retriever: Retriever, refusal: Refusal) -> None:
        self._retriever = retriever
        self._refusal = refusal
        corpus = retriever.index.corpus
        asked = zip(corpus.notices, corpus.questions, strict=True)
        banked = frozenset(notice.id for notice, bank in asked if any(question.answerable for question in bank))
        others = frozenset(notice.id for notice in corpus.notices) - banked
        self._halves = (banked, others)

    def search_many(
        self,
        questions: Sequence[str],
        k: int,
        among: frozenset[str] | None = None,
        aims: Sequence[Aim] | None = None,
    ) -> list[Judged]:
        """The best `k` hits for each question, judged by its first ones alone, whatever `k` is.

        `among` are the ids of the notices to search, None for all; `aims` has one for each question.
        """
        aims = aims or [NO_AIM] * len(questions)
        own = [half if among is None else half & among for half in self._halves]
        if not all(own):
            scope = None if among is None else Scope(among)
            found = self._retriever.search_many(questions, k, scope, aims, fold=True)
            return [self._judge(retrieval) for retrieval in found]
        vectors = self._retriever.encode(questions)
        banked, others = (
            self._retriever.search_many(questions, k, Scope(ids), aims, fold=True, vectors=vectors) for ids in own
        )
        return [
            self._merged(self._judge(ours), self._judge(theirs), k, self._named(aim))
            for ours, theirs, aim in zip(banked, others, aims, strict=True)
        ]

    def _named(self, aim: Aim) -> bool | None:
        """Whether a question names notices with a bank; None where it names none, or both."""
        named = [bool(aim.preferred & half) for half in self._halves]
        return None if named[0] == named[1] else named[0]

    def _judge(self, found: Retrieval) -> Judged:
        seen = replace(found, hits=found.hits[:_SEEN])
        return Judged(found, *self._refusal.judge(seen, self._retriever.index))

    def _leads(self, banked: Judged, other: Judged) -> bool | None:
        """Whether the half with a bank comes first, by the reranker; None where there is none or nothing to read."""
        rereading, both = self._retriever.rereading, (banked.retrieval, other.retrieval)
        if rereading is None or not all(half.hits for half in both):
            return None
        ours, theirs = (rereading.of(half.question, half.hits[0].passage, half.hits[0].channels) for half in both)
        return _log_odds(banked.confidence) + _READ * (ours - theirs) > _NEEDED

    def _merged(self, banked: Judged, other: Judged, k: int, named: bool | None = None) -> Judged:
        """The half that answers first; where both or neither do, the surer one, and that with a bank among equals.

        `named`: the half that the question names is first in any case. With a reranker the half with a bank needs its
        word, too: what its bank was written for makes it sure of itself.
        """
        first, second = sorted((banked, other), key=lambda half: (not half.answered, -half.confidence))
        leads = self._leads(banked, other) if named is None else named
        if leads is not None:
            first, second = (banked, other) if leads else (other, banked)
        ours, theirs = first.retrieval.hits, second.retrieval.hits
        turn = 1 if second.answered else _TURN
        hits = descending([*ours[:turn], *theirs[:1], *ours[turn:], *theirs[1:]][:k])
        return replace(first, retrieval=replace(first.retrieval, hits=hits))


def _log_odds(probability: float) -> float:
    near = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(near / (1 - near))


def descending(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits whose order was not made by score: what comes later never has the higher one."""
    least = float("inf")
    found = []
    for hit in hits:
        least = min(least, hit.score)
        found.append(replace(hit, score=least))
    return tuple(found)

"""Where the time of one question goes, part by part, over the index in use."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answerer import Answerer
from content.text import fold_text
from index.build import ANALYZERS, Index
from index.encoder import Encoder, Progress, Vectors
from index.lexical import LexicalIndex
from index.reread import READ
from index.retriever import Retriever
from index.terms import Analyzer

_NEAREST = 64
_SHORTEST, _LONGEST = 8, 24


@dataclass(frozen=True, slots=True)
class Part:
    """One part of answering, over `size` passages or entries: milliseconds a question, median and 95th percentile."""

    name: str
    size: int
    median: float
    p95: float


class _Encoded:
    """An encoder that has encoded its questions already, so that what follows can be timed alone."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._vectors = dict(zip(texts, encoder.encode_queries(texts), strict=True))
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in texts if text not in self._vectors]
        if missing:
            self._vectors |= zip(missing, self._encoder.encode_queries(missing), strict=True)
        return np.array([self._vectors[text] for text in texts], np.float32).reshape(len(texts), self.dim)

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Progress | None = None) -> Vectors:
        return self._encoder.encode_entries(texts, as_queries, progress)


def measure_parts(answerer: Answerer, count: int, seed: int = 0) -> list[Part]:
    """Ask `count` stretches of sentences of the corpus, each part on its own and all of them one after another."""
    index, encoder = answerer.retriever.index, answerer.retriever.encoder
    asked = _questions(index, count, seed)
    given = _Encoded(encoder, [fold_text(question) for question in asked])
    retriever = Retriever(index, given, answerer.retriever.fusion)
    beside = Answerer(retriever)
    passages = len(index.corpus.passages)
    parts: list[tuple[str, int, Callable[[str], object]]] = [
        ("encode", 0, lambda question: encoder.encode_queries([fold_text(question)])),
        ("read", 0, answerer.read),
    ]
    for kind, rows in index.rows.items():
        parts.append((f"vectors/{kind}", len(rows), _nearest(index, given, rows)))
    for (name, kind), own in index.lexical.items():
        parts.append((f"{name}/{kind}", own.size, _shared(own, ANALYZERS[name])))
    if (reranker := answerer.retriever.reranker) is not None:
        titles = {notice.id: notice.title for notice in index.corpus.notices}
        first = [(titles[passage.notice_id], passage.text) for passage in index.corpus.passages[:READ]]
        parts.append(("reranker", len(first), lambda question: reranker.scores(question, first)))
    parts += [
        ("search beside encode", passages, lambda question: retriever.search(question, 5)),
        ("answer beside encode", passages, beside.ask),
        ("answer", passages, answerer.ask),
    ]
    return [_timed(name, size, job, asked) for name, size, job in parts if size or "/" not in name]


def _nearest(index: Index, given: Encoder, rows: range) -> Callable[[str], object]:
    return lambda question: index.store.search(given.encode_queries([fold_text(question)]), _NEAREST, rows)


def _shared(own: LexicalIndex, analyzer: Analyzer) -> Callable[[str], object]:
    return lambda question: own.scores(analyzer(question))


def _timed(name: str, size: int, job: Callable[[str], object], asked: Sequence[str]) -> Part:
    for question in asked:  # what is read from files for the first time is in no figure
        job(question)
    times = []
    for question in asked:
        began = time.perf_counter()
        job(question)
        times.append((time.perf_counter() - began) * 1000)
    return Part(name, size, float(np.median(times)), float(np.quantile(times, 0.95)))


def _questions(index: Index, count: int, seed: int) -> list[str]:
    """Stretches of sentences, as long as questions are."""
    chance = random.Random(seed)
    texts = {notice.id: notice.text for notice in index.corpus.notices}
    long = [p for p in index.corpus.passages if len(p.text) >= _SHORTEST]
    found = []
    for passage in chance.choices(long, k=count):
        text = passage.span.of(texts[passage.notice_id])
        size = min(len(text), chance.randint(_SHORTEST, _LONGEST))
        start = chance.randint(0, len(text) - size)
        found.append(text[start : start + size])
    return found

"""This product under the same protocol.

Settings: `vectors`, its vector store and its passages alone, which is what a vector store of a peer does; `search`, the
retriever with all its channels; `answer`, what a person gets: reading of the question, refusal, highlights, citation.
`search-bank` and `answer-bank` have the packaged question bank and are for the packaged notice only.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any


class _Encoder:
    """The product's encoder, with the memory between."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory
        self.inner: Any = None
        self.dim = 384

    @property
    def name(self) -> str:
        return str(self.inner.name)

    @property
    def fingerprint(self) -> str:
        return str(self.inner.fingerprint)

    def encode_queries(self, texts: Any) -> Any:
        import numpy as np

        if not texts:
            return np.zeros((0, self.dim), np.float32)
        found = self.memory.of(texts, True, lambda missing: self.inner.encode_queries(missing))
        return found[0][None] if len(found) == 1 else np.array(found)

    def encode_entries(self, texts: Any, as_queries: bool, progress: Any = None) -> Any:
        import numpy as np

        return np.array(
            self.memory.of(texts, as_queries, lambda missing: self.inner.encode_entries(missing, as_queries))
        )


class Peer:
    """See loop.py."""

    def __init__(self, setting: str, memory: Any) -> None:
        self.kind, _, bank = setting.partition("-")
        self.bank = bank == "bank"
        self.encoder = _Encoder(memory)
        self.store: Any = None
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.names: dict[tuple[str, int], str] = {}
        self.answerer: Any = None
        self.retriever: Any = None

    @staticmethod
    def convert(vector: Any) -> Any:
        return vector

    def load(self, model: str | None) -> None:
        if model is None:
            return
        from index.encoder import load_encoder

        self.encoder.inner = load_encoder(model, Path())

    def share(self, other: Any) -> None:
        self.encoder.inner = other.encoder.inner

    def build(self, ids: list[str], texts: list[str]) -> None:
        if self.kind == "vectors":
            self._build_vectors(ids, texts)
            return
        from index.build import build_index
        from index.retriever import Retriever

        self.ids = ids
        self.retriever = Retriever(build_index(self._corpus(ids, texts), self.encoder), self.encoder)
        self._name()

    def _corpus(self, ids: list[str], texts: list[str]) -> Any:
        from content.corpus import load_corpus, make_plain_corpus

        packaged = load_corpus()
        if [passage.text for passage in packaged.passages] == texts:
            return packaged if self.bank else replace(packaged, questions=tuple(() for _ in packaged.notices))
        return make_plain_corpus(zip(ids, texts, strict=True))

    def _build_vectors(self, ids: list[str], texts: list[str]) -> None:
        from index.scaled import make_store

        self.ids, self.texts = ids, texts
        vectors = self.encoder.encode_entries(texts, False)
        self.store = make_store(vectors, [range(len(texts))])

    def ask(self, question: str, k: int) -> list[str]:
        if self.answerer is not None:
            return [self._id(found.citation) for found in self.answerer.ask(question, k).passages]
        if self.kind == "search":
            return [self.ids[hit.passage] for hit in self.retriever.search(question, k).hits]
        _, rows = self.store.search(self.encoder.encode_queries([question]), k, range(self.store.size))
        documents = [(self.ids[row], self.texts[row]) for row in rows[0]]
        return [name for name, _ in documents]

    def _id(self, citation: Any) -> str:
        return self.names[citation.notice_id, citation.start]

    def _name(self) -> None:
        self.answerer = None
        if self.kind == "answer":
            from assistant.answerer import Answerer

            self.answerer = Answerer(self.retriever)
        passages = self.retriever.index.corpus.passages
        self.names = {(p.notice_id, p.start): name for name, p in zip(self.ids, passages, strict=True)}

    def save(self, folder: str) -> None:
        from index.store import save_index

        if self.retriever is not None:
            save_index(self.retriever.index, self.encoder, Path(folder))

    def open(self, folder: str) -> None:
        from content.corpus import load_corpus
        from index.retriever import Retriever
        from index.store import load_index

        corpus = load_corpus(with_bank=self.bank)
        self.ids = [str(number) for number in range(len(corpus.passages))]
        self.retriever = Retriever(load_index(corpus, self.encoder, Path(folder)), self.encoder)
        self._name()

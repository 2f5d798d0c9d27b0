"""Haystack's in-memory document store, its components called one after the other (a `Pipeline` costs more)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_PAIRS = r"(?=([\u3400-\u9fff]{2}|(?<![a-z0-9])[a-z0-9]+))"


class Peer:
    """See loop.py.

    Settings: `dense`; `hybrid`, embeddings and BM25 joined by reciprocal ranks, all as it comes (a term is a Chinese
    character); `tuned`, the same with pairs of characters as terms and the join's weights fitted on dev questions.
    """

    def __init__(self, setting: str, memory: Any) -> None:
        self.setting = setting
        self.memory = memory
        self.queries: Any = None
        self.passages: Any = None
        self.store: Any = None
        self.weights: list[float] | None = None

    @staticmethod
    def convert(vector: Any) -> Any:
        return vector.tolist()

    def load(self, model: str | None) -> None:
        if model is None:
            return
        from haystack.utils import ComponentDevice
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        same: dict[str, Any] = {
            "model": model,
            "device": ComponentDevice.from_str("cpu"),
            "progress_bar": False,
            "normalize_embeddings": True,
        }
        self.queries = SentenceTransformersTextEmbedder(prefix="query: ", **same)
        self.passages = SentenceTransformersDocumentEmbedder(prefix="passage: ", **same)
        self.queries.warm_up()
        self.passages.warm_up()

    def share(self, other: Any) -> None:
        self.queries, self.passages = other.queries, other.passages

    def build(self, ids: list[str], texts: list[str]) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        pattern = {"bm25_tokenization_regex": _PAIRS} if self.setting == "tuned" else {}
        self.store = InMemoryDocumentStore(embedding_similarity_function="dot_product", **pattern)
        vectors = self.memory.of(texts, False, self._encode)
        self.store.write_documents(
            [
                Document(id=name, content=text, embedding=vector)
                for name, text, vector in zip(ids, texts, vectors, strict=True)
            ]
        )
        self._ready()

    def _ready(self) -> None:
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever

        self.by_vector = InMemoryEmbeddingRetriever(self.store)
        self.by_terms = InMemoryBM25Retriever(self.store)
        self.join = DocumentJoiner(join_mode="reciprocal_rank_fusion", weights=self.weights)

    def weigh(self, weight: float) -> None:
        """The share of the vectors in the join."""
        self.weights = [weight, 1 - weight]
        self._ready()

    def _encode(self, texts: list[str]) -> list[Any]:
        from haystack import Document

        made = self.passages.run(documents=[Document(content=text) for text in texts])["documents"]
        return [document.embedding for document in made]

    def _encode_query(self, texts: list[str]) -> list[Any]:
        return [self.queries.run(text=texts[0])["embedding"]]

    def ask(self, question: str, k: int) -> list[str]:
        [vector] = self.memory.of([question], True, self._encode_query)
        found = self.by_vector.run(query_embedding=vector, top_k=k)["documents"]
        if self.setting != "dense":
            named = self.by_terms.run(query=question, top_k=k)["documents"]
            found = self.join.run(documents=[found, named], top_k=k)["documents"]
        return [document.id for document in found]

    def save(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.store.save_to_disk(str(Path(folder) / "store.json"))

    def open(self, folder: str) -> None:
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self.store = InMemoryDocumentStore.load_from_disk(str(Path(folder) / "store.json"))
        self._ready()

    def pieces(self, text: str) -> list[str]:
        """By Haystack's splitter, by words as it comes."""
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter

        splitter = DocumentSplitter()
        splitter.warm_up()
        return [document.content for document in splitter.run(documents=[Document(content=text)])["documents"]]

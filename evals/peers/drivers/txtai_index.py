"""txtai's embeddings index with its own sentence-transformers vectors, the texts kept beside it (`content`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DIM = 384


class Peer:
    """See loop.py.

    Settings: `dense` and `hybrid` with txtai's defaults; `tuned`: hybrid, its BM25 over single characters and pairs of
    them, its weight of vectors against terms fitted on dev questions (`weigh`).
    """

    def __init__(self, setting: str, memory: Any) -> None:
        self.setting = setting
        self.memory = memory
        self.weight = 0.5
        self.model: str | None = None
        self.models: Any = {}
        self.embeddings: Any = None

    @staticmethod
    def convert(vector: Any) -> Any:
        return vector

    def load(self, model: str | None) -> None:
        self.model = model
        if model is not None:
            self._make()

    def _make(self) -> Any:
        from txtai import Embeddings

        # Models that are loaded once are shared by all indexes, as in a server of txtai's own.
        return Embeddings(self._config(), models=self.models)

    def _config(self) -> dict[str, Any]:
        if self.model is None:
            config: dict[str, Any] = {"method": "external", "dimensions": DIM, "content": True}
        else:
            config = {
                "method": "sentence-transformers",
                "path": self.model,
                "gpu": False,
                "content": True,
            }
        if self.setting == "hybrid":
            config["hybrid"] = True
        if self.setting == "tuned":
            config["scoring"] = {
                "method": "bm25",
                "terms": True,
                "normalize": True,
                "tokenizer": {"ngrams": {"ngrams": 2, "nmin": 1}},
            }
        return config

    def _remember(self) -> None:
        """Puts the memory between the index and its encoder."""
        import numpy as np

        vectors = self.embeddings.model
        encode = vectors.encode
        self._encode = encode

        def remembered(data: Any, category: Any = None) -> Any:
            return np.array(self.memory.of(list(data), category == "query", lambda missing: encode(missing, category)))

        vectors.encode = remembered

    def share(self, other: Any) -> None:
        self.model, self.models = other.model, other.models

    def build(self, ids: list[str], texts: list[str]) -> None:
        self.embeddings = self._make()
        if self.embeddings.model is None:
            self.embeddings.model = self.embeddings.loadvectors()
        self._remember()
        self.embeddings.index([(name, text, None) for name, text in zip(ids, texts, strict=True)])

    def weigh(self, weight: float) -> None:
        self.weight = weight

    def ask(self, question: str, k: int) -> list[str]:
        if self.setting == "dense":
            return [str(found["id"]) for found in self.embeddings.search(question, k)]
        return [str(found["id"]) for found in self.embeddings.search(question, k, weights=self.weight)]

    def save(self, folder: str) -> None:
        self.embeddings.save(folder)

    def open(self, folder: str) -> None:
        self.embeddings = self._make()
        self.embeddings.load(str(Path(folder)))
        self._remember()

    def pieces(self, text: str) -> list[str]:
        """By txtai's segmentation into paragraphs."""
        from txtai.pipeline import Segmentation

        return [piece for piece in Segmentation(paragraphs=True)(text) if piece]

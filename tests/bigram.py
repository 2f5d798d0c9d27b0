"""A tiny deterministic `Encoder` for fast tests: it really ranks Chinese passages, by shared character pairs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


class BigramEncoder:
    """Counts of characters and pairs, hashed into `dim` places, as unit vectors. A reader can compute them by hand."""

    name = "bigram"

    def __init__(self, dim: int = 256, fingerprint: str = "bigram-1") -> None:
        self.dim = dim
        self.fingerprint = fingerprint

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts)

    def encode_entries(
        self, texts: Sequence[str], as_queries: bool, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        if progress is not None:
            progress(len(texts), len(texts))
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for term in [*text, *(text[at : at + 2] for at in range(len(text) - 1))]:
                vectors[row, zlib.crc32(term.encode("utf-8", "surrogatepass")) % self.dim] += 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[:, 0] += lengths[:, 0] == 0
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1.0)
        return unit

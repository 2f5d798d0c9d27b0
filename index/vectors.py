"""FAISS behind one small class: unit vectors in, cosines and rows out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors


class FlatStore:
    """Exact inner-product search (`IndexFlatIP`): below some ten thousand vectors nothing is faster.

    Vectors are unit float32 rows, so a score is a cosine, higher is better.
    """

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(f"wanted a 2-d float32 array, found {vectors.ndim}-d {vectors.dtype}")
        self._faiss: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._faiss.add(np.ascontiguousarray(vectors))

    @property
    def size(self) -> int:
        return int(self._faiss.ntotal)

    @property
    def dim(self) -> int:
        return int(self._faiss.d)

    def search(self, queries: Vectors, k: int, rows: range) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `k` nearest of the stored `rows` for each query: scores and rows, both (len(queries), min(k, len(rows))).

        Best first; raises ValueError for queries of another dimension.
        """
        import faiss

        if queries.ndim != 2 or queries.shape[1] != self.dim:
            raise ValueError(f"queries of shape {queries.shape} do not fit vectors of dimension {self.dim}")
        k = min(k, len(rows))
        if k == 0:
            empty = np.zeros((len(queries), 0))
            return empty.astype(np.float32), empty.astype(np.int64)
        selector = faiss.IDSelectorRange(rows.start, rows.stop)
        scores, found = self._faiss.search(queries, k, params=faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]
        return scores, found

    def at(self, rows: Sequence[int]) -> Vectors:
        """The vectors stored in these rows, shape (len(rows), dim)."""
        found: Vectors = self._faiss.reconstruct_batch(np.asarray(rows, np.int64))
        return found

    def vectors(self) -> Vectors:
        """All stored vectors, shape (size, dim)."""
        stored: Vectors = self._faiss.reconstruct_n(0, self.size)
        return stored

    def write(self, path: Path) -> None:
        """Through ordinary file input and output: FAISS itself cannot open Chinese paths on Windows."""
        import faiss

        path.write_bytes(faiss.serialize_index(self._faiss).tobytes())

    @classmethod
    def read(cls, path: Path) -> FlatStore:
        """Raises ValueError when the file is no such index (FAISS's own words are of no use to a person)."""
        import faiss

        store = cls.__new__(cls)
        try:
            store._faiss = faiss.deserialize_index(np.frombuffer(path.read_bytes(), np.uint8))
        except (RuntimeError, MemoryError) as error:
            raise ValueError(f"not a FAISS index: {path.name}") from error
        return store

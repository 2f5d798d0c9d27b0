"""FAISS behind one small protocol: unit vectors in, cosines and rows out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

Rows = range | NDArray[np.int64]
"""Rows that may be found: a range, or an ascending array without doubles."""
Found = tuple[NDArray[np.float32], NDArray[np.int64]]
_MOST_CHOSEN = 64


class VectorStore(Protocol):
    """What the retriever needs of a place where vectors are, in this process or on other machines.

    Vectors are unit float32 rows numbered from 0, so a score is a cosine, higher is better.
    """

    @property
    def size(self) -> int: ...
    @property
    def dim(self) -> int: ...

    def search(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """The `k` nearest of the stored `rows` for each query: scores and rows, both (len(queries), min(k, len(rows))).

        Best first; as many as were asked for, whatever is left out. Raises ValueError for queries of another
        dimension.
        """
        ...

    def at(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """The vectors stored in these rows, shape (len(rows), dim)."""
        ...

    def write(self, folder: Path) -> None:
        """Write to files in an existing folder; raises OSError."""
        ...


StoreMaker = Callable[[Vectors, Sequence[range]], VectorStore]
"""Makes the store of vectors whose parts (the rows of one kind) are searched each by itself."""


class FlatStore:
    """Exact inner-product search (`IndexFlatIP`): below some ten thousand vectors nothing is faster."""

    FILE = "vectors.faiss"

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(f"wanted a 2-d float32 array, found {vectors.ndim}-d {vectors.dtype}")
        made: Any = faiss.IndexFlatIP(vectors.shape[1])
        made.add(np.ascontiguousarray(vectors))
        self._take(made)

    def _take(self, made: Any) -> None:
        # Asking FAISS for these at every question, and making its words for rows, took longer than searching.
        self._faiss = made
        self._size, self._dim = int(made.ntotal), int(made.d)
        self._chosen: dict[range, Any] = {}

    @property
    def size(self) -> int:
        return self._size

    @property
    def dim(self) -> int:
        return self._dim

    def search(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """See `VectorStore`."""
        check_queries(queries, self._dim)
        k = min(k, len(rows))
        if k == 0:
            return nothing(len(queries))
        scores, found = self._faiss.search(queries, k, params=self._parameters(rows))
        return scores, found

    def _parameters(self, rows: Rows) -> Any:
        import faiss

        if not isinstance(rows, range):
            return faiss.SearchParameters(sel=selector(rows, self._size))  # type: ignore[call-arg]
        if len(rows) == self._size:
            return None
        chosen = self._chosen.get(rows)
        if chosen is None:
            chosen = faiss.SearchParameters(sel=selector(rows, self._size))  # type: ignore[call-arg]
            if len(self._chosen) < _MOST_CHOSEN:  # the rows of a kind: there are a handful
                self._chosen[rows] = chosen
        return chosen

    def at(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """See `VectorStore`."""
        found: Vectors = self._faiss.reconstruct_batch(np.asarray(rows, np.int64))
        return found

    def vectors(self) -> Vectors:
        """All stored vectors, shape (size, dim)."""
        stored: Vectors = self._faiss.reconstruct_n(0, self.size)
        return stored

    def write(self, folder: Path) -> None:
        """Through ordinary file input and output: FAISS itself cannot open Chinese paths on Windows."""
        import faiss

        (folder / self.FILE).write_bytes(faiss.serialize_index(self._faiss).tobytes())

    @classmethod
    def read(cls, folder: Path) -> FlatStore:
        """Raises ValueError when the file is no such index, OSError where there is none."""
        store = cls.__new__(cls)
        store._take(read_faiss(folder / cls.FILE))
        return store


def read_faiss(path: Path) -> Any:
    """A FAISS index; raises ValueError when the file is none (FAISS's own words are of no use to a person)."""
    import faiss

    try:
        return faiss.deserialize_index(np.frombuffer(path.read_bytes(), np.uint8))
    except (RuntimeError, MemoryError) as error:
        raise ValueError(f"not a FAISS index: {path.name}") from error


def selector(rows: Rows, size: int) -> Any:
    """FAISS's own word for rows that may be found."""
    import faiss

    if isinstance(rows, range):
        return faiss.IDSelectorRange(rows.start, rows.stop)
    mask = np.zeros(size, np.bool_)
    mask[rows] = True
    return faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))  # type: ignore[arg-type,call-arg]


def check_queries(queries: Vectors, dim: int) -> None:
    """Raises ValueError for queries of another dimension."""
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise ValueError(f"queries of shape {queries.shape} do not fit vectors of dimension {dim}")


def nothing(queries: int) -> Found:
    """No hits for some queries."""
    return np.zeros((queries, 0), np.float32), np.zeros((queries, 0), np.int64)

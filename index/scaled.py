"""`ScaledStore`: search over many vectors by product codes in memory, with exact scores from rows on disk.

A kind of entries with more rows than `EXACT_BELOW` has codes of 4 bits for every two dimensions (FAISS's
`IVF1,PQ…x4fs`: one list, so that filters work and nothing is missed by a list that was not visited). They propose some
hundred rows, whose cosines are then taken from half-precision rows in a memory map. Fewer rows, or few that a filter
leaves, are compared one and all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.vectors import FlatStore, Found, Rows, VectorStore, check_queries, nothing, read_faiss, selector

EXACT_BELOW = 10_000
"""Up to here training costs more than it saves: exact search over 10,000 rows takes 0.6 ms."""
_EXACT_FILTERED = 2_000
"""So few rows that a filter leaves are compared one and all, in a millisecond."""
_FILTERED_DEEPER = 2
"""How many times more of the rows that a filter leaves codes must propose than of as many rows without one."""
_LEAST = 300
_ONE_IN = 500
_TRAINED_ON = 60_000
_STEP = 16_384
_THREADS = 2
_DEEPER = 4
_ROWS = "rows.f16"
_LAYOUT = "vectors.json"

Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one kind, and their codes where there are so many that it needs them."""

    rows: range
    codes: Any
    held: Vectors | None
    """The rows in single precision, of a part without codes that is small enough to be held in memory."""


def make_store(vectors: Vectors, parts: Sequence[range]) -> VectorStore:
    """The store that fits: exact while no part (the rows of one kind, searched together) is large."""
    if all(len(rows) < EXACT_BELOW for rows in parts):
        return FlatStore(vectors)
    return ScaledStore.make(vectors, parts)


def read_store(folder: Path) -> VectorStore:
    """What `VectorStore.write` wrote; raises ValueError or OSError."""
    if (folder / _LAYOUT).is_file():
        return ScaledStore.read(folder)
    return FlatStore.read(folder)


def candidates(size: int, k: int) -> int:
    """How many of `size` rows the codes propose for `k` hits: as many as recall@10 of 0.99 takes.

    Measured at each size: 300 of 100,000 give 0.995, 500 of a million 0.976, one in 500 at least 0.99 everywhere.
    """
    return min(size, max(_LEAST, size // _ONE_IN, _DEEPER * k))


class ScaledStore:
    """See the module. Safe to search from several threads."""

    def __init__(self, rows: Halves, parts: Sequence[_Part]) -> None:
        self._rows = rows
        self._parts = tuple(parts)

    @classmethod
    def make(cls, vectors: Vectors | Halves, parts: Sequence[range], exact_below: int | None = None) -> ScaledStore:
        """Train and fill the codes of every part of `exact_below` rows or more (None: EXACT_BELOW); takes seconds.

        Vectors in half precision are used as they are, a memory map without being read into memory.
        """
        exact_below = EXACT_BELOW if exact_below is None else exact_below
        if vectors.ndim != 2 or vectors.dtype not in (np.float32, np.float16):
            raise ValueError(f"wanted a 2-d float32 or float16 array, found {vectors.ndim}-d {vectors.dtype}")
        halves = vectors.astype(np.float16, copy=False)
        coded = [rows for rows in parts if len(rows) >= exact_below and vectors.shape[1] % 2 == 0]
        with ThreadPoolExecutor(_THREADS) as pool:
            codes = dict(zip(coded, pool.map(partial(_codes, vectors), coded), strict=True))
        return cls(halves, [_part(halves, rows, codes.get(rows)) for rows in parts])

    @property
    def size(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        return int(self._rows.shape[1])

    @property
    def coded(self) -> tuple[range, ...]:
        """The parts that are searched by codes, for whoever measures what they miss."""
        return tuple(part.rows for part in self._parts if part.codes is not None)

    def search(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """See `VectorStore`."""
        check_queries(queries, self.dim)
        k = min(k, len(rows))
        if k == 0:
            return nothing(len(queries))
        part = next((part for part in self._parts if part.codes is not None and _within(rows, part.rows)), None)
        if part is None or (len(rows) < len(part.rows) and len(rows) < _EXACT_FILTERED):
            return self.exact(queries, k, rows)
        deeper = _FILTERED_DEEPER if len(rows) < len(part.rows) else 1
        proposed = self._propose(part, queries, deeper * candidates(len(rows), k), rows)
        if ((proposed >= 0).sum(axis=1) < k).any():  # codes may propose fewer than were asked for
            return self.exact(queries, k, rows)
        scores = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        for number, query in enumerate(queries):
            own = np.sort(proposed[number][proposed[number] >= 0]) + part.rows.start
            near = self._rows[own].astype(np.float32) @ query
            best = np.argsort(-near, kind="stable")[:k]
            scores[number], found[number] = near[best], own[best]
        return scores, found

    def exact(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """As `search`, every row compared: what recall is measured against."""
        wanted = np.arange(rows.start, rows.stop) if isinstance(rows, range) else rows
        k = min(k, len(wanted))
        scores = np.full((len(queries), k), -np.inf, np.float32)
        found = np.zeros((len(queries), k), np.int64)
        for at in range(0, len(wanted), _STEP):
            own = wanted[at : at + _STEP]
            near = queries @ self._block(own).T
            few = np.sort(np.argpartition(-near, k - 1, axis=1)[:, :k], axis=1) if len(own) > k else None
            rows_near = np.broadcast_to(own, near.shape) if few is None else own[few]
            near = near if few is None else np.take_along_axis(near, few, axis=1)
            both = np.concatenate([scores, near], axis=1)
            rows_of_both = np.concatenate([found, rows_near], axis=1)
            best = np.argsort(-both, axis=1, kind="stable")[:, :k]
            scores = np.take_along_axis(both, best, axis=1)
            found = np.take_along_axis(rows_of_both, best, axis=1)
        return scores, found

    def at(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """See `VectorStore`."""
        return self._rows[np.asarray(rows, np.int64)].astype(np.float32)

    def blocks(self) -> Iterator[Halves]:
        """All rows in half precision, in blocks."""
        for at in range(0, self.size, _STEP):
            yield self._rows[at : at + _STEP]

    def write(self, folder: Path) -> None:
        """See `VectorStore`."""
        import faiss

        with (folder / _ROWS).open("wb") as file:
            for block in self.blocks():
                file.write(np.ascontiguousarray(block, "<f2").data)
        for part in self._parts:
            if part.codes is not None:
                (folder / _codes_file(part.rows)).write_bytes(faiss.serialize_index(part.codes).tobytes())
        layout = {
            "size": self.size,
            "dim": self.dim,
            "parts": [[part.rows.start, part.rows.stop, part.codes is not None] for part in self._parts],
        }
        (folder / _LAYOUT).write_text(json.dumps(layout), encoding="ascii")

    @classmethod
    def read(cls, folder: Path) -> ScaledStore:
        """Raises ValueError or OSError. Rows are mapped, not read: this takes milliseconds."""
        layout = json.loads((folder / _LAYOUT).read_text(encoding="ascii"))
        shape = (layout["size"], layout["dim"])
        rows: Halves = np.asarray(np.memmap(folder / _ROWS, np.dtype("<f2"), "r", shape=shape))
        parts = []
        for start, stop, coded in layout["parts"]:
            own = range(start, stop)
            codes = read_faiss(folder / _codes_file(own)) if coded else None
            if codes is not None and (codes.ntotal, codes.d) != (len(own), shape[1]):
                raise ValueError(f"codes of {codes.ntotal} rows of dimension {codes.d}, wanted {len(own)}, {shape[1]}")
            parts.append(_part(rows, own, codes))
        return cls(rows, parts)

    def _block(self, own: NDArray[np.int64]) -> Vectors:
        """The vectors of ascending rows in single precision, without a copy where they are held so."""
        for part in self._parts:
            if part.held is not None and _within(own, part.rows):
                return part.held[_run(own - part.rows.start)]
        return self._rows[_run(own)].astype(np.float32)

    def _propose(self, part: _Part, queries: Vectors, count: int, rows: Rows) -> NDArray[np.int64]:
        import faiss

        chosen = None
        if len(rows) < len(part.rows):
            start = part.rows.start
            own = range(rows.start - start, rows.stop - start) if isinstance(rows, range) else rows - start
            chosen = selector(own, len(part.rows))
        # The one list is visited by name: it has a centre, but nothing is chosen by it.
        params = faiss.SearchParametersIVF(nprobe=1, sel=chosen)  # type: ignore[call-arg]
        _, found = part.codes.search(queries, min(count, len(rows)), params=params)
        proposed: NDArray[np.int64] = found
        return proposed


def _part(halves: Halves, rows: range, codes: Any) -> _Part:
    held = codes is None and len(rows) < EXACT_BELOW
    return _Part(rows, codes, halves[rows.start : rows.stop].astype(np.float32) if held else None)


def _run(rows: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """A slice where rows follow one another: taking it copies nothing."""
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows


def _codes(vectors: Vectors | Halves, rows: range) -> Any:
    import faiss

    # Of this thread. Its thousands of short steps are slower by twice as many threads, and by far on a busy machine.
    faiss.omp_set_num_threads(1)
    dim = vectors.shape[1]
    codes = faiss.index_factory(dim, f"IVF1,PQ{dim // 2}x4fs", faiss.METRIC_INNER_PRODUCT)
    own = vectors[rows.start : rows.stop]
    chosen = np.random.default_rng(0).permutation(len(own))[:_TRAINED_ON]
    codes.train(np.ascontiguousarray(own[np.sort(chosen)], np.float32))
    for at in range(0, len(own), _STEP):
        codes.add(np.ascontiguousarray(own[at : at + _STEP], np.float32))
    return codes


def _codes_file(rows: range) -> str:
    return f"codes-{rows.start}.faiss"


def _within(rows: Rows, part: range) -> bool:
    return part.start <= int(rows[0]) and int(rows[-1]) < part.stop

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

import numpy as np
from numpy.typing import NDArray

from index.codes import Codes, Halves, codes_file, make_codes, propose, shards
from index.encoder import Vectors
from index.vectors import FlatStore, Found, Rows, VectorStore, check_queries, nothing, read_faiss

EXACT_BELOW = 10_000
"""Up to here training costs more than it saves: exact search over 10,000 rows takes 0.6 ms."""
_EXACT_FILTERED = 2_000
"""So few rows that a filter leaves are compared one and all, in a millisecond."""
_FILTERED_DEEPER = 3
"""How many times more of the rows that a filter leaves codes must propose than of as many rows without one."""
_FEWEST, _LEAST = 100, 300
_ONE_IN = 700
_STEP = 16_384
_THREADS = 2
_DEEPER = 4
_ROWS = "rows.f16"
_LAYOUT = "vectors.json"


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one kind, and their codes, one index a shard, where there are so many that it needs them."""

    rows: range
    codes: Codes
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


def candidates(size: int, k: int, whole: bool = False) -> int:
    """How many of `size` rows the codes propose for `k` hits: as many as recall@10 of 0.99 takes.

    Measured at each size: 300 of 100,000 give 0.995, 500 of a million 0.976, one in 700 at least 0.99 everywhere. Of a
    part of few rows, `whole`, fewer do: 100 of 10,000 give 0.998, 200 of 20,000 0.997. Of many hits all but the last
    are found among as many and some hundred more: of 512 hits among 12,000 rows 0.993, of the first 100 all.
    """
    least = max(_FEWEST, min(_LEAST, size // _FEWEST)) if whole and size >= EXACT_BELOW else _LEAST
    return min(size, max(least, size // _ONE_IN, min(_DEEPER * k, k + _LEAST)))


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
            codes = dict(zip(coded, pool.map(partial(make_codes, vectors), coded), strict=True))
        return cls(halves, [_part(halves, rows, codes.get(rows, ())) for rows in parts])

    @property
    def size(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        return int(self._rows.shape[1])

    @property
    def coded(self) -> tuple[range, ...]:
        """The parts that are searched by codes, for whoever measures what they miss."""
        return tuple(part.rows for part in self._parts if part.codes)

    def search(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """See `VectorStore`."""
        check_queries(queries, self.dim)
        k = min(k, len(rows))
        if k == 0:
            return nothing(len(queries))
        part = next((part for part in self._parts if part.codes and _within(rows, part.rows)), None)
        if part is None or (len(rows) < len(part.rows) and len(rows) < _EXACT_FILTERED):
            return self.exact(queries, k, rows)
        whole = len(rows) == len(part.rows)
        count = candidates(len(rows), k, whole)
        proposed = propose(part.codes, part.rows, queries, count if whole else _FILTERED_DEEPER * count, rows)
        if ((proposed >= 0).sum(axis=1) < k).any():  # codes may propose fewer than were asked for
            return self.exact(queries, k, rows)
        scores = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        for number, query in enumerate(queries):
            own = np.sort(proposed[number][proposed[number] >= 0])
            # Not by BLAS: its threads go on spinning after a product, and hold up those that go through the codes.
            near = np.einsum("ij,j->i", self._rows[own].astype(np.float32), query)
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
            for own, codes in zip(shards(part.rows), part.codes, strict=False):
                (folder / codes_file(own)).write_bytes(faiss.serialize_index(codes).tobytes())
        layout = {
            "size": self.size,
            "dim": self.dim,
            "parts": [[part.rows.start, part.rows.stop, bool(part.codes)] for part in self._parts],
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
            codes = tuple(read_faiss(folder / codes_file(each)) for each in shards(own)) if coded else ()
            for each, made in zip(shards(own), codes, strict=False):
                if (made.ntotal, made.d) != (len(each), shape[1]):
                    raise ValueError(
                        f"codes of {made.ntotal} rows of dimension {made.d}, wanted {len(each)}, {shape[1]}"
                    )
            parts.append(_part(rows, own, codes))
        return cls(rows, parts)

    def _block(self, own: NDArray[np.int64]) -> Vectors:
        """The vectors of ascending rows in single precision, without a copy where they are held so."""
        for part in self._parts:
            if part.held is not None and _within(own, part.rows):
                return part.held[_run(own - part.rows.start)]
        return self._rows[_run(own)].astype(np.float32)


def _part(halves: Halves, rows: range, codes: Codes) -> _Part:
    held = not codes and len(rows) < EXACT_BELOW
    return _Part(rows, codes, halves[rows.start : rows.stop].astype(np.float32) if held else None)


def _run(rows: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """A slice where rows follow one another: taking it copies nothing."""
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows


def _within(rows: Rows, part: range) -> bool:
    return part.start <= int(rows[0]) and int(rows[-1]) < part.stop

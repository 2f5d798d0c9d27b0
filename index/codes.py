"""Product codes of many vectors: 4 bits for every two dimensions (FAISS's `IVF1,PQ…x4fs`), which propose rows.

Codes of very many rows lie in two halves, which two threads go through side by side.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.vectors import Rows, selector

Halves = NDArray[np.float16]
Codes = tuple[Any, ...]
"""A FAISS index a shard."""

_SPLIT_FROM = 200_000
"""Rows whose codes two threads go through, a half each: one takes 11 ms for a million, two take 6."""
_TRAINED_ON = 60_000
_ROUNDS = 8
"""Of k-means; more (FAISS takes 25) train three times as long and find no more."""
_STEP = 16_384
_THREADS = 2


def make_codes(vectors: Vectors | Halves, rows: range) -> Codes:
    """Train and fill the codes of some rows: one index a shard, all alike, so that their scores can be compared."""
    import faiss

    # Of this thread. Its thousands of short steps are slower by twice as many threads, and by far on a busy machine.
    faiss.omp_set_num_threads(1)
    dim = vectors.shape[1]
    trained: Any = faiss.index_factory(dim, f"IVF1,PQ{dim // 2}x4fs", faiss.METRIC_INNER_PRODUCT)
    trained.pq.cp.niter = _ROUNDS
    own = vectors[rows.start : rows.stop]
    chosen = np.random.default_rng(0).permutation(len(own))[:_TRAINED_ON]
    trained.train(np.ascontiguousarray(own[np.sort(chosen)], np.float32))
    made = []
    for shard in shards(rows):
        codes = faiss.clone_index(trained)
        for at in range(shard.start, shard.stop, _STEP):
            codes.add(np.ascontiguousarray(vectors[at : min(at + _STEP, shard.stop)], np.float32))
        made.append(codes)
    return tuple(made)


def propose(codes: Codes, part: range, queries: Vectors, count: int, rows: Rows) -> NDArray[np.int64]:
    """Up to `count` of `rows` that the codes of a part find nearest to each query, -1 where there are fewer."""
    cut = shards(part)
    if len(cut) == 1:
        return _nearest(codes[0], cut[0], queries, count, rows)[1]
    found = _searchers().map(_nearest, codes, cut, repeat(queries), repeat(count), repeat(rows))
    scores, proposed = (np.concatenate(both, axis=1) for both in zip(*found, strict=True))
    if scores.shape[1] <= count:
        return proposed
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return np.take_along_axis(proposed, best, axis=1)


def shards(rows: range) -> list[range]:
    """A part in stretches that are searched side by side: two of so many rows, else one."""
    if len(rows) < _SPLIT_FROM:
        return [rows]
    middle = rows.start + len(rows) // 2
    return [range(rows.start, middle), range(middle, rows.stop)]


def codes_file(shard: range) -> str:
    """The name of the file of a shard's codes."""
    return f"codes-{shard.start}.faiss"


def _nearest(codes: Any, shard: range, queries: Vectors, count: int, rows: Rows) -> tuple[Vectors, NDArray[np.int64]]:
    """What a shard proposes of `rows`: scores by its codes, and rows, -1 where there are fewer."""
    import faiss

    own = _inside(rows, shard)
    chosen = selector(own, len(shard)) if len(own) < len(shard) else None
    # The one list is visited by name: it has a centre, but nothing is chosen by it.
    params = faiss.SearchParametersIVF(nprobe=1, sel=chosen)  # type: ignore[call-arg]
    scores, found = codes.search(queries, max(1, min(count, len(own))), params=params)
    return scores, np.where(found < 0, -1, found + shard.start)


def _inside(rows: Rows, shard: range) -> Rows:
    """Those of the rows that lie in a shard, counted from its first."""
    if isinstance(rows, range):
        start, stop = max(rows.start, shard.start), min(rows.stop, shard.stop)
        return range(start - shard.start, max(start, stop) - shard.start)
    low, high = np.searchsorted(rows, (shard.start, shard.stop))
    return rows[low:high] - shard.start


@cache
def _searchers() -> ThreadPoolExecutor:
    import faiss

    # A thread of its own each, which FAISS is not to divide further.
    return ThreadPoolExecutor(_THREADS, "search codes", initializer=lambda: faiss.omp_set_num_threads(1))

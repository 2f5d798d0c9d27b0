"""What a store's codes miss: its hits held against exact ones, over the vectors that it really has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.vectors import Found, Rows, VectorStore

WANTED = 0.99
"""Of recall@10, at every size and under filters."""
K = 10
SHARES = (1.0, 0.5, 0.1, 0.01)
"""How much of the rows a filter leaves."""
_SAME = 1e-5
"""Cosines of the same vector differ by less, however they are summed up."""
_NOISE = 0.42
"""How far a question lies from the text that it is about, as e5 vectors of CMRC questions do."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Over `rows` rows of one kind, of which a filter leaves a `share`: the mean share of the ten nearest found.

    A row that is exactly as near as one of the ten is as good: the same words stand in many documents.

    `found` is the number of hits a query gets; `milliseconds` the median time of one query, `exact_milliseconds` that
    of comparing every row.
    """

    rows: int
    share: float
    value: float
    found: int
    milliseconds: float
    exact_milliseconds: float


@runtime_checkable
class Approximate(VectorStore, Protocol):
    """A store that may miss something, and can tell what it would have found by comparing every row."""

    @property
    def coded(self) -> tuple[range, ...]: ...

    def exact(self, queries: Vectors, k: int, rows: Rows) -> Found: ...


def coded_parts(store: VectorStore) -> tuple[range, ...]:
    """The rows that are not searched exactly; none in a small store."""
    return store.coded if isinstance(store, Approximate) else ()


def measure_recall(
    store: VectorStore, queries: int = 100, shares: tuple[float, ...] = SHARES, seed: int = 0
) -> Iterator[Recall]:
    """One measurement for each part with codes and each share; none for a store that is exact."""
    if not isinstance(store, Approximate):
        return
    chance = np.random.default_rng(seed)
    for part in store.coded:
        asked = questions(store, part, queries, chance)
        for share in shares:
            rows: Rows = part
            if share < 1.0:
                count = max(K, round(len(part) * share))
                rows = np.sort(chance.choice(len(part), count, replace=False)) + part.start
            yield _measure(store, asked, rows, len(part), share)


def questions(store: VectorStore, part: range, count: int, chance: np.random.Generator) -> Vectors:
    """Vectors that lie to stored ones as questions do: moved by the difference of two others."""
    about, one, other = (store.at(chance.integers(part.start, part.stop, count)) for _ in range(3))
    away = one - other
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    moved = about + np.float32(_NOISE) * away
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _measure(store: Approximate, asked: Vectors, rows: Rows, size: int, share: float) -> Recall:
    found: list[NDArray[np.float32]] = []
    times: list[float] = []
    for query in asked:
        began = time.perf_counter()
        found.append(store.search(query[None], K, rows)[0][0])
        times.append(time.perf_counter() - began)
    began = time.perf_counter()
    store.exact(asked[:1], K, rows)
    exact = time.perf_counter() - began
    value = float(np.mean([share_found(*both) for both in zip(found, store.exact(asked, K, rows)[0], strict=True)]))
    return Recall(size, share, value, min(map(len, found)), float(np.median(times)) * 1000, exact * 1000)


def share_found(scores: NDArray[np.float32], wanted: NDArray[np.float32], same: float = _SAME) -> float:
    """How many of the hits are as near as the least of those wanted, as a share of these.

    Both are cosines, best first; those that differ by less than `same` are as good as equal.
    """
    return float(np.count_nonzero(scores >= wanted[-1] - same)) / len(wanted)

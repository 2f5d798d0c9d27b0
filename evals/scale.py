"""Vectors shaped like real ones, as many as wanted, and what search over them costs.

The shape (mean, topics, documents, noise, falling spectrum) was fitted to multilingual-e5-small over CMRC text: mean
of length 0.92, cosine 0.84 of two at random, 0.93 to the nearest. They are slightly easier than real ones.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.codes import Halves
from index.encoder import Vectors
from index.recall import Recall, measure_recall
from index.scaled import ScaledStore

Floats = NDArray[np.float32]
DIM = 384
_TOPICS = 3_000
_DOCUMENT = 25
_STEP = 25_000
_DECAY = -0.62


@dataclass(frozen=True, slots=True)
class Costs:
    """Of a store of `rows` vectors: seconds to make, write and open it, its files, and its recall.

    `make_peak_bytes` is the most memory of the process that made it, `peak_bytes` of one that only opened and searched
    it (and went through all rows to know what is right); what is mapped from files counts in both.
    """

    rows: int
    make_seconds: float
    write_seconds: float
    open_milliseconds: float
    file_bytes: int
    make_peak_bytes: int
    peak_bytes: int
    recall: tuple[Recall, ...]


class Cloud:
    """A source of unit vectors, the same for the same seed."""

    def __init__(self, seed: int = 0, dim: int = DIM) -> None:
        self._chance = np.random.default_rng(seed)
        self._dim = dim
        rotation, _ = np.linalg.qr(self._chance.standard_normal((dim, dim)))
        spread = np.arange(1, dim + 1) ** (_DECAY / 2)
        self._shape = (rotation * (spread / np.linalg.norm(spread))).T.astype(np.float32)
        self._mean = self._draw(1)
        self._mean /= np.linalg.norm(self._mean)
        self._topics = self._draw(_TOPICS)

    def portions(self, rows: int) -> Iterator[Vectors]:
        """Vectors in portions of whole documents, `rows` in all."""
        for at in range(0, rows, _STEP):
            count = min(_STEP, rows - at)
            documents = -(-count // _DOCUMENT)
            topics = np.minimum(self._chance.zipf(1.3, documents), _TOPICS) - 1
            common = 0.42 * self._topics[topics] + 0.45 * self._draw(documents)
            own = 2.0 * self._mean + np.repeat(common, _DOCUMENT, axis=0)[:count] + 0.52 * self._draw(count)
            unit: Vectors = (own / np.linalg.norm(own, axis=1, keepdims=True)).astype(np.float32)
            yield unit

    def _draw(self, count: int) -> Floats:
        """Vectors of length about 1 with the falling spectrum."""
        drawn: Floats = self._chance.standard_normal((count, self._dim), np.float32) @ self._shape
        return drawn


def measure_scale(rows: int, queries: int = 100, seed: int = 0) -> Costs:
    """Make, save, open and search a store of so many vectors, in a temporary folder of about 2 KB a vector.

    Made and searched in processes of their own, so that the memory of each can be told.
    """
    alone = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="notice-scale-") as name,
        ProcessPoolExecutor(1, mp_context=alone, max_tasks_per_child=1) as pool,
    ):
        made, written, make_peak = pool.submit(_make, Path(name), rows, seed).result()
        opened, peak, recall = pool.submit(_search, Path(name), queries).result()
        size = sum(path.stat().st_size for path in (Path(name) / "store").iterdir())
        return Costs(rows, made, written, opened, size, make_peak, peak, recall)


def _make(folder: Path, rows: int, seed: int) -> tuple[float, float, int]:
    """Seconds to make a store and to write it to `folder/store`, and this process's memory."""
    vectors: Halves = np.memmap(folder / "all.f16", np.float16, "w+", shape=(rows, DIM))
    at = 0
    for portion in Cloud(seed).portions(rows):
        vectors[at : at + len(portion)] = portion
        at += len(portion)
    began = time.perf_counter()
    store = ScaledStore.make(vectors, [range(rows)])
    made = time.perf_counter()
    (folder / "store").mkdir()
    store.write(folder / "store")
    return made - began, time.perf_counter() - made, _peak()


def _search(folder: Path, queries: int) -> tuple[float, int, tuple[Recall, ...]]:
    """Milliseconds to open the store, this process's memory, and what it finds."""
    import faiss

    faiss.omp_set_num_threads(1)  # as many questions are answered at once as there are cores
    began = time.perf_counter()
    opened = ScaledStore.read(folder / "store")
    milliseconds = (time.perf_counter() - began) * 1000
    recall = tuple(measure_recall(opened, queries))
    return milliseconds, _peak(), recall


def _peak() -> int:
    """Most memory that this process ever held, mapped files included; 0 on Windows, which does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # macOS counts bytes, Linux kilobytes

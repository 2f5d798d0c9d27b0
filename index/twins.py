"""`Twins`: which rows have the same vector, bit for bit, so that an engine needs to hold it only once.

The same words stand in many documents (every notice has 发文机关, every version of a law the articles that stayed). A
graph over hundreds of equal vectors falls apart: each of them has only the others for neighbours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.vectors import Rows

Ints = NDArray[np.int64]
_FILE = "twins.npy"
_KEY = 16


class Twins:
    """Different vectors are numbered from 0, part by part, in the order in which they come first."""

    def __init__(self, numbers: NDArray[np.int32], parts: Sequence[range]) -> None:
        """`numbers` has the number of each row's vector."""
        self._numbers = numbers
        self._order = np.argsort(numbers, kind="stable")
        self.size = int(numbers.max(initial=-1)) + 1
        self._starts = np.searchsorted(numbers[self._order], np.arange(self.size + 1))
        self.first: Ints = self._order[self._starts[:-1]]
        """The first row of each number; ascending."""
        at = 0
        self.parts: list[range] = []
        """The numbers of each part."""
        for rows in parts:
            end = int(numbers[rows.start : rows.stop].max()) + 1 if rows else at
            self.parts.append(range(at, end))
            at = end

    @classmethod
    def find(cls, halves: Sequence[NDArray[np.float16]] | NDArray[np.float16], parts: Sequence[range]) -> Twins:
        """Of rows in half precision, shape (rows, dim); parts are told apart even where vectors are the same."""
        numbers = np.empty(len(halves), np.int32)
        count = 0
        for rows in parts:
            seen: dict[bytes, int] = {}
            for row in rows:
                key = hashlib.blake2b(np.ascontiguousarray(halves[row]).data, digest_size=_KEY).digest()
                number = seen.setdefault(key, count)
                count += number == count
                numbers[row] = number
        return cls(numbers, parts)

    def rows_of(self, numbers: Ints, among: Rows | None = None) -> Ints:
        """All rows with one of these vectors (of those `among` others, where given), ascending."""
        starts, ends = self._starts[numbers], self._starts[numbers + 1]
        lengths = ends - starts
        before = np.cumsum(lengths) - lengths
        rows: Ints = np.sort(self._order[np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)])
        if among is None or not len(among):
            return rows if among is None else rows[:0]
        if isinstance(among, range):
            return rows[(rows >= among.start) & (rows < among.stop)]
        at = np.minimum(np.searchsorted(among, rows), len(among) - 1)
        there: Ints = rows[among[at] == rows]
        return there

    def write(self, folder: Path) -> None:
        """Into an existing folder; raises OSError."""
        np.save(folder / _FILE, self._numbers, allow_pickle=False)

    @classmethod
    def read(cls, folder: Path, parts: Sequence[range]) -> Twins:
        """Raises ValueError or OSError."""
        return cls(np.load(folder / _FILE, mmap_mode="r", allow_pickle=False), parts)

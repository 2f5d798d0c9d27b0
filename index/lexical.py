"""BM25 over the terms of some texts, in arrays that are memory-mapped: nothing is read before a question needs it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from content.text import FOLDING_VERSION
from index.kept import Kept, text_key
from index.terms import Analyzer

Scores = NDArray[np.float32]
Codes = NDArray[np.uint64]
"""Terms as 64 bits of their hashes: of a million terms two meet once in forty million."""

_K1, _B = 1.2, 0.75
_FILES = ("terms", "starts", "rows", "weights")
_AT_ONCE = 4096
_MANY = 1_000_000
"""Terms from which it is worth importing pandas."""
TERMS_VERSION = 1
"""Goes up when an analyzer gives other terms."""


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.75).

    `terms` ascend; `weights[starts[i] : starts[i + 1]]` are those of term i in the texts `rows[starts[i] : ...]`.

    A score is divided by the summed inverse document frequency of the question's terms, which brings short and
    long questions onto one scale from 0 to about 1: the share of the question's weight that a text holds.
    """

    terms: Codes
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int

    @classmethod
    def build(cls, texts: Sequence[str], analyzer: Analyzer, kept: Kept | None = None) -> LexicalIndex:
        """Index texts; the row of a score is the position of its text here. Terms in `kept` are taken from there."""
        return cls.of(codes_of_texts(texts, analyzer, kept))

    @classmethod
    def of(cls, codes: Sequence[Codes]) -> LexicalIndex:
        """Index texts whose terms are given."""
        lengths = np.array([len(own) for own in codes], np.int64)
        size = len(lengths)
        every = np.concatenate([*codes, np.zeros(0, np.uint64)])
        terms, numbers = _numbered(every)
        # One number a pair of term and row, which sorts by term and then by row.
        pairs, counts = np.unique(numbers * max(size, 1) + np.repeat(np.arange(size), lengths), return_counts=True)
        of_term, rows = np.divmod(pairs, max(size, 1))
        starts = np.searchsorted(of_term, np.arange(len(terms) + 1))
        frequencies = np.diff(starts)
        rarity = np.log1p((size - frequencies + 0.5) / (frequencies + 0.5))
        mean = float(lengths.mean()) if every.size else 1.0
        often = counts / (counts + _K1 * (1 - _B + _B * lengths[rows] / mean))
        weights = (rarity[of_term] * often).astype(np.float32)
        return cls(terms, starts, rows.astype(np.int32), weights, size)

    def scores(self, terms: Sequence[str]) -> Scores:
        """Score of every text for the terms of a question, shape (size,); 0 where no term is shared."""
        return self.scores_of(codes_of_terms(terms))

    def scores_of(self, codes: Codes) -> Scores:
        """As `scores`, for the codes of terms: those of a question are asked of several indexes."""
        if not self.terms.size or not codes.size:
            return np.zeros(self.size, np.float32)
        places = np.minimum(np.searchsorted(self.terms, codes), len(self.terms) - 1)
        starts, ends = self.starts[places], self.starts[places + 1]
        ends = np.where(self.terms[places] == codes, ends, starts)  # an unknown term stands nowhere
        held = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if start < end]
        if not held:
            return np.zeros(self.size, np.float32)
        # All terms in one pass: adding each by itself is a dozen calls of numpy a term.
        rows = np.concatenate([self.rows[own] for own in held])
        weights = np.concatenate([self.weights[own] for own in held])
        sums = np.bincount(rows, weights, self.size).astype(np.float32)
        frequencies = ends - starts
        # Summed inverse document frequency; an unknown term weighs most.
        sums /= np.float32(np.log1p((self.size - frequencies + 0.5) / (frequencies + 0.5)).sum())
        return sums

    def save(self, folder: Path) -> None:
        """Write to a new folder (an index without terms writes nothing)."""
        if not self.terms.size:
            return
        folder.mkdir()
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Map what `save` wrote; raises ValueError or OSError for damaged files."""
        if not folder.is_dir():
            return cls.of([np.zeros(0, np.uint64)] * size)
        terms, starts, rows, weights = (
            # A view: every slice of a memmap itself costs as much as a short list of rows takes to add up.
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in _FILES
        )
        if len(starts) != len(terms) + 1 or not len(rows) == len(weights) == starts[-1]:
            raise ValueError(f"arrays that do not fit each other: {folder.name}")
        return cls(terms, starts, rows, weights, size)


def _numbered(codes: Codes) -> tuple[Codes, NDArray[np.int64]]:
    """Different codes, ascending, and the place of each code among them: `numpy.unique` by hashes, which is linear."""
    if codes.size < _MANY:
        return np.unique(codes, return_inverse=True)
    import pandas as pd

    numbers, terms = pd.factorize(codes)
    order = np.argsort(terms)
    places = np.empty(len(terms), np.int64)
    places[order] = np.arange(len(terms))
    return terms[order], places[numbers]


@lru_cache(maxsize=1 << 18)
def term_code(term: str) -> np.uint64:
    """64 bits that stand for a term."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def codes_of_terms(terms: Sequence[str]) -> Codes:
    """The codes of the terms of a question."""
    return np.array([term_code(term) for term in terms], np.uint64)


def terms_maker() -> str:
    """The name under which terms are kept."""
    return f"terms {TERMS_VERSION} {FOLDING_VERSION}"


def terms_key(text: str, analyzer: Analyzer) -> bytes:
    """Under which key of `Kept` the terms of a text are."""
    return text_key(text, analyzer.__name__)


def codes_of_texts(texts: Sequence[str], analyzer: Analyzer, kept: Kept | None) -> list[Codes]:
    """The terms of texts, from `kept` or worked out and put there. Raises OSError."""
    return list(_codes_of_texts(texts, analyzer, kept))


def _codes_of_texts(texts: Sequence[str], analyzer: Analyzer, kept: Kept | None) -> Iterator[Codes]:
    for at in range(0, len(texts), _AT_ONCE):
        part = texts[at : at + _AT_ONCE]
        if kept is None:
            yield from (_codes(text, analyzer) for text in part)
            continue
        keys = [terms_key(text, analyzer) for text in part]
        new = {key: text for key, text in zip(keys, part, strict=True) if key not in kept}
        kept.put(list(new), [_codes(text, analyzer).astype("<u8").tobytes() for text in new.values()])
        yield from (np.frombuffer(value, "<u8") for value in kept.take(keys))


def _codes(text: str, analyzer: Analyzer) -> Codes:
    return codes_of_terms(analyzer(text))

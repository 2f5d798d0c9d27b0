"""How near the question bank comes to an eval set: figures are worth little when the one was copied from the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from content.text import fold_text

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """An eval question and the bank question nearest to it; `similarity` is their character-pair Jaccard, 0 to 1."""

    question: str
    bank: str
    similarity: float
    identical: bool


@dataclass(frozen=True, slots=True)
class Overlap:
    """One pair for every eval question, nearest first (empty when the bank is)."""

    pairs: tuple[Pair, ...]

    @property
    def identical(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.identical)

    @property
    def share_near(self) -> float:
        """The share of eval questions whose nearest bank question is above `THRESHOLD`."""
        return sum(pair.similarity > THRESHOLD for pair in self.pairs) / len(self.pairs) if self.pairs else 0.0


def strip(text: str) -> str:
    """The folded letters and digits of a text, without punctuation, symbols and white space."""
    return "".join(c for c in fold_text(text).casefold() if unicodedata.category(c)[0] in "LNM")


def character_pairs(text: str) -> set[str]:
    """Neighbouring characters of `strip(text)`; of a single character, itself."""
    bare = strip(text)
    return {bare[i : i + 2] for i in range(len(bare) - 1)} or set(bare)


def overlap(questions: Sequence[str], bank: Sequence[str]) -> Overlap:
    """Compare every eval question with the whole bank."""
    if not questions or not bank:
        return Overlap(())
    from scipy.sparse import csr_array

    known: dict[str, int] = {}

    def rows(texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """Row ends and column numbers of a matrix with a 1 for each pair that a text has."""
        ends, columns = [0], []
        for text in texts:
            columns += [known.setdefault(pair, len(known)) for pair in sorted(character_pairs(text))]
            ends.append(len(columns))
        return ends, columns

    (ends_a, columns_a), (ends_b, columns_b) = rows(questions), rows(bank)
    a = csr_array((np.ones(len(columns_a)), columns_a, ends_a), shape=(len(questions), len(known)))
    b = csr_array((np.ones(len(columns_b)), columns_b, ends_b), shape=(len(bank), len(known)))
    shared = (a @ b.T).toarray()
    union = np.diff(ends_a)[:, None] + np.diff(ends_b)[None, :] - shared
    similarity = shared / np.maximum(union, 1)
    spelled = {strip(text): text for text in reversed(bank)}
    found = []
    for i, question in enumerate(questions):
        same = spelled.get(strip(question)) if strip(question) else None
        nearest = int(similarity[i].argmax())
        if same is not None:
            found.append(Pair(question, same, 1.0, True))
        else:
            found.append(Pair(question, bank[nearest], float(similarity[i, nearest]), False))
    return Overlap(tuple(sorted(found, key=lambda pair: (-pair.similarity, not pair.identical))))

"""The characters of notices as arrays: their stretches counted, by the characters themselves and by sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from content.text import fold_text
from index.lexical import Codes, term_code
from index.terms import sound

RUN = re.compile(r"[\u3400-\u9fff]+")
LONGEST = 8
"""Characters, or syllables, of the longest stretch that is looked at."""
KNOWN = 4
"""Characters of the longest stretch that is known as it stands."""
_CHANCE = 100_000
"""Characters in which a stretch must stand once to be put in: a library holds something of nearly every sound."""
_PLACES = 1 << 31
"""More than there are characters in any library that one machine holds."""
_FACTORS = np.random.default_rng(17).integers(1 << 62, 1 << 63, LONGEST).astype(np.uint64) * np.uint64(2) + np.uint64(1)
_FACTOR = [int(factor) for factor in _FACTORS]

Letters = NDArray[np.uint16]


def letters_of(texts: Iterable[str]) -> Letters:
    """The Chinese characters of folded texts, a zero wherever something else stands between two."""
    joined = "\0".join(run for text in texts for run in RUN.findall(fold_text(text)))
    return np.frombuffer(joined.encode("utf-16-le"), "<u2").astype(np.uint16)


def text_at(letters: Letters, start: int, size: int) -> str:
    """The stretch of one size that begins there."""
    return "".join(map(chr, letters[start : start + size].tolist()))


def around(letters: Letters, start: int, size: int, beside: int) -> tuple[str, int]:
    """The stretch that begins there with up to `beside` characters on each side, and where in this text it begins."""
    first = max(0, start - beside)
    before = text_at(letters, first, start - first).rpartition("\0")[2]
    after = text_at(letters, start + size, beside).partition("\0")[0]
    return before + text_at(letters, start, size) + after, len(before)


def stretches(letters: Letters, size: int) -> tuple[Codes, NDArray[np.int64], NDArray[np.int64]]:
    """Every stretch of one size: its code, where it first begins, and how often it stands there."""
    inside = np.ones(max(0, len(letters) - size + 1), np.bool_)
    for at in range(size):
        inside &= letters[at : len(inside) + at] != 0
    starts = np.flatnonzero(inside)
    wide = letters.astype(np.uint64)
    if size <= KNOWN:
        codes = np.zeros(len(starts), np.uint64)
        for at in range(size):
            codes = codes << np.uint64(16) | wide[starts + at]
    else:
        codes = _hashed(wide, starts, size)
    order = np.argsort(codes)
    codes = codes[order]
    groups = _groups(codes)
    first = np.minimum.reduceat(starts[order], groups) if groups.size else starts
    return codes[groups], first, np.diff(groups, append=len(codes))


def heard(letters: Letters, sound_of: Codes, size: int) -> tuple[Codes, Codes, NDArray[np.int32]]:
    """The stretches of one size; the sounds of those worth hearing, and where the commonest of each first begins."""
    codes, first, counts = stretches(letters, size)
    usual = counts >= len(letters) // _CHANCE
    first, counts = first[usual], counts[usual]
    sounds = _hashed(sound_of, first, size)
    order = np.argsort(sounds)
    sounds = sounds[order]
    groups = _groups(sounds)
    # The commonest, and of those that are equally common the first.
    merit = counts[order] * _PLACES - first[order]
    best = np.maximum.reduceat(merit, groups) if groups.size else merit
    return codes, sounds[groups], (-best % _PLACES).astype(np.int32)


def sound_codes(letters: Letters) -> Codes:
    """The code of the sound of each character."""
    table = np.zeros(1 << 16, np.uint64)
    for letter in np.unique(letters[letters != 0]):
        table[letter] = term_code(sound(chr(letter)))
    return table[letters]


def add_sound(code: int, syllable: str, at: int) -> int:
    """The code of a stretch's sounds with one more syllable, its `at`-th."""
    return (code + int(term_code(syllable)) * _FACTOR[at]) % (1 << 64)


def packed(stretches: Sequence[str]) -> Codes:
    """The codes of stretches of up to four characters."""
    return np.array([int.from_bytes(stretch.encode("utf-16-be"), "big") for stretch in stretches], np.uint64)


def among(codes: Codes, ascending: Codes) -> NDArray[np.bool_]:
    """Which of some codes are among others."""
    if not len(ascending):
        return np.zeros(len(codes), np.bool_)
    places = np.minimum(np.searchsorted(ascending, codes), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[places] == codes
    return found


def _groups(ascending: Codes) -> NDArray[np.int64]:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.diff(ascending, prepend=~ascending[:1]) != 0)


def _hashed(values: Codes, starts: NDArray[np.int64], size: int) -> Codes:
    """64 bits for each run of `size` values; what they are found by is compared itself in the end."""
    codes = np.zeros(len(starts), np.uint64)
    for at in range(size):
        codes += values[starts + at] * _FACTORS[at]
    return codes

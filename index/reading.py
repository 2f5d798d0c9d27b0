"""How a question is read: Traditional as Simplified, and words typed by their sound as the words of the notices.

工会时期大 is read 工会十七大, `gonghui shiqida` likewise: a stretch that no notice contains, but that sounds exactly
like a stretch of one, is taken for it. The person is shown the reading and can search as typed instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from content.corpus import Corpus
from content.text import fold_text
from index.lexical import Codes, term_code
from index.terms import sound, split_pinyin

_RUN = re.compile(r"[\u3400-\u9fff]+")
_TOKEN = re.compile(r"[a-z]+|[\u3400-\u9fff]|\s+|[^a-z\u3400-\u9fff\s]")
_LATIN = re.compile(r"[a-z]+")
_LONGEST = 8
_KNOWN = 4
_USUAL = 3
_LITTLE = frozenset("的是在有和了不这那我你他们吗呢吧啊什么哪啥谁几为与及以就都也到把被从对要会能可说讲看让给上下里中")
_SHORTEST_TYPED = 3
_SHORTEST_PINYIN = 2
_PUT_ON_PURPOSE = ("typo", "pinyin")
_CHANCE = 100_000
"""Characters in which a stretch must stand once to be put in: a library holds something of nearly every sound."""
_THREADS = 2
_PLACES = 1 << 31
"""More than there are characters in any library that one machine holds."""
_FILES = ("letters", "known", "sounds", "places")
_FACTORS = np.random.default_rng(17).integers(1 << 62, 1 << 63, _LONGEST).astype(np.uint64) * np.uint64(2) + np.uint64(
    1
)
_FACTOR = [int(factor) for factor in _FACTORS]

Letters = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Which stretches of 2 to 4 characters are right, and the commonest stretch of the notices for each sound.

    Of a library only stretches that are common in it are put in for others: it holds something of nearly every sound.

    All of it lies in arrays, which are memory-mapped where they come from files. `letters` are the characters of the
    notices' stretches one after another, a zero between two of them; `known`, ascending, right stretches of up to four
    characters, 16 bits each; `sounds`, ascending, codes of the sounds of stretches, and `places` where in `letters`
    the commonest of each begins.
    """

    letters: Letters
    known: Codes
    sounds: Codes
    places: NDArray[np.int32]

    @classmethod
    def build(cls, texts: Iterable[str], also_known: Iterable[str] = ()) -> Lexicon:
        """From the notices' `texts`; stretches of `also_known` (bank questions) are right too, but never put in."""
        letters = _letters(texts)
        sound_of = _sound_codes(letters)[letters]
        with ThreadPoolExecutor(_THREADS) as pool:  # sorting, which is most of it, holds no lock
            found = list(pool.map(partial(_heard, letters, sound_of), range(2, _LONGEST + 1)))
        known = [codes for codes, _, _ in found[: _KNOWN - 1]]
        sounds, places = [own for _, own, _ in found], [own for _, _, own in found]
        # A stretch of one bank question alone may be a typing error that was put there on purpose.
        asked = _letters(also_known)
        for size in range(2, _KNOWN + 1):
            codes, _, counts = _stretches(asked, size)
            known.append(codes[counts >= _USUAL])
        every = np.concatenate(sounds)
        ascending = np.argsort(every, kind="stable")
        return cls(letters, np.unique(np.concatenate(known)), every[ascending], np.concatenate(places)[ascending])

    @classmethod
    def of(cls, corpus: Corpus) -> Lexicon:
        """Of the notices of a corpus and of its bank."""
        asked = (q.text for bank in corpus.questions for q in bank if q.style not in _PUT_ON_PURPOSE)
        return cls.build((notice.text for notice in corpus.notices), asked)

    def save(self, folder: Path) -> None:
        """Write to a new folder; raises OSError."""
        folder.mkdir()
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Map what `save` wrote; raises ValueError or OSError for damaged files."""
        found = cls(*(np.asarray(np.load(folder / f"{name}.npy", "r", allow_pickle=False)) for name in _FILES))
        if len(found.sounds) != len(found.places):
            raise ValueError(f"arrays that do not fit each other: {folder.name}")
        return found

    def read(self, question: str) -> str:
        """The question folded, with what was typed by its sound put right."""
        folded = fold_text(question).strip()
        # English is not pinyin, though some of its words can be spelled in syllables.
        latin = _LATIN.findall(folded)
        spelled = bool(latin) and all(split_pinyin(word) for word in latin)
        units = list(_units(folded, spelled))
        right = self._right_in(folded)
        stretches = [list(_stretches_from(units, at)) for at in range(len(units))]
        heard = self._heard_among([own.code for some in stretches for own in some])
        out: list[str] = []
        at = 0
        while at < len(units):
            found = self._match(stretches[at], right, heard)
            if found is None:
                out.append(units[at].text)
                at += 1
            else:
                text, at = found
                out.append(text)
        return "".join(out)

    def _right_in(self, folded: str) -> frozenset[str]:
        """The stretches of up to four characters of a question that are right."""
        found = sorted(
            {
                run[at : at + n]
                for run in _RUN.findall(folded)
                for n in range(2, _KNOWN + 1)
                for at in range(len(run) - n + 1)
            }
        )
        return frozenset(s for s, known in zip(found, _among(_packed(found), self.known), strict=True) if known)

    def _heard_among(self, codes: Sequence[int]) -> frozenset[int]:
        """Those of some codes of sounds that a stretch of the notices has."""
        found = np.array(codes, np.uint64)
        return frozenset(found[_among(found, self.sounds)].tolist())

    def _match(
        self, stretches: Iterable[_Stretch], right: frozenset[str], heard: frozenset[int]
    ) -> tuple[str, int] | None:
        """The longest of the stretches from a unit that only sounds right, as (text, next unit)."""
        best: tuple[str, int] | None = None
        for own in stretches:
            if len(own.typed) > 1 and _is_right(own.typed, right):
                best = None  # right as it stands: nothing shorter inside it is to be put right
                continue
            least = _SHORTEST_PINYIN if own.latin else _SHORTEST_TYPED
            if len(own.sounds) < least or own.code not in heard:
                continue
            found = self._sounding(own)
            if found is not None and found != own.typed and (own.latin or _shares(found, own.typed)):
                best = (found, own.end)
        return best

    def _sounding(self, stretch: _Stretch) -> str | None:
        """The commonest stretch that has the same sounds."""
        start = int(self.places[int(np.searchsorted(self.sounds, np.uint64(stretch.code)))])
        found = "".join(map(chr, self.letters[start : start + len(stretch.sounds)]))
        return found if tuple(map(sound, found)) == stretch.sounds else None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A character, a word of Latin letters or a run of space; `sounds` is None for what has no syllables."""

    text: str
    sounds: list[str] | None
    latin: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is typed from one unit up to unit `end`, its syllables and their code."""

    end: int
    typed: str
    sounds: tuple[str, ...]
    latin: bool
    code: int


def _stretches_from(units: Sequence[_Unit], at: int) -> Iterator[_Stretch]:
    """Every stretch of up to eight syllables that begins with one unit, the shortest first."""
    sounds: tuple[str, ...] = ()
    typed, latin, code = "", False, 0
    for end in range(at, len(units)):
        unit = units[end]
        if unit.sounds is None:
            # A space between syllables is how pinyin is typed.
            if unit.text.isspace() and latin and sounds:
                continue
            return
        if len(sounds) + len(unit.sounds) > _LONGEST:
            return
        for syllable in unit.sounds:
            code = (code + int(term_code(syllable)) * _FACTOR[len(sounds)]) % (1 << 64)
            sounds = (*sounds, syllable)
        latin |= unit.latin
        typed += unit.text
        yield _Stretch(end + 1, typed, sounds, latin, code)


def _units(folded: str, spelled: bool) -> Iterable[_Unit]:
    for token in _TOKEN.findall(folded):
        if "a" <= token[0] <= "z":
            yield _Unit(token, split_pinyin(token, blur=False) if spelled else None, True)
        elif _RUN.fullmatch(token):
            yield _Unit(token, [sound(token)], False)
        else:
            yield _Unit(token, None, False)


def _shares(found: str, typed: str) -> bool:
    """A typing error leaves some characters right, and seldom hits the little words, which stand anywhere."""
    differing = [a for a, b in zip(typed, found, strict=True) if a != b]
    return len(differing) < len(typed) and not any(c in _LITTLE for c in differing)


def _is_right(stretch: str, right: frozenset[str]) -> bool:
    size = min(len(stretch), _KNOWN)
    return all(stretch[at : at + size] in right for at in range(len(stretch) - size + 1))


def _letters(texts: Iterable[str]) -> Letters:
    """The Chinese characters of folded texts, a zero wherever something else stands between two."""
    joined = "\0".join(run for text in texts for run in _RUN.findall(fold_text(text)))
    return np.frombuffer(joined.encode("utf-16-le"), "<u2").astype(np.uint16)


def _stretches(letters: Letters, size: int) -> tuple[Codes, NDArray[np.int64], NDArray[np.int64]]:
    """Every stretch of one size: its code, where it first begins, and how often it stands there."""
    inside = np.ones(max(0, len(letters) - size + 1), np.bool_)
    for at in range(size):
        inside &= letters[at : len(inside) + at] != 0
    starts = np.flatnonzero(inside)
    wide = letters.astype(np.uint64)
    if size <= _KNOWN:
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


def _heard(letters: Letters, sound_of: Codes, size: int) -> tuple[Codes, Codes, NDArray[np.int32]]:
    """The stretches of one size; the sounds of those worth hearing, and where the commonest of each first begins."""
    codes, first, counts = _stretches(letters, size)
    usual = counts >= len(letters) // _CHANCE
    first, counts = first[usual], counts[usual]
    heard = _hashed(sound_of, first, size)
    order = np.argsort(heard)
    heard = heard[order]
    groups = _groups(heard)
    # The commonest, and of those that are equally common the first.
    merit = counts[order] * _PLACES - first[order]
    best = np.maximum.reduceat(merit, groups) if groups.size else merit
    return codes, heard[groups], (-best % _PLACES).astype(np.int32)


def _groups(ascending: Codes) -> NDArray[np.int64]:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.diff(ascending, prepend=~ascending[:1]) != 0)


def _hashed(values: Codes, starts: NDArray[np.int64], size: int) -> Codes:
    """64 bits for each run of `size` values; what they are found by is compared itself in the end."""
    codes = np.zeros(len(starts), np.uint64)
    for at in range(size):
        codes += values[starts + at] * _FACTORS[at]
    return codes


def _sound_codes(letters: Letters) -> Codes:
    """By character the code of its sound."""
    table = np.zeros(1 << 16, np.uint64)
    for letter in np.unique(letters[letters != 0]):
        table[letter] = term_code(sound(chr(letter)))
    return table


def _packed(stretches: Sequence[str]) -> Codes:
    """The codes of stretches of up to four characters."""
    return np.array([int.from_bytes(stretch.encode("utf-16-be"), "big") for stretch in stretches], np.uint64)


def _among(codes: Codes, ascending: Codes) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(codes), np.bool_)
    places = np.minimum(np.searchsorted(ascending, codes), len(ascending) - 1)
    among: NDArray[np.bool_] = ascending[places] == codes
    return among

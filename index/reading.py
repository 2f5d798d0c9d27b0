"""How a question is read: Traditional as Simplified, and words typed by their sound as the words of the notices.

工会时期大 is read 工会十七大, `gonghui shiqida` likewise: a stretch that no notice contains, but that sounds exactly
like a stretch of one, is taken for it. The person is shown the reading and can search as typed instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from content.corpus import Corpus
from content.text import fold_text
from index.letters import (
    KNOWN,
    LONGEST,
    RUN,
    Letters,
    among,
    heard,
    letters_of,
    packed,
    sound_codes,
    stretches,
    text_at,
)
from index.lexical import Codes
from index.likely import Likely
from index.terms import sound
from index.typed import Stretch, stretches_from, units_of

_USUAL = 3
_SHORTEST_TYPED = 3
_SHORTEST_PINYIN = 2
_PUT_ON_PURPOSE = ("typo", "pinyin")
_THREADS = 2
_FILES = ("letters", "known", "sounds", "places")


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
        letters = letters_of(texts)
        with ThreadPoolExecutor(_THREADS) as pool:  # sorting, which is most of it, holds no lock
            found = list(pool.map(partial(heard, letters, sound_codes(letters)), range(2, LONGEST + 1)))
        known = [codes for codes, _, _ in found[: KNOWN - 1]]
        sounds, places = [own for _, own, _ in found], [own for _, _, own in found]
        # A stretch of one bank question alone may be a typing error that was put there on purpose.
        asked = letters_of(also_known)
        for size in range(2, KNOWN + 1):
            codes, _, counts = stretches(asked, size)
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
        units = units_of(folded)
        likely = Likely(folded, self._right_in(folded), self.letters)
        every = [list(stretches_from(units, at)) for at in range(len(units))]
        known = self._heard_among([own.code for some in every for own in some])
        out: list[str] = []
        at = 0
        while at < len(units):
            found = self._match(every[at], likely, known)
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
                for run in RUN.findall(folded)
                for n in range(2, KNOWN + 1)
                for at in range(len(run) - n + 1)
            }
        )
        return frozenset(s for s, known in zip(found, among(packed(found), self.known), strict=True) if known)

    def _heard_among(self, codes: Sequence[int]) -> frozenset[int]:
        """Those of some codes of sounds that a stretch of the notices has."""
        found = np.array(codes, np.uint64)
        return frozenset(found[among(found, self.sounds)].tolist())

    def _match(self, stretches: Iterable[Stretch], likely: Likely, known: frozenset[int]) -> tuple[str, int] | None:
        """The longest of the stretches from a unit that only sounds right, as (text, next unit)."""
        best: tuple[str, int] | None = None
        for own in stretches:
            if len(own.typed) > 1 and likely.is_right(own.typed):
                best = None  # right as it stands: nothing shorter inside it is to be put right
                continue
            least = _SHORTEST_PINYIN if own.latin else _SHORTEST_TYPED
            if len(own.sounds) < least or own.code not in known:
                continue
            place = self._sounding(own)
            found = None if place is None else likely.reading(own, place)
            if found is not None:
                best = (found, own.end)
        return best

    def _sounding(self, stretch: Stretch) -> int | None:
        """Where in `letters` the commonest stretch that has the same sounds first begins."""
        start = int(self.places[int(np.searchsorted(self.sounds, np.uint64(stretch.code)))])
        found = text_at(self.letters, start, len(stretch.sounds))
        return start if tuple(map(sound, found)) == stretch.sounds else None

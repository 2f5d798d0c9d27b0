"""Whether what a stretch of a question sounds like was meant by it.

Nearly every stretch sounds like something in a library. What was meant is made of words, where it was taken from and as
it is put in, and is no other word than the one that was typed, unless much around it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from index.letters import KNOWN, Letters, around, text_at
from index.typed import Stretch
from index.words import is_word, stands_whole, words

_LITTLE = frozenset("的是在有和了不这那我你他们吗呢吧啊什么哪啥谁几为与及以就都也到把被从对要会能可说讲看让给上下里中")
_NEVER_ALONE = _LITTLE | frozenset("各由何其或均应未将经所则若该此")
"""What is never put in as a word of its own: notices are full of these, too."""
_AGREEING = 3
"""Characters that are alike in both where a word of the dictionary becomes another, or a character stands alone."""
_FAR_COMMONER = 1_000
"""Characters in which a word stands once that is put in for another with fewer that agree."""
_BESIDE = 12
"""Characters on each side of a stretch that tell where words begin and end."""
_SAMPLE = 1 << 20
"""Characters of the notices that are looked through."""
_PLACES = 8
"""Places of a stretch that are looked at."""


class Likely:
    """Of one question. `right` are its stretches of up to four characters that are right as they stand."""

    def __init__(self, folded: str, right: frozenset[str], letters: Letters) -> None:
        self._folded, self._right, self._letters = folded, right, letters
        self._words = words(folded)
        self._alone = frozenset(start for start, end in self._words if end - start == 1)

    def is_right(self, stretch: str) -> bool:
        """Whether a stretch of the question stands in the notices."""
        size = min(len(stretch), KNOWN)
        return all(stretch[at : at + size] in self._right for at in range(len(stretch) - size + 1))

    def reading(self, own: Stretch, place: int) -> str | None:
        """What sounds like a stretch, from `place` in the notices' letters, where it may be what was meant."""
        size = len(own.sounds)
        found = text_at(self._letters, place, size)
        if found == own.typed:
            return None
        if own.latin:
            contexts = self._contexts(place, found)
            return found if any(stands_whole(text, at, at + size) for text, at in contexts) else None
        changed = [at for at in range(size) if found[at] != own.typed[at]]
        agreeing = sum(
            found[at] == own.typed[at] and not (found[at] in _LITTLE and own.start + at in self._alone)
            for at in range(size)
        )
        # A typing error leaves some characters right, and seldom hits the little words, which stand anywhere.
        if not agreeing or any(own.typed[at] in _LITTLE for at in changed):
            return None
        misspelt = self._words_at([own.start + at for at in changed])
        gives_way = (self._is_far_commoner(found, own.start, start, end) for start, end in misspelt)
        if agreeing < _AGREEING and not all(gives_way):
            return None
        for text, at in self._contexts(place, found):
            if _is_of_words(text, at, size, changed, agreeing) and (not misspelt or stands_whole(text, at, at + size)):
                return found
        return None

    def _words_at(self, places: Sequence[int]) -> list[tuple[int, int]]:
        """The words of the dictionary, as they were typed, that some characters of the question are in."""
        return [
            (start, end) for start, end in self._words if end - start > 1 and any(start <= at < end for at in places)
        ]

    def _is_far_commoner(self, found: str, at: int, start: int, end: int) -> bool:
        """Whether a word that was typed stands nowhere, and what `found`, put in at `at`, makes of it everywhere."""
        if self.is_right(self._folded[start:end]):
            return False
        read = self._folded[:at] + found + self._folded[at + len(found) :]
        sample = self._letters[:_SAMPLE]
        return len(_places(sample, read[start:end])) * _FAR_COMMONER >= len(sample)

    def _contexts(self, place: int, found: str) -> Iterator[tuple[str, int]]:
        """Some places of a stretch in the notices: the text around each, and where it begins in that."""
        yield around(self._letters, place, len(found), _BESIDE)
        for at in _places(self._letters[place + 1 : place + _SAMPLE], found)[:_PLACES]:
            yield around(self._letters, place + 1 + at, len(found), _BESIDE)


def _is_of_words(text: str, start: int, size: int, changed: Sequence[int], agreeing: int) -> bool:
    """Whether what is put in stands in words that lie inside the stretch, and not in scraps of others."""
    end = start + size
    for first, last in words(text):
        if not any(first <= start + at < last for at in changed):
            continue
        own = text[max(first, start) : min(last, end)]
        if len(own) < last - first and not is_word(own):
            return False
        if len(own) == 1 and (own in _NEVER_ALONE or agreeing < _AGREEING):
            return False
    return True


def _places(letters: Letters, stretch: str) -> list[int]:
    """Where a stretch stands."""
    wanted = [ord(character) for character in stretch]
    found = np.flatnonzero(letters[: max(0, len(letters) - len(wanted) + 1)] == wanted[0])
    for at, code in enumerate(wanted[1:], 1):
        found = found[letters[found + at] == code]
    return [int(place) for place in found]

"""How a question is read: Traditional as Simplified, and words typed by their sound as the words of the notices.

工会时期大 is read 工会十七大, `gonghui shiqida` likewise: a stretch that no notice contains, but that sounds exactly
like a stretch of one, is taken for it. The person is shown the reading and can search as typed instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from content.text import fold_text
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Which stretches of 2 to 4 characters are right, and the commonest stretch of the notices for each sound."""

    known: frozenset[str]
    by_sound: dict[tuple[str, ...], str]

    @classmethod
    def build(cls, texts: Iterable[str], also_known: Iterable[str] = ()) -> Lexicon:
        """From the notices' `texts`; stretches of `also_known` (bank questions) are right too, but never put in."""
        counts = Counter(_stretches(texts, _LONGEST))
        by_sound: dict[tuple[str, ...], str] = {}
        for stretch, _ in counts.most_common():
            by_sound.setdefault(tuple(sound(c) for c in stretch), stretch)
        # A stretch of one bank question alone may be a typing error that was put there on purpose.
        asked = Counter(_stretches(also_known, _KNOWN))
        usual = {stretch for stretch, count in asked.items() if count >= _USUAL}
        return cls(frozenset(s for s in counts if len(s) <= _KNOWN) | usual, by_sound)

    def _right(self, stretch: str) -> bool:
        size = min(len(stretch), _KNOWN)
        return all(stretch[at : at + size] in self.known for at in range(len(stretch) - size + 1))

    def read(self, question: str) -> str:
        """The question folded, with what was typed by its sound put right."""
        folded = fold_text(question).strip()
        # English is not pinyin, though some of its words can be spelled in syllables.
        latin = _LATIN.findall(folded)
        spelled = bool(latin) and all(split_pinyin(word) for word in latin)
        units = list(_units(folded, spelled))
        out: list[str] = []
        at = 0
        while at < len(units):
            found = self._match(units, at)
            if found is None:
                out.append(units[at].text)
                at += 1
            else:
                text, at = found
                out.append(text)
        return "".join(out)

    def _match(self, units: list[_Unit], at: int) -> tuple[str, int] | None:
        """The longest stretch from unit `at` that only sounds right, as (text, next unit)."""
        best: tuple[str, int] | None = None
        sounds: list[str] = []
        typed = ""
        latin = False
        for end in range(at, len(units)):
            unit = units[end]
            if unit.sounds is None:
                # A space between syllables is how pinyin is typed.
                if unit.text.isspace() and latin and sounds:
                    continue
                break
            sounds += unit.sounds
            latin |= unit.latin
            typed += unit.text
            if len(sounds) > _LONGEST:
                break
            if len(typed) > 1 and self._right(typed):
                best = None  # right as it stands: nothing shorter inside it is to be put right
                continue
            least = _SHORTEST_PINYIN if latin else _SHORTEST_TYPED
            found = self.by_sound.get(tuple(sounds)) if len(sounds) >= least else None
            if found is not None and found != typed and (latin or _shares(found, typed)):
                best = (found, end + 1)
        return best


@dataclass(frozen=True, slots=True)
class _Unit:
    """A character, a word of Latin letters or a run of space; `sounds` is None for what has no syllables."""

    text: str
    sounds: list[str] | None
    latin: bool


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


def _stretches(texts: Iterable[str], longest: int) -> Iterable[str]:
    for text in texts:
        for run in _RUN.findall(fold_text(text)):
            for start in range(len(run)):
                for length in range(2, min(longest, len(run) - start) + 1):
                    yield run[start : start + length]

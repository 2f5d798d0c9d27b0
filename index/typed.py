"""A question as it was typed: its characters and Latin words with their syllables, and the stretches of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.letters import LONGEST, RUN, add_sound
from index.terms import sound, split_pinyin

_TOKEN = re.compile(r"[a-z]+|[\u3400-\u9fff]|\s+|[^a-z\u3400-\u9fff\s]")
_LATIN = re.compile(r"[a-z]+")
_SHORT = 2
"""Letters of a Latin word that is no pinyin where it stands alone: AI岗位, HE钢."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A character, a word of Latin letters or a run of space; `sounds` is None for what has no syllables."""

    text: str
    start: int
    sounds: list[str] | None
    latin: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is typed from one unit, at `start` in the question, up to unit `end`, its syllables and their code."""

    start: int
    end: int
    typed: str
    sounds: tuple[str, ...]
    latin: bool
    code: int


def units_of(folded: str) -> list[Unit]:
    """The units of a folded question, one after the other."""
    # English is not pinyin, though some of its words can be spelled in syllables.
    latin = _LATIN.findall(folded)
    spelled = bool(latin) and all(split_pinyin(word) for word in latin)
    matches = list(_TOKEN.finditer(folded))
    tokens = [match.group() for match in matches]
    found = []
    for place, match in enumerate(matches):
        token = tokens[place]
        sounds = None
        if _LATIN.fullmatch(token):
            if spelled and (len(token) > _SHORT or _beside_latin(tokens, place)):
                sounds = split_pinyin(token, blur=False)
        elif RUN.fullmatch(token):
            sounds = [sound(token)]
        found.append(Unit(token, match.start(), sounds, _LATIN.fullmatch(token) is not None))
    return found


def stretches_from(units: Sequence[Unit], at: int) -> Iterator[Stretch]:
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
        if len(sounds) + len(unit.sounds) > LONGEST:
            return
        for syllable in unit.sounds:
            code = add_sound(code, syllable, len(sounds))
            sounds = (*sounds, syllable)
        latin |= unit.latin
        typed += unit.text
        yield Stretch(units[at].start, end + 1, typed, sounds, latin, code)


def _beside_latin(tokens: Sequence[str], place: int) -> bool:
    """Whether another Latin word stands beside one, with nothing but a space between: qi da."""
    sides = (tokens[max(0, place - 2) : place], tokens[place + 1 : place + 3][::-1])
    return any(len(side) == 2 and side[1].isspace() and bool(_LATIN.fullmatch(side[0])) for side in sides)

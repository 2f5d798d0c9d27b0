"""Questions as people really type them: a wrong character, one too few, another script, fillers. Seeded throughout."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_BEFORE = ("请问", "那个，", "麻烦问一下，", "你好，我想知道", "不好意思，", "就是说，")
_AFTER = ("呢", "啊", "，谢谢", "，急", "来着", "，帮忙看看")
_MARKS = ("？？", "！", "……", "。", " ?")

Disturb = Callable[[str, random.Random], str | None]
"""A disturbed copy; None where the question has nothing of the kind to disturb."""


def disturb(kind: str, question: str, key: str, seed: int = 0) -> str | None:
    """The disturbed copy of a question, the same for the same `key` and `seed`; None where it would be no other."""
    changed = DISTURBANCES[kind](question, random.Random(f"{seed}:{kind}:{key}"))
    return None if changed is None or changed == question else changed


def _homophone(question: str, chance: random.Random) -> str | None:
    """One character for another of the same sound."""
    options = [
        (at, others)
        for at, character in enumerate(question)
        if _IDEOGRAPH.match(character) and (others := _alike(character))
    ]
    if not options:
        return None
    at, others = chance.choice(options)
    return question[:at] + chance.choice(others) + question[at + 1 :]


def _dropped(question: str, chance: random.Random) -> str | None:
    places = [match.start() for match in _IDEOGRAPH.finditer(question)]
    if len(places) < 3:
        return None
    at = chance.choice(places)
    return question[:at] + question[at + 1 :]


def _swapped(question: str, chance: random.Random) -> str | None:
    places = [match.start() for match in _PAIR.finditer(question) if match.group(1)[0] != match.group(1)[1]]
    if not places:
        return None
    at = chance.choice(places)
    return question[:at] + question[at + 1] + question[at] + question[at + 2 :]


def _traditional(question: str, chance: random.Random) -> str | None:
    return str(_converter().convert(question))


def _full_width(question: str, chance: random.Random) -> str | None:
    """Letters, digits and marks as an input method in full-width mode writes them."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in question)


def _pinyin(question: str, chance: random.Random) -> str | None:
    """One word of two characters by its pinyin; where no pair is a known word, any pair."""
    from pypinyin import lazy_pinyin

    pairs = [(match.start(), match.group(1)) for match in _PAIR.finditer(question)]
    words = [(at, pair) for at, pair in pairs if pair in _words()] or pairs
    if not words:
        return None
    at, word = chance.choice(words)
    return question[:at] + "".join(lazy_pinyin(word)) + question[at + 2 :]


def _punctuation(question: str, chance: random.Random) -> str | None:
    """The marks of the question taken away, one put into its middle and others at its end."""
    bare = "".join(c for c in question if not unicodedata.category(c).startswith("P"))
    if len(bare) < 4:
        return None
    at = chance.randrange(2, len(bare) - 1)
    return bare[:at] + chance.choice("， 、") + bare[at:] + chance.choice(_MARKS)


def _filler(question: str, chance: random.Random) -> str | None:
    """Polite and idle words before and after."""
    if not _IDEOGRAPH.search(question):
        return None
    stem = question.rstrip("？?。！! ")
    return chance.choice(_BEFORE) + stem + chance.choice(_AFTER)


DISTURBANCES: Mapping[str, Disturb] = {
    "homophone": _homophone,
    "dropped": _dropped,
    "swapped": _swapped,
    "traditional": _traditional,
    "full-width": _full_width,
    "pinyin": _pinyin,
    "punctuation": _punctuation,
    "filler": _filler,
}
DISTURBANCE_NAMES = {
    "homophone": "同音错字",
    "dropped": "漏一个字",
    "swapped": "颠倒两字",
    "traditional": "繁体",
    "full-width": "全角",
    "pinyin": "一个词打成拼音",
    "punctuation": "标点不当",
    "filler": "多余的话",
}


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    """The commonest characters (the 3,755 of GB 2312's first level) by their sound without tones."""
    from pypinyin import lazy_pinyin

    found: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            if (high, low) <= (0xD7, 0xF9):
                character = bytes((high, low)).decode("gb2312")
                found.setdefault(lazy_pinyin(character)[0], []).append(character)
    return {sound: tuple(characters) for sound, characters in found.items()}


def _alike(character: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(other for other in _by_sound().get(lazy_pinyin(character)[0], ()) if other != character)


@cache
def _words() -> frozenset[str]:
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(phrase for phrase in phrases_dict if len(phrase) == 2)


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")

"""The one folding of text, used for notices and questions alike.

The stored text of a notice is never altered. Folding makes a second text for matching only: full-width
letters, digits and punctuation become half-width, Traditional characters become Simplified (OpenCC), quotation
marks and dashes of all shapes become one, invisible characters vanish. Every folded character knows the source
offset it came from, so whatever is found in the folded text can be shown as the exact source text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

FOLDING_VERSION = 1
"""Raised whenever folding changes, so that an index made with another folding is rebuilt."""

_QUOTES = "“”„‟「」『』〝〞〟﹁﹂﹃﹄«»"
_SINGLE_QUOTES = "‘’‚‛′`"
_DASHES = "‐‑‒–—―─－﹘﹣"
_DOTS = "·•‧・･⋅"
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u205f\u3000\t"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back.

    `offsets[i]` is the source offset (code points) of `text[i]`; one more offset, the length of the source,
    stands at the end.
    """

    text: str
    offsets: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The source offsets of `text[start:end]`; raises IndexError outside the text."""
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span ({start}, {end}) is outside a folded text of {len(self.text)} characters")
        if start == end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


@cache
def _table() -> dict[int, str]:
    """Translation table of one source character to zero or more folded characters."""
    from opencc import OpenCC

    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(c): '"' for c in _QUOTES}
    table |= {ord(c): "'" for c in _SINGLE_QUOTES}
    table |= {ord(c): "-" for c in _DASHES}
    table |= {ord(c): "·" for c in _DOTS}
    table |= {ord(c): " " for c in _SPACES}
    table |= {ord(c): "" for c in _INVISIBLE}
    table |= {code: "" for code in range(0x20) if chr(code) not in "\n\t\r"}
    table |= dict.fromkeys(range(0xFE00, 0xFE10), "")  # variation selectors
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half characters, which no library takes
    # One call over all ideographs, each on a line of its own, so that OpenCC sees characters and not phrases:
    # the result keeps one character for one, and offsets with it.
    ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified = OpenCC("t2s").convert("\n".join(ideographs)).split("\n")
    table |= {ord(a): b for a, b in zip(ideographs, simplified, strict=True) if a != b}
    for code in list(table):
        table[code] = table[code].lower()
    table |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    return table


def fold_text(source: str) -> str:
    """The folded text alone, for where the way back is not needed."""
    return source.translate(_table())


def fold(source: str) -> Folded:
    """The folded text and its map to source offsets."""
    table = _table()
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(source):
        for folded in table.get(ord(character), character):
            characters.append(folded)
            offsets.append(offset)
    return Folded("".join(characters), (*offsets, len(source)))


_NUMERAL = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?!\d)|(?:\d+(?:\.\d+)?[十百千万亿]+)+|\d+(?:\.\d+)?)|[零〇○一二两三四五六七八九十百千万亿]+"
)
_PART = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]*)")
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def numbers(folded: str) -> list[tuple[int, int, float]]:
    """Numbers in a folded text, Chinese and Arabic alike, as (start, end, value).

    十七 and 17 both give 17.0, 五万 and 5万 both give 50000.0. A run that is no number (千万, 万一 inside a word
    still parse where they can) is left out.
    """
    import cn2an

    found: list[tuple[int, int, float]] = []
    for match in _NUMERAL.finditer(folded):
        run, digits = match.group(), match.group(1)
        if run == "○":
            continue  # the mark of a point
        try:
            if digits:
                # 3万5千 is the sum of its parts.
                parts = _PART.findall(run.replace(",", ""))
                value = sum(math.prod((float(d), *(_UNITS[u] for u in units))) for d, units in parts)
            else:
                value = float(cn2an.cn2an(re.sub("[〇○]", "零", run), "smart"))
        except (ValueError, KeyError, OverflowError):
            continue
        found.append((match.start(), match.end(), value))
    return found


def fold_numerals(source: str) -> Folded:
    """`source` folded, its numerals Arabic (十七 and 17 alike), with the way back to source offsets."""
    folded = fold(source)
    text: list[str] = []
    offsets: list[int] = []
    at = 0
    for start, end, value in numbers(folded.text):
        shown = f"{value:.15g}"
        # Digits stay as they are, and so does what would leave no character for the numeral's end.
        if folded.text[start:end].isdigit() or len(shown) < min(2, end - start):
            continue
        text += [folded.text[at:start], shown]
        offsets += folded.offsets[at:start]
        # Every digit leads to the whole numeral: its first digit to the start, the others to the last character.
        offsets += [folded.offsets[start]] + [folded.offsets[end - 1]] * (len(shown) - 1)
        at = end
    text.append(folded.text[at:])
    offsets += folded.offsets[at:]
    return Folded("".join(text), tuple(offsets))

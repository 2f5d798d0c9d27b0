"""Automatic numbers of Word paragraphs: 一、（一）1. stand in no text, but every reader sees them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from content.numeral import in_words

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = (
    "chineseCounting chineseCountingThousand ideographDigital japaneseCounting taiwaneseCounting "
    "taiwaneseCountingThousand japaneseDigitalTenThousand"
).split()
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Numbering:
    """Counts the numbered paragraphs of one document in reading order."""

    def __init__(self, lists: dict[str, str], levels: dict[tuple[str, int], Any], styles: dict[str, Any]) -> None:
        self._lists = lists
        self._levels = levels
        self._styles = styles
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)

    @classmethod
    def of(cls, document: Any) -> Numbering:
        """The numbering of a `docx.Document`."""
        styles = {
            style.get(f"{_W}styleId"): found
            for style in document.styles.element.iter(f"{_W}style")
            if (found := style.find(f"{_W}pPr/{_W}numPr")) is not None
        }
        part = next(
            (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        if part is None:
            return cls({}, {}, styles)
        root = part.element
        levels = {
            (abstract.get(f"{_W}abstractNumId"), int(level.get(f"{_W}ilvl", "0"))): level
            for abstract in root.iter(f"{_W}abstractNum")
            for level in abstract.iter(f"{_W}lvl")
        }
        lists = {
            number.get(f"{_W}numId"): link.get(f"{_W}val")
            for number in root.iter(f"{_W}num")
            if (link := number.find(f"{_W}abstractNumId")) is not None
        }
        return cls(lists, levels, styles)

    def next(self, paragraph: Any) -> str:
        """The number that stands before a paragraph's words, empty where it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        name, level = place
        counts = self._counts[name]
        counts[level] = counts.get(level, self._start(name, level) - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return self._written(name, level, counts)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """(abstract list, level) of a numbered paragraph."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        inherited = self._styles.get(style.get(f"{_W}val")) if style is not None else None
        number = _value(own, "numId") or _value(inherited, "numId")
        level = _value(own, "ilvl") or _value(inherited, "ilvl") or "0"
        name = self._lists.get(number or "0")
        if name is None or not level.isdecimal() or (name, int(level)) not in self._levels:
            return None
        return name, int(level)

    def _start(self, name: str, level: int) -> int:
        found = self._levels.get((name, level))
        start = _value(found, "start") if found is not None else None
        return int(start) if start and start.isdecimal() else 1

    def _written(self, name: str, level: int, counts: dict[int, int]) -> str:
        element = self._levels[name, level]
        pattern, kind = _value(element, "lvlText") or "", _value(element, "numFmt") or "decimal"
        if kind in ("bullet", "none"):
            return ""
        for above in range(level + 1):
            outer = self._levels.get((name, above))
            form = _value(outer, "numFmt") or "decimal" if outer is not None else "decimal"
            count = counts.get(above, self._start(name, above))
            pattern = pattern.replace(f"%{above + 1}", _figure(count, form))
        # 1. and a. want a space before the words, 一、 and （一） none.
        return pattern + (" " if pattern and (pattern[-1].isascii() or pattern[-1] in "章节条编") else "")


def _value(element: Any, name: str) -> str | None:
    found = element.find(f"{_W}{name}") if element is not None else None
    return None if found is None else found.get(f"{_W}val")


def _figure(count: int, kind: str) -> str:
    if kind in _CHINESE:
        return in_words(count)
    if kind == "decimalEnclosedCircle" and 0 < count <= len(_CIRCLES):
        return _CIRCLES[count - 1]
    if kind in ("lowerLetter", "upperLetter") and 0 < count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman, count = roman + sign * (count // value), count % value
        return roman.upper() if kind == "upperRoman" else roman
    if kind == "decimalZero":
        return f"{count:02}"
    return str(count)

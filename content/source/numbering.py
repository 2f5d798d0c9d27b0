"""Automatic numbers of Word paragraphs: 一、（一）1. stand in no text, but every reader sees them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
    """Counts the numbered paragraphs of one document in reading order.

    `lists` are the lists by their ids, `styles` all styles of paragraphs by theirs.
    """

    def __init__(self, lists: dict[str, List], styles: dict[str, Any]) -> None:
        self._lists = lists
        self._styles = styles
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()

    @classmethod
    def of(cls, document: Any) -> Numbering:
        """The numbering of a `docx.Document`."""
        styles = {style.get(f"{_W}styleId"): style for style in document.styles.element.iter(f"{_W}style")}
        part = next(
            (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        if part is None:
            return cls({}, styles)
        shared = {
            abstract.get(f"{_W}abstractNumId"): {_place(level): level for level in abstract.iter(f"{_W}lvl")}
            for abstract in part.element.iter(f"{_W}abstractNum")
        }
        lists = {}
        for number in part.element.iter(f"{_W}num"):
            name = _value(number, "abstractNumId") or ""
            overrides = list(number.iter(f"{_W}lvlOverride"))
            own = {_place(one): level for one in overrides if (level := one.find(f"{_W}lvl")) is not None}
            starts = {_place(one): start for one in overrides if (start := _value(one, "startOverride")) is not None}
            lists[number.get(f"{_W}numId")] = List(name, shared.get(name, {}) | own, starts)
        return cls(lists, styles)

    def next(self, paragraph: Any) -> str:
        """The number that stands before a paragraph's words, empty where it has none."""
        name, level = self._list_of(paragraph)
        found = self._lists.get(name)
        if found is None or level not in found.levels:
            return ""
        counts = self._counts[found.shared]
        if name not in self._begun:
            # A list that was told where to start counts anew, though it shares its form with the one before it.
            self._begun.add(name)
            for restarted in found.starts:
                counts.pop(restarted, None)
        counts[level] = counts.get(level, found.start(level) - 1) + 1
        for deeper in [other for other in counts if other > level and found.restarts(other, level)]:
            del counts[deeper]
        return found.written(level, counts)

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """(list, level) of a numbered paragraph: its own, else those of its style or of one that this is based on."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        name, level = _value(own, "numId"), _value(own, "ilvl")
        style = _value(paragraph.find(f"{_W}pPr"), "pStyle")
        linked: int | None = None
        seen: set[str] = set()
        while style and style in self._styles and style not in seen and (name is None or level is None):
            seen.add(style)
            given = self._styles[style].find(f"{_W}pPr/{_W}numPr")
            name, level = name or _value(given, "numId"), level or _value(given, "ilvl")
            if linked is None and name in self._lists and given is not None:
                linked = self._lists[name].level_of(style)
            style = _value(self._styles[style], "basedOn")
        return name or "", int(level) if level and level.isdecimal() else linked or 0


@dataclass(frozen=True, slots=True)
class List:
    """One list: `shared` names the form that it has in common with others, and with it the count.

    `levels` are its levels by their depth, `starts` where a level starts in this list.
    """

    shared: str
    levels: dict[int, Any]
    starts: dict[int, str]

    def start(self, level: int) -> int:
        """The first number of a level."""
        start = self.starts.get(level) or _value(self.levels.get(level), "start")
        return int(start) if start and start.isdecimal() else 1

    def restarts(self, level: int, above: int) -> bool:
        """Whether a level begins anew below a number of the level `above`."""
        least = _value(self.levels.get(level), "lvlRestart")
        return above < (int(least) if least and least.isdecimal() else level)

    def level_of(self, style: str) -> int | None:
        """The level that paragraphs of a style have."""
        return next((at for at, level in self.levels.items() if _value(level, "pStyle") == style), None)

    def written(self, level: int, counts: dict[int, int]) -> str:
        """The number of a paragraph, as its level writes it."""
        element = self.levels[level]
        pattern, kind = _value(element, "lvlText") or "", _value(element, "numFmt") or "decimal"
        if kind in ("bullet", "none"):
            return ""
        legal = is_on(element, "isLgl")
        for above in range(level + 1):
            form = "decimal" if legal else _value(self.levels.get(above), "numFmt") or "decimal"
            pattern = pattern.replace(f"%{above + 1}", _figure(counts.get(above, self.start(above)), form))
        # 1. and a. want a space before the words, 一、 and （一） none.
        return pattern + (" " if pattern and (pattern[-1].isascii() or pattern[-1] in "章节条编") else "")


def is_on(properties: Any, name: str) -> bool:
    """Whether a property is there and not switched off: `<w:vanish w:val="0"/>` hides nothing."""
    found = properties.find(f"{_W}{name}") if properties is not None else None
    return found is not None and found.get(f"{_W}val", "1") not in ("0", "false", "off")


def _place(element: Any) -> int:
    return int(element.get(f"{_W}ilvl", "0"))


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

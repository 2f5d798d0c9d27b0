"""Dates as documents write them: 2018年11月13日, 二○一八年十一月十三日, 2018-11-13, in full-width digits too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date as Date

from content.numeral import ZEROS, value_of

_PART = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
# 二0二四 and 2O24 are typed where a keyboard has no 〇.
_YEAR = rf"[\d{ZEROS}一二三四五六七八九]{{4}}"
DAY = rf"{_YEAR}\s*年\s*(?:{_PART})\s*月\s*(?:{_PART})\s*日"
_DAY = re.compile(rf"({_YEAR})\s*年\s*({_PART})\s*月\s*({_PART})\s*日")
_FIGURES = re.compile(r"(\d{4})([-－./．／])(\d{1,2})\2(\d{1,2})")
SIGNED_DAY = rf"(?:{DAY}|\d{{4}}[-－./．／]\d{{1,2}}[-－./．／]\d{{1,2}})"
"""A date below a signature, where 2024-3-5 is one too: in a sentence it may be anything."""
_ALONE = re.compile(rf"[（(]?\s*{DAY}\s*[）)]?")
_IN_NAME = re.compile(r"[(（](\d{4})-(\d{2})-(\d{2})[)）]$")


def parse_day(line: str) -> str | None:
    """ISO date of a line that is a date and nothing else, else None."""
    plain = re.sub(r"\s", "", line)
    if figures := _FIGURES.fullmatch(plain):
        return _iso(figures[1], figures[3], figures[4])
    return next((day for day, _ in days_in(plain)), None) if _ALONE.fullmatch(plain) else None


def days_in(text: str) -> Iterator[tuple[str, int]]:
    """(ISO date, offset) of every date in a text; what is no day of the calendar is left out."""
    for match in _DAY.finditer(text):
        if (day := _iso(*match.groups())) is not None:
            yield day, match.start()


def day_in_name(name: str) -> str | None:
    """The date that a file's name ends with: 劳动法(2018-12-29)."""
    match = _IN_NAME.search(name)
    return _iso(*match.groups()) if match is not None else None


def _iso(year: str, month: str, day: str) -> str | None:
    """A day of the calendar, None for what is none."""
    try:
        return Date(value_of(year), value_of(month), value_of(day)).isoformat()
    except ValueError:
        return None

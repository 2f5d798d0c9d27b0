"""Dates as documents write them: 2018年11月13日, 二○一八年十一月十三日, with full-width digits and spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date as Date

from content.numeral import value_of

_PART = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
DAY = rf"(?:\d{{4}}|[〇零○一二三四五六七八九]{{4}})\s*年\s*(?:{_PART})\s*月\s*(?:{_PART})\s*日"
_DAY = re.compile(rf"(\d{{4}}|[〇零○一二三四五六七八九]{{4}})\s*年\s*({_PART})\s*月\s*({_PART})\s*日")
_ALONE = re.compile(rf"[（(]?\s*{DAY}\s*[）)]?")
_IN_NAME = re.compile(r"[(（](\d{4})-(\d{2})-(\d{2})[)）]$")


def parse_day(line: str) -> str | None:
    """ISO date of a line that is a date and nothing else, else None."""
    plain = re.sub(r"\s", "", line)
    return next((day for day, _ in days_in(plain)), None) if _ALONE.fullmatch(plain) else None


def days_in(text: str) -> Iterator[tuple[str, int]]:
    """(ISO date, offset) of every date in a text; what is no day of the calendar is left out."""
    for match in _DAY.finditer(text):
        try:
            year, month, day = (value_of(part) for part in match.groups())
            yield Date(year, month, day).isoformat(), match.start()
        except ValueError:
            continue


def day_in_name(name: str) -> str | None:
    """The date that a file's name ends with: 劳动法(2018-12-29)."""
    match = _IN_NAME.search(name)
    if match is None:
        return None
    try:
        return Date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        return None

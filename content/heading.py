"""Headings of official documents: 一、（一）1.（1）, the four levels of GB/T 9704."""

from __future__ import annotations

import re

_NUMERAL = "[一二三四五六七八九十百]{1,4}"
_LEVELS = (
    re.compile(rf"{_NUMERAL}、"),
    re.compile(rf"[（(]{_NUMERAL}[）)]"),
    re.compile(r"\d{1,2}(?:[．、]|\.(?!\d))"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
LONGEST_HEADING = 80
_RUN_IN_END = re.compile(r"[。：:]")


def heading_level(line: str) -> int | None:
    """0 to 3 for a line that begins with a heading's number, None for any other."""
    return next((level for level, pattern in enumerate(_LEVELS) if pattern.match(line)), None)


def heading_mark(line: str) -> str:
    """The number that a heading begins with, such as 三、 or 1. (empty when there is none)."""
    level = heading_level(line)
    if level is None:
        return ""
    match = _LEVELS[level].match(line)
    assert match is not None
    return match.group()


def run_in_heading(line: str) -> str | None:
    """The heading that a numbered paragraph opens with, when text follows it on the same line.

    `1. 深刻认识……根本原则。习近平总书记指出……` gives `1. 深刻认识……根本原则`; a numbered line that is all heading
    gives None.
    """
    match = _RUN_IN_END.search(line)
    if match is None or match.end() == len(line) or match.start() > LONGEST_HEADING:
        return None
    return line[: match.start()]

"""On which side of a number or date something lies: 以上, 不超过, 前, 后, 上午, 下午."""

from __future__ import annotations

import re

from content.span import Span

_BEFORE = (
    ("least", re.compile(r"(?:不[得应能]?[少低]于|至少|最少)$")),
    ("most", re.compile(r"(?:不[得应能]?(?:超过|多于|高于)|至多|最多)$")),
    ("morning", re.compile(r"(?:上午|早上|早晨)$")),
    ("evening", re.compile(r"(?:下午|晚上|傍晚)$")),
)
_MEASURE = "[元人名岁周个次年月日天万亿%时点件项]{0,2}[(（]?"
_BEHIND = (
    ("least", re.compile(rf"{_MEASURE}以上")),
    ("most", re.compile(rf"{_MEASURE}以[下内]")),
    ("before", re.compile(r"[之以]?前(?![提期])")),
    ("after", re.compile(r"[之以]?后")),
)
_WIDEST, _FAR = 5, 12
"""Characters before a number or date in which its side is told, and that it is forbidden."""
_FORBIDDEN = re.compile(r"(?:不[得能可准许应]|禁止|严禁)[^，。；,;]*$")
_OPPOSITE = {frozenset(pair) for pair in (("least", "most"), ("morning", "evening"), ("before", "after"))}


def bound_of(text: str, span: Span) -> str:
    """The side of the number or date at `span` that is meant: least, most, before, after, morning, evening or ""."""
    ahead = text[max(0, span.start - _WIDEST) : span.start]
    said = next((name for name, pattern in _BEFORE if pattern.search(ahead)), "")
    if not said and _FORBIDDEN.search(text[max(0, span.start - _FAR) : span.start]):
        return ""  # 不得约定6个月以上 is no more than 6
    return said or next((name for name, pattern in _BEHIND if pattern.match(text, span.end)), "")


def opposed(ours: str, theirs: str) -> bool:
    """Whether two sides are each other's opposite: 不超过3人 is not 不少于3人."""
    return frozenset((ours, theirs)) in _OPPOSITE

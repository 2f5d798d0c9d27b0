"""How a law was made: the lines 1994年7月5日……通过, 2018年……修正 between its title and its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from content.day import DAY, days_in, parse_day
from content.line import Line
from content.numeral import NUMBER
from content.organisation import is_organisation
from content.span import Span

_ACT = "通过|公布|发布|批准|修订|修正|修改|印发|施行|执行|实施"
_HISTORY = re.compile(rf"[（(]?\s*(?:根据\s*)?{DAY}.*(?:{_ACT}).{{0,12}}", re.DOTALL)
_EFFECT = re.compile(r"施行|执行|实施|生效")
_MADE = re.compile("通过|公布|发布|批准|修订|修正|修改|印发|制定")
_ORDER = re.compile(
    r"(?P<body>[\u4e00-\u9fff、]{2,40}?)(?P<order>令[（(【〔\[]?\s*第?\s*[\d〇零○一二三四五六七八九十百]+\s*号[）)】〕\]]?"
    r"|第\s*\d+\s*号令)"
)
_CONGRESS = re.compile(r"第[一二三四五六七八九十]+届(全国人民代表大会常务委员会|全国人民代表大会)")
# 江苏省第十四届人民代表大会常务委员会, or 第十四届江苏省…….
_LOCAL = re.compile(
    r"(?:^|[^\u4e00-\u9fff\d〇○]|[\d一二三四五六七八九十]\s*日)(?:经|由)?"
    r"((?:(?!年)[\u4e00-\u9fff]){1,20}?第[一二三四五六七八九十]+届人民代表大会(?:常务委员会)?)"
    r"|第[一二三四五六七八九十]+届([\u4e00-\u9fff]{0,20}?人民代表大会(?:常务委员会)?)"
)
_ISSUED = re.compile(r"(?P<body>[\u4e00-\u9fff、]{2,40}?)(?:公布|发布|印发|制定)")
_PASSED = re.compile(
    r"(?P<body>[\u4e00-\u9fff]{2,30}?)(?:第(?:\d+|[一二三四五六七八九十百]+)次[\u4e00-\u9fff]*会议)?(?:修订)?通过"
)
LONGEST_HISTORY = 600


@dataclass(frozen=True, slots=True)
class History:
    """What the lines tell: the newest date of making or amending, who issued it, and its number (all may be None).

    `effective` holds the dates from which the law holds: none of them is the date of a version.
    """

    date: str | None
    effective: frozenset[str]
    issuer: Span | None
    number: Span | None


def is_history(line: str) -> bool:
    """Whether a line tells of a law's making: a date first, and what was done last."""
    return len(line) <= LONGEST_HISTORY and "。" not in line and bool(_HISTORY.match(line))


def read_history(lines: Sequence[Line]) -> History:
    """What the lines between title and text tell."""
    events = [event for line in lines for event in _events(line)]
    made = [day for day, words in events if (_MADE.search(words) or not _EFFECT.search(words))]
    effective = frozenset(day for day, _ in events) - set(made)
    return History(max(made, default=None), effective, _issuer(lines), _order(lines))


def _events(line: Line) -> list[tuple[str, str]]:
    """(date, what was done then): each date of a line with the words up to the next one."""
    # A date inside 《关于修改……的决定》 is no event.
    text = _without_titles(line.text)
    days = list(days_in(text))
    ends = [*(at for _, at in days[1:]), len(text)][: len(days)]
    return [(day, text[at:end]) for (day, at), end in zip(days, ends, strict=True)]


def _without_titles(text: str) -> str:
    """The same length, with what stands in 《》 blotted out."""
    return re.sub("《[^》]*》", lambda match: "＿" * len(match.group()), text)


def _order(lines: Sequence[Line]) -> Span | None:
    """The first order, 中华人民共和国国务院令第517号, or the number of the notice that issued it."""
    for line in lines:
        if re.fullmatch(NUMBER, line.text):
            return line.span
        match = _ORDER.search(_without_titles(line.text))
        if match:
            return Span(line.start + _bare(match), line.start + match.end())
    return None


def _issuer(lines: Sequence[Line]) -> Span | None:
    texts = [(line.start, _without_titles(line.text)) for line in lines]
    for pattern in (_CONGRESS, _LOCAL):
        for start, text in texts:
            if match := pattern.search(text):
                return Span(start + match.start(match.lastindex or 0), start + match.end(match.lastindex or 0))
    for above, line in pairwise(lines):
        if parse_day(line.text) and is_organisation(above.text):
            return above.span
    for pattern in (_ORDER, _ISSUED, _PASSED):
        for start, text in texts:
            if (match := pattern.search(text)) and (end := match.end("body")) > (begin := _bare(match)):
                return Span(start + begin, start + end)
    return None


def _bare(match: re.Match[str]) -> int:
    """Where the body's name begins, without the date and the 经 or 由 before it."""
    body = match["body"]
    before = re.match(r".*日[\s　]*|经|由|自", body)
    return match.start("body") + (before.end() if before else 0)

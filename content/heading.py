"""Headings: 一、（一）1.（1）, the four levels of GB/T 9704, and 编, 章, 节, 条 of laws."""

from __future__ import annotations

import re
from dataclasses import dataclass

from content.numeral import NUMERAL, value_of

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


_UNITS = ("编", "分编", "部分", "章", "节", "类")
_UNIT = re.compile(
    rf"第(?:{NUMERAL})(?P<unit>(?:分编|部分|编|章|节|类)(?=$|\s)|(?:分编|部分|编|章|节)(?=[：:]\s*\D))"
    r"[\s：:]*(?P<title>.*)"
)
# 第一章总则, typed without a space: a few words, and not 第一章规定, 第一章的 or 第一节课.
_CLOSE_UNIT = re.compile(
    rf"第(?:{NUMERAL})(?P<unit>编|章|节)(?P<title>"
    r"(?!规定|[的、之为由是在课]|所[称规列述指定]|[和与及或至到](?=[第本前该其《])|以[及内外下上]|中(?=[的规所、第有])|款(?!项)"
    r"|项(?!目)|[有相]关|等|内容|内的|共[有分]|主要)[\u4e00-\u9fff“”《》（）()、\s]{1,30})"
)
_BARE_UNIT = re.compile(r"附\s*则|序\s*言")
_PREAMBLE = 9
"""The level of 序言: every other heading stands beside it, none below."""
_ARTICLE = re.compile(rf"第(?P<number>{NUMERAL})条(?P<more>之[一二三四五六七八九十]+)?(?P<gap>[\s　]*)")
# What follows 第三条 where it is named in a sentence: 第三条规定的, 第三条第一款, 第三条、第五条, 第三条和.
_NAMED = re.compile(r"[第规所的、，,和至到与及或以中之款项。；：:）)》”]|除外|情形|之外|修改|改为")
# The same of the article that comes next, which may well begin so: 第六条中国公民, 第九条以暴力, 第八条所有.
_SURELY_NAMED = re.compile(
    rf"第(?:{NUMERAL})[款项条目章节编]|规定|[的之、，,。；）)》”]|所[称规列述指定]|[和与及或至到](?=[第本前该其者《])"
    r"|以[及内外下]|中(?=[的规所，、第“《关有])|款(?!项)|项(?!目)|除外|情形|修改|改为"
)
_SENTENCE_MARKS = re.compile(r"[。；！？]")
LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Article:
    """The number that an article begins with: `mark` is 第十九条 or 第十九条之一."""

    mark: str
    number: int
    is_inserted: bool
    is_apart: bool
    """Whether white space stands between the number and the words: 第十九条 as a heading, not as a reference."""


def unit_level(line: str) -> int | None:
    """-6 to -1 for 编, 分编, 部分, 章, 节, 类 with their title, None for any other line.

    附则 without a number is as high as 编; 序言 is lower than every other heading.
    """
    if _BARE_UNIT.fullmatch(line):
        return _PREAMBLE if line[0] == "序" else -len(_UNITS)
    match = _unit(line)
    if match is None or len(line) > LONGEST_TITLE or _SENTENCE_MARKS.search(match["title"]):
        return None
    return _UNITS.index(match["unit"]) - len(_UNITS)


def unit_mark(line: str) -> str:
    """第二章 of a heading 第二章 劳动合同的订立, 附则 of 附　则 (empty for any other line)."""
    if _BARE_UNIT.fullmatch(line):
        return "".join(line.split())
    match = _unit(line)
    return line[: match.end("unit")] if match else ""


def _unit(line: str) -> re.Match[str] | None:
    return _UNIT.fullmatch(line) or _CLOSE_UNIT.fullmatch(line)


def article_mark(line: str) -> str:
    """第十九条 of a line that is known to begin an article."""
    match = _ARTICLE.match(line)
    return line[: match.start("gap")] if match else ""


def read_article(line: str, awaited: int = 0) -> Article | None:
    """The article that a line begins, None where it begins none or only names one: 第三条规定的期限…….

    `awaited` is the number of the article that comes next: fewer words tell that it is only named.
    """
    match = _ARTICLE.match(line)
    if match is None:
        return None
    apart = bool(match["gap"]) or match.end() == len(line)
    number = value_of(match["number"])
    named = _SURELY_NAMED if number == awaited else _NAMED
    if not apart and named.match(line, match.end()):
        return None
    return Article(line[: match.start("gap")], number, match["more"] is not None, apart)

"""Heads of attachments: 附件, 附件2, 附：, 附录 矿种目录, （附件1）, 附件1-1, 附件（一）."""

from __future__ import annotations

import re

from content.heading import LONGEST_TITLE
from content.numeral import NUMERAL

_KIND = r"附\s*(?:件|录|表|图)"
# 附件 2024年计划 and 附 二〇二四年计划 are numbered by nothing.
_NUMBER = rf"(?:{NUMERAL})(?:\s*[-－—–]\s*\d{{1,2}})?(?![一二三四五六七八九十百千零〇○两\d年月])"
_MARK = (
    rf"(?P<mark>(?:{_KIND}|附)\s*(?:{_NUMBER}|[（(](?:{NUMERAL})[）)])?)"
    rf"|[（(【\[〔]\s*(?P<within>{_KIND}\s*(?:{_NUMBER})?)\s*[）)】\]〕]"
)
_NUMBERED = r"(?<=[一二三四五六七八九十\d）)】\]〕])"
_REST = (
    r"\s*[：:]\s*(?P<title>.*)|\s+(?P<apart>.*)|\s*[（(][^（）()]{1,12}[）)]"
    rf"|{_NUMBERED}[.．、]\s*(?P<listed>\D.*)"
    # 附件1检查表 is a head; 附件1所列 and 附件1和附件2 are words of a sentence.
    rf"|{_NUMBERED}(?P<close>(?![第规所的和至到与及或以中之是为由见、])[\u4e00-\u9fff“”《》（）()、]{{1,30}}"
    r"(?:表|单|目录|图|书|册|样|样式|标准|范围|指南|说明|方案|办法|细则|流程))|"
)
_HEAD = re.compile(f"(?:{_MARK})(?:{_REST})")
_SENTENCE_MARKS = re.compile(r"[。；！？]")


def is_attachment(line: str) -> bool:
    """Whether a line is the head of an attachment, with its title or without."""
    return _read(line) is not None


def is_bare_attachment(line: str) -> bool:
    """Whether a line is the head of an attachment and nothing more: 附件2, （附件1）, 附件1（样表）."""
    return (_read(line) or ("", "?"))[1] == ""


def attachment_mark(line: str) -> str:
    """附件1 of 附件1：检查表 and of （附件 1）, empty for what is no head of an attachment."""
    return (_read(line) or ("", ""))[0]


def _read(line: str) -> tuple[str, str] | None:
    """(mark, title) of the head of an attachment."""
    if len(line) > LONGEST_TITLE or _SENTENCE_MARKS.search(line) or re.fullmatch(r"附\s*则", line):
        return None
    match = _HEAD.fullmatch(line)
    if match is None:
        return None
    title = next(filter(None, match.group("title", "apart", "listed", "close")), "")
    return "".join((match["mark"] or match["within"]).split()), title.strip()

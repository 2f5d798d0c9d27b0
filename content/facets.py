"""By what documents are told apart: who issued them, in which year, and of what kind they are."""

from __future__ import annotations

import re

from content.notice import Notice
from content.text import fold_text

_STATE = "中华人民共和国"
_SAME = {"中央军事委员会": "中央军委", "中国共产党中央委员会": "中共中央"}
_BETWEEN = re.compile(r"[、，,;；]|\s+(?=[\u4e00-\u9fff]{2})")
_CONGRESS = "全国人民代表大会"
_COUNCIL = "国务院"
_TERM = re.compile("第[一二三四五六七八九十]+届(?=人民代表大会)")
KINDS = ("法律", "行政法规", "部门规章", "地方性法规", "地方政府规章", "司法解释", "规范性文件")
"""Kinds that a collection's folders may be named for; of a law the first two are told by its issuer too."""
_RULES = frozenset(KINDS) - {"规范性文件"}
"""Notices are filed under the other one, too."""


def issuers_of(notice: Notice) -> tuple[str, ...]:
    """The bodies that issued a document, each by its short name: 国务院 of 中华人民共和国国务院."""
    names = (plain_issuer(name) for name in _BETWEEN.split(notice.issuer or ""))
    return tuple(dict.fromkeys(filter(None, names)))


def plain_issuer(name: str) -> str:
    """A body's name as it is compared: 江苏省第十四届人民代表大会 is 江苏省人民代表大会."""
    plain = "".join(fold_text(name).split()).replace(_STATE, "")
    for long, short in _SAME.items():
        plain = plain.replace(long, short)
    return _TERM.sub("", plain)


def year_of(notice: Notice) -> int | None:
    """The year of a document's date."""
    return int(notice.date[:4]) if notice.date else None


def kinds_of(notice: Notice) -> tuple[str, ...]:
    """What a document is, the widest first: 行政法规, 条例; 通知; 法律, 法. Nothing where nothing tells."""
    folders = notice.id.split("/")[:-1]
    wide = [kind for kind in KINDS if kind in folders]
    if notice.is_law and not wide:
        issuers = issuers_of(notice)
        if any(name.startswith(_CONGRESS) for name in issuers):
            wide = ["法律"]
        elif _COUNCIL in issuers:
            wide = ["行政法规"]
        elif not issuers and notice.genre in ("法", "法典"):
            wide = ["法律"]
    return tuple(dict.fromkeys(filter(None, (*wide, notice.genre))))


def is_rule(notice: Notice) -> bool:
    """Whether a document is a law or another set of rules, and not what one office writes to others."""
    return notice.is_law or any(kind in _RULES for kind in kinds_of(notice))

"""Names of bodies that issue documents."""

from __future__ import annotations

import re

from content.heading import heading_level
from content.line import compact

_ENDING = re.compile(
    r"(?:会|局|部|厅|委|院|府|室|处|科|中心|公司|学校|大学|学院|小学|中学|署|行|社|团|所|站|队|组|党组|党委|支部|联|协|馆"
    r"|集团|银行|司令部|政治部|办公厅|军委|工委|纪委|团委|办)$"
)
_SEAL = re.compile(r"[（(]\s*(?:盖\s*章|公\s*章|印\s*章|签\s*章|代\s*章|章|印)\s*[）)]\s*$")
# 特此通知, 此复, 请遵照执行: how a text ends, and no name.
_FORMULA = re.compile(r"特此|专此|谨此|此[复致令告]|请|以上|妥否|当否|现予|敬礼")
_LONGEST = 40
_NO_NAME = "。！？；：，:;,|"


def may_sign(text: str) -> bool:
    """Whether a line above a date may be who signs: short, unnumbered, no sentence and no formula."""
    return (
        len(text) <= _LONGEST
        and not any(c in text for c in _NO_NAME)
        and heading_level(text) is None
        and _FORMULA.match(compact(text)) is None
        and bool(without_seal(text))
    )


def without_seal(text: str) -> str:
    """A name without the （盖章） behind it."""
    return _SEAL.sub("", text).rstrip()


def is_organisation(text: str) -> bool:
    """Whether a text is one or more names of bodies: 市发展和改革委员会　市财政局, 国务院、中央军委, 国 务 院.

    （盖章） may stand behind each.
    """
    names = text.split("、") if "、" in text else text.split()
    if all(len(name) == 1 for name in names):
        names = [compact(text)]
    return may_sign(text) and bool(names) and all(_ENDING.search(without_seal(compact(name))) for name in names)

"""Numbers as documents write them: 二十一 and 21 alike, and 国发〔2018〕12号."""

from __future__ import annotations

NUMERAL = "[一二三四五六七八九十百千零〇○两]{1,9}|[0-9０-９]{1,9}"
"""No longer than a number is: what thousands of digits stand for is none, and cannot be reckoned with."""
NUMBER = r"[\u4e00-\u9fff]{1,16}[〔［\[（(【]\s*\d{4}\s*[〕］\]）)】]\s*第?\s*\d+\s*号"
"""发文字号: 国发〔2018〕12号."""
ZEROS = "〇零○◯OoＯ"
"""How 〇 is typed: as a circle, and as the letter O."""
_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, **dict.fromkeys(ZEROS, 0), "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def value_of(numeral: str) -> int:
    """The number that is written 二十一, 二一, 21 or 二0; raises ValueError for what is no number."""
    if numeral.isdecimal():
        return int(numeral)
    if not any(c in _UNITS for c in numeral):
        return int("".join(str(_digit(c)) for c in numeral))
    total = digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _digit(character)
    return total + digit


def value_or_zero(numeral: str) -> int:
    """As `value_of`; 0 for what is no number, or too long to be one."""
    try:
        return value_of(numeral)
    except ValueError:
        return 0


def _digit(character: str) -> int:
    if character.isdecimal():
        return int(character)
    if character not in _DIGITS:
        raise ValueError(f"not a numeral: {character!r}")
    return _DIGITS[character]


def in_words(number: int) -> str:
    """1 to 9999 as it is written in a citation: 十九, 一百零二."""
    if not 0 < number < 10_000:
        return str(number)
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            one = "" if unit == 10 and digit == 1 and not words else "零一二三四五六七八九"[digit]
            words += ("零" if zero else "") + one + name
            zero = False
        else:
            zero = bool(words)
    return words

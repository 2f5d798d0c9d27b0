"""`Notice`: one official document as it was issued, with the place of each of its formal parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from content.heading import heading_level
from content.span import Span
from content.text import fold_text

_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,16}[〔［\[（(【]\d{4}[〕］\]）)】]\s*第?\s*\d+\s*号")
_DATE = re.compile(r"[（(]?(\d{4}|[〇零○一二三四五六七八九]{4})年(\S{1,3})月(\S{1,3})日[）)]?")
_SENTENCE_END = tuple("。！？；!?;")
_TITLE_WORDS = tuple(
    "通知 意见 决定 办法 规定 条例 通报 公告 通告 报告 请示 批复 函 纪要 命令 决议 公报 议案 方案 "
    "细则 规则 规程 要点 计划 章程 法".split()
)
_LONGEST_TITLE_LINE = 60
_LONGEST_ADDRESSEES = 300
_LONGEST_ISSUER = 40


class NoticeError(ValueError):
    """A file that cannot be read as a notice; the message names the file, what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: the offsets of its text without the white space around it."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Notice:
    """One document. `text` is the file's text, unaltered; all spans are code-point offsets into it.

    `title_span`, `addressees_span`, `number_span`, `issuer_span` and `date_span` are None where the document has
    no such part. `body` holds the lines between the formal opening and the formal close.
    """

    id: str
    text: str
    sha256: str
    title: str
    title_span: Span | None
    addressees_span: Span | None
    number_span: Span | None
    issuer_span: Span | None
    date_span: Span | None
    date: str | None
    body: tuple[Line, ...]

    @property
    def issuer(self) -> str | None:
        return self.issuer_span.of(self.text) if self.issuer_span else None

    @property
    def number(self) -> str | None:
        return self.number_span.of(self.text) if self.number_span else None


def read_notice(path: Path, notice_id: str | None = None) -> Notice:
    """Read a UTF-8 text file; raises NoticeError where it is not one, or is empty."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoticeError(
            f"{path}：不是 UTF-8 文本（第 {error.start} 字节处读不出），请另存为 UTF-8 编码后再试。"
        ) from error
    return parse_notice(text, notice_id or path.stem, str(path))


def parse_notice(text: str, notice_id: str, source: str | None = None) -> Notice:
    """Find the formal parts of a document's text (GB/T 9704 order); raises NoticeError when it has no text."""
    lines = list(_lines(text))
    if not lines:
        raise NoticeError(f"{source or notice_id}：文件里没有文字，请放入通知全文后再试。")
    first, last = 0, len(lines)
    number: Span | None = None
    if _NUMBER.fullmatch(lines[0].text):
        number, first = lines[0].span, 1
    title_end = _title_end(lines, first)
    title_lines = lines[first:title_end]
    first = title_end
    if number is None and first < last and _NUMBER.fullmatch(lines[first].text.strip("（）()")):
        number, first = lines[first].span, first + 1
    addressees: Span | None = None
    if title_lines and first < last and _is_addressees(lines[first].text):
        addressees, first = lines[first].span, first + 1
    date: str | None = None
    date_span = issuer = None
    if last - first > 1 and (date := _parse_date(lines[last - 1].text)):
        date_span, last = lines[last - 1].span, last - 1
        if last - first > 1 and _is_issuer(lines[last - 1].text):
            issuer, last = lines[last - 1].span, last - 1
    return Notice(
        id=notice_id,
        text=text,
        sha256=text_digest(text),
        title="".join(line.text for line in title_lines).lstrip("# ") or notice_id,
        title_span=Span(title_lines[0].start, title_lines[-1].end) if title_lines else None,
        addressees_span=addressees,
        number_span=number,
        issuer_span=issuer,
        date_span=date_span,
        date=date,
        body=tuple(lines[first:last]),
    )


def text_digest(text: str) -> str:
    """SHA-256 of a text as UTF-8, in hexadecimal: what tells one stored text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _lines(text: str) -> Iterator[Line]:
    for match in re.finditer(r"[^\n]+", text):
        stripped = match.group().strip().strip("\ufeff").strip()
        if stripped:
            start = text.index(stripped, match.start())
            yield Line(start, start + len(stripped), stripped)


def _title_end(lines: list[Line], first: int) -> int:
    """The index after the last title line: a title runs over short lines until one ends like a title."""
    for index in range(first, min(first + 8, len(lines))):
        text = lines[index].text
        if (
            len(text) > _LONGEST_TITLE_LINE
            or text.endswith((*_SENTENCE_END, "：", ":"))
            or heading_level(text) is not None
            or _NUMBER.fullmatch(text.strip("（）()"))
        ):
            # Body or addressees: what came before was the title, except a single long first line.
            return index
        if text.endswith(_TITLE_WORDS):
            return index + 1
    return max(first, min(first + 1, len(lines) - 1))


def _is_addressees(text: str) -> bool:
    return text.endswith(("：", ":")) and len(text) <= _LONGEST_ADDRESSEES and heading_level(text) is None


def _is_issuer(text: str) -> bool:
    return (
        len(text) <= _LONGEST_ISSUER and not any(c in text for c in "。！？；：，:;,") and heading_level(text) is None
    )


def _parse_date(line: str) -> str | None:
    """ISO date of a line that is a date and nothing else, else None."""
    from content.text import numbers

    match = _DATE.fullmatch(re.sub(r"\s", "", line))
    if not match:
        return None
    values = [numbers(fold_text(part.replace("○", "〇"))) for part in match.groups()]
    if not all(len(found) == 1 for found in values):
        return None
    year, month, day = (int(found[0][2]) for found in values)
    try:
        return Date(year, month, day).isoformat()
    except ValueError:
        return None

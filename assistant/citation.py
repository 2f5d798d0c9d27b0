"""The one way a citation is written: 《标题》（文号，日期）第二部分第4段."""

from __future__ import annotations

from dataclasses import dataclass

from content.heading import heading_level, heading_mark
from content.notice import Notice
from content.passage import Kind, Passage
from content.span import Span

_PARTS = {
    Kind.TITLE: "标题",
    Kind.NUMBER: "发文字号",
    Kind.ADDRESSEES: "主送机关",
    Kind.ISSUER: "落款（发文机关）",
    Kind.DATE: "落款（成文日期）",
}


class QuotationError(RuntimeError):
    """A quotation whose words are not those of the stored text. It is never shown."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quotation stands. `start` and `end` are code-point offsets into the notice's stored text."""

    notice_id: str
    title: str
    issuer: str | None
    date: str | None
    number: str | None
    section: tuple[str, ...]
    paragraph: int
    start: int
    end: int
    sha256: str
    label: str


def cite(notice: Notice, passage: Passage) -> Citation:
    """The citation of a passage of `notice`."""
    return Citation(
        notice_id=notice.id,
        title=notice.title,
        issuer=notice.issuer,
        date=notice.date,
        number=notice.number,
        section=passage.section,
        paragraph=passage.paragraph,
        start=passage.start,
        end=passage.end,
        sha256=notice.sha256,
        label=_label(notice, passage),
    )


def quote(notice: Notice, span: Span, sha256: str) -> str:
    """The exact words of a span, cut from the stored text now.

    Raises QuotationError when the text is no longer the one that was indexed (`sha256`).
    """
    if notice.sha256 != sha256:
        raise QuotationError(f"《{notice.title}》的原文已改动，与索引不一致，请重新运行 notice-assistant build。")
    return span.of(notice.text)


def place(passage: Passage) -> str:
    """Where in its notice a passage stands, in words: 第二部分第4段."""
    if passage.kind in _PARTS:
        return _PARTS[passage.kind]
    part = _part(passage.section[0]) if passage.section else "开头"
    if passage.kind is Kind.HEADING:
        return f"{part}标题"
    point = heading_mark(passage.text).strip("（()）.．、 ") if heading_level(passage.text) else ""
    return f"{part}第{passage.paragraph}段" + (f"（第{point}点）" if point else "")


def _part(heading: str) -> str:
    mark = heading_mark(heading).strip("（()）.．、 ")
    return f"第{mark}部分" if mark else heading


def _label(notice: Notice, passage: Passage) -> str:
    known = "，".join(filter(None, (notice.number, notice.date)))
    return f"《{notice.title}》" + (f"（{known}）" if known else "") + place(passage)

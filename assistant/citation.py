"""The one way a citation is written: 《标题》（文号，日期）第二部分第4段, 《劳动合同法》第十九条第二款."""

from __future__ import annotations

from dataclasses import dataclass

from content.heading import heading_level, heading_mark, unit_mark
from content.kind import Kind
from content.notice import Notice
from content.passage import Passage
from content.span import Span

_PARTS = {
    Kind.LETTERHEAD: "版头",
    Kind.TITLE: "标题",
    Kind.NUMBER: "发文字号",
    Kind.ADDRESSEES: "主送机关",
    Kind.HISTORY: "题注",
    Kind.CONTENTS: "目录",
    Kind.ATTACHMENTS: "附件说明",
    Kind.ISSUER: "落款（发文机关）",
    Kind.DATE: "落款（成文日期）",
    Kind.NOTE: "附注",
    Kind.COPIES: "抄送",
    Kind.PRINTED: "印发机关和印发日期",
}
_STATE = "中华人民共和国"


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
    """Where in its notice a passage stands, in words: 第二部分第4段, 第十九条第二款, 附件1第三条, 表1第2行."""
    section = passage.section[1:] if passage.attachment else passage.section
    return passage.attachment + _place(passage, section)


def _place(passage: Passage, section: tuple[str, ...]) -> str:
    if passage.kind in _PARTS:
        return _PARTS[passage.kind]
    if passage.unit:
        return passage.unit
    part = _part(section[0]) if section else "" if passage.attachment else "开头"
    if passage.kind is Kind.HEADING:
        deeper = "".join(f"第{_bare(text)}点" for text in section[1:] if _bare(text))
        return f"{part}{deeper}标题"
    point = _bare(passage.text) if heading_level(passage.text) else ""
    return f"{part}第{passage.paragraph}段" + (f"（第{point}点）" if point else "")


def _part(heading: str) -> str:
    if unit := unit_mark(heading):
        return unit
    mark = _bare(heading)
    return f"第{mark}部分" if mark else heading


def _bare(heading: str) -> str:
    return heading_mark(heading).strip("（()）.．、 ")


def short_title(title: str) -> str:
    """A law's title as it is cited: 劳动合同法 of 中华人民共和国劳动合同法."""
    return title.removeprefix(_STATE)


def source_of(notice: Notice) -> str:
    """The first half of every label: the document's title, with number and date where they belong."""
    if notice.is_law:
        version = f"（{notice.date}）" if notice.is_one_of_several and notice.date else ""
        return f"《{short_title(notice.title)}》{version}"
    known = "，".join(filter(None, (notice.number, notice.date)))
    return f"《{notice.title}》" + (f"（{known}）" if known else "")


def _label(notice: Notice, passage: Passage) -> str:
    page = notice.page(passage.start)
    return source_of(notice) + place(passage) + (f"（第{page}页）" if page else "")

"""`Notice`: one official document as it was issued, with the place of each of its formal parts."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass

from content.article import article_lines
from content.closing import read_closing
from content.day import day_in_name, parse_day
from content.form import Form
from content.kind import Kind
from content.line import Line, compact, lines_of
from content.opening import TITLE_WORDS, issuer_in_title, read_opening
from content.organisation import is_organisation, without_seal
from content.span import Span


class NoticeError(ValueError):
    """A file that cannot be read as a notice; the message names the file, what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a document's text was taken from.

    `sha256` is that of the file's bytes. `pages` holds the offset into the text at which each page begins, empty
    where there are no pages.
    """

    file: str
    sha256: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One document. `text` is the stored text, unaltered; all spans are code-point offsets into it.

    `title_span`, `addressees_span`, `number_span`, `issuer_span` and `date_span` are None where the document has
    no such part; a law's issuer and number stand inside a line of its history. `body` holds the lines between the
    formal opening and the formal close, `annex` the attachments behind it, `parts` the other formal parts.
    A law is cited by its articles, and by its date only where `is_one_of_several`: the corpus holds other versions.
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
    annex: tuple[Line, ...] = ()
    parts: tuple[tuple[Kind, Span], ...] = ()
    source: Source | None = None
    is_law: bool = False
    is_one_of_several: bool = False

    @property
    def issuer(self) -> str | None:
        return _name(self.issuer_span.of(self.text)) if self.issuer_span else None

    @property
    def number(self) -> str | None:
        return compact(self.number_span.of(self.text)).strip("（）()") if self.number_span else None

    @property
    def genre(self) -> str | None:
        """文种: the last word of the title, such as 通知 or 条例; None where it ends like none."""
        title = re.sub(r"[（(][^（）()]*[）)]$", "", compact(self.title))
        return max((word for word in TITLE_WORDS if title.endswith(word)), key=len, default=None)

    def page(self, offset: int) -> int | None:
        """The page, from 1, that a character stands on; None where there are no pages."""
        if self.source is None or not self.source.pages:
            return None
        return max(1, bisect_right(self.source.pages, offset))


def parse_notice(text: str, notice_id: str, source: Source | None = None) -> Notice:
    """Find the formal parts of a document's text (GB/T 9704 order); raises NoticeError when it has no text.

    The id may end with the date of a law's version: 劳动法(2018-12-29).
    """
    lines = tuple(lines_of(text))
    if not lines:
        raise NoticeError("文件里没有文字，请放入通知全文后再试。")
    form = Form(lines, 0, len(lines))
    read_opening(form, text)
    read_closing(form)
    issuer, number, date = form.issuer, form.number, None
    if form.date:
        date = parse_day(form.date.of(text))
    if form.history:
        issuer, number = issuer or form.history.issuer, number or form.history.number
    if issuer is None and form.title:
        issuer = issuer_in_title(form, text)
    if form.history or date is None:
        # The newest version that anything tells of: a collection's file names know amendments that its texts omit.
        named = day_in_name(notice_id)
        if form.history and named in form.history.effective:
            named = None
        told = (date, form.history.date if form.history else None, named)
        date = max(filter(None, told), default=None)
    return Notice(
        id=notice_id,
        text=text,
        sha256=text_digest(text),
        title=_title(form, text) or notice_id,
        title_span=Span(form.title[0].start, form.title[-1].end) if form.title else None,
        addressees_span=form.addressees,
        number_span=number,
        issuer_span=issuer,
        date_span=form.date,
        date=date,
        body=tuple(form.rest),
        annex=tuple(form.annex),
        parts=tuple(form.parts),
        source=source,
        is_law=form.date is None and bool(article_lines(form.rest)),
    )


def text_digest(text: str) -> str:
    """SHA-256 of a text as UTF-8, in hexadecimal: what tells one stored text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _title(form: Form, text: str) -> str:
    if form.title:
        return "".join(line.text for line in form.title)
    return compact(form.order.of(text)) + "令" if form.order else ""


def _name(text: str) -> str:
    """Names of bodies on one line, without their seals; what is set wide (国 务 院) or over lines is one name."""
    pieces = list(filter(None, (without_seal(piece) for piece in text.split())))
    return (" " if all(len(piece) > 1 and is_organisation(piece) for piece in pieces) else "").join(pieces)

"""`Passage`: what is found and quoted. A notice is cut at its headings and paragraphs, never inside one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content.kind import Kind as Kind
from content.line import Line
from content.notice import Notice
from content.outline import outline, outline_annex
from content.piece import Piece
from content.span import Span

_CLOSERS = "”’」』）】〕》\"')"
_SENTENCE = re.compile(rf"[^。！？；!?;…\n]*(?:[。！？；!?;…]+[{_CLOSERS}]*|\n|$)")
_CLAUSE = re.compile(r"[^，：,:\n]*(?:[，：,:]+|\n|$)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one notice: `notice.text[start:end] == text`.

    `section` is the path of headings above it, in an attachment with the attachment's name first, in a law with the
    article last. `paragraph` counts from 1 within the highest-level part (or within the opening, before the first
    heading), in a law within the article, and is 0 for what is no paragraph. `sentences` cover the text.
    `unit` says where it stands where that is no counted paragraph (第十九条第二款, 表1第2行), `attachment` in which
    attachment; `header` is the text of the header row above a row of a table.
    """

    notice_id: str
    kind: Kind
    section: tuple[str, ...]
    paragraph: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    unit: str = ""
    attachment: str = ""
    header: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def cut(notice: Notice) -> tuple[Passage, ...]:
    """All passages of a notice in reading order."""
    formal = [
        (Kind.TITLE, notice.title_span),
        (Kind.ADDRESSEES, notice.addressees_span),
        *notice.parts,
        # A law's number and issuer stand inside a line of its history.
        (Kind.NUMBER, notice.number_span),
        (Kind.ISSUER, notice.issuer_span),
        (Kind.DATE, notice.date_span),
    ]
    pieces: list[Piece] = []
    for kind, span in formal:
        if span and not any(span.overlaps(piece.span) for piece in pieces):
            pieces.append(Piece(kind, (), 0, span))
    pieces += outline(notice.body, notice.title if notice.title_span else "")
    for attachments in _apart(notice.annex, [piece.span for piece in pieces]):
        pieces += outline_annex(attachments)
    return tuple(_passage(notice, piece) for piece in sorted(pieces, key=lambda piece: piece.span))


def _apart(annex: Sequence[Line], taken: Sequence[Span]) -> Iterator[Sequence[Line]]:
    """The lines of attachments, in two where the record of copies stands between them."""
    begins = 0
    for at in range(1, len(annex)):
        if any(annex[at - 1].end <= span.start < annex[at].start for span in taken):
            yield annex[begins:at]
            begins = at
    yield annex[begins:]


def _passage(notice: Notice, piece: Piece) -> Passage:
    start, end = piece.span.start, piece.span.end
    text = piece.span.of(notice.text)
    # A title set over several lines is one sentence.
    in_sentences = piece.kind in (Kind.PARAGRAPH, Kind.NOTE, Kind.HISTORY)
    sentences = tuple(split_sentences(text, start)) if in_sentences else (piece.span,)
    place = (piece.unit, piece.attachment, piece.header)
    return Passage(notice.id, piece.kind, piece.section, piece.paragraph, start, end, text, sentences, *place)


def split_sentences(text: str, offset: int = 0) -> list[Span]:
    """Sentences of `text` as spans shifted by `offset`, in order and without the white space around them.

    A sentence ends at 。！？； with the closing quotes and brackets that follow; every character that is not white
    space lies in exactly one sentence.
    """
    return _pieces(_SENTENCE, text, offset)


def split_clauses(text: str, offset: int = 0) -> list[Span]:
    """Clauses of one sentence: pieces that end at ， or ：, as spans shifted by `offset`."""
    return _pieces(_CLAUSE, text, offset)


def _pieces(pattern: re.Pattern[str], text: str, offset: int) -> list[Span]:
    spans: list[Span] = []
    for match in pattern.finditer(text):
        piece = match.group()
        stripped = piece.strip()
        if stripped:
            start = match.start() + piece.index(stripped) + offset
            spans.append(Span(start, start + len(stripped)))
    return spans

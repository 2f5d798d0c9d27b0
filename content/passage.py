"""`Passage`: what is found and quoted. A notice is cut at its headings and paragraphs, never inside one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from content.heading import LONGEST_HEADING, heading_level, run_in_heading
from content.notice import Line, Notice
from content.span import Span

_CLOSERS = "”’」』）】〕》\"')"
_SENTENCE = re.compile(rf"[^。！？；!?;…\n]*(?:[。！？；!?;…]+[{_CLOSERS}]*|\n|$)")
_CLAUSE = re.compile(r"[^，：,:\n]*(?:[，：,:]+|\n|$)")


class Kind(StrEnum):
    """What part of the document a passage is."""

    TITLE = "title"
    NUMBER = "number"
    ADDRESSEES = "addressees"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ISSUER = "issuer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one notice: `notice.text[start:end] == text`.

    `section` is the path of headings above it. `paragraph` counts from 1 within the highest-level part (or within
    the opening, before the first heading) and is 0 for what is no paragraph. `sentences` cover the text.
    """

    notice_id: str
    kind: Kind
    section: tuple[str, ...]
    paragraph: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def cut(notice: Notice) -> tuple[Passage, ...]:
    """All passages of a notice in reading order."""
    found: list[Passage] = []
    formal = (
        (Kind.NUMBER, notice.number_span),
        (Kind.TITLE, notice.title_span),
        (Kind.ADDRESSEES, notice.addressees_span),
    )
    close = ((Kind.ISSUER, notice.issuer_span), (Kind.DATE, notice.date_span))
    found += [_passage(notice, kind, (), 0, span) for kind, span in formal if span]
    found += _body(notice)
    found += [_passage(notice, kind, (), 0, span) for kind, span in close if span]
    return tuple(sorted(found, key=lambda passage: passage.start))


def _body(notice: Notice) -> Iterator[Passage]:
    path: list[tuple[int, str]] = []
    paragraph = 0
    for line in notice.body:
        level = heading_level(line.text)
        if level is not None and _is_whole_heading(line):
            path = [(above, text) for above, text in path if above < level] + [(level, line.text)]
            if len(path) == 1:
                paragraph = 0
            yield _passage(notice, Kind.HEADING, tuple(text for _, text in path), 0, line.span)
            continue
        section = [text for above, text in path if level is None or above < level]
        if level is not None and (run_in := run_in_heading(line.text)) is not None:
            # A heading with its text on its own line holds for that paragraph only, except where no other heading
            # stands above it: then it opens a part, which the lines after it belong to.
            if not section:
                path, paragraph = [(level, run_in)], 0
            section.append(run_in)
        paragraph += 1
        yield _passage(notice, Kind.PARAGRAPH, tuple(section), paragraph, line.span)


def _is_whole_heading(line: Line) -> bool:
    return (
        len(line.text) <= LONGEST_HEADING
        and not line.text.endswith(("。", "；", "：", ":", ";", "，", "！", "？"))
        and run_in_heading(line.text) is None
    )


def _passage(notice: Notice, kind: Kind, section: tuple[str, ...], paragraph: int, span: Span) -> Passage:
    text = span.of(notice.text)
    # A title set over several lines is one sentence.
    sentences = (span,) if kind is not Kind.PARAGRAPH else tuple(split_sentences(text, span.start))
    return Passage(notice.id, kind, section, paragraph, span.start, span.end, text, sentences)


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

"""Quotations in a claim, held against the notices character by character."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.verdict import Exactness, Quotation
from content.corpus import Corpus
from content.notice import Notice
from content.passage import Passage
from content.span import Span
from content.text import Folded, fold

_QUOTED = re.compile(r"「([^「」]{2,})」|『([^『』]{2,})』|“([^“”]{2,})”|\"([^\"]{2,})\"|〝([^〝〞]{2,})〞")
_NEAR = 60.0
"""How alike (of 100) a stretch of the notice must be for the quotation to be a wrong copy of it."""


def quotations(claim: str) -> tuple[Span, ...]:
    """What stands between quotation marks in a claim, without the marks."""
    return tuple(
        Span(*match.span(group)) for match in _QUOTED.finditer(claim) for group in range(1, 6) if match.group(group)
    )


class QuotationChecker:
    """Finds quotations in a corpus. Immutable after construction."""

    def __init__(self, corpus: Corpus) -> None:
        self._folded = [(notice, fold(notice.text)) for notice in corpus.notices]
        self._bare = [_bare(folded) for _, folded in self._folded]

    def check(self, claim: str, near: Iterable[Passage] = ()) -> tuple[Quotation, ...]:
        """Every quotation of a claim: found as it stands, but for punctuation, or likest in the passages `near`."""
        passages = tuple(near)
        return tuple(self._check(claim, span, passages) for span in quotations(claim))

    def _check(self, claim: str, span: Span, near: tuple[Passage, ...]) -> Quotation:
        folded = fold(span.of(claim))
        own, _ = _bare(folded)
        if not own:
            return Quotation(span, Exactness.ABSENT)
        for notice, whole in self._by_nearness(near):
            at = whole.text.find(folded.text)
            if at >= 0:
                found = Span(*whole.source_span(at, at + len(folded.text)))
                return Quotation(span, Exactness.EXACT, notice.id, found)
        for (notice, whole), (bare, places) in zip(self._folded, self._bare, strict=True):
            at = bare.find(own)
            if at >= 0:
                found = Span(*whole.source_span(places[at], places[at + len(own) - 1] + 1))
                return Quotation(span, Exactness.PUNCTUATION, notice.id, found)
        return self._likest(span, folded, near)

    def _by_nearness(self, near: tuple[Passage, ...]) -> list[tuple[Notice, Folded]]:
        first = {passage.notice_id for passage in near}
        return sorted(self._folded, key=lambda item: item[0].id not in first)

    def _likest(self, span: Span, quoted: Folded, near: tuple[Passage, ...]) -> Quotation:
        from rapidfuzz import fuzz

        texts = {notice.id: notice.text for notice, _ in self._folded}
        best: tuple[float, str, Span] | None = None
        for passage in near:
            folded = fold(passage.span.of(texts[passage.notice_id]))
            match = fuzz.partial_ratio_alignment(quoted.text, folded.text)
            if match is None or match.dest_end <= match.dest_start or len(folded.text) < len(quoted.text):
                continue
            start, end = folded.source_span(match.dest_start, match.dest_end)
            if best is None or match.score > best[0]:
                best = match.score, passage.notice_id, Span(passage.start + start, passage.start + end)
        if best is None or best[0] < _NEAR:
            return Quotation(span, Exactness.ABSENT)
        _, notice_id, source = best
        ours, theirs = differing(quoted, fold(source.of(texts[notice_id])))
        return Quotation(
            span,
            Exactness.DIFFERING,
            notice_id,
            source,
            tuple(Span(span.start + s.start, span.start + s.end) for s in ours),
            tuple(Span(source.start + s.start, source.start + s.end) for s in theirs),
        )


def differing(ours: Folded, theirs: Folded) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The stretches of two texts that an alignment by characters leaves over, as source spans of either."""
    from rapidfuzz.distance import Indel

    marks: tuple[list[Span], list[Span]] = ([], [])
    for step in Indel.opcodes(ours.text, theirs.text):
        if step.tag == "equal":
            continue
        for side, folded, start, end in (
            (0, ours, step.src_start, step.src_end),
            (1, theirs, step.dest_start, step.dest_end),
        ):
            if end > start and any(character.isalnum() for character in folded.text[start:end]):
                marks[side].append(Span(*folded.source_span(start, end)))
    return tuple(marks[0]), tuple(marks[1])


def _bare(folded: Folded) -> tuple[str, list[int]]:
    """The letters and digits alone, and where each stands in the folded text."""
    places = [place for place, character in enumerate(folded.text) if character.isalnum()]
    return "".join(folded.text[place] for place in places), places

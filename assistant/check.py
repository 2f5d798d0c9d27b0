"""`Checker`: whether the notices say what someone said they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Found, Highlight
from assistant.answerer import LONGEST_QUESTION, Answerer
from assistant.citation import cite, quote
from assistant.difference import Named, name_differences
from assistant.examination import Examined, Examiner
from assistant.judgement import Judgement
from assistant.statement import Part, split_statements
from assistant.verdict import Difference, DifferenceKind, Exactness, Finding, Quotation, Statement, Verdict
from content.corpus import Corpus
from content.span import Span
from index.pair import PairReader

LONGEST_CLAIM = LONGEST_QUESTION
"""Characters of a claim that are checked; what comes after them is left out."""
_AT_ONCE = 32
_COPIED = 0.999
_WEIGHT = {Finding.CONTRADICTED: 2, Finding.NOT_MENTIONED: 1, Finding.SUPPORTED: 0}


class Checker:
    """Checks claims against one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, answerer: Answerer, reader: PairReader, judgement: Judgement | None = None) -> None:
        self._answerer = answerer
        self._reader = reader
        self._examiner = Examiner(answerer, reader)
        self._judgement = judgement or Judgement.read()
        self._notices = {notice.id: notice for notice in self.corpus.notices}

    @property
    def corpus(self) -> Corpus:
        return self._answerer.corpus

    def over(self, answerer: Answerer) -> Checker:
        """The same checker over another answerer's index."""
        return Checker(answerer, self._reader, self._judgement)

    def check(self, claim: str) -> Verdict:
        """What the notices have to say of one claim.

        Raises QuotationError when a quotation would not be the words of the stored text.
        """
        return self.check_many([claim])[0]

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        """As `check`, many read together; `progress` is called with (claims checked, claims)."""
        done: list[Verdict] = []
        for at in range(0, len(claims), _AT_ONCE):
            part = [_whole(claim[:LONGEST_CLAIM]) for claim in claims[at : at + _AT_ONCE]]
            cut = [split_statements(claim) or (Part(Span(0, 0), Span(0, 0)),) for claim in part]
            texts = [own.read.of(claim) for claim, parts in zip(part, cut, strict=True) for own in parts]
            examined = iter(self.examine(texts))
            for typed, claim, parts in zip(claims[at:], part, cut, strict=False):
                done.append(_verdict(typed, [self._statement(claim, own, next(examined)) for own in parts]))
            if progress is not None:
                progress(len(done), len(claims))
        return done

    def examine(self, statements: Sequence[str]) -> list[Examined]:
        """Statements with what their judgement rests on, for whoever fits it."""
        return self._examiner.examine(statements)

    def _statement(self, claim: str, part: Part, examined: Examined) -> Statement:
        evidence = self._evidence(examined)
        text = part.span.of(claim)
        if examined.reading is None:
            return Statement(part.span, text, Finding.NOT_MENTIONED, 1.0, True, evidence, (), ())
        finding, confidence = self._judge(examined)
        quotations = [_moved(quotation, part, examined) for quotation in examined.quotations]
        differences = self._differences(claim, part, examined) if finding is Finding.CONTRADICTED else ()
        return Statement(
            span=part.span,
            text=text,
            finding=finding,
            confidence=round(confidence, 4),
            sure=confidence >= self._judgement.sure,
            evidence=evidence,
            differences=differences,
            quotations=tuple(q for q in quotations if part.span.contains(q.span)),
        )

    def _judge(self, examined: Examined) -> tuple[Finding, float]:
        return (Finding.SUPPORTED, _COPIED) if examined.copied else self._judgement.judge(examined.signs())

    def _evidence(self, examined: Examined) -> tuple[Found, ...]:
        """The sentences that were read, and the next best, by passage."""
        stretches = (*examined.exhibit.stretches, *examined.others[:1])
        found = []
        for rank, row in enumerate(dict.fromkeys(stretch.passage for stretch in stretches), 1):
            passage = self.corpus.passages[row]
            notice = self._notices[passage.notice_id]
            digest = self._answerer.digest(notice.id)
            own = [stretch for stretch in stretches if stretch.passage == row]
            marks = tuple(Highlight(s.span.start, s.span.end, quote(notice, s.span, digest)) for s in own)
            score = round(max(stretch.score for stretch in own), 6)
            found.append(Found(rank, score, quote(notice, passage.span, digest), cite(notice, passage), marks))
        return tuple(found)

    def _differences(self, claim: str, part: Part, examined: Examined) -> tuple[Difference, ...]:
        """What differs in this statement; of what it leans on, that statement tells itself."""
        assert examined.reading is not None
        read, shown = examined.said.text, examined.exhibit.text
        named = name_differences(read, shown, examined.reading, examined.conflicts, examined.laid)
        found = [self._difference(claim, part, item, examined) for item in named]
        for quotation in examined.quotations:
            if quotation.exactness is Exactness.DIFFERING:
                wrong = self._misquoted(claim, _moved(quotation, part, examined))
                if not any(_overlap(wrong, other) for other in found):
                    found.append(wrong)
        own = [d for d in found if (part.span.contains(d.claim_span) if d.claim_span else part.read == part.span)]
        return tuple(dict.fromkeys(own))

    def _difference(self, claim: str, part: Part, named: Named, examined: Examined) -> Difference:
        ours = _in_claim(named.claim, part, examined) if named.claim else None
        place = examined.exhibit.place(named.evidence) if named.evidence else None
        words = ours.of(claim) if ours else ""
        if place is None:
            return Difference(named.kind, words, "", ours)
        passage, source = self.corpus.passages[place[0]], place[1]
        text = source.of(self._notices[passage.notice_id].text)
        return Difference(named.kind, words, text, ours, source, passage.notice_id)

    def _misquoted(self, claim: str, quotation: Quotation) -> Difference:
        assert quotation.source_span is not None and quotation.notice_id is not None
        source = quotation.source_span.of(self._notices[quotation.notice_id].text)
        words = quotation.span.of(claim)
        return Difference(
            DifferenceKind.TERM, words, source, quotation.span, quotation.source_span, quotation.notice_id
        )


def _whole(claim: str) -> str:
    """The claim with half characters, which no library takes, replaced one for one."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in claim)


def _in_claim(span: Span, part: Part, examined: Examined) -> Span:
    """Where a span of what was read stands in the claim, in this statement if any of it does."""
    within = Span(part.span.start - part.read.start, part.span.end - part.read.start)
    own = examined.said.source(span, within)
    return Span(own.start + part.read.start, own.end + part.read.start)


def _moved(quotation: Quotation, part: Part, examined: Examined) -> Quotation:
    """A quotation found in what was read, in the claim's own offsets."""
    marks = tuple(_in_claim(mark, part, examined) for mark in quotation.claim_marks)
    return replace(quotation, span=_in_claim(quotation.span, part, examined), claim_marks=marks)


def _overlap(a: Difference, b: Difference) -> bool:
    return a.claim_span is not None and b.claim_span is not None and a.claim_span.overlaps(b.claim_span)


def _verdict(claim: str, statements: Sequence[Statement]) -> Verdict:
    """Contradicted if any statement is, else not mentioned if any is, else as sure as the least sure of them."""
    deciding = max(statements, key=lambda s: (_WEIGHT[s.finding], s.confidence))
    if deciding.finding is Finding.SUPPORTED:
        deciding = min(statements, key=lambda s: s.confidence)
    return Verdict(claim, deciding.finding, deciding.confidence, all(s.sure for s in statements), tuple(statements))

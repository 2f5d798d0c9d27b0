"""A checker without a model for tests: rules that a reader can follow by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from page_fixture import _overlap

from assistant.answer import Found, Highlight
from assistant.citation import cite
from assistant.verdict import (
    Difference,
    DifferenceKind,
    Exactness,
    Finding,
    Quotation,
    Statement,
    Verdict,
)
from content.corpus import Corpus
from content.passage import Passage
from content.span import Span

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]*")
_NUMBER = re.compile("[一二三四五六七八九十]+(?=[个届次])")


class FakeChecker:
    """Supported: stands in the notice word for word. Contradicted: another number before 个, 届 or 次, or 没有.

    拿不准 makes it unsure; 测试出错 breaks; 测试慢 takes half a second; a quotation in “” is looked up.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def check(self, claim: str) -> Verdict:
        return self.check_many([claim])[0]

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        return [self._check(claim) for claim in claims]

    def _check(self, claim: str) -> Verdict:
        if "测试出错" in claim:
            raise RuntimeError("secret /internal/path")
        if "测试慢" in claim:
            time.sleep(0.5)
        spans = [Span(m.start(), m.end()) for m in _SENTENCE.finditer(claim)] or [Span(0, len(claim))]
        statements = tuple(self._statement(claim, span) for span in spans)
        for finding in (Finding.CONTRADICTED, Finding.NOT_MENTIONED, Finding.SUPPORTED):
            if any(statement.finding is finding for statement in statements):
                break
        sure = all(statement.sure for statement in statements)
        return Verdict(claim, finding, min(s.confidence for s in statements), sure, statements)

    def _statement(self, claim: str, span: Span) -> Statement:
        own = span.of(claim)
        passage, best, share = self._nearest(own)
        notice = self.corpus.notice(passage.notice_id)
        source = best.of(notice.text)
        differences = tuple(self._differences(claim, span, source, best.start, notice.id))
        finding = Finding.SUPPORTED
        if own.strip("。！？") not in notice.text:
            finding = Finding.CONTRADICTED if differences else Finding.NOT_MENTIONED
        highlight = Highlight(best.start, best.end, source)
        evidence = (Found(1, share, passage.text, cite(notice, passage), (highlight,)),)
        sure = "拿不准" not in own
        quotations = tuple(self._quotation(m, span, claim, best) for m in re.finditer("“([^”]+)”", own))
        return Statement(
            span, own, finding, 0.9 if sure else 0.55, sure, evidence if share > 0.1 else (), differences, quotations
        )

    def _nearest(self, own: str) -> tuple[Passage, Span, float]:
        scored = [
            (_overlap(own, sentence.of(self.corpus.notice(passage.notice_id).text)), passage, sentence)
            for passage in self.corpus.passages
            for sentence in passage.sentences
        ]
        share, passage, sentence = max(scored, key=lambda item: item[0])
        return passage, sentence, share

    def _differences(self, claim: str, span: Span, source: str, base: int, notice_id: str) -> list[Difference]:
        ours, theirs = _NUMBER.search(claim, span.start, span.end), _NUMBER.search(source)
        found = []
        if ours and theirs and ours.group() != theirs.group():
            own, place = Span(*ours.span()), Span(base + theirs.start(), base + theirs.end())
            found.append(Difference(DifferenceKind.NUMBER, ours.group(), theirs.group(), own, place, notice_id))
        if (no := claim.find("没有", span.start, span.end)) >= 0:
            found.append(Difference(DifferenceKind.NEGATION, "没有", "", Span(no, no + 2)))
        return found

    def _quotation(self, match: re.Match[str], span: Span, claim: str, best: Span) -> Quotation:
        own = Span(span.start + match.start(1), span.start + match.end(1))
        words = own.of(claim)
        for notice in self.corpus.notices:
            if (at := notice.text.find(words)) >= 0:
                return Quotation(own, Exactness.EXACT, notice.id, Span(at, at + len(words)))
        last = Span(own.end - 1, own.end)
        if words[:-1] and (at := self.corpus.notices[0].text.find(words[:-1])) >= 0:
            place, mark = Span(at, at + len(words)), Span(at + len(words) - 1, at + len(words))
            return Quotation(own, Exactness.DIFFERING, self.corpus.notices[0].id, place, (last,), (mark,))
        return Quotation(own, Exactness.ABSENT)

"""`Checker`: whether the notices say what someone said they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.alignment import replaced
from assistant.answer import Found, Highlight
from assistant.answerer import LONGEST_QUESTION, Answerer
from assistant.citation import cite, quote
from assistant.difference import Named, name_differences
from assistant.evidence import Exhibit, Stretch, candidates, choose, clauses_of, exhibit, pairs_of
from assistant.judgement import Judgement, signs_of
from assistant.quotation import QuotationChecker
from assistant.slot import Conflict, conflicts, slots
from assistant.verdict import Difference, Exactness, Finding, Quotation, Statement, Verdict
from content.corpus import Corpus
from content.passage import Passage
from content.span import Span
from content.text import fold_text
from index.encoder import Vectors
from index.entries import EntryKind
from index.pair import VERDICTS, PairReader, Reading
from index.retriever import Retrieval

_PASSAGES = 5
_ELSEWHERE = 0.35
"""From which share for `not_mentioned` the second best place is read too."""
_SHORTEST_COPY = 6
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）\"')]*|\n|$)")
_LEANS = re.compile(r"^(?:[他她它其这该那此]|并|还|也|同时|而且|其中|另外|此外|会上|以及|对此)")
_SHORT = 12
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Read:
    """One statement with everything its judgement rests on; `copied` is where it stands verbatim, if it does."""

    text: str
    exhibit: Exhibit
    others: tuple[Stretch, ...]
    reading: Reading | None
    quotations: tuple[Quotation, ...]
    nearness: float

    @property
    def coverage(self) -> float:
        asked = pairs_of(self.text)
        return len(asked & pairs_of(self.exhibit.text)) / max(1, len(asked))

    def signs(self) -> dict[str, float]:
        assert self.reading is not None
        laid = replaced(self.text, self.exhibit.text)
        return signs_of(self.reading, self.coverage, self.nearness, self.conflicts, self.quotations, laid)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return conflicts(slots(self.text), slots(self.exhibit.text), self.exhibit.text)


def split_statements(claim: str) -> tuple[Span, ...]:
    """The sentences of a claim; what holds fewer than four letters is part of the one before."""
    spans: list[Span] = []
    for match in _SENTENCE.finditer(claim):
        piece = match.group()
        stripped = piece.strip()
        if not stripped:
            continue
        start = match.start() + piece.index(stripped)
        own = Span(start, start + len(stripped))
        if sum(c.isalnum() for c in stripped) < 4 and spans:
            spans[-1] = Span(spans[-1].start, own.end)
        else:
            spans.append(own)
    return tuple(spans)


class Checker:
    """Checks claims against one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, answerer: Answerer, reader: PairReader, judgement: Judgement | None = None) -> None:
        self._answerer = answerer
        self._retriever = answerer.retriever
        self._reader = reader
        self._judgement = judgement or Judgement.read()
        self._quotations = QuotationChecker(self.corpus)
        self._notices = {notice.id: notice for notice in self.corpus.notices}

    @property
    def corpus(self) -> Corpus:
        return self._answerer.corpus

    def check(self, claim: str) -> Verdict:
        """What the notices have to say of one claim.

        Raises QuotationError when a quotation would not be the words of the stored text.
        """
        return self.check_many([claim])[0]

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        """As `check`, many read together; `progress` is called with (claims checked, claims)."""
        done: list[Verdict] = []
        for at in range(0, len(claims), _AT_ONCE):
            part = [claim[:LONGEST_QUESTION] for claim in claims[at : at + _AT_ONCE]]
            cut = [split_statements(claim) or (Span(0, len(claim)),) for claim in part]
            read = iter(
                self.read([text for claim, spans in zip(part, cut, strict=True) for text in _texts(claim, spans)])
            )
            for claim, spans in zip(part, cut, strict=True):
                done.append(_verdict(claim, [self._statement(claim, span, next(read)) for span in spans]))
            if progress is not None:
                progress(len(done), len(claims))
        return done

    def read(self, statements: Sequence[str]) -> list[Read]:
        """Every statement with its evidence, read side by side."""
        index = self._retriever.index
        asked = [self._answerer.read(statement) for statement in statements]
        retrieved = self._retriever.search_many(asked, _PASSAGES)
        found = [candidates(text, retrieval, index) for text, retrieval in zip(asked, retrieved, strict=True)]
        clauses = self._clauses(asked)
        first = [
            choose(text, stretches, index, own) for text, stretches, own in zip(asked, found, clauses, strict=True)
        ]
        shown = [exhibit(chosen, text, self.corpus) for text, chosen in zip(asked, first, strict=True)]
        # Read as it is searched for, typing errors put right, where that keeps every character's place.
        plain = [a if len(a) == len(s) else s for a, s in zip(asked, statements, strict=True)]
        readings = self._read_all(plain, shown)
        again: dict[int, Exhibit] = {}
        for at, reading in enumerate(readings):
            rest = [s for s in found[at] if s not in first[at]]
            if reading is not None and rest and _share(reading, Finding.NOT_MENTIONED) > _ELSEWHERE:
                again[at] = exhibit(choose(asked[at], rest, index), asked[at], self.corpus)
        for at, reading in zip(
            again, self._read_all([statements[i] for i in again], list(again.values())), strict=True
        ):
            before = readings[at]
            if (
                reading is not None
                and before is not None
                and _share(reading, Finding.NOT_MENTIONED) < _share(before, Finding.NOT_MENTIONED)
            ):
                readings[at], shown[at] = reading, again[at]
        out = []
        for at, statement in enumerate(statements):
            near = [self.corpus.passages[hit.passage] for hit in retrieved[at].hits]
            others = tuple(s for s in found[at] if s not in shown[at].stretches)
            quoted = self._quotations.check(statement, near)
            out.append(Read(statement, shown[at], others, readings[at], quoted, _nearness(retrieved[at])))
        return out

    def _clauses(self, statements: Sequence[str]) -> list[list[tuple[str, Vectors]]]:
        """The clauses of every statement with their vectors, encoded together."""
        cut = [clauses_of(statement) for statement in statements]
        vectors = iter(self._retriever.encoder.encode_queries([fold_text(c) for own in cut for c in own]))
        return [[(clause, next(vectors)) for clause in own] for own in cut]

    def _read_all(self, statements: Sequence[str], shown: Sequence[Exhibit]) -> list[Reading | None]:
        worth = [i for i, item in enumerate(shown) if item.text]
        readings = iter(self._reader.read([(statements[i], shown[i].text) for i in worth]))
        return [next(readings) if item.text else None for item in shown]

    def _statement(self, claim: str, span: Span, read: Read) -> Statement:
        text = span.of(claim)
        evidence = self._evidence(read)
        if read.reading is None:
            return Statement(span, text, Finding.NOT_MENTIONED, 1.0, True, evidence, (), read.quotations)
        shift = span.start - (len(read.text) - len(text))
        quoted = tuple(q for q in (_shifted(q, shift) for q in read.quotations) if q is not None)
        finding, confidence = self._judge(text, read)
        differences = self._differences(claim, read, shift) if finding is Finding.CONTRADICTED else ()
        sure = confidence >= self._judgement.sure
        return Statement(span, text, finding, round(confidence, 4), sure, evidence, differences, quoted)

    def _judge(self, text: str, read: Read) -> tuple[Finding, float]:
        if _copied(text, read.exhibit.text):
            return Finding.SUPPORTED, 0.999
        return self._judgement.judge(read.signs())

    def _evidence(self, read: Read) -> tuple[Found, ...]:
        places: dict[int, list[Span]] = {}
        for stretch in (*read.exhibit.stretches, *read.others[:1]):
            places.setdefault(stretch.passage, []).append(stretch.span)
        found = []
        for rank, (row, spans) in enumerate(places.items(), 1):
            passage: Passage = self.corpus.passages[row]
            notice = self._notices[passage.notice_id]
            digest = self._answerer.digest(notice.id)
            marks = tuple(Highlight(s.start, s.end, quote(notice, s, digest)) for s in spans)
            score = max(s.score for s in (*read.exhibit.stretches, *read.others) if s.passage == row)
            found.append(
                Found(rank, round(score, 6), quote(notice, passage.span, digest), cite(notice, passage), marks)
            )
        return tuple(found)

    def _differences(self, claim: str, read: Read, shift: int) -> tuple[Difference, ...]:
        assert read.reading is not None
        laid = replaced(read.text, read.exhibit.text)
        named = name_differences(read.text, read.exhibit.text, read.reading, read.conflicts, laid)
        wrong = [self._misquoted(claim, q, shift) for q in read.quotations if q.exactness is Exactness.DIFFERING]
        out = [self._difference(claim, item, read, shift) for item in named]
        return tuple(dict.fromkeys(d for d in (*out, *(w for w in wrong if not _named(w, out))) if d is not None))

    def _difference(self, claim: str, named: Named, read: Read, shift: int) -> Difference | None:
        ours = Span(max(0, named.claim.start + shift), named.claim.end + shift) if named.claim else None
        place = read.exhibit.place(named.evidence) if named.evidence else None
        notice_id, source = None, None
        if place is not None:
            notice_id, source = self.corpus.passages[place[0]].notice_id, place[1]
        if ours is None and source is None:
            return None
        return Difference(
            named.kind,
            ours.of(claim) if ours else "",
            source.of(self._notices[notice_id].text) if source and notice_id else "",
            ours,
            source,
            notice_id,
        )

    def _misquoted(self, claim: str, quotation: Quotation, shift: int) -> Difference | None:
        from assistant.verdict import DifferenceKind

        own = _shifted(quotation, shift)
        if own is None or own.source_span is None or own.notice_id is None:
            return None
        text = own.source_span.of(self._notices[own.notice_id].text)
        return Difference(DifferenceKind.TERM, own.span.of(claim), text, own.span, own.source_span, own.notice_id)


def _texts(claim: str, spans: Sequence[Span]) -> list[str]:
    """What is read for every statement: one that leans on the statement before it, with that one."""
    texts: list[str] = []
    for at, span in enumerate(spans):
        own = span.of(claim)
        leans = at > 0 and (len(own) < _SHORT or _LEANS.match(own))
        texts.append(claim[spans[at - 1].start : span.end] if leans else own)
    return texts


def _share(reading: Reading, finding: Finding) -> float:
    import numpy as np

    shares = np.exp(reading.logits - reading.logits.max())
    return float(shares[VERDICTS.index(finding)] / shares.sum())


def _nearness(retrieval: Retrieval) -> float:
    names = (f"dense/{EntryKind.SENTENCE}", f"dense/{EntryKind.CLAUSE}")
    return max((hit.channels[name] for hit in retrieval.hits for name in names), default=0.0)


def _copied(text: str, evidence: str) -> bool:
    own, other = ("".join(c for c in fold_text(side) if c.isalnum()) for side in (text, evidence))
    return len(own) >= _SHORTEST_COPY and own in other


def _shifted(quotation: Quotation, shift: int) -> Quotation | None:
    if quotation.span.start + shift < 0:
        return None
    marks = tuple(Span(m.start + shift, m.end + shift) for m in quotation.claim_marks)
    span = Span(quotation.span.start + shift, quotation.span.end + shift)
    return replace(quotation, span=span, claim_marks=marks)


def _named(difference: Difference | None, others: Sequence[Difference | None]) -> bool:
    return difference is None or any(
        o is not None and o.claim_span and difference.claim_span and o.claim_span.overlaps(difference.claim_span)
        for o in others
    )


_WEIGHT = {Finding.CONTRADICTED: 2, Finding.NOT_MENTIONED: 1, Finding.SUPPORTED: 0}


def _verdict(claim: str, statements: list[Statement]) -> Verdict:
    deciding = max(statements, key=lambda s: (_WEIGHT[s.finding], s.confidence))
    if deciding.finding is Finding.SUPPORTED:  # as sure as the least sure of its statements
        deciding = min(statements, key=lambda s: s.confidence)
    return Verdict(claim, deciding.finding, deciding.confidence, all(s.sure for s in statements), tuple(statements))

"""`Answerer`: from a question to an `Answer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from assistant.answer import Answer, Found, Highlight
from assistant.citation import Citation, cite, quote
from assistant.copies import Copy, Relation, differing, shifted
from assistant.halves import Halves, Judged, descending
from assistant.manner import manner_of
from assistant.marking import Asked, Marker
from assistant.mention import is_asked_after, stands_in, term_of
from assistant.need import where_to_turn
from assistant.parts import part_of_each, split_question
from assistant.refusal import Refusal
from assistant.scope import Catalogue, Selection
from assistant.siblings import asked_for, siblings_of
from content.corpus import Corpus
from content.named import Lane, Named
from content.notice import text_digest
from content.passage import Passage
from content.register import Register
from content.span import Span
from index.arrangement import NO_AIM
from index.retriever import Hit, Retrieval, Retriever
from index.store import manifest_of
from index.view import Aim

LONGEST_QUESTION = 2000
"""Characters of a question that are read; what comes after them is left out."""
_DEFAULT_K = 5
_SEEN = 5
_LOOKED_UP = 0.99
"""How sure it is that the words are those that were asked for by number alone."""
_MENTIONED = 0.9
"""How sure it is that where a term stands is what was asked for by the term alone."""
_CITED = 4096
"""Citations that are kept."""
_FURTHER = 64
"""Hits among which a term is looked for."""
_NAMED = 0.5
"""How sure it is at least that an article or a place that was asked for something answers it."""


class Answerer:
    """Answers questions from one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, retriever: Retriever, refusal: Refusal | None = None) -> None:
        self._retriever = retriever
        self._halves = Halves(retriever, refusal or Refusal.read())
        self._marker = Marker(retriever.index)
        self._notices = {notice.id: notice for notice in self.corpus.notices}
        # Of the words that will be quoted, taken anew: `quote` holds them against what was indexed.
        self._digests = {notice.id: text_digest(notice.text) for notice in self.corpus.notices}
        self._register = Register(self.corpus)
        self._catalogue = Catalogue(self.corpus)
        self.siblings = siblings_of(self.corpus.passages)
        """By passage the points of one part that it is among."""
        self._cite = lru_cache(_CITED)(self._citation)

    @property
    def corpus(self) -> Corpus:
        return self._retriever.index.corpus

    @property
    def manifest(self) -> dict[str, Any]:
        """What the index was made from, for whoever records a run."""
        return manifest_of(self.corpus, self._retriever.encoder)

    @property
    def retriever(self) -> Retriever:
        return self._retriever

    def digest(self, notice_id: str) -> str:
        """The digest of a notice's words as they were indexed, for `quote`."""
        return self._digests[notice_id]

    def documents_in(self, scope: Selection | None) -> frozenset[str] | None:
        """The ids of the documents in a scope, None where it leaves nothing out. Raises ScopeError where none is."""
        found = self._catalogue.select(scope) if scope else None
        return None if found is None or len(found) == len(self._notices) else found

    def read(self, question: str) -> str:
        """The question as it is searched for: folded, with what was typed by its sound put right."""
        return self._retriever.index.lexicon.read(question[:LONGEST_QUESTION])

    def ask(self, question: str, k: int = _DEFAULT_K, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        """The best `k` passages, of the documents in a scope alone where one is given, and whether they answer.

        With `as_typed` the question is not read as anything else. Raises QuotationError when a quotation would not
        be the words of the stored text, ScopeError where a scope holds no document.
        """
        return self.ask_many([question], k, as_typed, scope)[0]

    def ask_many(
        self,
        questions: Sequence[str],
        k: int = _DEFAULT_K,
        as_typed: bool = False,
        scope: Selection | None = None,
    ) -> list[Answer]:
        """As `ask`, the questions encoded together."""
        among = self.documents_in(scope)
        typed = [question[:LONGEST_QUESTION] for question in questions]
        read = typed if as_typed else [self.read(question) for question in typed]
        parts = [split_question(question) for question in typed]
        asked = [part if as_typed else self.read(part) for own in parts for part in own]
        named = [self._look_up(question, own, among) for question, own in zip(typed, read, strict=True)]
        terms = [
            None if names.lane or names.is_missing or manner_of(question) else term_of(text)
            for question, text, names in zip(typed, read, named, strict=True)
        ]
        found = self._search_for_terms(read, terms, named, k, as_typed, among)
        # In a batch of their own: a score hangs, in its last digits, on what is encoded beside it.
        named_by_part = [self._register.look_up(question, among) for question in asked]
        of_parts = iter(self._search(asked, named_by_part, _SEEN, as_typed, among) if asked else ())
        return [
            self._answer(question, judged, k, dict(zip(own, islice(of_parts, len(own)), strict=True)), names, term)
            for question, judged, own, names, term in zip(questions, found, parts, named, terms, strict=True)
        ]

    def _look_up(self, typed: str, read: str, among: frozenset[str] | None) -> Named:
        """What a question names as it was typed, else what its reading names: 老动法第三条."""
        named = self._register.look_up(typed, among)
        if named.lane or named.notices or named.is_missing or read == typed:
            return named
        heard = self._register.look_up(read, among)
        return heard if heard.lane or heard.notices else named

    def _search(
        self,
        questions: Sequence[str],
        named: Sequence[Named],
        k: int,
        as_typed: bool,
        among: frozenset[str] | None,
    ) -> list[Judged]:
        """As the halves' own; what a question names is looked up, and the rest of it searched for."""
        queries = [
            (names.rest if as_typed else self.read(names.rest)) if names.notices and names.rest else question
            for question, names in zip(questions, named, strict=True)
        ]
        found = self._halves.search_many(queries, k, among, [_aim(names) for names in named])
        return [
            replace(own, retrieval=replace(own.retrieval, question=question))
            for own, question in zip(found, questions, strict=True)
        ]

    def _search_for_terms(
        self,
        questions: Sequence[str],
        terms: Sequence[str | None],
        named: Sequence[Named],
        k: int,
        as_typed: bool,
        among: frozenset[str] | None,
    ) -> list[Judged]:
        """As `_search`, with the hits in which a term stands first where a question looks for one."""
        found: dict[int, Judged] = {}
        # At least as many as the refusal looks at, whatever number is shown; a term is looked for further down.
        for with_term, least in ((False, _SEEN), (True, _FURTHER)):
            own = [place for place, term in enumerate(terms) if bool(term) is with_term]
            if own:
                asked, names = [questions[place] for place in own], [named[place] for place in own]
                found |= zip(own, self._search(asked, names, max(k, least), as_typed, among), strict=True)
        return [self._with_term(term, found[place], k) if term else found[place] for place, term in enumerate(terms)]

    def _with_term(self, term: str, judged: Judged, k: int) -> Judged:
        """Hits in which a term stands first, however many are shown; as they are where it stands in none."""
        hits, shown = judged.retrieval.hits, max(k, _SEEN)
        holding = {hit.passage for hit in hits[:_FURTHER] if stands_in(term, self.corpus.passages[hit.passage])}
        ranked = sorted(hits, key=lambda hit: hit.passage not in holding)[:shown]
        judged = replace(judged, retrieval=replace(judged.retrieval, hits=tuple(ranked)))
        # Where bare words are not what search by meaning finds too, that they stand somewhere may be chance.
        if holding and (judged.answered or hits[0].passage in holding or is_asked_after(judged.retrieval.question)):
            return replace(judged, answered=True, confidence=max(judged.confidence, _MENTIONED))
        return judged

    def _answer(
        self,
        question: str,
        judged: Judged,
        k: int,
        parts: Mapping[str, Judged],
        named: Named,
        term: str | None = None,
    ) -> Answer:
        retrieval = judged.retrieval
        manner = None if named.lane or named.is_missing else manner_of(question)
        answered, confidence = (False, 0.0) if manner else _judge_named(judged, named)
        labels = self._labels(retrieval, parts) if answered else {}
        points = asked_for(retrieval.question, retrieval.hits, self.siblings) if answered and not named.lane else None
        hits = retrieval.hits if points is None else points.gathered(retrieval.hits)
        found = {part: one.retrieval.hits[0] for part, one in parts.items() if one.answered and one.retrieval.hits}
        asked = Asked(
            retrieval.question,
            found if answered else {},
            frozenset(points.passages if points else ()),
            term,
        )
        passages = tuple(
            replace(self._found(rank, hit, named, asked), part=labels.get(hit.passage))
            for rank, hit in enumerate(descending(hits[:k]), 1)
        )
        reading = _reading(question, retrieval.question)
        remark = named.remark
        if remark is None and not answered and manner is None:
            remark = where_to_turn(question)
        return Answer(question, answered, confidence, passages, reading, manner, remark)

    def _labels(self, retrieval: Retrieval, parts: Mapping[str, Judged]) -> dict[int, str]:
        # A part that the notice does not answer has no passage that answers it.
        best = {
            part: found.retrieval.hits[0].passage
            for part, found in parts.items()
            if found.retrieval.hits and found.answered
        }
        return part_of_each(retrieval.hits, best)

    def _citation(self, row: int) -> Citation:
        passage = self.corpus.passages[row]
        return cite(self._notices[passage.notice_id], passage)

    def _found(self, rank: int, hit: Hit, named: Named, asked: Asked) -> Found:
        passage = self.corpus.passages[hit.passage]
        notice = self._notices[passage.notice_id]
        digest = self._digests[notice.id]
        looked_up = (named.lane is not None and hit.passage in named.rows) or (
            named.lane is Lane.NUMBER and notice.id in named.notices
        )
        marks: Sequence[Span] = [span for row, span in named.marks if row == hit.passage]
        if looked_up and not marks and not named.rest:
            marks = (passage.span,)
        marks = marks or self._marker.marks(rank, hit, asked)
        return Found(
            rank=rank,
            score=round(hit.score, 6),
            text=quote(notice, passage.span, digest),
            citation=self._cite(hit.passage),
            highlights=tuple(Highlight(span.start, span.end, quote(notice, span, digest)) for span in marks),
            found_by=named.lane if looked_up else None,
            copies=tuple(self._copy(passage, row) for row in hit.copies),
            newer_version=self._retriever.copies.newer(hit.passage),
        )

    def _copy(self, shown: Passage, row: int) -> Copy:
        passage = self.corpus.passages[row]
        notice, other = self._notices[passage.notice_id], self._notices[shown.notice_id]
        relation = Relation.COPY
        if notice.is_one_of_several and notice.title == other.title:
            relation = Relation.OLDER if (notice.date or "") <= (other.date or "") else Relation.NEWER
        count, here, there = differing(shown.text, passage.text)
        text = quote(notice, passage.span, self._digests[notice.id])
        marks, against = shifted(there, passage.start), shifted(here, shown.start)
        return Copy(relation, text, cite(notice, passage), count, marks, against)


def _judge_named(judged: Judged, named: Named) -> tuple[bool, float]:
    """Whether it is answered, and how sure that is, in the light of what the question names."""
    if named.is_missing:
        return False, 0.0
    if named.lane and not named.rest:
        return True, _LOOKED_UP
    if named.lane in (Lane.ARTICLE, Lane.PLACE):
        return True, max(judged.confidence, _NAMED)
    return judged.answered, judged.confidence


def _aim(named: Named) -> Aim:
    """Where what a question names leads."""
    if not named.rows and not named.notices:
        return NO_AIM
    return Aim(named.rows, named.notices, strict=named.lane is Lane.NUMBER)


def _reading(typed: str, read: str) -> str | None:
    """The reading where its Chinese characters are not those that were typed, else None."""
    return read if _ideographs(read) != _ideographs(typed) else None


def _ideographs(text: str) -> list[str]:
    return [character for character in text if "\u3400" <= character <= "\u9fff"]

"""`Answerer`: from a question to an `Answer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from assistant.answer import Answer, Found, Highlight
from assistant.citation import cite, quote
from assistant.halves import Halves, Judged
from assistant.highlight import highlights, read_voting
from assistant.manner import manner_of
from assistant.parts import part_of_each, split_question
from assistant.refusal import Refusal
from content.corpus import Corpus
from content.notice import text_digest
from index.reading import Lexicon
from index.retriever import Hit, Retrieval, Retriever
from index.store import manifest_of

LONGEST_QUESTION = 2000
"""Characters of a question that are read; what comes after them is left out."""
_DEFAULT_K = 5
_SEEN = 5
_PUT_ON_PURPOSE = ("typo", "pinyin")


class Answerer:
    """Answers questions from one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, retriever: Retriever, refusal: Refusal | None = None) -> None:
        self._retriever = retriever
        self._halves = Halves(retriever, refusal or Refusal.read())
        self._voting = read_voting()
        self._notices = {notice.id: notice for notice in self.corpus.notices}
        # Of the words that will be quoted, taken anew: `quote` holds them against what was indexed.
        self._digests = {notice.id: text_digest(notice.text) for notice in self.corpus.notices}
        self._lexicon = Lexicon.build(
            (notice.text for notice in self.corpus.notices),
            (q.text for bank in self.corpus.questions for q in bank if q.style not in _PUT_ON_PURPOSE),
        )

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

    def read(self, question: str) -> str:
        """The question as it is searched for: folded, with what was typed by its sound put right."""
        return self._lexicon.read(question[:LONGEST_QUESTION])

    def ask(self, question: str, k: int = _DEFAULT_K, as_typed: bool = False) -> Answer:
        """The best `k` passages for a question and whether they answer it.

        With `as_typed` the question is not read as anything else. Raises QuotationError when a quotation would not
        be the words of the stored text.
        """
        return self.ask_many([question], k, as_typed)[0]

    def ask_many(self, questions: Sequence[str], k: int = _DEFAULT_K, as_typed: bool = False) -> list[Answer]:
        """As `ask`, the questions encoded together."""
        typed = [question[:LONGEST_QUESTION] for question in questions]
        read = typed if as_typed else [self.read(question) for question in typed]
        parts = [split_question(question) for question in typed]
        asked = [part if as_typed else self.read(part) for own in parts for part in own]
        # At least as many as the refusal looks at, whatever number is shown.
        found = self._halves.search_many(read, max(k, _SEEN))
        # In a batch of their own: a score hangs, in its last digits, on what is encoded beside it.
        of_parts = iter(self._halves.search_many(asked, _SEEN) if asked else ())
        return [
            self._answer(question, judged, k, dict(zip(own, islice(of_parts, len(own)), strict=True)))
            for question, judged, own in zip(questions, found, parts, strict=True)
        ]

    def _answer(self, question: str, judged: Judged, k: int, parts: Mapping[str, Judged]) -> Answer:
        manner, retrieval = manner_of(question), judged.retrieval
        answered, confidence = (False, 0.0) if manner else (judged.answered, judged.confidence)
        labels = self._labels(retrieval, parts) if answered else {}
        passages = tuple(
            replace(self._found(rank, hit), part=labels.get(hit.passage))
            for rank, hit in enumerate(retrieval.hits[:k], 1)
        )
        return Answer(question, answered, confidence, passages, _reading(question, retrieval.question), manner)

    def _labels(self, retrieval: Retrieval, parts: Mapping[str, Judged]) -> dict[int, str]:
        # A part that the notice does not answer has no passage that answers it.
        best = {
            part: found.retrieval.hits[0].passage
            for part, found in parts.items()
            if found.retrieval.hits and found.answered
        }
        return part_of_each(retrieval.hits, best)

    def _found(self, rank: int, hit: Hit) -> Found:
        passage = self.corpus.passages[hit.passage]
        notice = self._notices[passage.notice_id]
        digest = self._digests[notice.id]
        marks = highlights(hit, self._retriever.index, self._voting)
        return Found(
            rank=rank,
            score=round(hit.score, 6),
            text=quote(notice, passage.span, digest),
            citation=cite(notice, passage),
            highlights=tuple(Highlight(span.start, span.end, quote(notice, span, digest)) for span in marks),
        )


def _reading(typed: str, read: str) -> str | None:
    """The reading where its Chinese characters are not those that were typed, else None."""
    return read if _ideographs(read) != _ideographs(typed) else None


def _ideographs(text: str) -> list[str]:
    return [character for character in text if "\u3400" <= character <= "\u9fff"]

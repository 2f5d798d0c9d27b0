"""`Answerer`: from a question to an `Answer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from assistant.answer import Answer, Found, Highlight
from assistant.citation import cite, quote
from assistant.highlight import highlights, read_voting
from assistant.manner import manner_of
from assistant.parts import part_of_each, split_question
from assistant.refusal import Refusal
from content.corpus import Corpus
from content.notice import text_digest
from index.retriever import Hit, Retrieval, Retriever
from index.store import manifest_of

LONGEST_QUESTION = 2000
"""Characters of a question that are read; what comes after them is left out."""
_DEFAULT_K = 5
_SEEN = 5


class Answerer:
    """Answers questions from one index. Immutable after construction; safe to use from several threads."""

    def __init__(self, retriever: Retriever, refusal: Refusal | None = None) -> None:
        self._retriever = retriever
        self._refusal = refusal or Refusal.read()
        self._voting = read_voting()
        self._notices = {notice.id: notice for notice in self.corpus.notices}
        # Of the words that will be quoted, taken anew: `quote` holds them against what was indexed.
        self._digests = {notice.id: text_digest(notice.text) for notice in self.corpus.notices}

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
        return self._retriever.index.lexicon.read(question[:LONGEST_QUESTION])

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
        found = self._retriever.search_many(read, max(k, _SEEN))
        # In a batch of their own: a score hangs, in its last digits, on what is encoded beside it.
        of_parts = iter(self._retriever.search_many(asked, _SEEN) if asked else ())
        return [
            self._answer(question, retrieval, k, dict(zip(own, islice(of_parts, len(own)), strict=True)))
            for question, retrieval, own in zip(questions, found, parts, strict=True)
        ]

    def _answer(self, question: str, retrieval: Retrieval, k: int, parts: Mapping[str, Retrieval]) -> Answer:
        manner = manner_of(question)
        answered, confidence = (False, 0.0) if manner else self._judge(retrieval)
        labels = self._labels(retrieval, parts) if answered else {}
        passages = tuple(
            replace(self._found(rank, hit), part=labels.get(hit.passage))
            for rank, hit in enumerate(retrieval.hits[:k], 1)
        )
        return Answer(question, answered, confidence, passages, _reading(question, retrieval.question), manner)

    def _judge(self, retrieval: Retrieval) -> tuple[bool, float]:
        # By these alone, so that the confidence does not hang on how many passages are shown.
        return self._refusal.judge(replace(retrieval, hits=retrieval.hits[:_SEEN]), self._retriever.index)

    def _labels(self, retrieval: Retrieval, parts: Mapping[str, Retrieval]) -> dict[int, str]:
        # A part that the notice does not answer has no passage that answers it.
        best = {part: found.hits[0].passage for part, found in parts.items() if found.hits and self._judge(found)[0]}
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

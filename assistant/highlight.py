"""Which words of a passage answer the question."""

from __future__ import annotations

from collections.abc import Sequence

from content.passage import Passage, split_clauses
from content.span import Span
from index.build import Index
from index.lexical import character_terms
from index.retriever import Hit

_LONG = 90
"""A sentence beyond this many characters is narrowed to the clauses that answer, unless it is a list."""


def highlights(hit: Hit, question: str, index: Index, trust_question: float) -> tuple[Span, ...]:
    """The answering words of a hit, best first, each inside its passage and no two overlapping.

    A bank question as near as `trust_question` (cosine) or nearer points at its own quote; otherwise it is the nearest sentence,
    narrowed where it is long.
    """
    passage = index.corpus.passages[hit.passage]
    if hit.question is not None and hit.channels["dense/question"] >= trust_question:
        spans = tuple(span for span in index.entries[hit.question].spans if passage.span.overlaps(span))
        if spans:
            return tuple(_inside(span, passage) for span in spans)
    if hit.sentence is None:
        return (passage.span,)
    sentence = index.entries[hit.sentence].spans[0]
    return (_narrow(sentence, question, _text(passage, sentence)),)


def _inside(span: Span, passage: Passage) -> Span:
    return Span(max(span.start, passage.start), min(span.end, passage.end))


def _text(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]


def _narrow(sentence: Span, question: str, text: str) -> Span:
    """The shortest run of clauses that keeps all of the question's terms which the sentence has; lists stay whole."""
    if len(text) <= _LONG or _is_list(text):
        return sentence
    clauses = split_clauses(text, sentence.start)
    wanted = set(character_terms(question))
    terms = [set(character_terms(text[c.start - sentence.start : c.end - sentence.start])) & wanted for c in clauses]
    everything = set().union(*terms)
    if not everything:
        return sentence
    best = _covering(clauses, terms, everything)
    return best if best is not None else sentence


def _covering(clauses: Sequence[Span], terms: Sequence[set[str]], everything: set[str]) -> Span | None:
    best: Span | None = None
    for first in range(len(clauses)):
        covered: set[str] = set()
        for last in range(first, len(clauses)):
            covered |= terms[last]
            if covered == everything:
                span = Span(clauses[first].start, clauses[last].end)
                if best is None or span.end - span.start < best.end - best.start:
                    best = span
                break
    return best


def _is_list(text: str) -> bool:
    """An enumeration, such as 即坚持……，坚持……，坚持……: three clauses or more that begin alike."""
    clauses = [text[c.start : c.end].lstrip("即和与及") for c in split_clauses(text)]
    heads = [clause[:2] for clause in clauses if len(clause) > 2]
    return any(heads.count(head) >= 3 for head in heads)

"""How far a mark goes: over the list that was asked for, or on past words that only repeat the question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.listing import announces, is_heading, listings
from content.passage import Passage, split_clauses
from content.span import Span
from content.text import fold_text

_NO_WORD = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]")


def extended(mark: Span, passage: Passage, question: str, echo: float) -> Span:
    """The mark as far as it has to go to answer, inside its passage.

    Of a list it takes what the question asks for. As long as the share `echo` of its words are the question's own, it
    takes the next clause of its sentence too, and from a heading those of the next one.
    """
    asked = fold_text(question)
    for listing in listings(passage):
        if listing.span.contains(mark) or announces(mark, passage, listing):
            wanted = listing.asked_for(mark, asked)
            if wanted is not None:
                return wanted
    for end in _ends(mark, passage):
        if echoed(passage.text[mark.start - passage.start : mark.end - passage.start], asked) < echo:
            break
        mark = Span(mark.start, end)
    return mark


def echoed(words: str, question: str) -> float:
    """The share of the pairs of characters of `words` that a folded question has too; 0 where there are none."""
    pairs = _pairs(fold_text(words))
    return len(pairs & _pairs(question)) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> frozenset[str]:
    words = _NO_WORD.sub("", text)
    return frozenset(words[at : at + 2] for at in range(len(words) - 1))


def _ends(mark: Span, passage: Passage) -> Iterator[int]:
    """Where the clauses end that follow a mark in its sentence, from a heading in the next one too."""
    after = [sentence for sentence in passage.sentences if sentence.end > mark.start]
    for sentence in after[: 2 if after and is_heading(after[0], passage) else 1]:
        words = passage.text[sentence.start - passage.start : sentence.end - passage.start]
        yield from (clause.end for clause in split_clauses(words, sentence.start) if clause.end > mark.end)

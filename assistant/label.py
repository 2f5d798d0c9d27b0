"""Which quoted term bears which name: “乙”主题班会 where the evidence has “甲”主题班会 and “乙”班规."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.alignment import Replaced, clauses
from assistant.quotation import quotations
from content.span import Span
from content.text import fold_text

_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A quoted term, and the words right behind it that say what it is."""

    term: Span
    text: str
    label: str


def mislabelled(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """Quoted terms of the claim in a clause with the name that another term has in the evidence, and not their own."""
    theirs = list(_labelled(evidence))
    found = []
    for span in quotations(claim):
        text = fold_text(span.of(claim))
        own = next((item for item in theirs if item.text == text), None)
        clause = next((fold_text(c.of(claim)) for c in _whole_clauses(claim) if c.contains(span)), "")
        about = clause.replace(text, " ")
        if own is None or own.label in about:
            continue
        others = [item for item in theirs if item.text != text and item.label in about]
        if others and not any(item.text in clause for item in others):
            found.append(Replaced(span, others[0].term, 1.0, True, True))
    return tuple(found)


def _labelled(text: str) -> Iterator[_Labelled]:
    """Every quoted term with what stands right behind it, as far as word segmentation has one noun after another."""
    for span in quotations(text):
        match = _LABEL.match(text, span.end + 1)
        label = _nouns(fold_text(match.group())) if match else ""
        if len(label) >= _SHORTEST:
            yield _Labelled(span, fold_text(span.of(text)), label)


def _nouns(words: str) -> str:
    import rjieba

    label = ""
    for word, tag in rjieba.tag(words):
        if not tag.startswith(("n", "vn")):
            break
        label += word
    return label


def _whole_clauses(text: str) -> list[Span]:
    """The clauses, quoted terms never cut."""
    inside = [Span(span.start - 1, span.end + 1) for span in quotations(text)]
    found: list[Span] = []
    for clause in clauses(text):
        if found and any(term.start < clause.start < term.end for term in inside):
            found[-1] = Span(found[-1].start, clause.end)
        else:
            found.append(clause)
    return [Span(s.start, max([s.end, *(t.end for t in inside if t.overlaps(s))])) for s in found]

"""Which quoted term bears which name: “乙”主题班会 where the evidence has “甲”主题班会 and “乙”班规."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.alignment import Replaced
from assistant.quotation import quotations
from content.span import Span
from content.text import fold_text

_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}")
_SHORTEST = 2
_REACH = 12
"""Characters on either side of a quoted term in which its name is looked for."""
_SAYS = re.compile(r"(?:则|的名称|的名字)?(?:名叫|名为|定为|叫做|叫作|就是|是|叫|为|的)?$")
_DENIES = re.compile(r"[不非](?:是|叫|为)?$")


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A quoted term, and the words right behind it that say what it is."""

    term: Span
    text: str
    label: str


def mislabelled(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """Quoted terms of the claim right beside the name that another term has in the evidence, and not their own."""
    terms = quotations(claim)
    theirs = list(_labelled(evidence)) if terms else []
    found = []
    for span in terms:
        text = fold_text(span.of(claim))
        own = next((item for item in theirs if item.text == text), None)
        if own is None:
            continue
        near = _beside(claim, span)
        if any(_alike(own.label, words) for words in near):
            continue
        other = next((item for item in theirs if item.text != text and item.label in near), None)
        if other is not None:
            found.append(Replaced(span, other.term, 1.0, True, True))
    return tuple(found)


def _beside(claim: str, term: Span) -> set[str]:
    """What may be the name of a term: the ends of what stands before it, and the beginnings of what stands behind."""
    before = fold_text(claim[max(0, term.start - 1 - _REACH) : max(0, term.start - 1)])
    after = fold_text(claim[term.end + 1 : term.end + 1 + _REACH])
    left = _SAYS.sub("", before) if not _DENIES.search(before) else ""
    ends = {left[at:] for at in range(len(left)) if len(left) - at >= _SHORTEST}
    return ends | {after[:size] for size in range(_SHORTEST, len(after) + 1)}


def _alike(label: str, words: str) -> bool:
    """Whether words are the label, or as much of it as tells it: 活动 for 主题活动."""
    return words in (label, label[:_SHORTEST], label[-_SHORTEST:])


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

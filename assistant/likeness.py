"""What stands, in the notice, where a claim has a wrong quoted term or a wrong item of a list: found by its form."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from assistant.evidence import pairs_of
from assistant.quotation import quotations
from content.span import Span
from content.text import fold_text

_TITLE = re.compile(r"《([^《》]{2,})》")
_ITEMS = re.compile(r"[^，。；：！？,;:!?\n“”「」《》（）()]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_WORD = re.compile(r"[^、，,]+")
_BETWEEN = re.compile(r"、|以及|(?<=[^总组])[和与及](?=[^谐平])")
_LEAD = re.compile(
    r".*(?:是|为|有(?![关效])|叫|即|指(?![导明出])|包括|包含|就是|分别是|要求|要(?![求点])|做到|坚持|聚焦|立足|围绕"
    r"|写的是|讲的是|说的是|还有|再加上)(?=.{2})"
)
_TAIL = re.compile(r"(?:等等|等|这|那|[一二两三四五六七八九十\d]+(?:个|项|条|点|种|样|类|方面|者)|的(?!$)).*$")
_PAIR = re.compile(r"一[个是]{1,2}([^，。；：\n]{2,16})[，；、](?:另一?|[一二])[个是]{1,2}([^，。；：\n]{2,16})")
_LONGEST_ITEM = 16
_OTHER_WORDS = 0.7
"""From which share of its character pairs an item stands in the evidence, differently put."""
_ALIKE = 2
"""Characters in common at an end of two items from which they are left out."""
_SHAPE = 20.0
"""What being of the same length counts beside likeness (of 100) when one quoted term is to stand for another."""

BESIDE = 40.0
"""What standing next to the same characters counts beside likeness (of 100), for each side."""
_NEIGHBOURS = 2
"""Characters before and after that are compared."""


def quoted_instead(claim: str, evidence: str) -> list[tuple[Span, Span]]:
    """Quoted terms and titles of the claim that the evidence does not hold, each with its likeliest original there.

    The original is a quoted term of the evidence that the claim does not hold, of like length and letters.
    """
    from rapidfuzz import fuzz

    ours, theirs = (_terms(text) for text in (claim, evidence))
    folded = fold_text(claim), fold_text(evidence)
    free = [span for span in theirs if fold_text(span.of(evidence)) not in folded[0]]
    found = []
    for span in ours:
        own = fold_text(span.of(claim))
        if own in folded[1]:
            continue
        rivals = [other for other in free if _of_like_length(len(own), other.end - other.start)]
        best = max(
            rivals,
            key=lambda other, own=own, span=span: (  # type: ignore[misc]
                fuzz.ratio(own, theirs := fold_text(other.of(evidence)))
                + _SHAPE * (len(own) == other.end - other.start)
                + _SHAPE * (own[-1] == theirs[-1])
                + BESIDE * beside(claim, _in_marks(span), evidence, _in_marks(other))
            ),
            default=None,
        )
        if best is not None:
            found.append(_narrowed(claim, span, evidence, best))
            free.remove(best)
    return found


def listed_instead(claim: str, evidence: str) -> list[tuple[Span, Span | None]]:
    """Items of the claim's lists that the evidence does not hold, each with an item of the same list left out there.

    None where the list of the evidence has no item that the claim lacks: the item was added.
    """
    folded = fold_text(claim), fold_text(evidence)
    found: list[tuple[Span, Span | None]] = []
    lists = [*_lists(evidence), *_clause_lists(evidence)]
    for own in _lists(claim):
        items = [fold_text(span.of(claim)) for span in own]
        known = {fold_text(span.of(evidence)) for other in lists for span in other}
        foreign = [at for at, item in enumerate(items) if _foreign(item, folded[1]) and not _framed(at, items, known)]
        shared = {fold_text(span.of(claim)) for at, span in enumerate(own) if at not in foreign}
        if not foreign or not shared:
            continue
        best = max(lists, key=lambda other: sum(_holds(other, evidence, item) for item in shared), default=[])
        if not best or 2 * sum(_holds(best, evidence, item) for item in shared) < len(shared):
            continue
        missing = [at for at, span in enumerate(best) if _left_out(fold_text(span.of(evidence)), folded[0], shared)]
        for at in foreign:
            near = min(missing, key=lambda other, at=at: abs(other - at), default=None)  # type: ignore[misc]
            if near is None:
                found.append((own[at], None))
                continue
            missing.remove(near)
            ours, theirs = trimmed(claim, own[at], evidence, best[near])
            if ours.start < ours.end and theirs.start < theirs.end:
                found.append((ours, theirs))
    return found


def _in_marks(term: Span) -> Span:
    return Span(term.start - 1, term.end + 1)


def beside(claim: str, ours: Span, evidence: str, theirs: Span) -> int:
    """On how many sides, of two, both stand next to the same characters."""
    before = [text[max(0, span.start - _NEIGHBOURS) : span.start] for text, span in ((claim, ours), (evidence, theirs))]
    after = [text[span.end : span.end + _NEIGHBOURS] for text, span in ((claim, ours), (evidence, theirs))]
    near = before[0][-1:], after[0][:1]
    return sum(
        a == b and len(a) == _NEIGHBOURS and next_to.isalnum()
        for (a, b), next_to in zip((before, after), near, strict=True)
    )


def _narrowed(claim: str, ours: Span, evidence: str, theirs: Span) -> tuple[Span, Span]:
    """Of two terms of several words set with 、, the one word that differs; both whole where it is not one."""
    own, other = ([Span(span.start + m.start(), span.start + m.end()) for m in _WORD.finditer(span.of(text))]
                  for span, text in ((ours, claim), (theirs, evidence)))  # fmt: skip
    pairs = [(a, b) for a, b in zip(own, other, strict=False) if fold_text(a.of(claim)) != fold_text(b.of(evidence))]
    return pairs[0] if len(own) == len(other) and len(pairs) == 1 else (ours, theirs)


def trimmed(claim: str, ours: Span, evidence: str, theirs: Span) -> tuple[Span, Span]:
    """Both without the words that they begin and end with alike: 社区活动 and 工厂活动 are 社区 and 工厂."""
    from rapidfuzz.distance import Postfix, Prefix

    own, other = ours.of(claim), theirs.of(evidence)
    head = Prefix.similarity(own, other)
    tail = Postfix.similarity(own[head:], other[head:])
    head, tail = (n if n >= _ALIKE else 0 for n in (head, tail))
    return Span(ours.start + head, ours.end - tail), Span(theirs.start + head, theirs.end - tail)


def _terms(text: str) -> list[Span]:
    return [*quotations(text), *(Span(*match.span(1)) for match in _TITLE.finditer(text))]


def _of_like_length(ours: int, theirs: int) -> bool:
    return max(ours, theirs) <= 2 * min(ours, theirs)


def _holds(items: Sequence[Span], text: str, item: str) -> bool:
    return any(item in fold_text(span.of(text)) for span in items)


def _foreign(item: str, evidence: str) -> bool:
    """Whether the evidence does not hold an item, nor most of it in other words."""
    pairs = pairs_of(item)
    return item not in evidence and len(pairs & pairs_of(evidence)) < _OTHER_WORDS * len(pairs)


def _framed(at: int, items: Sequence[str], theirs: Set[str]) -> bool:
    """Whether an item is one of the evidence's with words that lead into the claim's list or go on from it."""
    first, last = at == 0, at == len(items) - 1
    return any((first and items[at].endswith(own)) or (last and items[at].startswith(own)) for own in theirs)


def _left_out(item: str, claim: str, shared: set[str]) -> bool:
    """Whether a claim lacks an item; what leads into a list (使职工听得懂) is no part of its first one."""
    return item not in claim and not any(item.endswith(own) for own in shared)


def _clause_lists(text: str) -> list[list[Span]]:
    """Three short clauses or more side by side: what a claim sets with 、 may stand there with ，."""
    found: list[list[Span]] = []
    for sentence in _SENTENCE.finditer(text):
        run: list[Span] = []
        for match in _ITEMS.finditer(text, *sentence.span()):
            if 2 <= match.end() - match.start() <= _LONGEST_ITEM and "、" not in match.group():
                run.append(Span(*match.span()))
                continue
            found.append(run)
            run = []
        found.append(run)
    return [run for run in found if len(run) > 2]


def _lists(text: str) -> list[list[Span]]:
    """Lists of two items or more, each item a span without what leads into the list or comes after it."""
    found = [[Span(*match.span(1)), Span(*match.span(2))] for match in _PAIR.finditer(text)]
    for stretch in _ITEMS.finditer(text):
        marks = list(_BETWEEN.finditer(stretch.group()))
        if not any(m.group() == "、" for m in marks):
            continue
        edges = [0, *(at for m in marks for at in m.span()), len(stretch.group())]
        items = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
        spans = []
        for at, (start, end) in enumerate(items):
            words = stretch.group()[start:end]
            if at == 0 and (lead := _LEAD.match(words)):
                start += lead.end()
            if at == len(items) - 1 and (tail := _TAIL.search(words)):
                end -= len(words) - tail.start()
            if 2 <= end - start <= _LONGEST_ITEM:
                spans.append(Span(stretch.start() + start, stretch.start() + end))
        if len(spans) > 1:
            found.append(spans)
    return found

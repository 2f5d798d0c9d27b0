"""`Siblings`: points of one part that each have a paragraph of their own, and questions for all of them.

五个“深刻认识”是哪五个 is answered by five paragraphs, each by the sentence that it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.listing import asks_for_one
from content.kind import Kind
from content.numeral import NUMERAL, value_of
from content.passage import Passage
from content.span import Span
from content.text import fold_text
from index.retriever import Hit

_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十]+[、是]|第[一二三四五六七八九十]+[，、]|[（(].{1,3}[）)]|\d+[.．、])\s*"
)
_POINTS = re.compile(rf"(?<!第)({NUMERAL})(?:个?方面|[条项点]|大[块类项点])")
_FOLLOWS = re.compile("以下|下列|如下|[：:]$")
_FEWEST = 3
_ALIKE = 3
_SEEN = 5
_MOST = 0.75


@dataclass(frozen=True, slots=True)
class Siblings:
    """Passages, as indices in reading order, that follow one another and begin alike; `head` is what they begin with.

    `announced`: the passage before them says that they follow.
    """

    passages: tuple[int, ...]
    head: str
    announced: bool

    def wanted(self, question: str, hits: Sequence[Hit]) -> bool:
        """Whether a folded question is for all of them.

        It names their number with what they begin with (四个“强化”), or their number as points (五个方面) where most
        of them, or first what announces them, were found.
        """
        if asks_for_one(question):
            return False
        number = len(self.passages)
        named = re.search(rf"(?<!第)({NUMERAL})[个条项点大]?[“\"「]?{re.escape(self.head)}", question)
        if named is not None and value_of(named[1]) == number:
            return True
        if number not in map(value_of, _POINTS.findall(question)):
            return False
        near = [hit.passage for hit in hits[:_SEEN]]
        announces = self.announced and near[:1] == [self.passages[0] - 1]
        return announces or sum(passage in near for passage in self.passages) >= _MOST * number

    def gathered(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with all siblings first: the first hit if it is one, then the others in reading order.

        They have the score of the first hit; what was not found comes without evidence.
        """
        known = {hit.passage: hit for hit in hits}
        first = [row for row in self.passages if hits[0].passage == row]
        order = dict.fromkeys([*first, *self.passages])
        own = [replace(known.get(row, Hit(row, 0.0, {}, ())), score=hits[0].score) for row in order]
        return (*own, *(hit for hit in hits if hit.passage not in order))


def asked_for(question: str, hits: Sequence[Hit], by_passage: Mapping[int, Siblings]) -> Siblings | None:
    """The siblings that a question is for, where the first hit is one of them or what announces them."""
    asked = fold_text(question)
    for row in (hits[0].passage, hits[0].passage + 1) if hits else ():
        found = by_passage.get(row)
        if found is not None and found.wanted(asked, hits):
            return found
    return None


def siblings_of(passages: Sequence[Passage]) -> dict[int, Siblings]:
    """The siblings of each passage that has some, by its index."""
    found: dict[int, Siblings] = {}
    run: list[int] = []
    for row, passage in [*enumerate(passages), (len(passages), None)]:
        if passage is not None and run and _alike(passages[run[-1]], passage):
            run.append(row)
            continue
        if len(run) >= _FEWEST:
            found |= dict.fromkeys(run, _made(run, passages))
        run = [row] if passage is not None and passage.kind is Kind.PARAGRAPH else []
    return found


def lead(passage: Passage) -> Span:
    """The sentence that a passage begins with, without its number."""
    first = passage.sentences[0]
    number = _NUMBER.match(passage.text)
    start = passage.start + number.end() if number else first.start
    return Span(start, first.end) if start < first.end else first


def _alike(before: Passage, passage: Passage) -> bool:
    return (
        passage.kind is Kind.PARAGRAPH
        and (passage.notice_id, passage.section[:1]) == (before.notice_id, before.section[:1])
        and _opening(passage)[:_ALIKE] == _opening(before)[:_ALIKE]
    )


def _made(run: Sequence[int], passages: Sequence[Passage]) -> Siblings:
    head = _shared(_opening(passages[row]) for row in run).removeprefix("要")
    before = passages[run[0] - 1] if run[0] else None
    same = before is not None and before.notice_id == passages[run[0]].notice_id
    last = before.text[before.sentences[-1].start - before.start :] if before is not None and same else ""
    return Siblings(tuple(run), head, bool(_FOLLOWS.search(last)))


def _opening(passage: Passage) -> str:
    return passage.text[lead(passage).start - passage.start : lead(passage).end - passage.start]


def _shared(texts: Iterable[str]) -> str:
    """What all texts begin with."""
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False)))

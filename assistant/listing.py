"""`Listing`: a list within one passage, and whether a question asks for the whole of it or for one of its items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from content.numeral import NUMERAL, value_of
from content.passage import Passage, split_clauses
from content.span import Span

_MARKER = re.compile(
    r"(?:^|(?<=[，。；：,;:\s]))(?:([一二三四五六七八九十])是|第([一二三四五六七八九十])[，、是]"
    r"|[（(]([一二三四五六七八九十]|\d)[）)]|(\d)(?:[)）．、]|\.(?!\d)))"
)
_UNIT = "(?:[条项点款]|方面|个(?![月季年周星小]))"
# Of 四条里哪条 one is asked for, of 四条是哪四条 all.
_COUNT = re.compile(rf"(?<!第)({NUMERAL})[个条项点种类步件大](?!.{{0,6}}(?:里|之?中(?![国央华])))")
_SEVERAL = re.compile("哪[几些]")
_SINGLE = re.compile("哪一?[个条项点句]")
_NTH = re.compile(rf"第({NUMERAL}){_UNIT}|([头首])一?{_UNIT}|最[后末]一?{_UNIT}")
_SHORTEST_RUN = 3
_ALIKE = 2
_LONGEST_HEADING = 25


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of one list in reading order.

    `start` is where its announcement (抓好三件事：) begins; `head` are the words that items which nobody counts begin
    with.
    """

    items: tuple[Span, ...]
    start: int
    head: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.items[-1].end)

    def asked_for(self, mark: Span, question: str) -> Span | None:
        """What a folded question wants of the list, where `mark` lies in it or announces it; None for neither.

        A question for the third point wants that item, unless the mark is within it; one that names as many things
        as there are items wants all of them, and so does one for several things whose mark merely announces them.
        """
        nth = _NTH.search(question)
        if nth is not None:
            item = self._nth(nth) if self.head in question else None
            return None if item is None or item.contains(mark) else item
        if _SINGLE.search(question):
            return None
        counts = [value_of(found) for found in _COUNT.findall(question)]
        within = self.span.contains(mark) and mark.end > self.items[0].start
        if len(self.items) in counts or (not counts and not within and _SEVERAL.search(question)):
            return self.span
        return None

    def _nth(self, found: re.Match[str]) -> Span | None:
        number = 1 if found[2] else value_of(found[1]) if found[1] else len(self.items)
        return self.items[number - 1] if 0 < number <= len(self.items) else None


def asks_for_one(question: str) -> bool:
    """Whether a folded question is for one item of a list: 五条里哪一条, 第三点."""
    return bool(_SINGLE.search(question) or _NTH.search(question))


def listings(passage: Passage) -> Iterator[Listing]:
    """The lists of a passage: what is counted (一是 … 二是 …), and runs of ； whose members begin alike."""
    counted = _counted(passage)
    if counted is not None:
        yield counted
    for run in _runs(passage):
        heads = {_words(passage, span)[:_ALIKE] for span in run[1:]}
        head = heads.pop() if heads else ""
        if len(run) >= _SHORTEST_RUN and not heads and head in _words(passage, run[0]):
            yield Listing(tuple(run), run[0].start, head)


def is_heading(sentence: Span, passage: Passage) -> bool:
    """Whether a sentence is the short one that a passage begins with (要强化宣传。)."""
    return sentence == passage.sentences[0] and sentence.end - sentence.start <= _LONGEST_HEADING


def announces(mark: Span, passage: Passage, listing: Listing) -> bool:
    """Whether a mark stands right before a list that is counted, or within the heading of its passage."""
    if listing.head or mark.end > listing.items[0].start:
        return False
    between = passage.text[mark.end - passage.start : listing.items[0].start - passage.start]
    first = passage.sentences[0]
    return not between.strip("：:，, ") or (first.contains(mark) and is_heading(first, passage))


def _counted(passage: Passage) -> Listing | None:
    starts: list[int] = []
    for found in _MARKER.finditer(passage.text):
        if value_of(next(numeral for numeral in found.groups() if numeral)) == len(starts) + 1:
            starts.append(passage.start + found.start())
    if len(starts) < 2:
        return None
    # The last item ends with its sentence.
    end = next((span.end for span in passage.sentences if starts[-1] < span.end), passage.end)
    items = tuple(Span(a, b) for a, b in pairwise([*starts, end]))
    return Listing(items, _announcement(passage, starts[0]))


def _announcement(passage: Passage, start: int) -> int:
    sentence = next(span for span in passage.sentences if start < span.end)
    before = Span(min(sentence.start, start), start)
    clauses = split_clauses(_words(passage, before), before.start)
    return clauses[-1].start if _words(passage, before).rstrip().endswith(("：", ":")) else start


def _runs(passage: Passage) -> Iterator[list[Span]]:
    """Sentences up to a full stop."""
    run: list[Span] = []
    for span in passage.sentences:
        run.append(span)
        if not _words(passage, span).endswith(("；", ";")):
            yield run
            run = []
    if run:
        yield run


def _words(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]

"""Points that have a paragraph each, beside a claim that tells how many there are or which place one of them has.

No sentence of the notice says 五个“深刻认识”: five paragraphs that begin so do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evidence import Exhibit, Stretch
from assistant.siblings import Siblings
from content.corpus import Corpus
from content.numeral import NUMERAL
from content.passage import split_clauses
from content.span import Span
from content.text import fold_text

_COUNTS = re.compile(rf"(?:{NUMERAL}|\d+)(?:个|条|项|点|件|段|大|方面|处)")
_QUOTED = "[“\"「『‘']"
_LONGEST = 60
"""Characters of a point's first sentence; of a longer one its first clause is read."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points that a claim counts, each with the words it begins with; `named`: the claim has those words itself."""

    heads: tuple[Stretch, ...]
    named: bool

    def within(self, shown: Exhibit) -> tuple[Span, ...]:
        """Where they stand in what is shown; none unless all of them do."""
        places = {
            (passage, source): Span(start, start + source.end - source.start) for start, passage, source in shown.parts
        }
        found = [places[head.passage, head.span] for head in self.heads if (head.passage, head.span) in places]
        return tuple(found) if len(found) == len(self.heads) else ()


def series_of(by_passage: Mapping[int, Siblings], corpus: Corpus) -> dict[str, list[Siblings]]:
    """The points of each notice that has some, by its id, in reading order."""
    found: dict[str, list[Siblings]] = {}
    for row, own in by_passage.items():
        if row == own.passages[0]:
            found.setdefault(corpus.passages[row].notice_id, []).append(own)
    return found


def points_of(
    claim: str, chosen: Sequence[Stretch], by_notice: Mapping[str, Sequence[Siblings]], corpus: Corpus
) -> Points | None:
    """The points of the document of the best sentence that a claim counts, or tells places of; None for none.

    It names what all of them begin with; or the best sentence is of one of them, or of what announces them.
    """
    if not chosen or not _COUNTS.search(fold_text(claim)):
        return None
    best = chosen[0].passage
    series = by_notice.get(corpus.passages[best].notice_id, ())
    named = [own for own in series if _names(claim, own.head)]
    near = [own for own in series if own.announced and (best in own.passages or best == own.passages[0] - 1)]
    if not named and not near:
        return None
    meant = (named or near)[0]
    return Points(tuple(_head(row, chosen[0].score, corpus) for row in meant.passages), bool(named))


def _names(claim: str, head: str) -> bool:
    """Whether a claim quotes what points begin with, or tells their number before it: 五个深刻认识."""
    own = re.escape(fold_text(head))
    return (
        bool(own)
        and re.search(rf"(?:{_QUOTED}要?|(?<!第)(?:{NUMERAL}|\d)[个条项点大]?){own}", fold_text(claim)) is not None
    )


def _head(row: int, score: float, corpus: Corpus) -> Stretch:
    passage = corpus.passages[row]
    first = passage.sentences[0]
    if first.end - first.start > _LONGEST:
        text = passage.text[: first.end - passage.start]
        first = split_clauses(text, passage.start)[0]
    return Stretch(row, first, score)

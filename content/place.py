"""Where in a notice a question points: 第二部分第4段, 第三部分, 第一部分第（二）点, 附件1第一部分."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from content.numeral import NUMERAL, value_or_zero
from content.span import Span

_MOST = 10
"""Places that one list or range names at most."""
_NUM = rf"(?:{NUMERAL})"
_LIST = rf"[(]?\s*{_NUM}(?:\s*[、,和与及至到-]\s*第?\s*{_NUM}){{0,{_MOST}}}\s*[)]?\s*"
_POINT = rf"第\s*{_LIST}(?:个?[小大])?[点条项](?![例款理件约线战道半钟])"
_GAP = r"[\s,的里中]*"
_PLACE = re.compile(
    rf"(?P<annex>附\s*件\s*(?P<annex_number>{_NUM})?{_GAP})?"
    rf"(?:第\s*(?P<part>{_LIST})(?:个?大?)部[分份]|(?P<opening>开头(?:部[分份])?(?={_GAP}第)))?"
    rf"(?:{_GAP}第\s*(?P<paragraph>{_LIST})(?:个?自然|个)?段落?(?:\s*[(]{_POINT}[)])?"
    rf"|(?P<points>(?:{_GAP}{_POINT}){{1,3}}))?"
    rf"(?P<heading>{_GAP}小?标题)?"
)
_POINTS = re.compile(rf"第\s*({_LIST})")
_LISTED = re.compile(rf"([至到-])?\s*第?\s*({_NUM})")
_TO = re.compile(r"[至到-]")
_JOINT = re.compile(r"[\s、,和与及跟以至到-]*")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place in a notice, by its numbers in a folded text.

    `annex` is the number of the attachment: 0 where it is named without one, None for the notice itself. `opening`:
    before the first part. `points` are the numbers below the part, the outermost first; `heading`: the heading alone.
    """

    span: Span
    annex: int | None = None
    part: int | None = None
    opening: bool = False
    paragraph: int | None = None
    points: tuple[int, ...] = ()
    heading: bool = False
    word: str = "点"
    """What the last point is called: 点, 条 or 项."""

    @property
    def is_exact(self) -> bool:
        """Whether it names something within a part, so that little else can be meant."""
        return (self.part is not None or self.opening) and (self.paragraph is not None or bool(self.points))


def places_in(folded: str) -> Iterator[PlaceMention]:
    """Every place in a folded text, lists and ranges one by one; a later one stands in the part of the one before it.

    第二部分第1段和第3段 are two paragraphs of one part.
    """
    last: PlaceMention | None = None
    for match in _PLACE.finditer(folded):
        if not (match["part"] or match["paragraph"] or match["points"]):
            continue
        bare = PlaceMention(
            Span(*match.span()),
            None if match["annex"] is None else value_or_zero(match["annex_number"] or "0"),
            None,
            match["opening"] is not None,
            heading=match["heading"] is not None,
            word=match["points"].rstrip()[-1] if match["points"] else "点",
        )
        joint = folded[last.span.end : bare.span.start] if last is not None else ""
        for mention in _each(bare, match):
            if last is not None and _JOINT.fullmatch(joint):
                if mention.part is None and mention.annex is None and not mention.opening:
                    mention = replace(mention, annex=last.annex, part=last.part, opening=last.opening)
                if _TO.search(joint):
                    yield from _between(last, mention)
            yield mention
            last, joint = mention, ""


def _between(first: PlaceMention, last: PlaceMention) -> Iterator[PlaceMention]:
    """The paragraphs of one part, or the parts, between two that a text names as the ends of a range."""
    if first.paragraph is not None and last.paragraph is not None and first.part == last.part:
        for number in range(first.paragraph + 1, min(last.paragraph, first.paragraph + _MOST)):
            yield replace(last, paragraph=number)
    elif first.part is not None and last.part is not None and not (first.is_exact or last.is_exact):
        for number in range(first.part + 1, min(last.part, first.part + _MOST)):
            yield replace(last, part=number)


def _each(bare: PlaceMention, match: re.Match[str]) -> Iterator[PlaceMention]:
    parts: Sequence[int | None] = _listed(match["part"]) or (None,)
    paragraphs: Sequence[int | None] = _listed(match["paragraph"]) or (None,)
    chains = product(*(_listed(written) for written in _POINTS.findall(match["points"] or "")))
    for part, paragraph, points in islice(product(parts, paragraphs, chains), _MOST):
        yield replace(bare, part=part, paragraph=paragraph, points=points)


def _listed(written: str | None) -> list[int]:
    """The numbers of 一、二, 一和三 or 一至四; nothing where nothing is written."""
    numbers: list[int] = []
    for to, numeral in _LISTED.findall(written or ""):
        number = value_or_zero(numeral)
        if to and numbers:
            numbers += range(numbers[-1] + 1, min(number, numbers[-1] + _MOST))
        numbers.append(number)
    return numbers

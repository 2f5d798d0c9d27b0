"""Posts that a claim raises or lowers (总理 for 副总理), and terms of office that it exchanges (上一届 for 新一届)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.conflict import Conflict
from assistant.slot import Slot, SlotKind
from content.span import Span

_POST = re.compile(
    r"(?P<rank>副?)(?P<post>委员长|主席(?!团)|总理(?!事)|省长|[市州区县镇乡部厅局处科校院]长(?![远期效足久处短度])"
    r"|(?<!社)会长|理事长|董事长|秘书长|(?<!民)主任|总经理|书记(?!处))"
)
_TERM = re.compile(r"(?P<rank>[上新本下])一?(?P<post>届(?!时)[\u4e00-\u9fff]{2})")
"""A term of office with the first letters of whose it is."""
_SAME = {"本": "新"}
POST = "post"
"""The unit of a slot that holds one."""


def ranks(claim: str, evidence: str) -> tuple[Conflict, ...]:
    """Posts and terms of the claim that the evidence has of another rank only: with 副 where the claim has none."""
    found = []
    theirs = [(_rank(match), match["post"], Span(*match.span())) for match in _all(evidence)]
    for match in _all(claim):
        own = [(rank, span) for rank, post, span in theirs if post == match["post"]]
        if own and all(rank != _rank(match) for rank, _ in own):
            places = Span(*match.span()), own[0][1]
            ours, other = (
                Slot(SlotKind.NAME, s, s.of(t), POST) for s, t in zip(places, (claim, evidence), strict=True)
            )
            found.append(Conflict(ours, other))
    return tuple(found)


def _rank(match: re.Match[str]) -> str:
    return _SAME.get(match["rank"], match["rank"])


def _all(text: str) -> Iterator[re.Match[str]]:
    yield from _POST.finditer(text)
    yield from _TERM.finditer(text)

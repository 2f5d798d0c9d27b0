"""Which version of a law a text asks for: 《妇女权益保障法》（2018-10-26）, 2011年的烈士褒扬条例.

A year elsewhere is one of the person's own: 我2018年怀孕，妇女权益保障法怎么规定.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date

from content.span import Span

_DATE = (
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:-(?P<month>\d\d?)-(?P<day>\d\d?)|年(?:(?P<month_>\d\d?)月(?P<day_>\d\d?)日)?)?"
)
_MADE = r"(?:版|新?修[订正改]版?|公布|施行)"
_BEFORE = re.compile(rf"{_DATE}{_MADE}?的?\s*$")
_LONGEST = 24
"""Characters in which a date before a name stands."""
_BEHIND = (
    re.compile(rf"\s*[(\[]\s*{_DATE}\s*{_MADE}?\s*[)\]]"),
    re.compile(rf"\s*{_DATE}(?:{_MADE}|(?=\s*的?第))"),
)


@dataclass(frozen=True, slots=True)
class Versions:
    """The days (ISO) and years that a text gives beside names, and where they stand."""

    days: frozenset[str]
    years: frozenset[int]
    spans: tuple[Span, ...]

    def of(self, date: str | None) -> int:
        """How well a document of a date fits: 2 for the day, 1 for the year, 0 for neither."""
        if not date:
            return 0
        return 2 if date in self.days else int(int(date[:4]) in self.years)


def versions_in(folded: str, names: Iterable[Span]) -> Versions:
    """The dates that stand right before a name or right behind it, there with brackets, 版 or 修."""
    days, years, spans = set(), set(), []
    for name in names:
        from_ = max(0, name.start - _LONGEST)
        found = [_BEFORE.search(folded[: name.start], from_)]
        found += [pattern.match(folded, name.end) for pattern in _BEHIND]
        for match in filter(None, found):
            spans.append(Span(*match.span()))
            years.add(int(match["year"]))
            try:
                day = Date(
                    int(match["year"]), int(match["month"] or match["month_"]), int(match["day"] or match["day_"])
                )
            except (TypeError, ValueError):
                continue
            days.add(day.isoformat())
    return Versions(frozenset(days), frozenset(years), tuple(spans))

"""Which version of a law a text asks for."""

import pytest

from content.span import Span
from content.text import fold_text
from content.version import versions_in


@pytest.mark.parametrize(
    ("question", "days", "years"),
    [
        ("《劳动法》（2018-12-29）第二条", {"2018-12-29"}, {2018}),
        ("劳动法(2018年12月29日修正)第二条", {"2018-12-29"}, {2018}),
        ("劳动法（2018）第二条", set(), {2018}),
        ("劳动法2018年修正版第二条", set(), {2018}),
        ("劳动法2018版", set(), {2018}),
        ("劳动法2018年第二条", set(), {2018}),
        ("2018年的劳动法第二条", set(), {2018}),
        ("2018年修正的劳动法", set(), {2018}),
        ("2018年12月29日劳动法", {"2018-12-29"}, {2018}),
        ("劳动法（2018-13-29）", set(), {2018}),
        ("我2018年怀孕，劳动法怎么规定", set(), set()),
        ("2018年入职的，劳动法第二条", set(), set()),
        ("劳动法第二条2018年适用吗", set(), set()),
        ("劳动法里2018年怎么放假", set(), set()),
        ("12018年的劳动法", set(), set()),
    ],
)
def test_a_date_counts_only_beside_the_name(question: str, days: set[str], years: set[int]) -> None:
    folded = fold_text(question)
    at = folded.index("劳动法")
    name = Span(at - folded.startswith("《"), at + 3 + folded.startswith("《"))
    found = versions_in(folded, [name])
    assert (found.days, found.years, bool(found.spans)) == (days, years, bool(years))


def test_where_the_date_stands_and_how_well_a_document_fits() -> None:
    folded = fold_text("劳动法（2018-12-29）第二条")
    found = versions_in(folded, [Span(0, 3)])
    assert [span.of(folded) for span in found.spans] == ["(2018-12-29)"]
    assert [found.of(date) for date in ("2018-12-29", "2018-10-26", "2012-12-28", None)] == [2, 1, 0, 0]


@pytest.mark.parametrize("typed", ["2018年" * 400, "（2018" * 300, " " * 2000, "的" * 2000])
def test_long_nonsense_is_read_in_no_time(typed: str) -> None:
    folded = fold_text(typed)
    assert not versions_in(folded, [Span(at, at + 1) for at in range(1, len(folded), 7)]).days

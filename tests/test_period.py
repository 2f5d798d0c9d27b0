import pytest

from assistant.conflict import conflicts
from assistant.period import lapsed, told, whole_stretch
from assistant.slot import SlotKind, slots
from content.span import Span


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2018年10月22日至26日开会", [5.0]),
        ("10月30日—11月2日放假", [4.0]),
        ("2019年12月30日到2020年1月2日", [4.0]),
        # Two dates that nothing joins, days that no calendar has, and an end before its begin.
        ("10月22日开会，26日返校", []),
        ("2月30日至31日", []),
        ("10月26日至22日", []),
        ("10月至11月", []),
    ],
)
def test_how_many_days_a_stretch_of_dates_is(text: str, days: list[float]) -> None:
    new = [slot for slot in told(text) if slot not in slots(text)]
    reckoned = [slot for slot in new if slot.kind is SlotKind.NUMBER]
    assert [slot.value for slot in reckoned] == [(count,) for count in days]
    assert all(slot.kind is SlotKind.NUMBER and slot.unit == "天" for slot in reckoned)
    assert all(slot.span == Span(0, len(text.split("开")[0].split("放")[0])) for slot in reckoned)


def test_the_end_of_a_stretch_is_of_the_month_and_year_of_its_begin() -> None:
    dates = [slot.value for slot in told("2018年10月22日至26日开会，29日返校") if slot.kind is SlotKind.DATE]
    assert dates == [(2018, 10, 22), (2018, 10, 26), (None, None, 29)]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        # From the 26th to the 29th, and from the 29th of October to the 13th of November.
        ("大会结束三天后谈了话", []),
        ("隔了3天才谈话", []),
        ("谈话后过了十五天印发", []),
        # So far apart no two dates lie; how long the meeting took is no answer to that.
        ("大会结束六天后谈了话", [("六天", None)]),
        ("提前两天报到", [("两天", None)]),
        # How long it took.
        ("会期三天", [("三天", "10月22日至26日")]),
        ("开了五天的会", []),
    ],
)
def test_a_lapse_of_days_is_held_against_the_dates(claim: str, found: list[tuple[str, str | None]]) -> None:
    text = "大会10月22日至26日召开，10月29日谈话，通知11月13日印发。"
    evidence = told(text)
    left = lapsed(claim, conflicts(slots(claim), evidence), evidence)
    assert [(c.ours.span.of(claim), c.theirs and c.theirs.span.of(text)) for c in left] == found


@pytest.mark.parametrize(
    ("text", "borne_out"),
    [
        ("大会2024年10月22日至26日召开，10月29日谈话。", True),
        ("2024年10月26日闭会，2024年10月29日谈话。", True),
        ("10月26日闭会，10月29日谈话。", True),
        # Of which year the 29th is, nobody knows.
        ("2023年10月22日开会，2024年10月26日闭会，10月29日谈话。", False),
    ],
)
def test_a_date_without_a_year_is_of_the_only_one_told(text: str, borne_out: bool) -> None:
    evidence = told(text)
    found = conflicts(slots("隔了三天才谈话"), evidence)
    assert (lapsed("隔了三天才谈话", found, evidence) == ()) is borne_out


def test_days_that_the_evidence_tells_in_words_stand_for_others() -> None:
    evidence = told("公示期五天")
    found = conflicts(slots("三天内报到"), evidence)
    assert lapsed("三天内报到", found, evidence) == found


def test_a_date_is_told_with_the_stretch_that_it_is_of() -> None:
    text = "2018年10月22日至26日开会，11月29日返校。"
    whole = Span(0, text.index("开"))
    assert whole_stretch(text, Span(0, 4)) == whole_stretch(text, Span(text.index("26"), text.index("26") + 3)) == whole
    alone = Span(text.index("11月"), text.index("返"))
    assert whole_stretch(text, alone) == alone

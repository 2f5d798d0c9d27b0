import pytest

from assistant.period import told, whole_stretch
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
    reckoned = [slot for slot in told(text) if slot not in slots(text)]
    assert [slot.value for slot in reckoned] == [(count,) for count in days]
    assert all(slot.kind is SlotKind.NUMBER and slot.unit == "天" for slot in reckoned)
    assert all(slot.span == Span(0, len(text.split("开")[0].split("放")[0])) for slot in reckoned)


def test_a_date_is_told_with_the_stretch_that_it_is_of() -> None:
    text = "2018年10月22日至26日开会，11月29日返校。"
    whole = Span(0, text.index("开"))
    assert whole_stretch(text, Span(0, 4)) == whole_stretch(text, Span(text.index("26"), text.index("26") + 3)) == whole
    alone = Span(text.index("11月"), text.index("返"))
    assert whole_stretch(text, alone) == alone

import pytest

from content.span import Span


def test_a_span_gives_the_exact_words() -> None:
    assert Span(2, 4).of("通知要求") == "要求"
    assert Span(0, 0).of("") == ""
    assert Span(1, 2).of("a𠮷b") == "𠮷"


def test_a_span_outside_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"span \(2, 5\) ends outside a text of 4 characters"):
        Span(2, 5).of("通知要求")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_what_is_no_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert Span(0, 3).overlaps(Span(2, 5))
    assert Span(2, 5).overlaps(Span(0, 3))
    assert Span(0, 9).overlaps(Span(3, 4))
    assert not Span(0, 3).overlaps(Span(3, 5))
    assert not Span(3, 5).overlaps(Span(0, 3))


def test_a_span_contains_itself_and_what_lies_inside() -> None:
    assert Span(1, 5).contains(Span(1, 5))
    assert Span(1, 5).contains(Span(2, 4))
    assert not Span(1, 5).contains(Span(0, 3))
    assert not Span(1, 5).contains(Span(4, 6))


def test_spans_sort_in_reading_order() -> None:
    assert sorted([Span(5, 6), Span(0, 9), Span(0, 3)]) == [Span(0, 3), Span(0, 9), Span(5, 6)]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.numeral import in_words, value_of


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十九", 19),
        ("二十", 20),
        ("一百零二", 102),
        ("一百一十", 110),
        ("一千零五", 1005),
        ("二○一八", 2018),
    ],
)
def test_numerals(words: str, number: int) -> None:
    assert value_of(words) == number
    assert value_of(str(number)) == number
    if words != "二○一八":
        assert in_words(number) == words


@given(st.integers(1, 9999))
def test_there_and_back(number: int) -> None:
    assert value_of(in_words(number)) == number


def test_what_is_no_numeral() -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        value_of("甲")

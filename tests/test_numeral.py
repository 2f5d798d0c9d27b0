import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.numeral import NUMERAL, in_words, value_of


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
        ("二O一八", 2018),
        ("二0一八", 2018),
    ],
)
def test_numerals(words: str, number: int) -> None:
    assert value_of(words) == number
    assert value_of(str(number)) == number
    if number != 2018:
        assert in_words(number) == words


@given(st.integers(1, 9999))
def test_there_and_back(number: int) -> None:
    assert value_of(in_words(number)) == number


def test_what_is_no_numeral() -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        value_of("甲")


def test_thousands_of_digits_are_no_numeral() -> None:
    assert re.fullmatch(NUMERAL, "九千九百九十九")
    assert not re.fullmatch(NUMERAL, "9" * 5000)
    assert not re.fullmatch(NUMERAL, "九" * 5000)

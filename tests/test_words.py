import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import is_word, stands_whole, words


def test_words_lie_one_after_the_other() -> None:
    assert words("没签劳动合同") == [(0, 2), (2, 6)]
    assert words("") == []


@given(st.text(max_size=30))
def test_words_are_the_whole_text(text: str) -> None:
    found = words(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]


@pytest.mark.parametrize(
    ("text", "stretch", "whole"),
    [
        ("录用职工时应当", "职工", True),
        ("录用职工时应当", "工时", False),
        ("提出事故调查报告", "事故", True),
        ("提出事故调查报告", "出事故", False),
        ("在中国工会的领导下", "工会", True),  # a word inside 中国工会
        ("在中国工会的领导下", "国工会", False),
        ("工会", "", False),
    ],
)
def test_a_stretch_that_is_made_of_words(text: str, stretch: str, whole: bool) -> None:
    start = text.find(stretch)
    assert stands_whole(text, start, start + len(stretch)) is whole


def test_a_word_has_two_characters_or_more() -> None:
    assert is_word("职工") and not is_word("工") and not is_word("职工时") and not is_word("")

import pytest

from assistant.bound import bound_of, opposed
from content.span import Span


@pytest.mark.parametrize(
    ("text", "word", "side"),
    [
        ("不得少于3人", "3", "least"),
        ("60岁以上", "60", "least"),
        ("罚款500元以下", "500", "most"),
        ("至多3人", "3", "most"),
        ("3日以内", "3日", "most"),
        ("11月30日前", "11月30日", "before"),
        ("11月30日之后", "11月30日", "after"),
        ("上午9点", "9", "morning"),
        ("傍晚6点", "6", "evening"),
        ("3天前期准备", "3天", ""),
        ("共3人", "3", ""),
        ("不得约定6个月以上的试用期", "6", ""),
        ("不得请假，3日以上的除外", "3日", "least"),
        ("3", "3", ""),
    ],
)
def test_the_side_that_is_meant(text: str, word: str, side: str) -> None:
    at = text.index(word)
    assert bound_of(text, Span(at, at + len(word))) == side


def test_only_what_excludes_each_other_is_opposed() -> None:
    assert opposed("least", "most") and opposed("before", "after") and opposed("evening", "morning")
    assert not opposed("least", "least") and not opposed("", "most") and not opposed("before", "most")

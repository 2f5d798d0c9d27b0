"""What a question asks beside what it names."""

import pytest

from content.rest import rest_of
from content.span import Span
from content.text import fold_text


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("劳动法上班时间", "上班时间"),
        ("劳动法中止履行的情形", "中止履行的情形"),
        ("劳动法下岗职工怎么安置", "下岗职工怎么安置"),
        ("劳动法对方违约", "对方违约"),
        ("劳动法上下班", "上下班"),
        ("劳动法中工资怎么发", "工资怎么发"),
        ("劳动法上怎么说工资", "怎么说工资"),
        ("劳动法对工资的规定", "工资的规定"),
        ("劳动法里的工资", "工资"),
        ("劳动法规定的工时", "工时"),
        ("劳动法说了什么", ""),
    ],
)
def test_the_first_character_of_a_word_stays(question: str, rest: str) -> None:
    assert rest_of(question, [Span(0, 3)]) == rest


@pytest.mark.parametrize("question", ["上级怎么说工资", "中国工会开会", "下一轮去哪儿", "对手是谁"])
def test_what_begins_with_no_name_stays_as_it_is(question: str) -> None:
    assert rest_of(fold_text(question), []) == question
    assert rest_of(fold_text(question + "劳动法"), [Span(len(question), len(question) + 3)]) == question

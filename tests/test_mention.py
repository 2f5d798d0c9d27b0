"""Terms that are looked for as they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mention import is_asked_after, sentences_with, stands_in, term_of
from content.corpus import make_corpus
from content.notice import parse_notice

TEXT = "关于春游的通知\n各班：\n农民工子弟也去。自带午餐。困难农民工由校办补助。\n校办"


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("农民工", "农民工"),
        ("農民工？", "农民工"),
        ("工匠精神。", "工匠精神"),
        ("通知里提到农民工了吗", "农民工"),
        ("通知有没有提到农民工？", "农民工"),
        ("这份文件中提到过武进日报没有", "武进日报"),
        ("哪里提到“劳模”", "劳模"),
        ("关于农民工，通知怎么说", "农民工"),
        ("关于农民工通知里是怎么说的？", "农民工"),
        ("工匠精神的定义是啥", None),
        ("前任全总主席是谁", None),
        ("学习计划 专题研讨", None),
        ("关于年假和加班，通知怎么说", "年假和加班"),
        ("为什么要学习", None),
        ("试用期最长多久", None),
        ("医疗期多长", None),
        ("仲裁要交钱不", None),
        ("工资发了没", None),
        ("能否带家属", None),
        ("不定时工作制", "不定时工作制"),
        ("", None),
    ],
)
def test_the_term_that_is_asked_after(question: str, term: str | None) -> None:
    assert term_of(question) == term


def test_the_sentences_in_which_it_stands() -> None:
    notice = parse_notice(TEXT, "春游")
    [passage] = [p for p in make_corpus((notice,)).passages if "农民工" in p.text]
    assert stands_in("农民工", passage) and not stands_in("午睡", passage) and not stands_in("", passage)
    assert [span.of(TEXT) for span in sentences_with("农民工", passage)] == [
        "农民工子弟也去。", "困难农民工由校办补助。",
    ]  # fmt: skip
    assert sentences_with("午睡", passage) == () == sentences_with("", passage)


@pytest.mark.parametrize(
    ("term", "words"),
    [("出事故", "应当提出事故调查报告。"), ("工时", "单位录用职工时应当登记。"), ("武进日", "在武进日报上登。")],
)
def test_a_term_that_lies_across_words_does_not_stand_there(term: str, words: str) -> None:
    notice = parse_notice(f"关于春游的通知\n各班：\n{words}\n校办", "春游")
    [passage] = [p for p in make_corpus((notice,)).passages if term in p.text]
    assert not stands_in(term, passage) and sentences_with(term, passage) == ()


def test_who_asks_after_a_term_and_who_types_one() -> None:
    assert is_asked_after("通知里提到农民工了吗？") and is_asked_after("关于农民工，通知怎么说")
    assert not is_asked_after("农民工")


@given(st.text(max_size=40))
def test_a_term_is_folded_and_never_longer_than_the_question(question: str) -> None:
    term = term_of(question)
    assert term is None or len(term) <= len(question)

from math import isfinite

import outing
import pytest
from bigram import BigramEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.signals import signals
from content.corpus import make_plain_corpus
from index.build import build_index
from index.retriever import Retriever

ENCODER = BigramEncoder()
RETRIEVERS = [
    Retriever(build_index(corpus, ENCODER), ENCODER, outing.FUSION)
    for corpus in (outing.corpus(), outing.corpus(with_bank=False), make_plain_corpus([("a", "一句。")]))
]


def signal(question: str, name: str, with_bank: bool = True) -> float:
    retriever = RETRIEVERS[0 if with_bank else 1]
    return signals(retriever.search(question, 5), retriever.index)[name]


@settings(max_examples=40)
@given(st.text(max_size=80) | st.text("多少几个谁哪天when0１一二。", max_size=20))
def test_every_signal_of_every_question_is_a_finite_number(question: str) -> None:
    names = set()
    for retriever in RETRIEVERS:
        found = signals(retriever.search(question, 5), retriever.index)
        assert all(isinstance(value, float) and isfinite(value) for value in map(float, found.values()))
        names.add(tuple(found))
    assert len(names) == 1


def test_the_margin_is_the_lead_over_the_second() -> None:
    found = RETRIEVERS[0].search("几点走", 5)
    assert signal("几点走", "margin") == pytest.approx(found.hits[0].score - found.hits[1].score)
    alone = RETRIEVERS[2]
    assert signals(alone.search("几点走", 5), alone.index)["margin"] == 0.0


def test_a_number_asked_for_that_the_sentence_does_not_hold() -> None:
    assert signal("不得离开队伍多少米", "wants_number", with_bank=False) == 1.0
    assert signal("春游在周五上午几个点出发", "wants_number", with_bank=False) == 0.0  # 八点
    assert signal("不得离开队伍", "wants_number", with_bank=False) == 0.0


def test_a_time_asked_for_that_the_sentence_does_not_hold() -> None:
    assert signal("不得离开队伍什么时候", "wants_time", with_bank=False) == 1.0
    assert signal("2024年4月1日是什么日期", "wants_time", with_bank=False) == 0.0


def test_how_near_it_comes_to_a_question_without_an_answer() -> None:
    assert signal("要交钱吗", "dense_over_unanswered") > 0 > signal("股票涨了吗", "dense_over_unanswered")

from __future__ import annotations

from dataclasses import replace
from typing import Any

import outing
import pytest

from assistant.answer import Answer
from assistant.remembered import RememberedAnswers, index_fingerprint
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice


class Counting:
    """Counts what reaches the answerer; `manifest` is what the test says."""

    def __init__(self, made_from: str = "甲") -> None:
        self.manifest: dict[str, Any] = {"documents": made_from}
        self.corpus: Corpus = make_corpus((parse_notice(outing.TEXT, made_from),))
        self.asked: list[tuple[str, int, bool]] = []

    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
        self.asked.append((question, k, as_typed))
        if question == "坏":
            raise ValueError("坏")
        return Answer(f"{question}：{self.manifest['documents']}", True, 0.5, ())


def test_a_repeated_question_is_answered_once() -> None:
    inner, seen = Counting(), list[bool]()
    answers = RememberedAnswers(inner, seen=seen.append)
    assert answers.ask("一") is answers.ask("一")
    assert answers.ask("一", 3).question == answers.ask("一", as_typed=True).question == "一：甲"
    assert inner.asked == [("一", 5, False), ("一", 3, False), ("一", 5, True)]
    assert seen == [False, True, False, False]
    assert answers.corpus is inner.corpus


def test_memory_is_bounded_and_what_is_asked_again_stays() -> None:
    inner = Counting()
    answers = RememberedAnswers(inner, most=2)
    for question in ("一", "二", "一", "三", "一", "二"):
        answers.ask(question)
    assert [question for question, _, _ in inner.asked] == ["一", "二", "三", "二"]
    assert len(answers._answers) == 2


def test_after_another_index_nothing_old_comes_back() -> None:
    answers = RememberedAnswers(Counting("甲"))
    assert answers.ask("一").question == "一：甲"
    answers.replace(Counting("乙"))
    assert answers.ask("一").question == "一：乙"
    assert answers.corpus.notices[0].id == "乙"


def test_an_answer_that_comes_late_from_the_old_index_is_not_kept() -> None:
    class Slow(Counting):
        def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
            answers.replace(Counting("乙"))  # the index is replaced while this is being answered
            return super().ask(question, k, as_typed)

    answers = RememberedAnswers(Slow("甲"))
    assert answers.ask("一").question == "一：甲"
    assert answers.ask("一").question == "一：乙"


def test_what_breaks_is_not_kept() -> None:
    inner = Counting()
    answers = RememberedAnswers(inner)
    for _ in range(2):
        with pytest.raises(ValueError, match="坏"):
            answers.ask("坏")
    assert len(inner.asked) == 2


def test_the_fingerprint_is_that_of_the_index() -> None:
    one, two = outing.answerer(), outing.answerer(outing.corpus(with_bank=False))
    assert index_fingerprint(one) == index_fingerprint(outing.answerer())
    assert index_fingerprint(one) != index_fingerprint(two)
    assert replace(one.ask("几点走")) == RememberedAnswers(one).ask("几点走")

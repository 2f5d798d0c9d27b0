"""An answerer that is shared by many and can be renewed: nothing that is remembered outlives it."""

from __future__ import annotations

from pathlib import Path

import outing
import tab_fixture

from assistant.answer import Answer
from assistant.answerer import Answerer
from assistant.batching import BatchingEncoder
from assistant.current import Asked, Current, Dressed, in_use
from assistant.metrics import Metrics
from assistant.remembered import RememberedAnswers
from assistant.server import share
from content.candidate import Target, anchor
from content.candidates import CandidateStore
from content.corpus import Corpus
from content.span import Span


class Saying:
    """Answers with its own name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.corpus: Corpus = outing.corpus()
        self.asked: list[bool] = []

    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
        self.asked.append(as_typed)
        return Answer(f"{self.name}：{question}", True, 0.5, ())


def test_what_is_dressed_is_dressed_anew_after_a_renewal_alone() -> None:
    made: list[Asked] = []
    old, new = Saying("旧"), Saying("新")
    current = Current(old, lambda _: new)

    def dress(one: Asked) -> Asked:
        made.append(one)
        return one

    outer = Dressed(Dressed(current, dress), lambda one: one)
    assert outer.ask("一").question == outer.ask("一", as_typed=True).question == "旧：一"
    assert (old.asked, in_use(outer), outer.corpus) == ([False, True], old, old.corpus)
    current.renew()
    assert outer.ask("一").question == "新：一"
    assert (made, in_use(outer)) == ([old, new], new)


def test_an_answerer_without_a_retriever_is_left_as_it_is() -> None:
    plain = Saying("旧")
    answers, close = share(plain, Metrics())
    close()
    assert answers is plain


def test_a_renewed_bank_is_answered_from_at_once_and_questions_go_on_being_encoded_together(tmp_path: Path) -> None:
    current, metrics = tab_fixture.current(tmp_path), Metrics()
    answers, close = share(current, metrics)
    question = "这次出去花钱不"
    try:
        first = answers.ask(question)
        assert answers.ask(question) is first
        remembered = in_use(answers)
        assert isinstance(remembered, RememberedAnswers)
        notice = current.corpus.notice("春游")
        quote = "春游不收费"
        start = notice.text.index(quote)
        store = CandidateStore(tmp_path)
        candidate = store.propose(
            notice.id, question, "小王", [anchor(notice, Span(start, start + len(quote)))], category="everyday"
        )
        store.accept(candidate.id, "小李", Target.BANK)
        assert current.renew()
        second = answers.ask(question)
        assert second is not first
        assert in_use(answers) is not remembered
        assert second.passages[0].highlights[0].text.startswith(quote)
        now = in_use(current)
        assert isinstance(now, Answerer) and isinstance(now.retriever.encoder, BatchingEncoder)
    finally:
        close()
    assert 'notice_questions_total{remembered="true"} 1.0' in metrics.text().decode()

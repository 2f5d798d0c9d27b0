from dataclasses import replace

import outing
from bigram import BigramEncoder

from assistant.answerer import Answerer
from assistant.halves import Halves, Judged
from assistant.refusal import Refusal
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from index.build import build_index
from index.retriever import Retriever

DUTY = (
    "关于假期值班的通知\n\n各班：\n\n假期由门卫老周值班，贵重物品请带回家。\n\n"
    "一、钥匙\n\n钥匙放在传达室的抽屉里。\n\n光明小学\n2024年9月28日\n"
)


def both() -> Corpus:
    """The outing with its bank, and a notice that nobody has written questions for."""
    return make_corpus((parse_notice(outing.TEXT, "春游"), parse_notice(DUTY, "值班")), (outing.bank(), ()))


def retriever(corpus: Corpus) -> Retriever:
    encoder = BigramEncoder()
    return Retriever(build_index(corpus, encoder), encoder, outing.FUSION)


def found(question: str, corpus: Corpus) -> list[str]:
    answer = Answerer(retriever(corpus)).ask(question)
    return [passage.citation.notice_id for passage in answer.passages]


def test_a_notice_without_a_bank_is_found_beside_one_that_has_one() -> None:
    answer = Answerer(retriever(both())).ask("钥匙放在传达室的抽屉里吗")
    assert answer.passages[0].text == "钥匙放在传达室的抽屉里。"
    answer = Answerer(retriever(both())).ask("要交钱吗")
    assert answer.passages[0].text == "春游不收费，午餐自备。"


def test_both_halves_are_shown_and_no_later_score_is_the_higher_one() -> None:
    for question in ("钥匙放在传达室的抽屉里吗", "要交钱吗", "几点走"):
        answer = Answerer(retriever(both())).ask(question, 8)
        scores = [passage.score for passage in answer.passages]
        assert scores == sorted(scores, reverse=True)
        assert {passage.citation.notice_id for passage in answer.passages} == {"春游", "值班"}
        assert len({(p.citation.notice_id, p.citation.start) for p in answer.passages}) == 8


def test_one_notice_alone_is_searched_as_ever() -> None:
    for corpus in (outing.corpus(), outing.corpus(with_bank=False)):
        own = retriever(corpus)
        halves = Halves(own, Refusal.read())
        (judged,) = halves.search_many(["要交钱吗"], 5)
        assert judged.retrieval == own.search("要交钱吗", 5)


def test_the_half_that_answers_comes_first_and_the_surer_of_two() -> None:
    own = retriever(both())
    halves = Halves(own, Refusal.read())
    base = own.search("要交钱吗", 5)

    def judged(first: int, answered: bool, confidence: float) -> Judged:
        hits = tuple(replace(base.hits[0], passage=first + at, score=float(9 - at)) for at in range(5))
        return Judged(replace(base, hits=hits), answered, confidence)

    def order(banked: Judged, other: Judged) -> list[int]:
        return [hit.passage for hit in halves._merged(banked, other, 6).retrieval.hits]

    assert order(judged(0, True, 0.4), judged(10, False, 0.9)) == [0, 1, 2, 10, 3, 4]
    assert order(judged(0, False, 0.1), judged(10, True, 0.3)) == [10, 11, 12, 0, 13, 14]
    assert order(judged(0, True, 0.7), judged(10, True, 0.8)) == [10, 0, 11, 12, 13, 14]
    assert order(judged(0, False, 0.2), judged(10, False, 0.2)) == [0, 1, 2, 10, 3, 4]
    merged = halves._merged(judged(0, True, 0.7), judged(10, True, 0.8), 6)
    assert (merged.answered, merged.confidence) == (True, 0.8)

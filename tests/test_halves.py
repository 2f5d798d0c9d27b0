from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np
import outing
from bigram import BigramEncoder
from numpy.typing import NDArray

from assistant.answerer import Answerer
from assistant.halves import Halves, Judged
from assistant.refusal import Logistic, Refusal
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from index.build import build_index
from index.encoder import Vectors
from index.reranker import Reranker
from index.retriever import Retriever

SURE = Logistic(log(4), {}, {}, {}, 0.5)
"""Sure of everything, by 0.8."""
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


def test_both_halves_take_the_same_vectors() -> None:
    class Counting(BigramEncoder):
        asked: list[Sequence[str]]

        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            self.asked.append(texts)
            return super().encode_queries(texts)

    encoder = Counting()
    encoder.asked = []
    own = Retriever(build_index(both(), BigramEncoder()), encoder, outing.FUSION)
    found = Halves(own, Refusal.read()).search_many(["要交钱吗", "几点走"], 5)
    assert encoder.asked == [["要交钱吗", "几点走"]]
    assert found == Halves(retriever(both()), Refusal.read()).search_many(["要交钱吗", "几点走"], 5)


class Reader(Reranker):
    """Says that passages with a word answer, how sure it is."""

    def __init__(self, word: str, score: float) -> None:
        self.word, self.score, self.read = word, score, list[str]()

    def scores(self, question: str, passages: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.read += [text for _, text in passages]
        return np.array([self.score if self.word in text else 0.0 for _, text in passages], np.float32)


def test_the_half_with_a_bank_needs_the_word_of_the_reranker() -> None:
    encoder, index = BigramEncoder(), build_index(both(), BigramEncoder())
    first = {}
    for score in (9.0, -9.0):
        reader = Reader("午餐", score)
        halves = Halves(Retriever(index, encoder, outing.FUSION, reader), Refusal(SURE, SURE))
        [found] = halves.search_many(["要交钱吗"], 5)
        first[score] = index.corpus.passages[found.retrieval.hits[0].passage].notice_id
        # It reads the first of each half, however many hits there are.
        assert len(reader.read) == 2 and "春游不收费，午餐自备。" in reader.read[0]
    # Log-odds of 0.8 are 1.39; with 0.6 times the difference they reach 2.75 or do not.
    assert first == {9.0: "春游", -9.0: "值班"}


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

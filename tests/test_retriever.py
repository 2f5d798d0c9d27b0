from concurrent.futures import ThreadPoolExecutor

import outing
import pytest
from bigram import BigramEncoder

from content.corpus import Corpus, make_corpus, make_plain_corpus
from content.notice import parse_notice
from index.build import build_index
from index.entries import EntryKind
from index.fusion import Fusion
from index.retriever import Hit, Retrieval, Retriever

ENCODER = BigramEncoder()
WORDS = Fusion({"characters/passage": 1.0}, {"characters/passage": 1.0})
MEANING = Fusion({"dense/passage": 1.0}, {"dense/passage": 1.0})
BANK = Fusion({"dense/question": 1.0}, {"dense/passage": 1.0})
TWO = make_plain_corpus([("a", "春游在周五"), ("b", "午餐自备")])


def retriever(corpus: Corpus | None = None, fusion: Fusion | None = None) -> Retriever:
    return Retriever(build_index(corpus or outing.corpus(), ENCODER), ENCODER, fusion or outing.FUSION)


def nearest(searcher: Retriever, hit: Hit, kind: EntryKind) -> str | None:
    """The text of the best entry of a kind that led to a hit."""
    evidence = hit.of_kind(kind)
    return searcher.index.entries[evidence[0].row].text if evidence else None


def passages(found: Retrieval) -> list[int]:
    return [hit.passage for hit in found.hits]


def test_two_passages_stand_a_deviation_on_each_side_of_their_mean() -> None:
    found = retriever(TWO, WORDS).search("午餐呢", 5)
    assert passages(found) == [1, 0]
    assert [hit.score for hit in found.hits] == pytest.approx([1.0, -1.0])
    assert found.hits[1].channels["characters/passage"] == 0.0


def test_the_dense_channel_is_the_cosine() -> None:
    # 甲乙 is 甲, 乙 and 甲乙; 甲丙 shares one of three.
    corpus = make_plain_corpus([("a", "甲丙"), ("b", "甲乙"), ("c", "丁")])
    found = retriever(corpus, MEANING).search("甲乙", 5)
    assert passages(found) == [1, 0, 2]
    assert [hit.channels["dense/passage"] for hit in found.hits] == pytest.approx([1.0, 1 / 3, 0.0])


def test_weights_are_added_up() -> None:
    both = Fusion({}, {"dense/passage": 2.0, "characters/passage": 0.5})
    found = retriever(TWO, both).search("午餐自备", 5)
    assert [hit.score for hit in found.hits] == pytest.approx([2.5, -2.5])


@pytest.mark.parametrize("k", [1, 4, 9, 10, 1000])
def test_k_passages_or_as_many_as_there_are(k: int) -> None:
    found = retriever().search("几点出发", k)
    assert len(found.hits) == min(k, 9) == len(set(passages(found)))
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_first_few_are_the_first_of_many() -> None:
    everything = retriever().search("带水", 9)
    assert retriever().search("带水", 3).hits == everything.hits[:3]


def test_ties_keep_the_order_of_the_notice() -> None:
    corpus = make_plain_corpus([(str(i), "春游在周五" if i % 2 else "午餐自备") for i in range(10)])
    for fusion in (WORDS, MEANING):
        assert passages(retriever(corpus, fusion).search("午餐", 10)) == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]


def test_one_bank_question_leads_to_two_passages() -> None:
    found = retriever(fusion=BANK).search("要准备些什么", 9)
    assert passages(found)[:2] == [2, 4]
    assert [hit.channels["dense/question"] for hit in found.hits[:2]] == pytest.approx([1.0, 1.0])
    assert [nearest(retriever(), hit, EntryKind.QUESTION) for hit in found.hits[:2]] == ["要准备些什么"] * 2


def test_the_nearest_sentence_and_bank_question_of_a_passage() -> None:
    searcher = retriever()

    def near(question: str, passage: int, kind: EntryKind) -> str | None:
        found = searcher.search(question, 9)
        return nearest(searcher, next(hit for hit in found.hits if hit.passage == passage), kind)

    assert near("过马路怎么走", 6, EntryKind.SENTENCE) == "过马路要排队；"
    assert near("可以离开队伍吗", 6, EntryKind.SENTENCE) == "不得离开队伍。"
    assert near("要带什么", 7, EntryKind.QUESTION) is None  # no bank question leads to the issuer
    assert near("要交钱吗", 4, EntryKind.QUESTION) == "要交钱吗"


def test_evidence_stands_best_first_and_leads_to_its_passage() -> None:
    searcher = retriever()
    for hit in searcher.search("请每人带水", 9).hits:
        assert hit.evidence
        for kind in EntryKind:
            scores = [item.score for item in hit.of_kind(kind)]
            assert scores == sorted(scores, reverse=True)
        assert all(hit.passage in searcher.index.entries[item.row].passages for item in hit.evidence)
        assert all(searcher.index.entries[item.row].kind is item.kind for item in hit.evidence)


def test_nearness_to_questions_without_an_answer() -> None:
    searcher = retriever()
    far, near = searcher.search("要交钱吗", 5), searcher.search("股票涨了吗", 5)
    assert near.unanswered_dense == pytest.approx(1.0)
    assert near.unanswered_vote == pytest.approx(1.0, abs=1e-6)
    assert near.unanswered_lexical > 0.4 > far.unanswered_lexical
    assert far.unanswered_vote == pytest.approx(0.0, abs=1e-6)


def test_a_corpus_without_a_bank() -> None:
    found = retriever(outing.corpus(with_bank=False)).search("几点出发", 5)
    assert (found.unanswered_dense, found.unanswered_lexical, found.unanswered_vote) == (0.0, 0.0, 0.0)
    assert all(hit.of_kind(EntryKind.QUESTION) == () for hit in found.hits)
    assert len(found.hits) == 5


def test_each_has_its_own_weights() -> None:
    fusion = Fusion({"dense/question": 1.0}, {"characters/passage": 1.0})
    with_bank = retriever(fusion=fusion).search("要交钱吗", 1).hits[0]
    assert with_bank.passage == 4  # 春游不收费: only the bank knows
    without = retriever(outing.corpus(with_bank=False), fusion).search("离开队伍", 1).hits[0]
    assert without.passage == 6


STRANGE = [
    "", " ", "\u3000\n\t", "？？？", "，。！；：“”", "😀👨‍👩‍👧", "𠮷", "\x00\x01\x1f\x7f", "\ud800", "\udfff春游\ud83d",
    "\u202e\u200b\ufeff", "a" * 5000, "<script>alert(1)</script>", "${x}{{y}}%s%d\\", "0" * 400,
    "1e999", "٣٤٥", "ﷺ", "½²①Ⅷ", "零" * 30 + "亿" * 30, "-" * 100, "NaN", "null",
]  # fmt: skip


@pytest.mark.parametrize("question", STRANGE, ids=range(len(STRANGE)))
def test_strange_questions_are_searched_like_any_other(question: str) -> None:
    found = retriever(fusion=WORDS).search(question, 5)
    assert len(found.hits) == 5
    assert all(hit.score == hit.score for hit in found.hits)  # no NaN


def test_a_number_too_large_to_be_one() -> None:
    for question in ("九" * 400, "9" * 400, "九" * 200 + "亿" * 200, "9" * 300 + "亿" * 300):
        assert len(retriever(fusion=WORDS).search(question, 5).hits) == 5


def test_a_question_of_100_000_characters() -> None:
    found = retriever().search("春游几点出发，" * 15_000, 5)
    assert len(found.hits) == 5


def test_a_question_without_terms_keeps_the_order_of_the_notice() -> None:
    assert passages(retriever(fusion=WORDS).search("😀？", 9)) == list(range(9))


def test_many_questions_are_found_as_one_by_one() -> None:
    searcher = retriever()
    questions = ["几点出发", "", "要钱吗", "发给谁"]
    assert searcher.search_many(questions, 4) == [searcher.search(question, 4) for question in questions]
    assert searcher.search_many([], 4) == []


def test_several_threads_at_once() -> None:
    searcher = retriever()
    questions = ["几点出发", "要钱吗", "发给谁", "带什么"] * 10
    alone = [searcher.search(question, 5) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: searcher.search(question, 5), questions)) == alone


def test_a_corpus_of_nothing_and_one_of_one() -> None:
    assert retriever(make_corpus(())).search("几点出发", 5).hits == ()
    assert passages(retriever(make_plain_corpus([("a", "甲。")])).search("乙", 5)) == [0]


def test_the_same_words_in_two_notices_are_two_passages() -> None:
    corpus = make_corpus((parse_notice("关于甲的通知\n请报名。", "甲"), parse_notice("关于乙的通知\n请报名。", "乙")))
    assert passages(retriever(corpus, MEANING).search("请报名。", 2)) == [1, 3]


def test_the_fitted_weights_name_channels_that_there_are() -> None:
    searcher = retriever()
    channels = set(searcher.channels("几点", ENCODER.encode_queries(["几点"])))
    fusion = Fusion.read()
    assert set(fusion.with_bank) <= channels
    assert set(fusion.without_bank) <= channels
    assert not any("question" in name for name in fusion.without_bank)

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import outing
import pytest
from bigram import BigramEncoder

from assistant.answer import Answer
from assistant.answerer import LONGEST_QUESTION, Answerer
from assistant.citation import QuotationError
from assistant.halves import Halves, Judged
from assistant.manner import Manner
from assistant.manner_words import HARM
from assistant.refusal import Logistic, Refusal
from assistant.signals import signals
from content.corpus import make_corpus
from content.notice import parse_notice
from index.build import build_index
from index.fusion import Fusion
from index.retriever import Retriever
from index.store import manifest_of

ENCODER = BigramEncoder()


def judged(intercept: float) -> Answerer:
    """An answerer whose refusal does not look at the question."""
    model = Logistic(intercept=intercept, weights={}, means={}, scales={}, threshold=0.5)
    retriever = Retriever(build_index(outing.corpus(), ENCODER), ENCODER)
    return Answerer(retriever, Refusal(with_bank=model, without_bank=model))


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return outing.answerer()


def test_the_right_passage_in_its_own_words_with_its_citation(answerer: Answerer) -> None:
    first = answerer.ask("春游几点出发？").passages[0]
    assert first.rank == 1
    assert first.text == "春游在周五上午八点出发。请每人带水和雨衣。"
    assert first.citation.label == "《关于春游的通知》（2024-04-01）开头第1段"
    assert (first.citation.start, first.citation.end) == (14, 35)
    assert first.citation.sha256 == answerer.corpus.notices[0].sha256


def test_what_is_highlighted_lies_in_the_passage(answerer: Answerer) -> None:
    first = answerer.ask("要交钱吗").passages[0]
    [mark] = first.highlights
    assert mark.text in first.text == "春游不收费，午餐自备。"
    assert "春游不收费" in mark.text
    assert outing.TEXT[mark.start : mark.end] == mark.text


@pytest.mark.parametrize("k", [1, 3, 9, 50])
def test_k_passages(answerer: Answerer, k: int) -> None:
    found = answerer.ask("几点出发", k).passages
    assert [passage.rank for passage in found] == list(range(1, min(k, 9) + 1))
    assert found == answerer.ask("几点出发", 50).passages[:k]


def test_how_many_are_shown_does_not_change_the_confidence() -> None:
    # The date has the question's words but, where the bank alone decides, the last place.
    question = "要交钱吗 2024年4月1日"
    retriever = Retriever(build_index(outing.corpus(), ENCODER), ENCODER, Fusion({"dense/question": 1.0}, {}))
    assert retriever.search(question, 9).hits[-1].passage == 8
    for name in signals(retriever.search(question, 5), retriever.index):
        model = Logistic(intercept=0.0, weights={name: 1.0}, means={name: 0.0}, scales={name: 1.0}, threshold=0.5)
        asked = Answerer(retriever, Refusal(with_bank=model, without_bank=model))
        assert len({asked.ask(question, k).confidence for k in (1, 2, 5, 9)}) == 1, name


@pytest.mark.parametrize(("intercept", "answered", "confidence"), [(3.0, True, 0.9526), (-3.0, False, 0.0474)])
def test_a_no_still_shows_the_nearest_passages(intercept: float, answered: bool, confidence: float) -> None:
    answer = judged(intercept).ask("几点出发")
    assert answer.answered is answered
    assert answer.confidence == confidence
    assert len(answer.passages) == 5


def test_a_threshold_that_is_just_reached_is_reached() -> None:
    assert judged(0.0).ask("几点出发").answered


@pytest.mark.parametrize("question", ["雨衣", "雨衣？", "通知里提到雨衣了吗", "关于雨衣，通知怎么说"])
def test_a_term_leads_to_where_it_stands_whatever_the_refusal_thinks_of_so_few_words(question: str) -> None:
    answer = judged(-9.0).ask(question)
    assert answer.answered and answer.confidence == 0.9
    assert [mark.text for mark in answer.passages[0].highlights] == ["请每人带水和雨衣。"]
    scores = [found.score for found in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert answer.passages == judged(-9.0).ask(question, 9).passages[:5]


def test_bare_words_that_stand_where_search_finds_nothing_may_stand_there_by_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def last_first(self: Halves, *args: Any) -> list[Judged]:
        found = search(self, *args)
        return [replace(own, retrieval=replace(own.retrieval, hits=own.retrieval.hits[::-1])) for own in found]

    search = Halves.search_many
    monkeypatch.setattr(Halves, "search_many", last_first)
    unsure, sure = judged(-9.0), judged(9.0)
    assert [mark.text for mark in unsure.ask("雨衣").passages[0].highlights] == ["请每人带水和雨衣。"]
    assert not unsure.ask("雨衣").answered
    assert unsure.ask("通知里提到雨衣了吗").answered and sure.ask("雨衣").answered


def test_a_term_is_searched_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def noted(self: Halves, questions: Sequence[str], *args: Any) -> list[Judged]:
        asked.append(list(questions))
        return search(self, questions, *args)

    search = Halves.search_many
    monkeypatch.setattr(Halves, "search_many", noted)
    judged(9.0).ask("雨衣")
    assert asked == [["雨衣"]]
    asked.clear()
    answers = judged(9.0).ask_many(["雨衣", "几点出发", "通知里提到雨衣了吗"])
    assert asked == [["几点出发"], ["雨衣", "通知里提到雨衣了吗"]]
    assert [answer.question for answer in answers] == ["雨衣", "几点出发", "通知里提到雨衣了吗"]


def test_a_term_that_stands_nowhere_is_judged_as_any_question() -> None:
    assert not judged(-9.0).ask("通知里提到帐篷了吗").answered
    assert judged(9.0).ask("帐篷").confidence == 0.9999


def test_what_was_typed_by_its_sound_is_read_and_shown() -> None:
    answer = outing.answerer(outing.corpus(with_bank=False)).ask("guomalu paidui")
    assert (answer.question, answer.reading) == ("guomalu paidui", "过马路 排队")
    assert answer.passages[0].text == "过马路要排队；不得离开队伍。"


def test_a_question_is_searched_as_typed_on_demand(answerer: Answerer) -> None:
    assert answerer.ask("guomalu paidui", as_typed=True).reading is None
    assert answerer.ask("guomalu", as_typed=True).question == "guomalu"


@pytest.mark.parametrize("question", ["过马路怎么走", "ＡＢＣ？", " 几点 出发 ", "What time?"])
def test_no_reading_where_no_character_was_put_right(answerer: Answerer, question: str) -> None:
    assert answerer.ask(question).reading is None


def test_traditional_characters_find_the_same(answerer: Answerer) -> None:
    traditional, simplified = answerer.ask("離開隊伍"), answerer.ask("离开队伍")
    assert traditional.passages == simplified.passages
    assert traditional.reading == "离开队伍"


def test_the_question_comes_back_as_it_was_typed(answerer: Answerer) -> None:
    for question in ("", " 几点？ ", "ＡＢＣ", "\ud800", "離開"):
        assert answerer.ask(question).question == question


def test_the_end_of_a_very_long_question_is_left_out(answerer: Answerer) -> None:
    kept = ("几点出发" + "，" * LONGEST_QUESTION)[:LONGEST_QUESTION]
    long = answerer.ask(kept + "股票涨了吗")
    assert len(long.question) == LONGEST_QUESTION + 5
    assert long.passages == answerer.ask(kept).passages


def test_many_at_once_are_answered_as_one_by_one(answerer: Answerer) -> None:
    questions = ["几点出发", "春游几点出发，要交钱吗", "", "guomalu", "要交钱吗", "離開隊伍"]
    assert answerer.ask_many(questions) == [answerer.ask(question) for question in questions]
    assert answerer.ask_many([]) == []


def test_each_passage_says_which_part_of_the_question_it_answers(answerer: Answerer) -> None:
    passages = answerer.ask("春游几点出发，要交钱吗").passages
    assert [(found.text, found.part) for found in passages[:2]] == [
        ("春游不收费，午餐自备。", "要交钱吗？"),
        ("春游在周五上午八点出发。请每人带水和雨衣。", "春游几点出发？"),
    ]
    assert [found.part for found in passages[2:]] == [None] * 3


def test_a_passage_that_answers_two_of_three_parts_says_both(answerer: Answerer) -> None:
    passages = answerer.ask("几点走？要交钱吗？要准备些什么？").passages
    assert [found.part for found in passages[:3]] == ["要交钱吗？要准备些什么？", "几点走？", None]


@pytest.mark.parametrize(
    "question",
    [
        "几点出发",
        "几点走，春游几点出发",  # one passage answers both
        "几点出发，股票涨了吗",  # the second is not in the notice
        "水和雨衣怎么带",
    ],
)
def test_nothing_is_said_of_parts_where_there_are_none_apart(answerer: Answerer, question: str) -> None:
    assert {found.part for found in answerer.ask(question).passages} == {None}


def test_a_question_that_is_not_answered_has_no_parts() -> None:
    question = "春游几点出发，要交钱吗"
    assert any(found.part for found in judged(9.0).ask(question).passages)
    assert not any(found.part for found in judged(-9.0).ask(question).passages)


def test_parts_change_neither_the_order_nor_what_the_contract_says(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "春游几点出发，要交钱吗"
    labelled = answerer.ask(question)
    monkeypatch.setattr("assistant.answerer.split_question", lambda _: ())
    plain = answerer.ask(question)
    assert labelled != plain
    assert labelled.to_json() == plain.to_json()
    assert tuple(replace(found, part=None) for found in labelled.passages) == plain.passages
    assert list(labelled.to_json()["passages"][0]) == ["rank", "score", "text", "citation", "highlights"]


POINTS = (
    "关于春游的通知\n\n要强化纪律。排队走路。\n\n要强化安全。不得离开。\n\n要强化卫生。带走垃圾。\n\n"
    "光明小学\n2024年4月1日\n"
)


def test_points_that_have_a_paragraph_each_come_together_and_are_marked_by_their_first_sentence() -> None:
    sure = Logistic(intercept=9.0, weights={}, means={}, scales={}, threshold=0.5)
    corpus = make_corpus((parse_notice(POINTS, "春游"),))
    retriever = Retriever(build_index(corpus, ENCODER), ENCODER, outing.FUSION)
    answer = Answerer(retriever, Refusal(with_bank=sure, without_bank=sure)).ask("三个强化是哪三个强化")
    shown = answer.passages[:3]
    assert sorted(found.text[:6] for found in shown) == ["要强化卫生。", "要强化安全。", "要强化纪律。"]
    assert all(found.highlights[0].text == found.text[:6] for found in shown)
    assert [found.score for found in answer.passages] == sorted((f.score for f in answer.passages), reverse=True)


def test_several_threads_get_the_same_answers(answerer: Answerer) -> None:
    questions = ["几点出发", "guomalu", "要交钱吗", "離開隊伍"] * 8
    alone = [answerer.ask(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answerer.ask, questions)) == alone


def test_an_empty_corpus_has_no_passages() -> None:
    answer = outing.answerer(make_corpus(())).ask("几点出发")
    assert answer == Answer("几点出发", False, 0.0, ())


def test_what_it_was_made_from(answerer: Answerer) -> None:
    assert answerer.manifest == manifest_of(outing.corpus(), ENCODER)


def test_a_notice_that_is_not_the_one_indexed_is_never_shown(answerer: Answerer) -> None:
    changed = parse_notice(outing.TEXT.replace("八点", "九点"), "春游")
    altered = outing.answerer()
    altered._notices = {"春游": changed}
    for question in ("几点出发", "要交钱吗", "股票涨了吗", ""):
        with pytest.raises(QuotationError, match=r"《关于春游的通知》的原文已改动.*notice-assistant build"):
            altered.ask(question)
    forged = outing.answerer()
    forged._notices = {"春游": replace(forged.corpus.notices[0], sha256="0" * 64)}
    with pytest.raises(QuotationError):
        forged.ask_many(["几点出发"])


def test_a_text_altered_in_place_is_never_shown() -> None:
    """The notice still says that it is the one indexed; its words say otherwise."""
    corpus = outing.corpus()
    notice = corpus.notices[0]
    altered = replace(corpus, notices=(replace(notice, text=notice.text.replace("八点", "九点")),))
    with pytest.raises(QuotationError):
        outing.answerer(altered).ask("几点出发")


# The real encoder on the real notice.


@pytest.fixture(scope="session")
def real() -> Answerer:
    """The product as it is installed; its index is built when it is not there."""
    from assistant.opening import open_answerer
    from assistant.settings import Settings

    return open_answerer(Settings.from_environment())


REPORT = "报告对习近平总书记关于工人阶级和工会工作重要论述的基本内涵"


@pytest.mark.real
@pytest.mark.parametrize(
    "question",
    ["八个坚持是哪八个？", "八个坚持是哪八个", "八個堅持是哪八個？", "bage jianchi 是哪八个", "8个坚持是什么"],
)
def test_the_eight_upholds(real: Answerer, question: str) -> None:
    answer = real.ask(question)
    first = answer.passages[0]
    assert REPORT in first.text
    assert "即坚持党对工会工作的领导" in first.highlights[0].text
    assert first.citation.label.endswith("（2018-11-13）第二部分第4段")
    assert answer.answered


FORMAL = [
    ("谁发的", "常州市武进区总工会", "落款（发文机关）"),
    ("这份通知是哪个单位发的？", "常州市武进区总工会", "落款（发文机关）"),
    ("哪天发的", "2018年11月13日", "落款（成文日期）"),
    ("通知是什么时候印发的？", "2018年11月13日", "落款（成文日期）"),
    ("发给谁", "：", "主送机关"),
    ("哪些单位要收这份通知？", "：", "主送机关"),
]


@pytest.mark.real
@pytest.mark.parametrize(("question", "text", "place"), FORMAL)
def test_who_when_and_to_whom(real: Answerer, question: str, text: str, place: str) -> None:
    first = real.ask(question).passages[0]
    assert first.citation.label.endswith(place)
    assert text in first.text
    assert first.highlights[0].text == first.text


@pytest.mark.real
@pytest.mark.parametrize("question", [question for question, *_ in FORMAL])
def test_who_when_and_to_whom_is_answered(real: Answerer, question: str) -> None:
    assert real.ask(question).answered


@pytest.mark.real
@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("工会时期大什么时候开的", "工会十七大什么时候开的"),
        ("gonghui shiqida 什么时候开的", "工会十七大什么时候开的"),
        ("工會十七大什麼時候開的", "工会十七大什么时候开的"),
    ],
)
def test_typing_errors_find_what_the_right_words_find(real: Answerer, typed: str, right: str) -> None:
    answer, wanted = real.ask(typed), real.ask(right)
    assert (answer.reading or "").replace(" ", "") == right
    assert answer.passages[0].citation == wanted.passages[0].citation


@pytest.mark.real
@pytest.mark.parametrize("question", ["今天天气怎么样", "你好", "红烧肉怎么做", "asdf qwer"])
def test_what_the_notice_does_not_answer(real: Answerer, question: str) -> None:
    answer = real.ask(question)
    assert not answer.answered
    assert answer.confidence < 0.5
    assert answer.passages


@pytest.mark.real
@pytest.mark.parametrize("question", ["", " ", "\x00", "\ud800", "😀" * 50, "工会" * 5000, "<b>", "？"])
def test_strange_questions_are_answered_in_form(real: Answerer, question: str) -> None:
    answer = real.ask(question)
    assert len(answer.passages) == 5
    json.dumps(answer.to_json(), allow_nan=False)


@pytest.mark.real
def test_a_second_opening_finds_the_same(real: Answerer, tmp_path: Path) -> None:
    from index.store import load_index, save_index

    encoder = real.retriever.encoder
    save_index(real.retriever.index, encoder, tmp_path / "索引")
    again = Answerer(Retriever(load_index(real.corpus, encoder, tmp_path / "索引"), encoder))
    for question in ("八个坚持是哪八个？", "谁发的", "今天天气怎么样"):
        assert again.ask(question) == real.ask(question)


def test_a_greeting_is_no_question(answerer: Answerer) -> None:
    answer = answerer.ask("您好！")
    assert (answer.answered, answer.confidence, answer.manner) == (False, 0.0, Manner.GREETING)
    assert answer.passages  # the contract wants the nearest even then
    assert answer.to_json()["reply"] == "您好！想知道通知里写了什么，直接问就可以。"
    assert "reply" not in answerer.ask("几点走").to_json()


def test_who_asks_of_violence_is_told_where_to_turn() -> None:
    answer = judged(-9.0).ask("老板打我")  # what the notice does not answer
    assert (answer.answered, answer.manner, answer.reply) == (False, None, None)
    assert answer.remark == HARM == answer.to_json()["passages"][0]["remark"]

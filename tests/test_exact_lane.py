"""Questions that name an article or a number, through the answerer."""

import pytest
from bigram import BigramEncoder
from outing import FUSION, answerer
from test_register import LABOUR, LIBRARY

from assistant.answerer import Answerer
from assistant.citation import cite
from assistant.view import answer_view
from content.corpus import make_corpus
from content.named import Lane
from content.notice import parse_notice
from content.passage import Kind
from index.build import build_index
from index.retriever import Retriever

ENCODER = BigramEncoder()
ANSWERER = Answerer(Retriever(build_index(LIBRARY, ENCODER), ENCODER, FUSION))


@pytest.fixture(params=[1000, 0], ids=["scored whole", "scored by proposals"], autouse=True)
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._WHOLE", request.param)


def test_the_article_that_is_named_is_the_answer() -> None:
    answer = ANSWERER.ask("劳动法第二条说了什么", 3)
    first = answer.passages[0]
    assert (answer.answered, answer.confidence, answer.lane, answer.remark) == (True, 0.99, Lane.ARTICLE, None)
    assert first.citation.label == "《劳动法》第二条第一款"
    assert [mark.text for mark in first.highlights] == [first.text]
    assert [found.found_by for found in answer.passages] == [Lane.ARTICLE, Lane.ARTICLE, None]
    assert answer.to_json()["passages"][0]["found_by"] == "article"
    assert "found_by" not in answer.to_json()["passages"][2]
    assert answer_view(answer, LIBRARY)["lane"] == "article"


def test_an_item_is_marked() -> None:
    first = ANSWERER.ask("劳动法第二条第一款第（二）项").passages[0]
    assert [mark.text for mark in first.highlights] == ["（二）提供安全的工具。"]


def test_an_article_that_is_not_there_is_said_and_the_nearest_are_shown() -> None:
    answer = ANSWERER.ask("劳动法第二百条")
    remark = "《劳动法》没有第二百条，最后一条是第三条。"
    assert (answer.answered, answer.confidence, answer.lane, answer.remark) == (False, 0.0, None, remark)
    assert len(answer.passages) == 5
    assert answer.to_json()["passages"][0]["remark"] == remark
    assert [set(row) - {"rank", "score", "text", "citation", "highlights"} for row in answer.to_json()["passages"]] == [
        {"remark"}, set(), set(), set(), set()
    ]  # fmt: skip


def test_a_number_leads_to_its_document_before_all_others() -> None:
    answer = ANSWERER.ask("武工发〔2018〕12号")
    assert (answer.answered, answer.confidence, answer.lane) == (True, 0.99, Lane.NUMBER)
    assert answer.passages[0].text == "武进区总工会关于春游的通知"
    assert {found.citation.notice_id for found in answer.passages} == {"春游"}
    asked = ANSWERER.ask("武工发〔2018〕12号要求带什么水", 5)
    assert asked.lane is Lane.NUMBER and asked.reading is None
    assert asked.passages[0].text == "春游在周五，每人带水。"


@pytest.mark.parametrize("question", ["劳动发第二条", "烈士包扬条例第二条"])
def test_a_law_whose_name_is_typed_by_its_sound_is_looked_up(question: str) -> None:
    answer = ANSWERER.ask(question, 1)
    right = {"劳动发第二条": "劳动法第二条", "烈士包扬条例第二条": "烈士褒扬条例第二条"}[question]
    assert (answer.answered, answer.lane, answer.reading) == (True, Lane.ARTICLE, right)
    assert answer.passages[0].text == ANSWERER.ask(right, 1).passages[0].text
    assert ANSWERER.ask(question, 1, as_typed=True).lane is None


def test_a_question_with_a_laws_name_prefers_that_law() -> None:
    answer = ANSWERER.ask("烈士褒扬条例为了什么制定")
    assert answer.lane is None
    assert answer.passages[0].citation.title == "烈士褒扬条例"
    assert ANSWERER.ask("劳动法为了什么制定").passages[0].citation.title == "中华人民共和国劳动法"


def test_parts_that_name_articles_are_looked_up_each() -> None:
    answer = ANSWERER.ask("劳动法第一条和劳动法第三条分别讲了什么", 2)
    assert [found.citation.label for found in answer.passages] == ["《劳动法》第一条", "《劳动法》第三条"]


def test_a_place_of_a_notice_is_the_answer() -> None:
    outing = answerer()
    answer = outing.ask("第二部分第1段说了什么", 2)
    first = answer.passages[0]
    assert (answer.answered, answer.confidence, answer.lane, answer.remark) == (True, 0.99, Lane.PLACE, None)
    assert first.text == "过马路要排队；不得离开队伍。"
    assert [mark.text for mark in first.highlights] == [first.text]
    assert [found.found_by for found in answer.passages] == [Lane.PLACE, None]
    assert outing.ask(first.citation.label).passages[0].text == first.text
    assert [found.text for found in outing.ask("第一部分", 2).passages] == ["一、费用", "春游不收费，午餐自备。"]


def test_every_paragraph_is_found_by_its_own_label() -> None:
    outing = answerer()
    for notice_passage in outing.corpus.passages:
        if notice_passage.kind in (Kind.PARAGRAPH, Kind.HEADING):
            label = cite(outing.corpus.notices[0], notice_passage).label
            assert outing.ask(label, 1).passages[0].text == notice_passage.text


def test_a_place_that_is_not_there_is_said_and_the_nearest_are_shown() -> None:
    answer = answerer().ask("第二部分第9段", 3)
    remark = "这份通知的第二部分只有一段，没有第九段。"
    assert (answer.answered, answer.confidence, answer.lane, answer.remark) == (False, 0.0, None, remark)
    assert [found.text for found in answer.passages[:2]] == ["二、安全", "过马路要排队；不得离开队伍。"]
    assert {found.found_by for found in answer.passages} == {None}


def test_more_than_there_is() -> None:
    alone = make_corpus((parse_notice(LABOUR, "劳动法"),))
    answer = Answerer(Retriever(build_index(alone, ENCODER), ENCODER, FUSION)).ask("第一条", 50)
    assert answer.lane is Lane.ARTICLE
    assert len(answer.passages) == len(alone.passages)

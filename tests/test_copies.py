"""Versions and near copies: which passages say the same, and how answers fold them."""

import json
from typing import Any

import numpy as np
import pytest
from bigram import BigramEncoder
from outing import FUSION
from test_register import LABOUR

from assistant.answerer import Answerer
from assistant.copies import Relation, differing
from assistant.schema import AnswerModel
from assistant.scope import Selection
from assistant.view import card_view
from content.corpus import make_corpus
from content.notice import Notice, parse_notice
from content.span import Span
from index.build import build_index
from index.copies import Copies, Group
from index.retriever import Retriever

ENCODER = BigramEncoder()
NEW = (
    "春游条例\n（2024年9月27日国务院令第791号公布）\n第一条 为了让学生春游，制定本条例。\n"
    "第二条 春游应当在周五上午八点出发，每名学生带水和雨衣，由班主任清点人数以后上车，并且向家长报告回校的时间。\n"
    "第三条 教师可以带家属。\n第四条 午餐由学校供应。\n"
)
OLD = (
    "春游条例\n（2011年7月26日国务院令第601号公布）\n第一条 为了让学生春游，制定本条例。\n"
    "第二条 午餐由学生自备。\n"
    "第三条 春游应当在周四上午八点出发，每名学生带水和雨衣，由班主任清点人数以后上车，并且向家长报告回校的时间。\n"
    "第四条 远足另行规定办法，其费用从班费中列支。\n"
)
FORWARDED = (
    "光明小学关于转发春游要求的通知\n\n各班：\n"
    "春游应当在周五上午八点出发，每名学生带水和雨衣，由班主任清点人数以后上车，并向家长报告回校的时间。\n"
    "光明小学\n2024年10月1日\n"
)
LIBRARY = make_corpus(
    (
        parse_notice(OLD, "春游条例(2011-07-26)"),
        parse_notice(FORWARDED, "转发"),
        parse_notice(NEW, "春游条例(2024-09-27)"),
        parse_notice(LABOUR, "劳动法"),
    )
)
ANSWERER = Answerer(Retriever(build_index(LIBRARY, ENCODER), ENCODER, FUSION))
COPIES = Copies(LIBRARY)


@pytest.fixture(autouse=True)
def one_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a notice is as likely to be asked for as the rules beside it is not what this is about."""
    monkeypatch.setattr("index.retriever.Retriever.advantage", lambda _, view: np.zeros_like(view.advantage))


def row(notice_id: str, begins: str) -> int:
    (found,) = [
        place
        for place, passage in enumerate(LIBRARY.passages)
        if passage.notice_id.startswith(notice_id) and passage.text.startswith(begins)
    ]
    return found


GO, GO_OLD, GO_COPY = row("春游条例(2024", "第二条"), row("春游条例(2011", "第三条"), row("转发", "春游应当")
AIM, AIM_OLD = row("春游条例(2024", "第一条"), row("春游条例(2011", "第一条")
FAR = row("春游条例(2011", "第四条")


def test_versions_are_laid_beside_each_other_by_their_words() -> None:
    assert COPIES.newest([GO, GO_OLD, AIM_OLD, FAR, GO_COPY]).tolist() == [GO, GO, AIM, FAR, GO_COPY]
    assert COPIES.newer(FAR) == "2024-09-27"
    assert COPIES.newer(GO) is None and COPIES.newer(GO_COPY) is None
    # The newest has these, in other words.
    assert COPIES.newer(GO_OLD) is None and COPIES.newer(AIM_OLD) is None
    assert COPIES.family(GO_OLD) == COPIES.family(GO) == 2


def test_what_differs_in_a_year_or_an_amount_is_no_copy() -> None:
    def allowance(notice_id: str, year: int, amount: int, number: str) -> Notice:
        said = f"{number}从{year}年8月1日起，全市困难职工家庭的生活补助按照每人每月{amount}元发放，由所在工会代为申请。"
        return parse_notice(f"关于补助的通知\n各单位：\n{said}\n总工会\n{year}年7月1日\n", notice_id)

    notices = (
        allowance("甲", 2021, 2280, "一、"),
        allowance("乙", 2024, 2490, "一、"),
        allowance("丙", 2024, 2490, "二、"),
    )
    library = make_corpus(notices)
    old, new, same = (row for row, passage in enumerate(library.passages) if "补助按照" in passage.text)
    copies = Copies(library)
    assert copies.fold([old, new], 5) == [Group(old), Group(new)]
    # What a passage is counted by is no matter.
    assert copies.fold([new, old, same], 5) == [Group(new, (same,)), Group(old)]


def test_folding_counts_groups() -> None:
    assert COPIES.fold([GO_OLD, AIM_OLD, GO_COPY, FAR], 2) == [Group(GO, (GO_OLD, GO_COPY)), Group(AIM, (AIM_OLD,))]
    assert COPIES.fold([GO_COPY, GO], 5) == [Group(GO_COPY, (GO, GO_OLD))]


def test_the_version_that_was_asked_for_is_shown() -> None:
    assert COPIES.fold([GO_OLD], 1, frozenset({GO_OLD})) == [Group(GO_OLD, (GO,))]
    assert COPIES.fold([GO_OLD], 1, among=np.array([AIM_OLD, GO_OLD, FAR])) == [Group(GO_OLD)]


def test_short_passages_of_different_documents_are_no_copies() -> None:
    # 制定本法 and its like stand in every law.
    first = row("劳动法", "第三条")
    assert COPIES.fold([first, AIM], 5) == [Group(first), Group(AIM, (AIM_OLD,))]


@pytest.mark.parametrize("whole", [1000, 0])
def test_an_answer_folds_versions_and_repetitions(whole: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._WHOLE", whole)
    answer = ANSWERER.ask("春游出发并且向家长报告吗", 3)
    first = answer.passages[0]
    assert first.citation.notice_id == "春游条例(2024-09-27)"
    assert first.citation.label == "《春游条例》（2024-09-27）第二条"
    assert [(copy.relation, copy.citation.label, copy.differing) for copy in first.copies] == [
        (Relation.OLDER, "《春游条例》（2011-07-26）第三条", 2),
        (Relation.COPY, "《光明小学关于转发春游要求的通知》（2024-10-01）开头第1段", 4),
    ]
    assert [span.of(OLD) for span in first.copies[0].marks] == ["三", "四"]
    assert [span.of(NEW) for span in first.copies[0].against] == ["二", "五"]
    assert len(answer.passages) == 3 == len({found.citation.label for found in answer.passages})
    data = answer.to_json()
    assert set(data["passages"][0]) == {"rank", "score", "text", "citation", "highlights", "copies"}
    assert data["passages"][0]["copies"][0]["relation"] == "older version"
    plain: dict[str, Any] = json.loads(json.dumps(data, ensure_ascii=False))
    assert AnswerModel.model_validate(plain).model_dump(mode="json") == plain


def test_the_card_has_both_texts() -> None:
    card = card_view(ANSWERER.ask("春游出发并且向家长报告吗").passages[0], LIBRARY)
    older = card["copies"][0]
    assert (older["relation"], older["differing"], older["notice"]) == ("older", 2, "春游条例(2011-07-26)")
    assert OLD[older["start"] : older["end"]] == older["text"]


def test_what_only_an_older_version_has_is_said_to_be_old() -> None:
    found = ANSWERER.ask("远足的费用从哪里列支").passages[0]
    assert (found.citation.date, found.newer_version) == ("2011-07-26", "2024-09-27")
    assert found.to_json()["newer_version"] == "2024-09-27"


def test_within_a_scope_nothing_outside_is_folded_in() -> None:
    old = ANSWERER.ask("春游出发并且向家长报告吗", scope=Selection(document=("春游条例(2011-07-26)",))).passages[0]
    assert (old.citation.date, old.copies) == ("2011-07-26", ())
    assert old.newer_version is None  # the newest has it, in 第二条


def test_the_version_of_a_year_is_shown_first_with_the_new_one_under_it() -> None:
    found = ANSWERER.ask("2011年的春游条例第三条").passages[0]
    assert found.citation.label == "《春游条例》（2011-07-26）第三条"
    assert [copy.relation for copy in found.copies][:1] == [Relation.NEWER]


@pytest.mark.parametrize(
    ("shown", "other", "count", "here", "there"),
    [
        ("八点出发", "八点出发", 0, [], []),
        ("八点 出发", "八点\n出发", 0, [], []),
        ("（一）ＡＢ", "(一)AB", 0, [], []),
        ("八点出发", "九点出发", 1, ["八"], ["九"]),
        ("八点出发", "八点准时出发", 2, [], ["准时"]),
        ("周五八点", "周五", 2, ["八点"], []),
        ("", "新", 1, [], ["新"]),
        ("𠮷村八点", "𠮷村九点", 1, ["八"], ["九"]),
    ],
)
def test_differing_characters_are_counted(
    shown: str, other: str, count: int, here: list[str], there: list[str]
) -> None:
    found, ours, theirs = differing(shown, other)
    assert found == count
    assert [span.of(shown) for span in ours] == here
    assert [span.of(other) for span in theirs] == there
    assert all(isinstance(span, Span) for span in (*ours, *theirs))

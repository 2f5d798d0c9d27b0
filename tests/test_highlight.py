import json
from dataclasses import replace
from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder
from hypothesis import given
from hypothesis import strategies as st
from whole import cut_one

from assistant.highlight import Voting, apart, highlights, read_voting, together
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question, find_quote
from content.span import Span
from index.build import Index, build_index
from index.entries import EntryKind
from index.retriever import Evidence, Hit

QUESTIONS_ONLY = Voting(width=0.1, question=1.0, sentence=0.0, clause=0.0, echo=1.0)
ALIKE = Voting(width=0.1, question=1.0, sentence=1.0, clause=0.0, echo=1.0)
SENTENCE, QUESTION = EntryKind.SENTENCE, EntryKind.QUESTION


def index_of(corpus: Corpus) -> Index:
    return build_index(corpus, BigramEncoder())


def hit(index: Index, passage: int, *evidence: tuple[EntryKind, str, float]) -> Hit:
    """A hit with evidence given as (kind, text of the entry, score)."""
    found = []
    for kind, text, score in evidence:
        row = next(row for row in index.rows[kind] if index.entries[row].text == text)
        found.append(Evidence(kind, row, score))
    return Hit(passage, 1.0, {}, tuple(found))


def marked(index: Index, found: Hit, voting: Voting) -> list[str]:
    return [span.of(index.corpus.notices[0].text) for span in highlights(found, index, voting, "")]


OUTING = index_of(outing.corpus())
FIRST, SECOND = "春游在周五上午八点出发。", "请每人带水和雨衣。"


def test_a_bank_question_votes_for_its_quote() -> None:
    assert marked(OUTING, hit(OUTING, 4, (QUESTION, "要交钱吗", 0.9)), QUESTIONS_ONLY) == ["春游不收费"]


def test_a_question_of_two_passages_has_its_own_quote_in_each() -> None:
    for passage, quote in ((2, "请每人带水和雨衣"), (4, "午餐自备")):
        assert marked(OUTING, hit(OUTING, passage, (QUESTION, "要准备些什么", 0.9)), QUESTIONS_ONLY) == [quote]


def test_votes_of_all_kinds_are_added_by_hand() -> None:
    # The quote is the first sentence without its full stop: 11 of 12 characters.
    found = hit(OUTING, 2, (SENTENCE, SECOND, 0.8), (SENTENCE, FIRST, 0.7), (QUESTION, "几点走", 0.9))
    # Quote 1 + exp(-1) * 22/23 = 1.35; first sentence exp(-1) + 22/23 = 1.32; second sentence 1.
    assert marked(OUTING, found, ALIKE) == [FIRST[:-1]]
    # Quote exp(-1) * 22/23 = 0.35; first sentence exp(-1) = 0.37; second sentence 1.
    assert marked(OUTING, found, replace(ALIKE, question=0.0)) == [SECOND]
    # A narrow width lets the nearest of a kind alone count: quote 1, first sentence 22/23, second sentence 1.
    narrow = replace(ALIKE, width=0.001, sentence=1.01)
    assert marked(OUTING, found, narrow) == [SECOND]


def test_a_single_odd_neighbour_decides_nothing() -> None:
    asked = [("甲？", FIRST), ("乙？", SECOND), ("丙？", SECOND)]
    bank = tuple(Question(text, "factoid", (find_quote(quote, outing.TEXT),)) for text, quote in asked)
    index = index_of(make_corpus(outing.corpus().notices, (bank,)))
    # First 1; second exp(-0.2) + exp(-0.3) = 1.56.
    found = hit(index, 2, (QUESTION, "甲？", 0.9), (QUESTION, "乙？", 0.88), (QUESTION, "丙？", 0.87))
    assert marked(index, found, QUESTIONS_ONLY) == [SECOND]


def test_a_tie_goes_to_what_stands_first() -> None:
    found = hit(OUTING, 2, (SENTENCE, FIRST, 0.5), (SENTENCE, SECOND, 0.5))
    assert marked(OUTING, found, ALIKE) == [FIRST]


def test_a_passage_without_evidence_is_marked_whole() -> None:
    assert marked(OUTING, hit(OUTING, 6), ALIKE) == ["过马路要排队；不得离开队伍。"]


def with_quotes(text: str, *quotes: str) -> Index:
    notice = parse_notice(text, "a")
    asked = Question("哪天？", "factoid", tuple(find_quote(quote, text) for quote in quotes))
    return index_of(make_corpus((notice,), ((asked,),)))


def test_every_place_that_the_question_points_at() -> None:
    index = with_quotes("关于春游的通知\n春游在周五。春游不收费。春游带水。", "春游带水", "春游在周五")
    found = marked(index, hit(index, 1, (QUESTION, "哪天？", 0.9)), QUESTIONS_ONLY)
    assert sorted(found) == ["春游在周五", "春游带水"]


def test_quotes_that_overlap_are_marked_once() -> None:
    index = with_quotes(
        "关于春游的通知\n春游在周五上午出发。请带水和雨衣。",
        "春游在周五上午",
        "周五上午出发",
        "请带水",
        "水和雨衣",
        "带水和雨衣",
    )
    found = highlights(hit(index, 1, (QUESTION, "哪天？", 0.9)), index, QUESTIONS_ONLY, "")
    assert len(found) == 2
    assert not found[0].overlaps(found[1])


def test_a_quote_that_ends_in_another_passage_is_cut_at_this_one() -> None:
    index = with_quotes("关于春游的通知\n周五出发。\n不收费。", "周五出发。\n不收费")
    for passage, words in ((1, "周五出发。"), (2, "不收费")):
        assert marked(index, hit(index, passage, (QUESTION, "哪天？", 0.9)), QUESTIONS_ONLY) == [words]


def test_the_fitted_voting_can_be_read(tmp_path: Path) -> None:
    assert read_voting().width > 0
    path = tmp_path / "highlight.json"
    path.write_text(
        json.dumps({"voting": {"width": 1, "question": 2, "sentence": 3, "clause": 4, "echo": 5}}), encoding="utf-8"
    )
    assert read_voting(path) == Voting(1, 2, 3, 4, 5)


@pytest.mark.parametrize("score", [-1.0, 0.0, 1.3])
def test_any_scores_give_a_highlight(score: float) -> None:
    found = hit(OUTING, 2, (SENTENCE, FIRST, 1.3), (SENTENCE, SECOND, score))
    assert marked(OUTING, found, replace(ALIKE, width=1e-6)) == [FIRST]


def test_a_mark_that_repeats_the_question_goes_on() -> None:
    text = "关于春游的通知\n春游的出发时间，是周五上午，不等人。"
    index = with_quotes(text, "春游的出发时间")
    found = hit(index, 1, (QUESTION, "哪天？", 0.9))
    # All 6 pairs of the quote are the question's: with 是周五上午 6 of 11 are, and that is enough.
    voting = replace(QUESTIONS_ONLY, echo=0.9)
    for question, words in (("春游的出发时间是？", "春游的出发时间，是周五上午，"), ("哪天走？", "春游的出发时间")):
        assert [span.of(text) for span in highlights(found, index, voting, question)] == [words]


def test_marks_that_overlap_an_earlier_one_are_left_out() -> None:
    assert apart([Span(4, 8), Span(0, 5), Span(8, 9), Span(4, 8)]) == (Span(4, 8), Span(8, 9))


def test_marks_that_meet_in_a_sentence_are_one() -> None:
    passage = cut_one("甲乙，丙丁，戊己。庚辛。")
    assert passage.start == 0
    # 丙丁 with 甲乙 before it and 戊己 after it; 庚辛 stands behind a full stop.
    assert together([Span(3, 5), Span(0, 2), Span(6, 8), Span(9, 11)], passage) == (Span(0, 8), Span(9, 11))
    assert together([Span(0, 2), Span(6, 8)], passage) == (Span(0, 2), Span(6, 8))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1), st.text("甲，、。", min_size=14, max_size=14)
)
def test_marks_are_never_empty_never_overlap_and_stay_inside(places: list[tuple[int, int]], text: str) -> None:
    passage = cut_one(text)
    marks = [Span(start, start + length) for start, length in places]
    for found in (apart(marks), together(marks, passage)):
        assert all(span.start < span.end and passage.span.contains(span) for span in found)
        assert not any(a.overlaps(b) for at, a in enumerate(found) for b in found[:at])
        assert found[0].contains(marks[0])

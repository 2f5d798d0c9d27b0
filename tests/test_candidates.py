import json
from dataclasses import replace
from pathlib import Path

import outing
import pytest

from content.candidate import Anchor, Candidate, CandidateError, State, Target, anchor, lost
from content.candidates import FILE, CandidateStore, accepted_questions
from content.corpus import load_corpus
from content.notice import Notice, parse_notice
from content.questions import Question
from content.span import Span

NOTICE = parse_notice(outing.TEXT, "春游")


def marked(words: str, notice: Notice = NOTICE) -> Anchor:
    start = notice.text.index(words)
    return anchor(notice, Span(start, start + len(words)))


@pytest.fixture
def store(tmp_path: Path) -> CandidateStore:
    return CandidateStore(tmp_path / "数据")


def proposed(store: CandidateStore) -> Candidate:
    return store.propose("春游", " 要钱吗 ", "小王", [marked("春游不收费")], category="everyday")


def test_a_candidate_is_what_its_events_come_to(store: CandidateStore) -> None:
    assert store.all() == ()
    one = proposed(store)
    assert (one.question, one.proposed_by, one.state, one.answers[0].quote) == (
        "要钱吗", "小王", State.PROPOSED, "春游不收费",
    )  # fmt: skip
    assert store.edit(one.id, "小李", question="要交多少钱", answers=[marked("午餐自备")]).question == "要交多少钱"
    done = store.accept(one.id, "小李", Target.EVAL, "test")
    assert (done.state, done.target, done.split, done.decided_by) == (State.ACCEPTED, Target.EVAL, "test", "小李")
    assert store.accepted(Target.EVAL, "春游") == (done,)
    assert store.accepted(Target.BANK) == store.accepted(Target.EVAL, "秋游") == ()
    open_again = store.reopen(one.id, "小王")
    assert (open_again.state, open_again.target, open_again.split) == (State.PROPOSED, None, None)
    assert store.reject(one.id, "小王", "重复").reason == "重复"
    events = [json.loads(line) for line in store.path.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events] == ["proposed", "edited", "accepted", "reopened", "rejected"]
    assert all(event["by"] and event["at"].endswith("+00:00") for event in events)
    assert store.get(one.id[:6]) == store.all()[0]
    assert [(step.event, step.by) for step in store.get(one.id).steps] == [
        ("proposed", "小王"), ("edited", "小李"), ("accepted", "小李"), ("reopened", "小王"), ("rejected", "小王"),
    ]  # fmt: skip


def test_what_may_not_be_written_changes_nothing(store: CandidateStore) -> None:
    one = proposed(store)
    store.accept(one.id, "小李", Target.BANK)
    before = store.path.read_bytes()
    for act, message in (
        (lambda: store.accept(one.id, "小李", Target.EVAL, "test"), "已采纳进题库，要改请先重开"),
        (lambda: store.reject(one.id, "小李", "不好"), "已采纳进题库"),
        (lambda: store.edit(one.id, "小李", question="？"), "已采纳进题库"),
        (lambda: store.propose("春游", " ", "小王"), "没有题目"),
        (lambda: store.propose("春游", "问", " "), "是谁做的"),
        (lambda: store.propose("春游", "问", "小王", [replace(marked("午餐"), quote=" ")]), "引文是空的"),
        (lambda: store.get("没有"), "没有编号为 没有 的候选题"),
        (lambda: store.get(""), "没有编号为"),
    ):
        with pytest.raises(CandidateError, match=message):
            act()
    assert store.path.read_bytes() == before
    two = store.propose("春游", "问", "小王")
    with pytest.raises(CandidateError, match="没有可以改的 id"):
        store.edit(two.id, "小王", id="x")
    with pytest.raises(CandidateError, match="还没有决定"):
        store.reopen(two.id, "小王")


def test_words_are_found_again_where_the_notice_has_grown() -> None:
    one = marked("春游不收费")
    grown = parse_notice(outing.TEXT.replace("各班：", "各班、各年级："), "春游")
    assert one.find(NOTICE) == Span(one.start, one.end)
    assert one.find(grown) == Span(one.start + 4, one.end + 4)
    # Of several places the nearest to where the words stood.
    twice = Anchor("春游", "春游", 99, 101, "")
    assert twice.find(NOTICE) == Span(*(outing.TEXT.rindex("春游") + d for d in (0, 2)))


def test_words_that_are_gone_are_flagged_and_their_question_is_kept(store: CandidateStore) -> None:
    one = proposed(store)
    store.accept(one.id, "小李", Target.BANK)
    changed = parse_notice(outing.TEXT.replace("春游不收费", "春游收十元"), "春游")
    assert lost(one, NOTICE) == () and lost(one, changed) == one.answers
    assert accepted_questions(store.path.parent, NOTICE) == (
        Question("要钱吗", "everyday", (Span(one.answers[0].start, one.answers[0].end),)),
    )
    # Without its answer it would teach that the notice does not answer.
    assert accepted_questions(store.path.parent, changed) == ()
    assert len(store.all()) == 1


def test_the_bank_has_what_was_accepted_into_it(store: CandidateStore, tmp_path: Path) -> None:
    content = outing.write(tmp_path / "通知")
    assert load_corpus(content, data_dir=store.path.parent).questions == ((),)
    store.accept(proposed(store).id, "小李", Target.BANK)
    store.accept(store.propose("春游", "下雨去不去", "小王", category="near").id, "小李", Target.BANK)
    store.accept(store.propose("春游", "考题", "小王", category="near").id, "小李", Target.EVAL, "test")
    ((first, second),) = load_corpus(content, data_dir=store.path.parent).questions
    assert (first.text, first.answerable, second.text, second.answerable) == ("要钱吗", True, "下雨去不去", False)
    assert load_corpus(content).questions == ((),)
    assert load_corpus(content, with_bank=False, data_dir=store.path.parent).questions == ((),)


def test_a_line_that_was_cut_off_takes_nothing_with_it(store: CandidateStore) -> None:
    proposed(store)
    with store.path.open("ab") as file:
        file.write('{"event": "proposed", "id": "春'.encode()[:-1])
    assert len(store.all()) == 1
    proposed(store)
    assert len(store.all()) == 2
    assert len(store.path.read_bytes().splitlines()) == 2
    store.path.write_bytes(store.path.read_bytes().rstrip(b"\n"))  # an editor left the last line without its end
    proposed(store)
    assert len(store.all()) == 3


@pytest.mark.parametrize("line", ["nothing", "[]", '{"event": "edited", "id": "x", "by": "a", "at": "b"}', '{"id": 1}'])
def test_a_faulty_event_is_named_with_its_line(store: CandidateStore, line: str) -> None:
    proposed(store)
    with store.path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(CandidateError, match=rf"{FILE}:2：候选题的记录不完整"):
        store.all()

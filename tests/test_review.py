from pathlib import Path

import outing
import pytest

from content.candidate import Candidate, Target, anchor
from content.candidates import CandidateStore
from content.corpus import make_corpus
from content.notice import parse_notice
from content.questions import read_questions
from content.span import Span
from evals.dataset import EvalSet, parse_question, read_set
from evals.review import (
    SOURCE,
    ReviewRefusedError,
    accept,
    export,
    flagged,
    propose_right,
    propose_wrong,
    with_additions,
)

CORPUS = outing.corpus()
NOTICE = CORPUS.notices[0]
EXAM = ["春游去哪儿玩"]


@pytest.fixture
def store(tmp_path: Path) -> CandidateStore:
    return CandidateStore(tmp_path)


def propose(store: CandidateStore, question: str, words: str = "春游不收费", category: str = "everyday") -> Candidate:
    start = NOTICE.text.index(words) if words else 0
    answers = [anchor(NOTICE, Span(start, start + len(words)))] if words else []
    return store.propose("春游", question, "小王", answers, category=category)


def take(store: CandidateStore, one: Candidate, target: Target) -> Candidate:
    return accept(store, CORPUS, EXAM, one.id, "小李", target)


def empty_set() -> EvalSet:
    row = {"id": "q1", "group": "g1", "split": "test", "category": "far", "question": EXAM[0]}
    return EvalSet("春游", "春游", "0" * 64, (parse_question(row, NOTICE, "春游"),))


def test_a_candidate_made_from_an_answer_reaches_the_eval_set(store: CandidateStore) -> None:
    found = outing.answerer().ask("要交钱吗").passages[0]
    one = propose_right(store, CORPUS, "这次出去花钱不", found, "小王", "everyday")
    assert one.answers[0].quote == found.highlights[0].text == "春游不收费，午餐自备。"
    take(store, one, Target.EVAL)
    eval_set = with_additions(empty_set(), NOTICE, store)
    question = eval_set.questions[-1]
    assert (question.text, question.split, question.source, question.id) == (
        "这次出去花钱不", "test", SOURCE, f"c-{one.id}",
    )  # fmt: skip
    assert question.is_place(Span(found.citation.start, found.citation.end))
    assert eval_set.digest != empty_set().digest and len(eval_set.digest) == 64
    assert with_additions(empty_set(), NOTICE, store) == eval_set


def test_nothing_accepted_changes_nothing(store: CandidateStore) -> None:
    propose(store, "花钱不")
    assert with_additions(empty_set(), NOTICE, store) == empty_set()


def test_a_wrong_answer_waits_for_the_right_one(store: CandidateStore) -> None:
    found = outing.answerer().ask("几点走").passages[0]
    one = propose_wrong(store, CORPUS, "回来几点", found, "小王", "没说回程")
    assert (one.answers, one.wrong[0].quote, one.note) == ((), found.highlights[0].text, "没说回程")
    with pytest.raises(ReviewRefusedError, match="还没有标出答案；如果通知确实没有回答"):
        take(store, one, Target.EVAL)
    store.edit(one.id, "小李", category="near")
    take(store, one, Target.EVAL)
    assert not with_additions(empty_set(), NOTICE, store).questions[-1].answerable


def test_never_both(store: CandidateStore) -> None:
    one = propose(store, "花多少钞票")
    take(store, one, Target.BANK)
    with pytest.raises(ReviewRefusedError, match="已经采纳进题库，不能再进评测集：产品学过的题不能再拿来考它"):
        take(store, one, Target.EVAL)
    copy = propose(store, "花多少鈔票？")
    with pytest.raises(ReviewRefusedError, match="题库里已有这道题，不能再进评测集"):
        take(store, copy, Target.EVAL)
    with pytest.raises(ReviewRefusedError, match="题库里已有这道题：花多少鈔票"):
        take(store, copy, Target.BANK)


def test_what_the_other_side_nearly_has_is_refused(store: CandidateStore) -> None:
    with pytest.raises(ReviewRefusedError, match="评测集里已有这道题，不能再进题库"):
        take(store, propose(store, "春游去哪儿玩？"), Target.BANK)
    # Five pairs of the longer one's six are the exam's.
    with pytest.raises(ReviewRefusedError, match=r"评测集里已有几乎相同的题「春游去哪儿玩」（相似度 0\.83）"):
        take(store, propose(store, "春游去哪儿玩呢"), Target.BANK)
    # 要交钱吗 is in the packaged bank.
    with pytest.raises(ReviewRefusedError, match="题库里已有这道题，不能再进评测集"):
        take(store, propose(store, "要交钱吗"), Target.EVAL)
    take(store, propose(store, "春游去哪儿玩呢"), Target.EVAL)


def test_labels_must_be_whole(store: CandidateStore) -> None:
    with pytest.raises(ReviewRefusedError, match="请先给这道题选一个类别"):
        take(store, propose(store, "花多少钞票", category=""), Target.BANK)
    other = store.propose("秋游", "问", "小王", category="near")
    with pytest.raises(ReviewRefusedError, match="秋游 不在通知目录里"):
        take(store, other, Target.EVAL)
    with pytest.raises(ReviewRefusedError, match="split 是 'train'"):
        accept(store, CORPUS, EXAM, propose(store, "花多少钞票").id, "小李", Target.EVAL, "train")
    assert store.accepted(Target.EVAL) == store.accepted(Target.BANK) == ()


def test_a_label_whose_quote_is_gone_is_flagged_and_not_dropped(store: CandidateStore) -> None:
    one = propose(store, "花多少钞票")
    take(store, one, Target.EVAL)
    assert flagged(store, CORPUS) == ()
    changed = parse_notice(outing.TEXT.replace("春游不收费", "春游收十元"), "春游")
    (flag,) = flagged(store, make_corpus((changed,)))
    assert flag.candidate.id == one.id and "「春游不收费」已不在通知原文里" in flag.sentence()
    assert with_additions(empty_set(), changed, store) == empty_set()
    assert store.get(one.id).target is Target.EVAL
    with pytest.raises(ReviewRefusedError, match="已不在通知原文里"):
        accept(store, make_corpus((changed,)), [], propose(store, "多少钱").id, "小李", Target.EVAL)
    gone = make_corpus((parse_notice(outing.TEXT, "别的"),))
    assert len(flagged(store, gone)) == 2


def test_labels_survive_another_cutting(store: CandidateStore) -> None:
    one = propose(store, "花多少钞票")
    take(store, one, Target.EVAL)
    joined = parse_notice(outing.TEXT.replace("一、费用\n\n", "费用："), "春游")  # other passages, other offsets
    question = with_additions(empty_set(), joined, store).questions[-1]
    assert question.places[0][0].of(joined.text) == "春游不收费"


def test_what_was_accepted_is_exported_as_the_files_that_are_read(store: CandidateStore, tmp_path: Path) -> None:
    import json

    take(store, propose(store, "花多少钞票"), Target.EVAL)
    take(store, propose(store, "下雨还去吗", "", "near"), Target.BANK)
    for target, name in ((Target.EVAL, "eval"), (Target.BANK, "bank")):
        rows = export(store, CORPUS, target)["春游"]
        (tmp_path / name).mkdir()
        (tmp_path / name / "春游.jsonl").write_text(json.dumps(rows[0], ensure_ascii=False) + "\n", encoding="utf-8")
    (question,) = read_set(tmp_path / "eval" / "春游.jsonl", NOTICE).questions
    assert (question.text, question.quotes, question.split) == ("花多少钞票", ("春游不收费",), "test")
    (learned,) = read_questions(tmp_path / "bank" / "春游.jsonl", NOTICE.text)
    assert (learned.text, learned.style, learned.answerable) == ("下雨还去吗", "near", False)

"""What the reranker is trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evals.reranking
from content.corpus import make_corpus
from content.notice import parse_notice
from content.questions import Question, read_jsonl
from content.span import Span
from evals.adaptation import TRAINING
from evals.reranking import passages_of, read_from, title_of

TEXT = "关于春游的通知\n\n各班：\n\n周五去公园。\n\n自带午餐。\n\n校办\n2024年4月1日\n"


def test_questions_lead_to_the_passages_that_answer() -> None:
    notice = parse_notice(TEXT, "春游")
    lunch = Span(TEXT.index("自带"), TEXT.index("自带") + 2)
    corpus = make_corpus((notice,), ((Question("饭怎么办", "everyday", (lunch,)),),))
    subject = passages_of(corpus)
    assert subject.texts[2:4] == ("周五去公园。", "自带午餐。")
    assert subject.pairs == (("饭怎么办", frozenset({3})),)


def test_what_the_notices_do_not_answer_is_asked_of_notices_that_there_are() -> None:
    rows = [row for _, row in read_jsonl(TRAINING / "notice_unanswered.jsonl")]
    answered = {row["question"] for _, row in read_jsonl(TRAINING / "notice_questions.jsonl")}
    names = {path.stem for path in (TRAINING / "notices").glob("*.md")}
    assert len(rows) > 800 and all(row["document"] in names and row["question"] not in answered for row in rows)


def test_questions_of_laws_and_of_notices_each_with_the_title_of_its_passage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evals.reranking, "_OF_LAWS", 2)
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "春游.md").write_text(TEXT, encoding="utf-8")
    asked = {"document": "春游", "question": "吃啥？", "quotes": ["午餐"]}
    (tmp_path / "notice_questions.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    unanswered = {"document": "春游", "question": "票价？"}
    (tmp_path / "notice_unanswered.jsonl").write_text(json.dumps(unanswered), encoding="utf-8")
    passages = [{"passage": str(at), "document": f"法/采茶法{at}(2020-01-01)", "text": f"第{at}条"} for at in range(9)]
    (tmp_path / "passages.jsonl").write_text("\n".join(map(json.dumps, passages)), encoding="utf-8")
    laws = [{"passage": str(at), "question": f"问{at}"} for at in range(9)]
    (tmp_path / "passage_questions.jsonl").write_text("\n".join(map(json.dumps, laws)), encoding="utf-8")
    own = parse_notice(TEXT.replace("春游", "秋游").replace("公园", "果园"), "秋游")
    orchard = Span(own.text.index("果园"), own.text.index("果园") + 2)
    bank = (Question("去哪", "everyday", (orchard,)), Question("几个人", "near", ()))
    corpus = make_corpus((own,), (bank,))
    subject, titles = read_from(tmp_path, 1, corpus)
    (lunch, of_notice), none, (where, of_bank), of_nothing, *of_laws = subject.pairs
    assert lunch == "吃啥?" and {subject.texts[at] for at in of_notice} == {"自带午餐。"}
    assert none == ("票价?", frozenset()) and of_nothing == ("几个人", frozenset())
    assert where == "去哪" and [subject.texts[at] for at in of_bank] == ["周五去果园。"]
    assert [titles[min(right)] for right in (of_notice, of_bank)] == ["关于春游的通知", "关于秋游的通知"]
    assert len(of_laws) == 2  # of nine
    for question, right in of_laws:
        assert [subject.texts[at] for at in right] == [f"第{question[1:]}条"]
        assert titles[min(right)] == f"采茶法{question[1:]}" == title_of(passages[int(question[1:])]["document"])
    assert len(titles) == len(subject.texts) and read_from(tmp_path, 1, corpus)[0] == subject

"""What the encoder is adapted on, and the comparison of ways to adapt it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bigram import BigramEncoder

from content.corpus import load_corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question, read_jsonl
from content.span import Span
from evals.adaptation import (
    TRAINING,
    general_subject,
    law_subjects,
    notice_subjects,
    other_notices,
    passage_subject,
    together,
    with_errors,
    with_near,
)
from evals.adaptation_ablation import write_comparison
from evals.beir import Beir
from evals.sets import DATA, library_files
from index.adapt import Recipe, Subject

TEXT = "关于春游的通知\n各班：\n周五去公园。自带午餐。\n校办"


def test_a_notice_is_learned_by_passage_and_by_sentence() -> None:
    notice = parse_notice(TEXT, "春游")
    lunch = Span(TEXT.index("自带"), TEXT.index("自带") + 5)
    bank = (Question("饭怎么办", "everyday", (lunch,)), Question("几点集合", "near", ()))
    [subject] = notice_subjects(make_corpus((notice,), (bank,)))
    assert subject.texts == ("关于春游的通知", "各班:", "周五去公园。自带午餐。", "周五去公园。", "自带午餐。", "校办")
    assert subject.pairs == (("饭怎么办", frozenset({2, 4})),)


def test_only_questions_about_the_stretch_are_used() -> None:
    notice = parse_notice(TEXT, "春游")
    park, lunch = (Span(TEXT.index(word), TEXT.index(word) + 2) for word in ("公园", "午餐"))
    bank = (Question("去哪", "everyday", (park,)), Question("吃啥", "everyday", (lunch,)))
    [subject] = notice_subjects(make_corpus((notice,), (bank,)), within=Span(TEXT.index("自带"), len(TEXT)))
    assert subject.texts == ("自带午餐。", "校办")
    assert subject.pairs == (("吃啥", frozenset({0})),)


def test_general_pairs_are_those_of_the_first_half() -> None:
    beir = Beir(
        "b", (("d1", "甲文"), ("d2", "乙文")), (("q1", "甲？"), ("q2", "乙？")), {"q1": {"d1": 1}, "q2": {"d2": 1}}, ""
    )
    assert general_subject(beir).texts == ("甲文",)
    assert general_subject(beir).pairs == (("甲?", frozenset({0})),)
    assert len(general_subject(beir, 1.0).pairs) == 2


def test_every_law_question_has_its_line() -> None:
    subjects = law_subjects()
    assert len(subjects) == 10
    assert sum(len(subject.pairs) for subject in subjects) >= 800
    assert all(right for subject in subjects for _, right in subject.pairs)


def test_every_question_about_other_notices_has_its_words() -> None:
    corpus = other_notices()
    assert len(corpus.notices) >= 150 and not corpus.skipped
    asked = [row for _, row in read_jsonl(TRAINING / "notice_questions.jsonl")]
    assert sum(map(len, corpus.questions)) == len(asked) >= 5_000
    assert all(question.answerable for questions in corpus.questions for question in questions)


def test_notices_that_are_learned_from_are_none_that_evals_ask_about() -> None:
    asked = {path.stem for path in DATA.rglob("*.md")}
    assert len(asked) >= 20
    assert not asked & {notice.id for notice in other_notices().notices}


def test_subjects_together_tell_their_texts_apart() -> None:
    spring = Subject("春游", ("去公园", "自带午餐"), (("去哪", frozenset({0})), ("吃啥", frozenset({1}))), 1.0)
    autumn = Subject("秋游", ("自带午餐", "去山里"), (("去哪里", frozenset({1})),), 1.0)
    both = together("都", [spring, autumn], 2.0)
    assert both.texts == ("去公园", "自带午餐", "自带午餐", "去山里") and (both.name, both.weight) == ("都", 2.0)
    # What stands in both answers in both.
    assert both.pairs == (("去哪", frozenset({0})), ("吃啥", frozenset({1, 2})), ("去哪里", frozenset({3})))


def test_some_questions_are_learned_with_typing_errors_too() -> None:
    questions = tuple((f"第{at}次春游去哪个公园", frozenset({at % 2})) for at in range(30))
    near = tuple((at,) for at in range(30))
    subject = with_errors(Subject("春游", ("甲", "乙"), questions, 1.0, near))
    assert subject.pairs[:30] == questions and subject.near[:30] == near
    # One in six, with what answers it and what is near to it.
    added = subject.pairs[30:]
    assert len(added) == 5
    for at, (wrong, right) in enumerate(added):
        assert wrong != questions[6 * at][0] and right == questions[6 * at][1]
    assert subject.near[30:] == ((0,), (6,), (12,), (18,), (24,))
    assert with_errors(replace(subject, pairs=questions, near=near)) == subject


def _passages(folder: Path, texts: Sequence[str], asked: Sequence[tuple[int, str]]) -> None:
    """Passages 0, 1 …, each of a document of its own, and questions by the number of their passage."""
    rows = [{"passage": str(at), "document": f"条例{at}", "text": text} for at, text in enumerate(texts)]
    questions = [{"passage": str(at), "question": question, "style": "everyday"} for at, question in asked]
    for name, lines in (("passages", rows), ("passage_questions", questions)):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def test_a_text_that_stands_in_several_documents_answers_in_each(tmp_path: Path) -> None:
    _passages(
        tmp_path, ("午餐自带", "本条例自公布之日起施行", "本条例自公布之日起施行"), ((0, "吃啥？"), (2, "何时施行"))
    )
    subject = passage_subject(tmp_path)
    assert subject.texts == ("午餐自带", "本条例自公布之日起施行", "本条例自公布之日起施行")
    assert subject.pairs == (("吃啥?", frozenset({0})), ("何时施行", frozenset({1, 2})))


def test_near_texts_are_those_that_are_taken_for_an_answer_and_say_something_else(tmp_path: Path) -> None:
    # By pairs of characters: 0 answers, 1 says the same, 2 shares half of its words, 3 none.
    texts = ("周五春游自带午餐", "周五春游自带午餐。", "周五开会", "校办公室电话")
    _passages(tmp_path, texts, ((0, "周五春游带午餐吗"),))
    [near] = with_near(passage_subject(tmp_path), BigramEncoder()).near
    assert near == (2, 3)


def test_every_question_about_laws_has_its_passage_and_no_regulation_is_one_that_evals_ask_about() -> None:
    subject = passage_subject()
    assert len(subject.pairs) >= 25_000 and all(right for _, right in subject.pairs)
    learned = {row["document"] for _, row in read_jsonl(TRAINING / "passages.jsonl")}
    asked = {row["notice"] for path in library_files() for _, row in read_jsonl(path)}
    regulations = {name for name in learned if name.startswith("行政法规/")}
    # The laws that unions work by are learned from as well; a run says how questions about other documents went.
    assert len(regulations) > 400 and not regulations & asked


def test_the_packaged_bank_has_pairs_for_training() -> None:
    [subject] = notice_subjects(load_corpus())
    assert len(subject.pairs) >= 3000
    assert all(right for _, right in subject.pairs)


def test_a_comparison_is_saved_with_its_steps(tmp_path: Path) -> None:
    found = {"LoRA": {"unseen half": {"success_at_1": 0.5, "questions": 2}}}
    path = write_comparison(found, Recipe(steps=7), tmp_path / "results")
    assert json.loads(path.read_text(encoding="utf-8")) == {"steps": 7, "scores": found}

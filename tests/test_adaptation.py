"""What the encoder is adapted on, and the comparison of ways to adapt it."""

from __future__ import annotations

import json
from pathlib import Path

from content.corpus import load_corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question, read_jsonl
from content.span import Span
from evals.adaptation import TRAINING, general_subject, law_subjects, notice_subjects, regulation_subjects
from evals.adaptation_ablation import write_comparison
from evals.beir import Beir
from evals.dataset import library_files
from index.adapt import Recipe

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


def _regulations(folder: Path, texts: dict[str, str]) -> None:
    """One passage `<name>-0` a regulation, with the question 问<name>."""
    rows = [{"passage": f"{name}-0", "document": name, "text": text} for name, text in texts.items()]
    asked = [{"passage": row["passage"], "question": f"问{row['document']}", "style": "everyday"} for row in rows]
    for name, lines in (("passages", rows), ("passage_questions", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")


def test_regulations_that_speak_of_like_things_are_learned_together(tmp_path: Path) -> None:
    # Nine of pigs and three of books: eight pigs first, then what is left.
    texts = {
        f"{at}": ("图书出版社" if at in (1, 4, 5) else "生猪屠宰场") + "甲乙丙丁戊己庚辛壬癸子丑"[at]
        for at in range(12)
    }
    _regulations(tmp_path, texts)
    first, second = regulation_subjects(tmp_path)
    assert {text[:5] for text in first.texts} == {"生猪屠宰场"} and len(first.texts) == 8
    assert sorted(text[:2] for text in second.texts) == ["图书", "图书", "图书", "生猪"]
    assert first.pairs[0] == ("问0", frozenset({0})) and first.texts[0] == texts["0"]


def test_every_regulation_question_has_its_passage_and_none_is_of_a_document_that_evals_ask_about() -> None:
    subjects = regulation_subjects()
    assert sum(len(subject.pairs) for subject in subjects) >= 7000
    learned = {row["document"] for _, row in read_jsonl(TRAINING / "passages.jsonl")}
    asked = {row["notice"] for path in library_files() for _, row in read_jsonl(path)}
    assert len(learned) > 400 and not learned & asked


def test_the_packaged_bank_has_pairs_for_training() -> None:
    [subject] = notice_subjects(load_corpus())
    assert len(subject.pairs) >= 3000
    assert all(right for _, right in subject.pairs)


def test_a_comparison_is_saved_with_its_steps(tmp_path: Path) -> None:
    found = {"LoRA": {"unseen half": {"success_at_1": 0.5, "questions": 2}}}
    path = write_comparison(found, Recipe(steps=7), tmp_path / "results")
    assert json.loads(path.read_text(encoding="utf-8")) == {"steps": 7, "scores": found}

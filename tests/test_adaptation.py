"""What the encoder is adapted on, and the comparison of ways to adapt it."""

from __future__ import annotations

import json
from pathlib import Path

from content.corpus import load_corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question
from content.span import Span
from evals.adaptation import general_subject, law_subjects, notice_subjects, regulation_subjects
from evals.adaptation_ablation import write_comparison
from evals.beir import Beir
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
    # Eight of pigs and eight of books, in turns; the first and the ninth are kept for measuring.
    texts = {f"{at}": ("生猪屠宰场" if at % 2 else "图书出版社") + chr(0x4E00 + at) for at in range(16)}
    _regulations(tmp_path, texts)
    pigs, books = sorted(regulation_subjects(folder=tmp_path), key=lambda subject: -len(subject.texts))
    # Texts are folded, which makes 丂 and its like what they are in Simplified; the first five characters stay.
    assert [{text[:5] for text in subject.texts} for subject in (pigs, books)] == [{"生猪屠宰场"}, {"图书出版社"}]
    assert (len(pigs.texts), len(books.texts)) == (8, 6)
    assert ("问1", frozenset({0})) in pigs.pairs
    [held] = regulation_subjects(held=True, folder=tmp_path)
    assert held.pairs == (("问0", frozenset({0})), ("问8", frozenset({1})))


def test_every_regulation_question_has_its_passage_and_some_are_kept_for_measuring() -> None:
    learned, held = regulation_subjects(), regulation_subjects(held=True)
    assert sum(len(subject.pairs) for subject in learned) >= 7000
    assert sum(len(subject.pairs) for subject in held) >= 800
    assert not {text for s in learned for text in s.texts} & {q for s in held for q, _ in s.pairs}


def test_the_packaged_bank_has_pairs_for_training() -> None:
    [subject] = notice_subjects(load_corpus())
    assert len(subject.pairs) >= 3000
    assert all(right for _, right in subject.pairs)


def test_a_comparison_is_saved_with_its_steps(tmp_path: Path) -> None:
    found = {"LoRA": {"unseen half": {"success_at_1": 0.5, "questions": 2}}}
    path = write_comparison(found, Recipe(steps=7), tmp_path / "results")
    assert json.loads(path.read_text(encoding="utf-8")) == {"steps": 7, "scores": found}

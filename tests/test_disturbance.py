import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from evals.disturbance import DISTURBANCE_NAMES, DISTURBANCES, disturb

QUESTION = "2018年的通知要求哪些单位参加学习？"


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_the_same_seed_gives_the_same_copy(kind: str) -> None:
    assert kind in DISTURBANCE_NAMES
    copies = {disturb(kind, QUESTION, "q1", 3) for _ in range(3)}
    assert len(copies) == 1 and copies != {None} and QUESTION not in copies


def test_what_each_does() -> None:
    def copy(kind: str) -> str:
        found = disturb(kind, QUESTION, "q1")
        assert found is not None
        return found

    wrong = copy("homophone")
    (at,) = [i for i, (a, b) in enumerate(zip(QUESTION, wrong, strict=True)) if a != b]
    assert lazy_pinyin(QUESTION[at]) == lazy_pinyin(wrong[at])
    assert len(copy("dropped")) == len(QUESTION) - 1
    assert sorted(copy("swapped")) == sorted(QUESTION)
    assert copy("traditional") == "2018年的通知要求哪些單位參加學習？"
    assert copy("full-width") == "２０１８年的通知要求哪些单位参加学习？"
    assert any("a" <= c <= "z" for c in copy("pinyin"))
    assert sum(c in QUESTION for c in copy("punctuation")) >= len(QUESTION) - 1 and "？" not in copy("punctuation")[:-2]
    assert QUESTION.rstrip("？") in copy("filler")


def test_other_questions_and_other_seeds_are_disturbed_elsewhere() -> None:
    assert len({disturb("dropped", QUESTION, f"q{i}") for i in range(20)}) > 3
    assert len({disturb("dropped", QUESTION, "q1", seed) for seed in range(20)}) > 3


def test_what_has_nothing_to_disturb_has_no_copy() -> None:
    english = "When was it issued?"
    for kind in ("homophone", "dropped", "swapped", "traditional", "pinyin", "filler"):
        assert disturb(kind, english, "q") is None
    assert disturb("full-width", "哪天", "q") is disturb("traditional", "哪天", "q") is None
    assert disturb("dropped", "哪天", "q") is None


@given(st.sampled_from(sorted(DISTURBANCES)), st.text(max_size=30))
def test_any_text_can_be_disturbed(kind: str, text: str) -> None:
    found = disturb(kind, text, "q")
    assert found is None or found != text

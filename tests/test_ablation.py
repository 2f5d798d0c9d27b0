import json
from pathlib import Path
from typing import Any

import outing
import pytest
from click.testing import CliRunner

from assistant.answerer import Answerer
from content.notice import parse_notice
from evals.ablation import Ablation, ablate, ablation_json, paired, variants
from evals.cli import main
from evals.dataset import DatasetError, EvalSet, read_set
from evals.measures import Estimate
from evals.table_ablation import cells
from index.fusion import Fusion
from index.retriever import Retriever

# The first is a question of the bank; of the words of the passage that answers it shares none, but 要 with another.
ROWS = [
    {"id": "q1", "group": "g1", "split": "test", "category": "everyday", "question": "要交钱吗", "quotes": ["不收费"]},
    {"id": "q2", "group": "g2", "split": "test", "category": "factoid", "question": "午餐自备", "quotes": ["午餐自备"]},
    {"id": "q3", "group": "g3", "split": "test", "category": "far", "question": "股票涨了吗"},
]


@pytest.fixture
def eval_file(tmp_path: Path) -> Path:
    path = tmp_path / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def eval_set(eval_file: Path) -> EvalSet:
    return read_set(eval_file, parse_notice(outing.TEXT, "春游"))


@pytest.fixture
def ablation(eval_set: EvalSet) -> Ablation:
    return ablate(outing.answerer(), eval_set, "test")


def test_families_before_channels_and_only_those_that_are_there() -> None:
    found = variants({"dense/label": 1.0, "characters/question-mean": 2.0, "characters/sentence": 0.0})
    assert [(one.name, one.family, one.off) for one in found] == [
        ("", False, ()),
        ("dense", True, ("dense/label",)),
        ("characters", True, ("characters/question-mean", "characters/sentence")),
        ("label", True, ("dense/label",)),
        ("question", True, ("characters/question-mean",)),
        ("dense/label", False, ("dense/label",)),
        ("characters/question-mean", False, ("characters/question-mean",)),
        ("characters/sentence", False, ("characters/sentence",)),
    ]


def test_a_channel_that_is_off_finds_nothing(ablation: Ablation) -> None:
    assert (ablation.has_bank, ablation.questions) == (True, 2)
    # Of the bank only 要准备些什么 shares a character with 午餐自备; it leads to two passages, the wrong one first.
    success = {one.variant.name: one.values["Success@1"].mean for one in ablation.rows}
    assert success == {
        "": 1.0,
        "dense": 0.5,
        "characters": 0.5,
        "question": 0.5,
        "characters/passage": 1.0,
        "characters/sentence": 1.0,
        "dense/question": 0.5,
    }
    dense = ablation.rows[1]
    assert dense.weight == 4.0
    # One of two groups lost: a resample of two has lost none, one or both.
    assert dense.differences["Success@1"] == Estimate(-0.5, -1.0, 0.0, 2)
    passage = ablation.rows[4]
    assert passage.variant.off == ("characters/passage",)
    assert passage.differences["Success@1"] == Estimate(0.0, 0.0, 0.0, 2)


def test_all_on_is_what_the_product_finds(eval_set: EvalSet, ablation: Ablation) -> None:
    answerer = outing.answerer()
    for question in eval_set.questions[:2]:
        first = answerer.ask(question.text).passages[0]
        assert "不收费" in first.text
    assert ablation.rows[0].values["Highlight"].mean == 1.0
    assert answerer.retriever.fusion == outing.FUSION


def test_without_a_bank_its_own_weights_are_changed(eval_set: EvalSet) -> None:
    found = ablate(outing.answerer(outing.corpus(with_bank=False)), eval_set, "test")
    assert not found.has_bank
    assert [one.variant.name for one in found.rows] == ["", "characters", "characters/passage", "characters/sentence"]
    by_name = {one.variant.name: one.values["Success@1"].mean for one in found.rows}
    # Nothing is left but the order of the notice, whose first passage answers neither.
    assert (by_name[""], by_name["characters"]) == (0.5, 0.0)


def test_the_channels_of_a_question_are_computed_once(eval_set: EvalSet, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = Retriever.channels

    def counting(self: Retriever, question: str, vector: Any) -> Any:
        asked.append(question)
        return real(self, question, vector)

    monkeypatch.setattr(Retriever, "channels", counting)
    steps: list[tuple[int, int]] = []
    ablate(outing.answerer(), eval_set, "test", lambda *at: steps.append(at))
    assert asked == ["要交钱吗", "午餐自备"]
    assert steps == [(1, 2), (2, 2)]


def test_an_empty_split_is_an_error(eval_set: EvalSet) -> None:
    with pytest.raises(DatasetError, match="没有 dev 部分"):
        ablate(outing.answerer(), eval_set, "dev")


def test_no_difference_has_no_interval() -> None:
    assert paired([0.0, 0.0, 0.0], ["a", "a", "b"]) == Estimate(0.0, 0.0, 0.0, 3)


def test_cells_and_json_say_the_same(ablation: Ablation) -> None:
    rows = cells(ablation)
    assert rows[0] == ("（全开）", "", "1.000", "", "1.000", "", "1.000", "")
    assert rows[1][:4] == ("语义 dense（共 1 路）", "4.00", "0.500", "-0.500（-1.000 至 +0.000）")
    assert rows[4][:4] == ("characters/passage", "1.00", "1.000", "0")
    found = ablation_json([ablation])["with_bank"]
    assert found["questions"] == 2
    assert found["variants"][1]["off"] == ["dense/question"]
    assert found["variants"][1]["Success@1"]["difference"]["mean"] == -0.5


def test_the_command_prints_tables_and_json(eval_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_answerer(settings: Any, progress: Any, notify: Any) -> Answerer:
        return outing.answerer(outing.corpus(settings.with_bank))

    monkeypatch.setattr("assistant.opening.open_answerer", open_answerer)
    result = CliRunner().invoke(main, ["ablation", "--set", str(eval_file)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "逐路关闭（用题库，2 道能答的题）" in result.stdout
    assert "逐路关闭（不用题库，2 道能答的题）" in result.stdout
    result = CliRunner().invoke(main, ["ablation", "--set", str(eval_file), "--json"], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert (found["set"], found["split"]) == ("春游", "test")
    assert [one["name"] for one in found["without_bank"]["variants"]][:2] == ["all on", "characters"]


def test_weights_that_are_not_of_this_mode_stay() -> None:
    fusion = Fusion({"dense/question": 1.0}, {"dense/question": 2.0})
    from evals.ablation import Variant, _scaled

    off = Variant("question", False, ("dense/question",))
    assert _scaled(fusion, True, off) == Fusion({"dense/question": 0.0}, {"dense/question": 2.0})
    assert _scaled(fusion, False, off) == Fusion({"dense/question": 1.0}, {"dense/question": 0.0})

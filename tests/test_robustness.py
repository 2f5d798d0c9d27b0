import json
from pathlib import Path

import outing
import pytest

from content.notice import parse_notice
from evals.dataset import read_set
from evals.record import RunError
from evals.robustness import Robustness, load_robustness, measure_robustness, save_robustness

ROWS = [
    {"id": "q1", "group": "g1", "split": "dev", "category": "factoid", "question": "午餐自备", "quotes": ["午餐自备"]},
    {"id": "q2", "group": "g2", "split": "dev", "category": "factoid", "question": "请带雨衣", "quotes": ["雨衣"]},
    {"id": "q3", "group": "g3", "split": "dev", "category": "far", "question": "股票涨了没有"},
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Robustness:
    path = tmp_path_factory.mktemp("题") / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    seen: list[tuple[int, int]] = []
    eval_set = read_set(path, parse_notice(outing.TEXT, "春游"))
    result = measure_robustness(outing.answerer(), eval_set, "dev", 1, lambda *at: seen.append(at))
    assert seen[-1][0] == seen[-1][1] > 3
    return result


def test_each_copy_is_held_against_its_own_question(found: Robustness) -> None:
    losses = {loss.kind: loss for loss in found.losses}
    assert "full-width" not in losses  # no question has a letter or digit
    assert losses["filler"].questions == 3
    assert losses["filler"].differences["Success@1"].n == 2  # the third has no answer, and is in Handled alone
    assert losses["filler"].differences["Handled"].n == 3
    for loss in found.losses:
        for name, change in loss.differences.items():
            assert change.mean == pytest.approx(loss.disturbed[name].mean - loss.clean[name].mean)
    # Traditional characters are folded before anything is searched, so nothing can be lost by them.
    change = losses["traditional"].differences["Success@1"]
    assert (change.mean, change.low, change.high) == (0, 0, 0)
    fallen = [e for loss in found.losses for e in loss.examples]
    assert all(example.question != example.disturbed for example in fallen)


def test_it_is_saved_and_read_back(found: Robustness, tmp_path: Path) -> None:
    path = save_robustness(found, tmp_path)
    assert path.name.startswith("robustness-") and load_robustness(path) == found
    (tmp_path / "x.json").write_text('{"kind": "robustness"}', encoding="utf-8")
    with pytest.raises(RunError, match="稳健性结果不完整"):
        load_robustness(tmp_path / "x.json")
    (tmp_path / "y.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="不是保存的稳健性结果"):
        load_robustness(tmp_path / "y.json")

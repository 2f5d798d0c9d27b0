from dataclasses import replace
from pathlib import Path

import pytest
from test_compare import run

from evals.gate import BASELINE, baseline_path, check
from evals.record import RunError, load_run


def test_a_drop_beyond_luck_fails_with_the_questions() -> None:
    found = check(run([1] * 30), run([0] * 10 + [1] * 20))
    assert not found.passed and len(found.comparison.losses) == 10
    assert found.sentence() == "没有通过：首条命中率下降超出偶然，新答错 10 题。"


def test_a_drop_within_luck_a_rise_and_no_change_pass() -> None:
    fallen = check(run([1] * 30), run([0] * 2 + [1] * 28))
    assert fallen.passed and fallen.sentence() == "通过：有 2 题由对变错，总的变化没有超出偶然。"
    assert check(run([0] * 10 + [1] * 20), run([1] * 30)).passed
    assert check(run([1, 0]), run([1, 0])).sentence() == "通过：没有一题由对变错。"


def test_other_measures_do_not_weaken_the_test() -> None:
    # Eight lost of eight: p is 0.0078, and would be 0.016 after correction for two measures.
    assert check(run([1] * 30), run([0] * 8 + [1] * 22)).comparison.first.corrected == pytest.approx(2 / 2**8)


def test_another_set_cannot_be_the_baseline() -> None:
    with pytest.raises(RunError, match="题集不同"):
        check(run([1]), replace(run([1]), name="秋游"))


def test_the_packaged_baseline_asks_dev_questions_only() -> None:
    assert baseline_path(None) == BASELINE and baseline_path(Path("x")) == Path("x/baseline.json")
    baseline = load_run(BASELINE)
    assert baseline.split == "dev" and not baseline.provenance.dirty
    assert baseline.overall["Success@1"].n > 400

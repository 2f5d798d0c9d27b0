"""The verdict out of the signs."""

import json
import random
from pathlib import Path

import pytest

from assistant.judgement import Judgement
from assistant.verdict import Finding
from evals.judgement_fit import fit_judgement, write_judgement
from index.pair import VERDICTS


def separable(each: int = 20) -> tuple[list[dict[str, float]], list[str]]:
    chance = random.Random(1)
    signs, verdicts = [], []
    for at, verdict in enumerate(VERDICTS):
        for _ in range(each):
            signs.append(
                {"near": 10.0 * (at == 0) + chance.random(), "far": 10.0 * (at == 2) + chance.random(), "same": 1.0}
            )
            verdicts.append(verdict)
    return signs, verdicts


def test_signs_that_tell_verdicts_apart() -> None:
    signs, verdicts = separable()
    judgement, evidence = fit_judgement(signs, verdicts, 0)
    assert [str(judgement.judge(row)[0]) for row in signs] == verdicts
    assert judgement.weights["supported"]["near"] > 0 > judgement.weights["not_mentioned"]["near"]
    assert judgement.weights["not_mentioned"]["far"] > 0 > judgement.weights["supported"]["far"]
    assert {judgement.weights[verdict]["same"] for verdict in VERDICTS} == {0.0}
    assert {name: evidence[name] for name in evidence if name != "sure"} == {
        "claims": 60,
        "dev_claims": 0,
        "accuracy": 1.0,
        "balanced_accuracy": 1.0,
        "contradicted_called_supported": 0.0,
        "supported_called_contradicted": 0.0,
    }
    assert evidence["sure"] > 0.95
    assert 1 / 3 < judgement.sure < 1


def test_signs_that_say_nothing() -> None:
    _, verdicts = separable()
    judgement, evidence = fit_judgement([{"same": 1.0}] * 60, verdicts, 0)
    assert judgement.judge({"same": 1.0})[1] == pytest.approx(1 / 3, abs=1e-3)
    assert evidence["balanced_accuracy"] < 0.6


def test_where_signs_say_nothing_nothing_goes_without_a_person() -> None:
    _, verdicts = separable()
    judgement, evidence = fit_judgement([{"same": 1.0}] * 60, verdicts, 0)
    assert (judgement.sure, evidence["sure"]) == (1.0, 0.0)


def test_a_rare_verdict_weighs_as_much_as_a_frequent_one() -> None:
    # Of claims that look the same 40 are supported and 10 of either other kind.
    verdicts = ["supported"] * 40 + ["contradicted"] * 10 + ["not_mentioned"] * 10
    judgement, _ = fit_judgement([{"same": 1.0}] * 60, verdicts, 0)
    assert judgement.judge({"same": 1.0})[1] == pytest.approx(1 / 3, abs=0.01)


def test_what_was_fitted_is_saved_with_its_evidence(tmp_path: Path) -> None:
    judgement, evidence = fit_judgement(*separable(), 0)
    path = tmp_path / "judgement.json"
    write_judgement(judgement, evidence, path)
    assert Judgement.read(path) == judgement
    assert json.loads(path.read_text(encoding="utf-8"))["evidence"] == evidence
    assert Judgement.read(path).judge({"near": 10.0, "far": 0.0, "same": 1.0})[0] is Finding.SUPPORTED


def test_a_dev_claim_counts_more_and_the_figures_are_of_those() -> None:
    # Of 60 that look the same the 20 of dev, of which more are supported, count as much as 80.
    signs, verdicts = separable(10)
    learned = [row | {"near": 0.0, "far": 0.0} for row in signs]
    judgement, evidence = fit_judgement([*signs, *learned], [*verdicts, *verdicts], 30)
    assert (evidence["claims"], evidence["dev_claims"], evidence["balanced_accuracy"]) == (60, 30, 1.0)
    plain, without = fit_judgement([*signs, *learned], [*verdicts, *verdicts], 0)
    assert (without["dev_claims"], without["balanced_accuracy"] < 0.8) == (0, True)
    assert judgement.weights["supported"]["near"] > plain.weights["supported"]["near"]


def test_a_dev_part_of_one_verdict_has_figures_of_that_one(tmp_path: Path) -> None:
    judgement, evidence = fit_judgement(*separable(), 20)
    assert (evidence["balanced_accuracy"], evidence["contradicted_called_supported"]) == (1.0, 0.0)
    write_judgement(judgement, evidence, tmp_path / "judgement.json")
    json.loads((tmp_path / "judgement.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)

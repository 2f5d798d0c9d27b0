import math

import numpy as np
import pytest
import pytrec_eval

from evals.measures import (
    RANKED,
    Bin,
    calibration_error,
    estimate,
    first_relevant,
    rank_documents,
    ranked_measures,
    reliability,
    risk_coverage,
    roc_area,
)

QRELS = {
    "tie": {"d1": 1},
    "two": {"d1": 1, "d2": 1},
    "missing": {"d1": 1},
    "low": {"d6": 1},
    "irrelevant": {"d1": 0},
}
RUN = {
    "tie": {"d1": 1.0, "d2": 1.0},  # trec_eval puts d2 first: the larger id
    "two": {"d3": 3.0, "d2": 2.0, "d1": 1.0},
    "low": {f"d{i}": float(-i) for i in range(12)},
    "irrelevant": {"d1": 1.0},
    "unjudged": {"d1": 1.0},
}


def test_ranked_measures_by_hand() -> None:
    found = ranked_measures(QRELS, RUN)
    second, third = 1 / math.log2(3), 1 / math.log2(4)
    assert set(found) == set(QRELS)
    assert all(set(values) == set(RANKED) for values in found.values())
    assert found["tie"] == pytest.approx(
        {"Success@1": 0, "Success@3": 1, "Success@5": 1, "nDCG@10": second, "RR@10": 0.5, "R@10": 1}
    )
    assert found["two"] == pytest.approx(
        {
            "Success@1": 0,
            "Success@3": 1,
            "Success@5": 1,
            "nDCG@10": (second + third) / (1 + second),
            "RR@10": 0.5,
            "R@10": 1,
        }
    )
    assert found["low"] == pytest.approx(
        {"Success@1": 0, "Success@3": 0, "Success@5": 0, "nDCG@10": 1 / math.log2(8), "RR@10": 1 / 7, "R@10": 1}
    )
    assert found["missing"] == found["irrelevant"] == dict.fromkeys(RANKED, 0.0)


def test_a_question_without_relevant_passages_or_any_results_counts_nothing() -> None:
    assert ranked_measures({"q": {}}, {"q": {"d": 1.0}}) == {"q": dict.fromkeys(RANKED, 0.0)}
    assert ranked_measures({"q": {"d": 1}}, {"q": {}}) == {"q": dict.fromkeys(RANKED, 0.0)}


def test_relevance_below_the_tenth_does_not_count() -> None:
    run = {"q": {f"d{i:02}": float(-i) for i in range(20)}}
    assert ranked_measures({"q": {"d10": 1}}, run)["q"] == dict.fromkeys(RANKED, 0.0)
    assert ranked_measures({"q": {"d09": 1, "d10": 1}}, run)["q"]["R@10"] == 0.5


def test_measures_equal_those_of_trec_eval_on_a_random_run_full_of_ties() -> None:
    rng = np.random.default_rng(3)
    qrels = {f"q{i}": {f"d{j}": int(rng.random() < 0.2) for j in range(30)} for i in range(40)}
    run = {
        f"q{i}": {f"d{j}": float(rng.integers(0, 6)) for j in rng.choice(30, 20, replace=False)}
        for i in range(40)
        if i % 9
    }
    names = {"success.1,3,5", "ndcg_cut.10", "recall.10"}
    wanted = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(run)
    reciprocal = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(run)
    found = ranked_measures(qrels, run)
    assert len(found) == 40
    for query in qrels:
        own = wanted.get(query)
        assert found[query]["Success@1"] == pytest.approx(own["success_1"] if own else 0)
        assert found[query]["Success@3"] == pytest.approx(own["success_3"] if own else 0)
        assert found[query]["Success@5"] == pytest.approx(own["success_5"] if own else 0)
        assert found[query]["nDCG@10"] == pytest.approx(own["ndcg_cut_10"] if own else 0)
        assert found[query]["R@10"] == pytest.approx(own["recall_10"] if own else 0)
        whole = reciprocal[query]["recip_rank"] if own else 0
        assert found[query]["RR@10"] == pytest.approx(whole if whole >= 0.1 else 0)


def test_ranking_and_the_first_relevant() -> None:
    scores = {"a": 1.0, "b": 2.0, "c": 2.0}
    assert rank_documents(scores) == ["c", "b", "a"]
    assert first_relevant({"b": 1}, scores) == 2
    assert first_relevant({"c": 0, "a": 1}, scores) == 3
    assert first_relevant({"z": 1}, scores) is None


def test_a_mean_is_over_questions_and_repeats_itself() -> None:
    values = [1.0] * 30 + [0.0] * 10
    found = estimate(values)
    assert (found.mean, found.n) == (0.75, 40)
    assert 0.5 < found.low < 0.75 < found.high < 0.95
    assert estimate(values) == found
    assert estimate(values, seed=1).mean == 0.75


def test_an_interval_widens_when_questions_come_in_groups() -> None:
    values = [float(i % 2) for i in range(50) for _ in range(4)]
    groups = [f"g{i}" for i in range(50) for _ in range(4)]
    alone, grouped = estimate(values), estimate(values, groups)
    assert alone.mean == grouped.mean == 0.5
    # Four copies of each question say no more than one: the interval is twice as wide.
    assert (grouped.high - grouped.low) / (alone.high - alone.low) == pytest.approx(2, abs=0.25)


def test_groups_of_unlike_size_keep_the_mean_over_questions() -> None:
    assert estimate([1, 1, 1, 0], ["a", "a", "a", "b"]).mean == 0.75


def test_the_interval_where_all_values_are_equal() -> None:
    ones, zeros = estimate([1.0] * 20), estimate([0.0] * 20)
    assert (ones.mean, ones.high) == (1, 1) and ones.low == pytest.approx(0.025 ** (1 / 20))
    assert (zeros.mean, zeros.low) == (0, 0) and zeros.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert estimate([0.5, 0.5]).low == estimate([0.5, 0.5]).high == 0.5
    assert math.isnan(estimate([0.0, 1.0], ["a", "a"]).low)
    assert estimate([]).n == 0 and math.isnan(estimate([]).mean)


def test_a_95_percent_interval_holds_the_truth_95_times_in_a_hundred() -> None:
    rng, truth, rounds, held = np.random.default_rng(11), 0.8, 400, 0
    for _ in range(rounds):
        # Groups of three questions of like difficulty, whose mean over all groups is `truth`.
        ease = np.repeat(rng.beta(8, 2, 60), 3)
        values = (rng.random(180) < ease).astype(float)
        found = estimate(values.tolist(), [f"g{i // 3}" for i in range(180)])
        held += found.low <= truth <= found.high
    assert 0.92 <= held / rounds <= 0.975


def test_the_area_under_the_curve() -> None:
    # Pairs won: 0.9 beats both, 0.4 beats 0.1 and ties with 0.4: 3.5 of 4.
    found = roc_area([0.9, 0.4], [0.4, 0.1])
    assert (found.mean, found.n) == (0.875, 4)
    assert found.low <= 0.875 <= found.high
    assert roc_area([0.9, 0.8], [0.1, 0.2]).mean == 1
    assert math.isnan(roc_area([0.9], []).mean)


def test_the_area_over_groups_is_as_sure_as_its_groups() -> None:
    rng = np.random.default_rng(5)
    yes, no = rng.normal(1, 1, 40).tolist(), rng.normal(0, 1, 40).tolist()
    names = [f"g{i}" for i in range(40)]
    alone = roc_area(yes, no)
    four = roc_area(yes * 4, no * 4, (names * 4, names * 4))
    assert four.mean == pytest.approx(alone.mean)
    # The same questions four times over, in groups of their copies, tell no more.
    assert four.high - four.low == pytest.approx(alone.high - alone.low, rel=0.1)
    careless = roc_area(yes * 4, no * 4)
    assert (alone.high - alone.low) / (careless.high - careless.low) == pytest.approx(2, abs=0.25)


def test_reliability_and_calibration_error() -> None:
    confidence, right = [0.1, 0.2, 0.8, 0.9], [False, False, True, False]
    assert reliability(confidence, right, bins=2) == (
        Bin(pytest.approx(0.15), 0.0, 2),
        Bin(pytest.approx(0.85), 0.5, 2),
    )
    assert calibration_error(reliability(confidence, right, bins=2)) == pytest.approx((2 * 0.15 + 2 * 0.35) / 4)
    assert len(reliability(list(np.linspace(0, 1, 100)), [True] * 100)) == 10
    assert reliability([0.5] * 7, [True] * 7) == (Bin(0.5, 1.0, 7),)
    assert math.isnan(calibration_error(reliability([], [])))


def test_risk_and_coverage() -> None:
    points = risk_coverage([0.2, 0.9, 0.5, 0.5], [False, True, True, False])
    assert [(point.threshold, point.coverage, point.risk) for point in points] == [
        (0.9, 0.25, 0.0),
        (0.5, 0.75, pytest.approx(1 / 3)),
        (0.2, 1.0, 0.5),
    ]
    assert risk_coverage([], []) == ()

import math

import numpy as np
import pytest
import pytrec_eval

from evals.measures import RANKED, estimate, first_relevant, rank_documents, ranked_measures

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
        found["low"] | {"Success@3": 1, "Success@5": 1, "nDCG@10": second, "RR@10": 0.5, "AP": 0.5, "R@3": 1, "R@5": 1}
    )
    assert found["two"] == pytest.approx(
        {
            "Success@1": 0,
            "Success@3": 1,
            "Success@5": 1,
            "nDCG@10": (second + third) / (1 + second),
            "RR@10": 0.5,
            "AP": (1 / 2 + 2 / 3) / 2,
            "R@1": 0,
            "R@3": 1,
            "R@5": 1,
            "R@10": 1,
        }
    )
    nothing = dict.fromkeys(RANKED, 0.0)
    assert found["low"] == pytest.approx(
        nothing | {"nDCG@10": 1 / math.log2(8), "RR@10": 1 / 7, "AP": 1 / 7, "R@10": 1}
    )
    assert found["missing"] == found["irrelevant"] == dict.fromkeys(RANKED, 0.0)


def test_a_question_without_relevant_passages_or_any_results_counts_nothing() -> None:
    assert ranked_measures({"q": {}}, {"q": {"d": 1.0}}) == {"q": dict.fromkeys(RANKED, 0.0)}
    assert ranked_measures({"q": {"d": 1}}, {"q": {}}) == {"q": dict.fromkeys(RANKED, 0.0)}


def test_relevance_below_the_tenth_does_not_count() -> None:
    run = {"q": {f"d{i:02}": float(-i) for i in range(20)}}
    # But for average precision, which looks at all that was returned: the eleventh is relevant.
    assert ranked_measures({"q": {"d10": 1}}, run)["q"] == dict.fromkeys(RANKED, 0.0) | {"AP": pytest.approx(1 / 11)}
    assert ranked_measures({"q": {"d09": 1, "d10": 1}}, run)["q"]["R@10"] == 0.5


def test_measures_equal_those_of_trec_eval_on_a_random_run_full_of_ties() -> None:
    rng = np.random.default_rng(3)
    qrels = {f"q{i}": {f"d{j}": int(rng.random() < 0.2) for j in range(30)} for i in range(40)}
    run = {
        f"q{i}": {f"d{j}": float(rng.integers(0, 6)) for j in rng.choice(30, 20, replace=False)}
        for i in range(40)
        if i % 9
    }
    names = {"success.1,3,5", "ndcg_cut.10", "recall.1,3,5,10", "map"}
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
        for k in (1, 3, 5, 10):
            assert found[query][f"R@{k}"] == pytest.approx(own[f"recall_{k}"] if own else 0)
        assert found[query]["AP"] == pytest.approx(own["map"] if own else 0)
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

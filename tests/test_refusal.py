import json
from dataclasses import asdict, replace
from math import exp
from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder

from assistant.refusal import Logistic, Refusal
from assistant.signals import signals
from index.build import build_index
from index.reread import RERANKER
from index.retriever import Retrieval, Retriever


def model(intercept: float, weight: float = 0.0, mean: float = 0.0, scale: float = 1.0) -> Logistic:
    """A model that looks at one feature, called a."""
    return Logistic(intercept=intercept, weights={"a": weight}, means={"a": mean}, scales={"a": scale}, threshold=0.5)


def constant(intercept: float) -> Logistic:
    return Logistic(intercept=intercept, weights={}, means={}, scales={}, threshold=0.5)


def test_the_probability_by_hand() -> None:
    two = Logistic(
        intercept=1.0,
        weights={"a": 2.0, "b": -1.0},
        means={"a": 3.0, "b": 0.0},
        scales={"a": 4.0, "b": 0.5},
        threshold=0.5,
    )
    # 1 + 2 * (5 - 3) / 4 - 1 * (0.25 - 0) / 0.5
    assert two.probability({"a": 5.0, "b": 0.25, "unused": 9.0}) == pytest.approx(1 / (1 + exp(-1.5)))


def test_an_intercept_alone() -> None:
    assert constant(0.0).probability({}) == 0.5


@pytest.mark.parametrize(("value", "wanted"), [(1e30, 1.0), (-1e30, 0.0)])
def test_far_values_do_not_overflow(value: float, wanted: float) -> None:
    assert model(0.0, weight=1.0).probability({"a": value}) == pytest.approx(wanted, abs=1e-12)


def test_a_feature_that_is_missing_is_a_fault() -> None:
    with pytest.raises(KeyError, match="a"):
        model(0.0, weight=1.0).probability({})


@pytest.mark.parametrize(
    ("intercept", "judgement"), [(3.0, (True, 0.9526)), (0.0, (True, 0.5)), (-3.0, (False, 0.0474))]
)
def test_below_the_threshold_the_answer_is_no(intercept: float, judgement: tuple[bool, float]) -> None:
    encoder = BigramEncoder()
    index = build_index(outing.corpus(), encoder)
    refusal = Refusal(with_bank=constant(intercept), without_bank=constant(0.0))
    assert refusal.judge(Retriever(index, encoder).search("几点走", 5), index) == judgement


def test_corpora_with_and_without_a_bank_have_models_of_their_own() -> None:
    encoder = BigramEncoder()
    refusal = Refusal(with_bank=constant(10.0), without_bank=constant(-10.0))
    for with_bank in (True, False):
        index = build_index(outing.corpus(with_bank), encoder)
        assert refusal.judge(Retriever(index, encoder).search("几点走", 5), index)[0] is with_bank


@pytest.mark.parametrize(
    ("of_many", "reranked", "wanted"),
    [(True, True, "many"), (False, True, "reread"), (False, False, "plain"), (True, False, "plain")],
)
def test_what_the_reranker_read_has_models_of_its_own(of_many: bool, reranked: bool, wanted: str) -> None:
    def by_reranker(intercept: float) -> Logistic:
        return Logistic(intercept, {RERANKER: 0.0}, {RERANKER: 0.0}, {RERANKER: 1.0}, 0.5)

    encoder = BigramEncoder()
    index = build_index(outing.corpus(with_bank=False), encoder)
    found = replace(Retriever(index, encoder).search("几点走", 5), of_many=of_many)
    if reranked:
        first = found.hits[0]
        found = replace(found, hits=(replace(first, channels=first.channels | {RERANKER: 1.0}), *found.hits[1:]))
    refusal = Refusal(constant(0.0), constant(-1.0), by_reranker(1.0), by_reranker(2.0))
    by_intercept = {"plain": -1.0, "many": 1.0, "reread": 2.0}
    assert refusal.judge(found, index)[1] == pytest.approx(1 / (1 + exp(-by_intercept[wanted])), abs=1e-4)


def test_nothing_found_is_no_answer() -> None:
    index = build_index(outing.corpus(), BigramEncoder())
    refusal = Refusal(with_bank=constant(10.0), without_bank=constant(10.0))
    assert refusal.judge(Retrieval("?", (), 0.0, 0.0, 0.0), index) == (False, 0.0)


def test_it_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "refusal.json"
    data = {"with_bank": asdict(model(1.0, weight=1.0)), "without_bank": asdict(constant(2.0))}
    path.write_text(json.dumps(data), encoding="utf-8")
    read = Refusal.read(path)
    assert read.with_bank.probability({"a": -1.0}) == 0.5
    assert read.without_bank == constant(2.0)


def test_the_fitted_models_name_signals_that_there_are() -> None:
    encoder = BigramEncoder()
    index = build_index(outing.corpus(), encoder)
    found = signals(Retriever(index, encoder).search("几点走", 5), index)
    refusal = Refusal.read()
    for fitted in (refusal.with_bank, refusal.without_bank):
        assert 0.0 < fitted.threshold < 1.0
        assert set(fitted.weights) <= set(found)
        assert set(fitted.weights) == set(fitted.means) == set(fitted.scales)
        assert all(scale > 0 for scale in fitted.scales.values())

import numpy as np
import pytest

from index import recall as module
from index.recall import SHARES, coded_parts, measure_recall, questions, share_found
from index.scaled import ScaledStore
from index.vectors import FlatStore


def rows(size: int, dim: int = 32) -> np.ndarray:
    found = np.random.default_rng(0).normal(size=(size, dim)) + 1
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def store() -> ScaledStore:
    return ScaledStore.make(rows(1500), [range(1200), range(1200, 1500)], exact_below=1000)


def test_an_exact_store_has_nothing_to_measure() -> None:
    store = FlatStore(rows(50))
    assert (list(measure_recall(store)), coded_parts(store)) == ([], ())


def test_each_part_with_codes_is_measured_under_filters(store: ScaledStore) -> None:
    assert coded_parts(store) == (range(1200),)
    found = list(measure_recall(store, 20))
    assert [(one.rows, one.share, one.found) for one in found] == [(1200, share, 10) for share in SHARES]
    assert all(one.value >= 0.99 and one.milliseconds > 0 < one.exact_milliseconds for one in found)


def test_what_is_missed_is_seen(store: ScaledStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.scaled.candidates", lambda _size, k, _whole=False: k)  # no more proposed than wanted
    [whole] = measure_recall(store, 20, (1.0,))
    assert 0.1 < whole.value < 0.99


def test_questions_lie_near_stored_vectors(store: ScaledStore) -> None:
    asked = questions(store, range(1200), 30, np.random.default_rng(1))
    assert asked.shape == (30, 32)
    assert np.linalg.norm(asked, axis=1) == pytest.approx(np.ones(30), abs=1e-5)
    nearest = store.exact(asked, 1, range(1200))[0]
    # A step of 0.42 off a unit vector, at a right angle, leaves a cosine of 1 / sqrt(1 + 0.42²).
    assert float(np.median(nearest)) == pytest.approx(0.92, abs=0.05)
    assert module.WANTED == 0.99


def test_a_row_as_near_as_the_last_of_those_wanted_is_as_good() -> None:
    wanted = np.array([0.9, 0.8, 0.7, 0.7], np.float32)
    assert share_found(np.array([0.9, 0.8, 0.7, 0.7], np.float32), wanted) == 1.0
    assert share_found(np.array([0.9, 0.7, 0.7, 0.69], np.float32), wanted) == 0.75
    assert share_found(np.array([0.9], np.float32), wanted) == 0.25

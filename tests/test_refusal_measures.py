import math

import numpy as np
import pytest

from evals.refusal import (
    Bin,
    calibration_error,
    estimate_calibration_error,
    reliability,
    risk_area,
    risk_coverage,
    roc_area,
)


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


def test_the_area_of_risk_is_the_mean_risk_over_coverages() -> None:
    # Risk 0 up to a quarter, a third up to three quarters, a half to the end.
    points = risk_coverage([0.2, 0.9, 0.5, 0.5], [False, True, True, False])
    assert risk_area(points) == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)
    assert risk_area(risk_coverage([0.5, 0.9], [True, True])) == 0
    assert math.isnan(risk_area(()))


def test_the_calibration_error_has_an_interval() -> None:
    rng = np.random.default_rng(2)
    confidence = rng.random(400)
    right = (rng.random(400) < confidence * 0.5).tolist()  # half as often right as said: the error is a quarter
    found = estimate_calibration_error(confidence.tolist(), right)
    assert found.mean == pytest.approx(calibration_error(reliability(confidence.tolist(), right)))
    assert found.low < 0.25 < found.high and found.n == 400
    alone = estimate_calibration_error([0.5, 0.5], [True, False], ["g", "g"])
    assert alone.mean == 0 and math.isnan(alone.low)


def test_the_interval_of_the_area_covers() -> None:
    # Confidence is normal with means 1 and 0: the true area is Phi(1 / sqrt 2).
    rng, truth, rounds, held = np.random.default_rng(17), 0.76025, 60, 0
    for _ in range(rounds):
        found = roc_area(rng.normal(1, 1, 60).tolist(), rng.normal(0, 1, 60).tolist())
        held += found.low <= truth <= found.high
    assert held >= 52

import json

import numpy as np
import pytest
from click.testing import CliRunner

from evals.cli import main
from evals.scale import Cloud, measure_scale


def test_the_cloud_has_the_shape_of_real_vectors() -> None:
    found = np.concatenate(list(Cloud().portions(30_000)))
    assert found.shape == (30_000, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(30_000), abs=1e-4)
    assert np.linalg.norm(found.mean(axis=0)) == pytest.approx(0.928, abs=0.02)  # real ones: 0.915
    pairs = (found[:5000] * found[20_000:25_000]).sum(axis=1)
    assert float(pairs.mean()) == pytest.approx(0.86, abs=0.02)
    same = (found[0:5000:25] * found[1:5000:25]).sum(axis=1)  # two of one document
    assert float(same.mean()) > float(pairs.mean()) + 0.03


def test_a_cloud_is_the_same_every_time() -> None:
    one, other = (next(iter(Cloud(seed=3).portions(100))) for _ in range(2))
    assert np.array_equal(one, other)


def test_a_small_measurement() -> None:
    costs = measure_scale(2_000, queries=10)
    assert costs.rows == 2_000
    assert costs.file_bytes > 2_000 * 384 * 2
    assert costs.recall == ()  # compared one by one
    result = CliRunner().invoke(main, ["scale", "--rows", "1000", "--queries", "5", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["rows"] == 1000

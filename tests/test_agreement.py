import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from evals.agreement import AgreementError, agreements, cohen_kappa, estimate_kappa, read_marks


def test_kappa_by_hand() -> None:
    # Alike on 3 of 4; by luck 1/2 * 3/4 + 1/2 * 1/4 = 1/2: (3/4 - 1/2) / (1 - 1/2).
    assert cohen_kappa("aabb", "aaab") == pytest.approx(0.5)
    assert cohen_kappa("ab", "ab") == 1 and cohen_kappa("ab", "ba") == -1
    assert math.isnan(cohen_kappa("aa", "aa"))


def test_kappa_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.choice(["x", "y", "z"], 50).tolist() for _ in range(2))
    assert cohen_kappa(a, b) == pytest.approx(cohen_kappa_score(a, b))


def test_the_interval_covers() -> None:
    # Both see the truth and err at random one time in ten: alike 0.82, by luck 0.5: kappa 0.64.
    rng, held, rounds = np.random.default_rng(4), 0, 60
    for _ in range(rounds):
        truth = rng.integers(0, 2, 150)
        a, b = (np.where(rng.random(150) < 0.1, 1 - truth, truth).astype(str).tolist() for _ in range(2))
        found = estimate_kappa(a, b)
        held += found.low <= 0.64 <= found.high
    assert held >= 51
    assert math.isnan(estimate_kappa("aa", "aa").low)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_two_files_by_id(tmp_path: Path) -> None:
    a = write(
        tmp_path / "a",
        {"id": "1", "question": "甲", "category": "list", "quotes": ["乙", "丙"]},
        {"id": "2", "question": "丁", "category": "near", "quotes": []},
        {"id": "3", "category": "far", "quotes": []},
    )
    b = write(
        tmp_path / "b",
        {"id": "2", "category": "far", "quotes": []},
        {"id": "1", "category": "list", "quotes": ["丙", "乙"]},
    )
    category, answerable, quotes = agreements(read_marks(a), read_marks(b))
    assert (category.field, category.share.mean, category.share.n) == ("category", 0.5, 2)
    assert [(one.id, one.question, one.a, one.b) for one in category.apart] == [("2", "丁", "near", "far")]
    assert (answerable.kappa.mean, quotes.share.mean) == (1, 1)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([{"id": "1", "label": 1}], [{"id": "2", "label": 1}], "没有共同的题目"),
        ([{"id": "1", "label": 1}], [{"id": "1", "category": 1}], "没有共同的项目"),
        ([{"id": 1}], [{"id": "1"}], ":1：每行要有不重复的 id"),
        ([{"id": "1"}, {"id": "1"}], [{"id": "1"}], ":2：每行要有不重复的 id"),
        ([], [{"id": "1"}], "没有标注"),
    ],
)
def test_what_cannot_be_held_against_each_other(a: list[Any], b: list[Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(AgreementError, match=message):
        agreements(read_marks(write(tmp_path / "a", *a)), read_marks(write(tmp_path / "b", *b)))

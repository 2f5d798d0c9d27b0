"""Fits what turns the signs of an examined claim into a verdict, and says how well it does on claims not seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.judgement import MODEL, Judgement
from index.pair import VERDICTS

Floats = NDArray[np.float64]

_SURE_RIGHT = 0.85
"""The share right from which a verdict needs no person."""
_DEV_COUNTS = 4.0
"""What a dev claim counts beside one written to teach, which is harder and asks more after counts and roles."""


def fit_judgement(
    signs: Sequence[dict[str, float]], verdicts: Sequence[str], dev: int
) -> tuple[Judgement, dict[str, Any]]:
    """Weights from signs and right verdicts, and the evidence for them: figures by ten-fold cross-validation.

    The first `dev` claims are those of the dev split, of which the evidence and the threshold tell (of all where there
    are none).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = sorted(signs[0])
    x = np.array([[row[name] for name in names] for row in signs])
    y = np.array([VERDICTS.index(verdict) for verdict in verdicts])
    counts = np.where(np.arange(len(y)) < dev, _DEV_COUNTS, 1.0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, class_weight="balanced", max_iter=2000))
    chances = np.zeros((len(y), len(VERDICTS)))
    for learned, asked in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        model.fit(x[learned], y[learned], logisticregression__sample_weight=counts[learned])
        chances[asked] = model.predict_proba(x[asked])
    model.fit(x, y, logisticregression__sample_weight=counts)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_ / scaler.scale_
    intercepts = logistic.intercept_ - weights @ scaler.mean_
    told = slice(dev or None)
    found, wanted, best = chances.argmax(1)[told], y[told], chances.max(1)[told]
    right = found == wanted
    judgement = Judgement(
        {verdict: round(float(intercepts[i]), 5) for i, verdict in enumerate(VERDICTS)},
        {
            verdict: {n: round(float(w), 5) for n, w in zip(names, weights[i], strict=True)}
            for i, verdict in enumerate(VERDICTS)
        },
        _threshold(best, right),
    )
    evidence = {
        "claims": len(y),
        "dev_claims": dev,
        "accuracy": round(float(right.mean()), 4),
        "balanced_accuracy": round(float(np.mean([right[wanted == i].mean() for i in np.unique(wanted)])), 4),
        "contradicted_called_supported": round(float((found == 0)[wanted == 1].sum() / max(1, (wanted == 1).sum())), 4),
        "supported_called_contradicted": round(float((found == 1)[wanted == 0].sum() / max(1, (wanted == 0).sum())), 4),
        "sure": round(float((best >= judgement.sure).mean()), 4),
    }
    return judgement, evidence


def write_judgement(judgement: Judgement, evidence: dict[str, Any], path: Path = MODEL) -> None:
    """Save what was fitted with its evidence."""
    data = asdict(judgement) | {"evidence": evidence}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _threshold(chances: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest probability down to which every run of a sixth of the verdicts is right often enough; 1 for none."""
    order = np.argsort(-chances, kind="stable")
    values = chances[order]
    # Among equal chances nothing tells the right from the wrong: each counts their mean.
    _, same = np.unique(values, return_inverse=True)
    shares = (np.bincount(same, right[order]) / np.bincount(same))[same]
    width = max(10, len(order) // 6)
    lowest = 1.0
    for end in range(width, len(order) + 1):
        if shares[end - width : end].mean() < _SURE_RIGHT:
            break
        lowest = float(values[end - 1])
    return round(lowest, 4)

"""All stages of the comparison, each kept in a file of its own so that a run that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.settings import ADAPTER
from evals.peers.data import Texts, beir_texts, notice_texts
from evals.peers.process import install
from evals.peers.stages import (
    Figures,
    Tell,
    measure_cloud,
    measure_cold,
    measure_questions,
    measure_splitters,
    measure_texts,
)
from evals.peers.system import ENVIRONMENTS, SYSTEMS
from evals.provenance import provenance
from evals.record import RESULTS, write_json

ENCODERS = ("adapted", "plain")
STAGES = (
    "notice-adapted",
    "notice-plain",
    "dataset-adapted",
    "dataset-plain",
    "splitters",
    "questions",
    "cold",
    "cloud-10000",
    "cloud-100000",
)
FORMAT = 1


def model_folder(name: str, folder: Path, cache: Path) -> Path:
    """The bundled encoder as a sentence-transformers folder: as it comes (plain), or with the adapter merged."""
    from index.encoder import load_encoder

    place = folder / f"model-{name}"
    if not (place / "modules.json").is_file():
        encoder = load_encoder(None, cache, ADAPTER if name == "adapted" else None)
        encoder.model.save(str(place), create_model_card=False)
    return place


def run_stage(stage: str, folder: Path, cache: Path, dataset: Path | None, tell: Tell) -> Figures:
    """The figures of one stage, from its file where it is kept. Raises PeerError, DatasetError."""
    kept = folder / f"stage-{stage}.json"
    if kept.is_file():
        found: Figures = json.loads(kept.read_text(encoding="utf-8"))
        return found
    figures = _measure(stage, folder, cache, dataset, tell)
    kept.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return figures


def _measure(stage: str, folder: Path, cache: Path, dataset: Path | None, tell: Tell) -> Figures:
    what, _, option = stage.partition("-")
    if what == "cloud":
        return measure_cloud(int(option), folder, tell)
    model = model_folder(option or ENCODERS[0], folder, cache)
    if what == "dataset":
        return measure_texts(_dataset(dataset), model, folder, tell) if dataset is not None else {}
    if what == "splitters":
        return measure_splitters(model, folder, tell)
    texts = notice_texts()
    measures = {"notice": measure_texts, "questions": measure_questions, "cold": measure_cold}
    return measures[what](texts, model, folder, tell)


def _dataset(folder: Path) -> Texts:
    return beir_texts(folder)


def install_all(folder: Path, tell: Tell) -> dict[str, list[str]]:
    """Every library in its environment: what `pip freeze` says of each. Raises PeerError."""
    frozen = {}
    for environment in ENVIRONMENTS:
        tell(f"正在准备环境：{environment.name}")
        frozen[environment.name] = install(environment, folder)
    return frozen


def save(stages: dict[str, Figures], frozen: dict[str, list[str]], began: str, folder: Path = RESULTS) -> Path:
    """One file with everything; returns its path."""
    origin = asdict(provenance(None))
    data: dict[str, Any] = {
        "format": FORMAT,
        "kind": "peers",
        "systems": {system.name: {"about": system.about, "hybrid": system.hybrid} for system in SYSTEMS},
        "stages": stages,
        "environments": frozen,
        "began": began,
        "provenance": origin,
    }
    moment = str(origin["started_at"]).split("+")[0].replace(":", "").replace("-", "")
    return write_json(data, folder, f"peers-{moment}-{(origin['commit'] or 'nocommit')[:8]}")


def missing(folder: Path, wanted: Sequence[str] = STAGES) -> list[str]:
    """The stages that are not kept yet."""
    return [stage for stage in wanted if not (folder / f"stage-{stage}.json").is_file()]

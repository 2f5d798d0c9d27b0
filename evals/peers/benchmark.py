"""All stages of the comparison, each kept in a file of its own so that a run that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.settings import ADAPTER
from evals.peers.data import beir_texts, notice_texts
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
from evals.peers.system import ENVIRONMENTS, STAGES, SYSTEMS
from evals.provenance import checkout, provenance
from evals.record import RESULTS, write_json

ENCODERS = ("adapted", "plain")
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
    """The figures of one stage, from its file where it is kept. Raises PeerError, DatasetError.

    Without a dataset its stages have no figures, and nothing is kept of them.
    """
    kept = _kept(stage, folder)
    if kept is not None:
        found: Figures = kept["figures"]
        return found
    commit, dirty = checkout(Path(__file__).resolve())
    measured = {"commit": commit, "dirty": dirty, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    figures = _measure(stage, folder, cache, dataset, tell)
    if figures:
        text = json.dumps({"measured": measured, "figures": figures}, ensure_ascii=False, indent=1)
        (folder / f"stage-{stage}.json").write_text(text, encoding="utf-8")
    return figures


def _kept(stage: str, folder: Path) -> Any:
    path = folder / f"stage-{stage}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _measure(stage: str, folder: Path, cache: Path, dataset: Path | None, tell: Tell) -> Figures:
    what, _, option = stage.partition("-")
    if what == "cloud":
        return measure_cloud(int(option), folder, tell)
    texts = None
    if what == "dataset":
        if dataset is None:
            return {}
        texts = beir_texts(dataset)
    model = model_folder(option or ENCODERS[0], folder, cache)
    if what == "splitters":
        return measure_splitters(model, folder, tell)
    measures = {"questions": measure_questions, "cold": measure_cold}
    return measures.get(what, measure_texts)(texts or notice_texts(), model, folder, tell)


def install_all(folder: Path, tell: Tell) -> dict[str, list[str]]:
    """Every library in its environment: what `pip freeze` says of each. Raises PeerError."""
    frozen = {}
    for environment in ENVIRONMENTS:
        tell(f"正在准备环境：{environment.name}")
        frozen[environment.name] = install(environment, folder)
    return frozen


def save(work: Path, frozen: dict[str, list[str]], folder: Path = RESULTS) -> Path:
    """One file with all stages that are kept in `work`, and of which commit each is; returns its path."""
    origin = asdict(provenance(None))
    kept = {stage: found for stage in STAGES if (found := _kept(stage, work)) is not None}
    data: dict[str, Any] = {
        "format": FORMAT,
        "kind": "peers",
        "systems": {system.name: {"about": system.about, "hybrid": system.hybrid} for system in SYSTEMS},
        "stages": {stage: found["figures"] for stage, found in kept.items()},
        "measured": {stage: found["measured"] for stage, found in kept.items()},
        "environments": frozen,
        "provenance": origin,
    }
    moment = str(origin["started_at"]).split("+")[0].replace(":", "").replace("-", "")
    return write_json(data, folder, f"peers-{moment}-{(origin['commit'] or 'nocommit')[:8]}")


def missing(folder: Path, wanted: Sequence[str] = STAGES) -> list[str]:
    """The stages that are not kept yet."""
    return [stage for stage in wanted if not (folder / f"stage-{stage}.json").is_file()]

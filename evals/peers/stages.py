"""What is measured of each system, stage by stage. Every figure is taken in turns: no system has the quieter hour."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from content.span import Span
from evals.peers.data import Cloudy, K, Texts, fill_request, make_cloud, notice_questions
from evals.peers.process import Peer, alone, together, turns
from evals.peers.system import ENVIRONMENTS, SYSTEMS, System
from evals.spans import character_measures

Tell = Callable[[str], None]
Figures = dict[str, dict[str, Any]]
"""Figures of a stage by system."""

ROUNDS = 5
_CHUNK = 60
_WARM = 20
_WEIGHTS = (0.1, 0.3, 0.5, 0.7, 0.9)
_CLOUD_QUESTIONS = 100
_TUNED = "tuned"
BANKED = ("notice", "model-adapted")
"""Where the packaged bank is measured too: its texts take a minute to encode."""
_SLOW = "haystack"
"""Compares every vector in Python: of many it is asked a few questions only."""


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    p50, p95 = np.percentile(seconds, (50, 95)) * 1000
    return {"p50": float(p50), "p95": float(p95), "n": len(seconds)}


def dense_systems() -> list[System]:
    """One of each library: its vectors alone."""
    return [system for system in SYSTEMS if not system.hybrid]


def measure_texts(texts: Texts, model: Path, folder: Path, tell: Tell) -> Figures:
    """Quality, building, and questions beside the encoder, over real texts.

    Each library encodes by itself, and what it made is kept, so that a run that is stopped goes on; then all are asked
    in turns from what they know.
    """
    systems = [system for system in SYSTEMS if not system.packaged or (texts.name, model.name) == BANKED]
    stem = f"{texts.name}-{model.name}"
    figures: Figures = {}
    for environment in ENVIRONMENTS:
        kept = folder / f"part-{stem}-{environment.name}.json"
        if not kept.is_file():
            tell(f"{stem}：{environment.name}")
            own = [system for system in systems if system.environment is environment]
            found = _measure_library(own, texts, model, folder, _known(folder, f"{stem}-{environment.name}"))
            kept.write_text(json.dumps(found), encoding="utf-8")
        figures |= json.loads(kept.read_text(encoding="utf-8"))
    tell(f"{stem}：轮流")
    asked = [text for _, text in texts.questions]
    taken: dict[str, dict[str, list[float]]] = {}
    with together(systems, folder) as peers:
        for peer in {peer.process: peer for peer in peers}.values():
            peer.do("fill", **_known(folder, f"{stem}-{peer.system.environment.name}"))
        for number in range(ROUNDS):
            chunk = [asked[at % len(asked)] for at in range(number * _CHUNK, (number + 1) * _CHUNK)]
            for peer in turns(peers, number):
                own_times = taken.setdefault(
                    peer.system.name, {"walls": [], "cpus": [], "builds": [], "build_cpus": []}
                )
                built = peer.do("build", remember=True, ids=texts.ids, texts=texts.texts)
                own_times["builds"].append(built["wall"])
                own_times["build_cpus"].append(built["cpu"])
                peer.do("ask", questions=chunk[:_WARM], k=K, remember=True)
                answers = peer.do("ask", questions=chunk, k=K, remember=True)
                own_times["walls"] += answers["walls"]
                own_times["cpus"] += answers["cpus"]
    for name, own_times in taken.items():
        figures[name] |= {
            "question": spread(own_times["walls"]),
            "question_cpu": spread(own_times["cpus"]),
            "build": statistics.median(own_times["builds"]),
            "build_cpu": statistics.median(own_times["build_cpus"]),
            "passages": len(texts.ids),
        }
    return figures


def _known(folder: Path, stem: str) -> dict[str, Any]:
    """The files with what a library has encoded."""
    return {
        side: {"texts": str(folder / f"known-{stem}-{side}.json"), "vectors": str(folder / f"known-{stem}-{side}.npy")}
        for side in ("passages", "questions")
    }


def _measure_library(
    systems: Sequence[System], texts: Texts, model: Path, folder: Path, known: Mapping[str, Any]
) -> Figures:
    """Building with the encoder, and quality, of the systems of one library."""
    figures: Figures = {}
    asked = [text for _, text in texts.questions]
    names = [name for name, _ in texts.questions]
    with together(systems, folder) as peers:
        _load(peers, model)
        for peer in peers:
            own: dict[str, Any] = {}
            if peer.system.encodes and not peer.system.packaged:  # the first build loads what it needs
                peer.do("build", ids=texts.ids[:2], texts=texts.texts[:2], remember=False)
            built = peer.do("build", remember=not peer.system.encodes, ids=texts.ids, texts=texts.texts)
            if peer.system.encodes:
                own |= {"build_encoding": built["wall"], "build_encoding_cpu": built["cpu"]}
            if peer.system.setting == _TUNED:
                own["weight"] = _tune(peer, texts, model, folder)
            found = peer.do("ask", questions=asked, k=K, remember=True)["found"]
            own |= texts.quality(dict(zip(names, found, strict=True)), texts.questions)
            figures[peer.system.name] = own
        peers[0].do("dump", **known)
    return figures


def _load(peers: Sequence[Peer], model: Path) -> None:
    """The encoder, once in each process."""
    for peer in {peer.process: peer for peer in peers}.values():
        peer.do("load", model=str(model))


def _tune(peer: Peer, texts: Texts, model: Path, folder: Path) -> float:
    """The weight that is best on dev questions; of texts that have none, the one found before."""
    kept = folder / f"weight-{peer.system.name}-{model.name}.txt"
    if texts.dev:
        scores = {}
        for weight in _WEIGHTS:
            peer.do("weigh", weight=weight)
            found = peer.do("ask", questions=[text for _, text in texts.dev], k=K, remember=True)["found"]
            scores[weight] = texts.quality(dict(zip((n for n, _ in texts.dev), found, strict=True)), texts.dev)[
                "Success@1"
            ]
        kept.write_text(str(max(scores, key=lambda weight: scores[weight])), encoding="ascii")
    best = float(kept.read_text(encoding="ascii")) if kept.is_file() else 0.5
    peer.do("weigh", weight=best)
    return best


def measure_questions(texts: Texts, model: Path, folder: Path, tell: Tell) -> Figures:
    """Whole questions, the encoder at work, in turns."""
    names = ("ours-vectors", "ours", "ours-answer", "langchain", "llamaindex", "txtai", "haystack")
    asked = [text for _, text in texts.questions]
    taken: dict[str, dict[str, list[float]]] = {name: {"walls": [], "cpus": []} for name in names}
    with together([system for system in SYSTEMS if system.name in names], folder) as peers:
        _load(peers, model)
        for peer in peers:
            tell(f"whole questions: {peer.system.name}")
            peer.do("build", ids=texts.ids, texts=texts.texts, remember=False)
            peer.do("ask", questions=asked[:5], k=K, remember=False)
        for number in range(2 * ROUNDS):
            chunk = [asked[at % len(asked)] for at in range(number * 10, number * 10 + 10)]
            for peer in turns(peers, number):
                found = peer.do("ask", questions=chunk, k=K, remember=False)
                taken[peer.system.name]["walls"] += found["walls"]
                taken[peer.system.name]["cpus"] += found["cpus"]
    return {
        name: {"question": spread(own["walls"]), "question_cpu": spread(own["cpus"])} for name, own in taken.items()
    }


def measure_cloud(rows: int, folder: Path, tell: Tell) -> Figures:
    """Inserting and finding among many vectors, without an encoder."""
    cloud = make_cloud(rows, _CLOUD_QUESTIONS, folder)
    figures: Figures = {}
    taken: dict[str, dict[str, Any]] = {}
    with together(dense_systems(), folder) as peers:
        for peer in peers:
            name = peer.system.name
            tell(f"{rows}：{name}")
            peer.do("fill", **fill_request(cloud))
            builds = [peer.do("build", ids=cloud.ids, texts=cloud.texts, remember=True)]
            if rows <= 10_000:
                builds += [peer.do("build", ids=cloud.ids, texts=cloud.texts, remember=True) for _ in range(2)]
            kept = peer.do("forget")
            figures[name] = {
                "build": statistics.median(one["wall"] for one in builds),
                "build_cpu": statistics.median(one["cpu"] for one in builds),
                "resident": kept["resident"],
                "passages": rows,
            }
            taken[name] = {"walls": [], "cpus": [], "found": []}
        for number in range(ROUNDS):
            for peer in turns(peers, number):
                _ask_cloud(peer, cloud, taken[peer.system.name], rows)
    for name, own in taken.items():
        figures[name] |= {
            "question": spread(own["walls"]),
            "question_cpu": spread(own["cpus"]),
            "recall@10": cloud.recall(own["found"]),
        }
    return figures


def _ask_cloud(peer: Peer, cloud: Cloudy, taken: dict[str, Any], rows: int) -> None:
    few = peer.system.environment.name == _SLOW
    questions = cloud.questions[: 200_000 // rows if few else None]
    if few:
        questions = questions[:20]
    else:
        peer.do("ask", questions=questions[:_WARM], k=K, remember=True)
    found = peer.do("ask", questions=questions, k=K, remember=True)
    taken["walls"] += found["walls"]
    taken["cpus"] += found["cpus"]
    if not taken["found"]:
        taken["found"] = found["found"]


def measure_cold(texts: Texts, model: Path, folder: Path, tell: Tell) -> Figures:
    """From starting a process to its first answer: libraries, encoder, saved index, one question."""
    names = ("ours", "ours-answer", "ours-bank-answer", "langchain", "llamaindex", "txtai", "haystack")
    systems = [system for system in SYSTEMS if system.name in names]
    for system in systems:
        tell(f"cold start: saving {system.name}")
        with alone(system, folder) as peer:
            peer.do("load", model=str(model))
            peer.do("build", ids=texts.ids, texts=texts.texts, remember=False)
            peer.do("save", folder=str(folder / "saved" / system.name))
    taken: dict[str, list[float]] = {system.name: [] for system in systems}
    resident: dict[str, int] = {}
    for number in range(ROUNDS):
        for system in [*systems[number % len(systems) :], *systems[: number % len(systems)]]:
            with alone(system, folder) as peer:
                peer.do("load", model=str(model))
                peer.do("open", folder=str(folder / "saved" / system.name))
                held = peer.do("ask", questions=[texts.questions[0][1]], k=K, remember=False)["resident"]
                taken[system.name].append(time.perf_counter() - peer.process.began)
                resident[system.name] = held
    return {
        name: {"cold": statistics.median(own), "cold_least": min(own), "resident": resident[name]}
        for name, own in taken.items()
    }


def measure_splitters(model: Path, folder: Path, tell: Tell) -> Figures:
    """The notice as each library's own splitter cuts it, and as this product does."""
    text, questions = notice_questions()
    figures: Figures = {}
    for system in dense_systems():
        tell(f"splitter: {system.name}")
        with alone(system, folder) as peer:
            peer.do("load", model=str(model))
            spans = _own_spans() if system.own else _located(peer.do("pieces", text=text)["pieces"], text)
            ids = [str(number) for number in range(len(spans))]
            peer.do("build", ids=ids, texts=[span.of(text) for span in spans], remember=False)
            found = peer.do("ask", questions=[q.text for q in questions], k=K, remember=False)["found"]
        values = []
        for question, names in zip(questions, found, strict=True):
            ranked = [("", spans[int(name)]) for name in names]
            measures = dict(character_measures(question, "", ranked, None))
            values.append(measures | {"Success@1": float(bool(ranked) and question.is_place(ranked[0][1]))})
        figures[system.name] = _means(values, ("Success@1", "CharF1@1", "CharR@500c")) | {
            "pieces": len(spans),
            "characters": statistics.median(span.end - span.start for span in spans),
        }
    return figures


def _means(values: Sequence[Mapping[str, float]], names: Sequence[str]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in values])) for name in names}


def _own_spans() -> list[Span]:
    from content.corpus import load_corpus

    return [passage.span for passage in load_corpus(with_bank=False).passages]


def _located(pieces: Sequence[str], text: str) -> list[Span]:
    """Where pieces stand in the text, white space aside, which splitters change."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    bare = "".join(text[at] for at in places)
    spans = []
    last = 0
    for piece in pieces:
        wanted = "".join(piece.split())
        at = bare.find(wanted, last) if wanted else -1
        if at < 0 and wanted:
            at = bare.find(wanted)
        if at >= 0:
            spans.append(Span(places[at], places[at + len(wanted) - 1] + 1))
            last = at + 1
    return spans

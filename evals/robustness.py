"""What disturbances cost: an eval set asked again in disturbed copies, each held against its own question."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.answerer import Answerer
from evals.dataset import EvalQuestion, EvalSet
from evals.disturbance import DISTURBANCES, disturb
from evals.measures import Estimate, estimate
from evals.provenance import Provenance, provenance
from evals.record import RESULTS, Row, RunError, estimate_from_json, plain, read_saved, write_json
from evals.run import DEPTH, judge
from evals.summary import value_of

KIND = "robustness"
MEASURES = ("Success@1", "Success@5", "RR@10", "Highlight", "Handled")
_BATCH = 32
_EXAMPLES = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was answered and whose disturbed copy was not; `first` is what came first for the copy."""

    question: str
    disturbed: str
    first: str


@dataclass(frozen=True, slots=True)
class Loss:
    """One disturbance over the `questions` that it changes.

    `clean` and `disturbed` are the measures of these questions and of their copies; `differences` the second less
    the first, question by question, with intervals over groups.
    """

    kind: str
    questions: int
    clean: Mapping[str, Estimate]
    disturbed: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """All disturbances over one split of one set. `seed` gives the same copies again."""

    name: str
    split: str
    set_digest: str
    has_bank: bool
    seed: int
    losses: tuple[Loss, ...]
    seconds: float
    provenance: Provenance


def measure_robustness(
    answerer: Answerer, eval_set: EvalSet, split: str, seed: int = 0, progress: Progress | None = None
) -> Robustness:
    """Ask every question and all its copies; raises DatasetError when the split is empty."""
    questions = eval_set.of_split(split)
    origin = provenance(answerer.manifest)
    began = time.perf_counter()
    copies = {
        kind: [
            (question, replace(question, text=text))
            for question in questions
            if (text := disturb(kind, question.text, question.id, seed)) is not None
        ]
        for kind in DISTURBANCES
    }
    total, done = len(questions) + sum(map(len, copies.values())), 0

    def rows_of(asked: Sequence[EvalQuestion]) -> dict[str, Row]:
        nonlocal done
        answers: list[Answer] = []
        for at in range(0, len(asked), _BATCH):
            batch = asked[at : at + _BATCH]
            answers += answerer.ask_many([question.text for question in batch], k=DEPTH)
            done += len(batch)
            if progress is not None:
                progress(done, total)
        rows = judge(answerer.corpus, asked, answers, [0.0] * len(asked))
        return {row.id: row for row in rows}

    clean = rows_of(questions)
    losses = []
    for kind, pairs in copies.items():
        changed = rows_of([copy for _, copy in pairs])
        if changed:
            losses.append(_loss(kind, [clean[name] for name in changed], list(changed.values())))
    return Robustness(
        name=eval_set.name,
        split=split,
        set_digest=eval_set.digest,
        has_bank=answerer.retriever.index.has_bank,
        seed=seed,
        losses=tuple(losses),
        seconds=time.perf_counter() - began,
        provenance=origin,
    )


def _loss(kind: str, clean: Sequence[Row], disturbed: Sequence[Row]) -> Loss:
    before: dict[str, Estimate] = {}
    after: dict[str, Estimate] = {}
    differences: dict[str, Estimate] = {}
    for name in MEASURES:
        known = [
            (x, y, one.group)
            for one, other in zip(clean, disturbed, strict=True)
            if (x := value_of(one, name)) is not None and (y := value_of(other, name)) is not None
        ]
        if known:
            groups = [group for _, _, group in known]
            gains = [y - x for x, y, _ in known]
            before[name] = estimate([x for x, _, _ in known], groups)
            after[name] = estimate([y for _, y, _ in known], groups)
            differences[name] = estimate(gains, groups) if any(gains) else Estimate(0.0, 0.0, 0.0, len(gains))
    fallen = [
        Example(one.question, other.question, other.first)
        for one, other in zip(clean, disturbed, strict=True)
        if value_of(one, "Success@1") == 1 and value_of(other, "Success@1") == 0
    ]
    return Loss(kind, len(clean), before, after, differences, tuple(fallen[:_EXAMPLES]))


def save_robustness(found: Robustness, folder: Path = RESULTS) -> Path:
    """Write it as one JSON file in `folder`; returns its path."""
    moment = found.provenance.started_at.split("+")[0].replace(":", "").replace("-", "")
    bank = "" if found.has_bank else "-no-bank"
    stem = f"{KIND}-{moment}-{found.name.replace('/', '-')}-{found.split}{bank}"
    return write_json({"kind": KIND, "format": 1} | plain(asdict(found)), folder, stem)


def load_robustness(path: Path) -> Robustness:
    """Read a saved one; raises RunError when it is not one."""
    data = read_saved(path)
    if data.get("kind") != KIND:
        raise RunError(f"{path}：不是保存的稳健性结果。")
    try:
        return Robustness(
            name=data["name"],
            split=data["split"],
            set_digest=data["set_digest"],
            has_bank=data["has_bank"],
            seed=data["seed"],
            losses=tuple(_loss_from_json(one) for one in data["losses"]),
            seconds=data["seconds"],
            provenance=Provenance(**data["provenance"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{path}：稳健性结果不完整（{error}）。") from error


def _loss_from_json(data: Mapping[str, Any]) -> Loss:
    clean, disturbed, differences = (
        {name: estimate_from_json(one) for name, one in data[key].items()}
        for key in ("clean", "disturbed", "differences")
    )
    examples = tuple(Example(**one) for one in data["examples"])
    return Loss(data["kind"], data["questions"], clean, disturbed, differences, examples)

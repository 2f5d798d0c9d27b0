"""What each setting is worth: an eval set searched again with channels taken out, weights scaled, other encoders.

The questions are encoded once and their channels computed once. Taking out means a weight of 0, the other weights as
fitted: the figures say what the fitted fusion owes to a channel, not what could be reached without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answerer import Answerer
from assistant.highlight import highlights, read_voting
from content.text import fold_text
from evals.dataset import EvalQuestion, EvalSet
from evals.measures import Estimate, estimate
from evals.provenance import provenance
from evals.record import RESULTS, RunError, estimate_from_json, plain, read_saved, write_json
from index.channel import Channel
from index.encoder import Vectors
from index.fusion import Fusion
from index.retriever import Retrieval, Retriever

KIND = "ablation"
MEASURES = ("Success@1", "Success@5", "Highlight")
"""As in a run. Highlight: the first highlight of the first passage overlaps a quote."""
FAMILIES: Mapping[str, Callable[[str], bool]] = {
    "dense": lambda name: name.startswith("dense/"),
    "characters": lambda name: name.startswith("characters/"),
    "pinyin": lambda name: name.startswith("pinyin/"),
    "label": lambda name: name.endswith("/label"),
    "question": lambda name: "/question" in name,
}
_DEPTH = 5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Variant:
    """Channels that are off together, or whose weights are multiplied by `factor`.

    `family` says whether they are a family or a single one. Without any, all are on; where there is a name, by another
    encoder of that name.
    """

    name: str
    family: bool
    off: tuple[str, ...]
    factor: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether this is the product as it is, which the others are held against."""
        return not self.name and not self.off


@dataclass(frozen=True, slots=True)
class Ablated:
    """One variant measured: `values` by measure, and `differences` to all channels on, question by question.

    `weight` is the sum of the fitted weights that were taken out or scaled.
    """

    variant: Variant
    weight: float
    values: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Ablation:
    """All variants over the `questions` answerable questions, all channels on first."""

    has_bank: bool
    questions: int
    rows: tuple[Ablated, ...]


class _Switchboard(Retriever):
    """Searches for one question with many weights, keeping the channels of the last question. For one thread."""

    _kept: tuple[str, dict[str, Channel]] | None = None

    def channels(self, question: str, vector: Vectors) -> dict[str, Channel]:
        if self._kept is None or self._kept[0] != question:
            self._kept = (question, super().channels(question, vector))
        return self._kept[1]

    def search_with(self, fusion: Fusion, question: str, vector: Vectors, k: int) -> Retrieval:
        """As `search`, with these weights and a vector of shape (dim,)."""
        self.fusion = fusion
        return self._search(question, vector[None], k)


def variants(weights: Mapping[str, float], factors: Sequence[float] = ()) -> tuple[Variant, ...]:
    """All on, each family that has a channel here, each channel; then each channel scaled by each of `factors`."""
    families = [Variant(name, True, tuple(filter(belongs, weights))) for name, belongs in FAMILIES.items()]
    channels = [Variant(name, False, (name,)) for name in weights]
    scaled = [Variant(name, False, (name,), factor) for factor in factors for name in weights if weights[name]]
    return (Variant("", False, ()), *(family for family in families if family.off), *channels, *scaled)


def ablate(
    answerer: Answerer,
    eval_set: EvalSet,
    split: str,
    progress: Progress | None = None,
    factors: Sequence[float] = (),
    others: Sequence[tuple[str, Answerer]] = (),
) -> Ablation:
    """Measure every variant on the answerable questions of `split`; raises DatasetError when the split is empty.

    `others` are answerers by other encoders over the same notices, by name, each with everything on.
    """
    questions = [question for question in eval_set.of_split(split) if question.answerable]
    index, fusion = answerer.retriever.index, answerer.retriever.fusion
    weights = fusion.with_bank if index.has_bank else fusion.without_bank
    wanted = variants(weights, factors)
    total = len(questions) * (1 + len(others))

    def step(before: int) -> Progress:
        return lambda done, _: progress(before + done, total) if progress is not None else None

    fusions = [_scaled(fusion, index.has_bank, variant) for variant in wanted]
    values = [_search(answerer, questions, fusions, step(0))]
    for at, (name, other) in enumerate(others, 1):
        own = other.retriever.fusion
        values.append(_search(other, questions, [own], step(at * len(questions))))
        wanted += (Variant(name, False, ()),)
    found = np.concatenate(values)
    groups = [question.group for question in questions]
    rows = tuple(
        Ablated(
            variant,
            sum(weights[name] for name in variant.off),
            {name: estimate(list(own[i]), groups) for i, name in enumerate(MEASURES)},
            {name: paired(own[i] - found[0, i], groups) for i, name in enumerate(MEASURES)},
        )
        for variant, own in zip(wanted, found, strict=True)
    )
    return Ablation(index.has_bank, len(questions), rows)


def _search(
    answerer: Answerer,
    questions: Sequence[EvalQuestion],
    fusions: Sequence[Fusion],
    progress: Progress,
) -> NDArray[np.float64]:
    """The measures with each of `fusions`; shape (fusions, measures, questions)."""
    whole = answerer.retriever
    board = _Switchboard(whole.index, whole.encoder, whole.fusion)
    readings = [answerer.read(question.text) for question in questions]
    vectors = whole.encoder.encode_queries([fold_text(reading) for reading in readings])
    values = np.zeros((len(fusions), len(MEASURES), len(questions)))
    voting = read_voting()
    for number, (question, reading, vector) in enumerate(zip(questions, readings, vectors, strict=True)):
        for row, fusion in enumerate(fusions):
            found = board.search_with(fusion, reading, vector, _DEPTH)
            right = [_is_right(question, answerer, hit.passage) for hit in found.hits]
            lit = highlights(found.hits[0], whole.index, voting, reading) if found.hits else ()
            first = answerer.corpus.passages[found.hits[0].passage].notice_id if lit else ""
            on_quote = bool(lit) and question.answers(first, lit[0])
            values[row, :, number] = (any(right[:1]), any(right), on_quote)
        progress(number + 1, len(questions))
    return values


def _scaled(fusion: Fusion, has_bank: bool, variant: Variant) -> Fusion:
    """The weights with those of the variant multiplied by its factor."""

    def scaled(own: dict[str, float]) -> dict[str, float]:
        return own | {name: own[name] * variant.factor for name in variant.off if name in own}

    if has_bank:
        return replace(fusion, with_bank=scaled(fusion.with_bank))
    # Which of the two counts is a matter of how many documents there are.
    return replace(fusion, without_bank=scaled(fusion.without_bank), of_many=scaled(fusion.of_many))


def _is_right(question: EvalQuestion, answerer: Answerer, passage: int) -> bool:
    found = answerer.corpus.passages[passage]
    return question.answers(found.notice_id, found.span)


def paired(differences: Sequence[float], groups: Sequence[str]) -> Estimate:
    """The mean difference with its bootstrap interval over groups; where nothing changed, 0 and no interval."""
    if not np.any(differences):
        return Estimate(0.0, 0.0, 0.0, len(differences))
    return estimate(list(differences), groups)


def ablation_json(ablations: Sequence[Ablation]) -> dict[str, Any]:
    """JSON values: under with_bank and without_bank the number of questions and the variants."""
    return {
        "with_bank" if one.has_bank else "without_bank": {
            "questions": one.questions,
            "variants": [_variant_json(row) for row in one.rows],
        }
        for one in ablations
    }


def _variant_json(row: Ablated) -> dict[str, Any]:
    measured = {
        name: asdict(value) | {"difference": asdict(row.differences[name])} for name, value in row.values.items()
    }
    finite: dict[str, Any] = plain({"off": row.variant.off, "weight": row.weight} | measured)
    factor = {"factor": row.variant.factor} if row.variant.factor else {}
    return {"name": row.variant.name or "all on", "family": row.variant.family} | factor | finite


def save_ablations(found: Sequence[Ablation], eval_set: EvalSet, split: str, folder: Path = RESULTS) -> Path:
    """Write them as one JSON file in `folder`, with where they come from; returns its path."""
    origin = provenance(None)
    data = {
        "kind": KIND,
        "format": 1,
        "name": eval_set.name,
        "split": split,
        "set_digest": eval_set.digest,
        "provenance": asdict(origin),
        "ablations": [asdict(one) for one in found],
    }
    moment = origin.started_at.split("+")[0].replace(":", "").replace("-", "")
    return write_json(plain(data), folder, f"{KIND}-{moment}-{eval_set.name.replace('/', '-')}-{split}")


def load_ablations(path: Path) -> tuple[Ablation, ...]:
    """Read saved ones; raises RunError when they are none."""
    data = read_saved(path)
    try:
        return tuple(
            Ablation(one["has_bank"], one["questions"], tuple(map(_row_from_json, one["rows"])))
            for one in data["ablations"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{path}：不是保存的逐路关闭结果，或不完整（{error}）。") from error


def _row_from_json(data: Mapping[str, Any]) -> Ablated:
    variant = Variant(**{**data["variant"], "off": tuple(data["variant"]["off"])})
    values, differences = (
        {name: estimate_from_json(one) for name, one in data[key].items()} for key in ("values", "differences")
    )
    return Ablated(variant, data["weight"], values, differences)

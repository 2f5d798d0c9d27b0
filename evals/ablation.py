"""What each channel is worth: an eval set searched again with channels taken out of the fusion.

The questions are encoded once and their channels computed once. Taking out means a weight of 0, the other weights as
fitted: the figures say what the fitted fusion owes to a channel, not what could be reached without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answerer import Answerer
from assistant.highlight import highlights, read_voting
from content.text import fold_text
from evals.dataset import EvalQuestion, EvalSet
from evals.measures import Estimate, estimate
from evals.record import _plain
from index.channel import Channel
from index.encoder import Vectors
from index.retriever import Fusion, Retrieval, Retriever

if TYPE_CHECKING:
    from rich.table import Table

MEASURES = ("Success@1", "Success@5", "Highlight")
"""As in a run. Highlight: the first highlight of the first passage overlaps a quote."""
FAMILIES: Mapping[str, Callable[[str], bool]] = {
    "dense": lambda name: name.startswith("dense/"),
    "characters": lambda name: name.startswith("characters/"),
    "pinyin": lambda name: name.startswith("pinyin/"),
    "label": lambda name: name.endswith("/label"),
    "question": lambda name: "/question" in name,
}
FAMILY_NAMES = {"dense": "语义", "characters": "字面", "pinyin": "拼音", "label": "标签", "question": "题库"}
_DEPTH = 5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Variant:
    """Channels that are off together. `family` says whether they are a family or a single one; none: all on."""

    name: str
    family: bool
    off: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ablated:
    """One variant measured: `values` by measure, and `differences` to all channels on, question by question.

    `weight` is the sum of the fitted weights that were taken out.
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


def variants(weights: Mapping[str, float]) -> tuple[Variant, ...]:
    """All on, each family that has a channel here, and each channel."""
    families = [Variant(name, True, tuple(filter(belongs, weights))) for name, belongs in FAMILIES.items()]
    channels = [Variant(name, False, (name,)) for name in weights]
    return (Variant("", False, ()), *(family for family in families if family.off), *channels)


def ablate(answerer: Answerer, eval_set: EvalSet, split: str, progress: Progress | None = None) -> Ablation:
    """Measure every variant on the answerable questions of `split`; raises DatasetError when the split is empty."""
    questions = [question for question in eval_set.of_split(split) if question.answerable]
    whole = answerer.retriever
    board = _Switchboard(whole.index, whole.encoder, whole.fusion)
    weights = whole.fusion.with_bank if whole.index.has_bank else whole.fusion.without_bank
    wanted = variants(weights)
    fusions = [_without(whole.fusion, whole.index.has_bank, variant.off) for variant in wanted]
    readings = [answerer.read(question.text) for question in questions]
    vectors = whole.encoder.encode_queries([fold_text(reading) for reading in readings])
    values = np.zeros((len(wanted), len(MEASURES), len(questions)))
    voting = read_voting()
    for number, (question, reading, vector) in enumerate(zip(questions, readings, vectors, strict=True)):
        for row, fusion in enumerate(fusions):
            found = board.search_with(fusion, reading, vector, _DEPTH)
            right = [_is_right(question, eval_set.notice_id, answerer, hit.passage) for hit in found.hits]
            lit = highlights(found.hits[0], whole.index, voting) if found.hits else ()
            on_quote = bool(lit) and question.is_place(lit[0])
            values[row, :, number] = (any(right[:1]), any(right), on_quote)
        if progress is not None:
            progress(number + 1, len(questions))
    groups = [question.group for question in questions]
    rows = tuple(
        Ablated(
            variant,
            sum(weights[name] for name in variant.off),
            {name: estimate(list(own[i]), groups) for i, name in enumerate(MEASURES)},
            {name: paired(own[i] - values[0, i], groups) for i, name in enumerate(MEASURES)},
        )
        for variant, own in zip(wanted, values, strict=True)
    )
    return Ablation(whole.index.has_bank, len(questions), rows)


def _without(fusion: Fusion, has_bank: bool, off: Sequence[str]) -> Fusion:
    """The weights with those of `off` at 0."""
    if has_bank:
        return replace(fusion, with_bank=fusion.with_bank | dict.fromkeys(off, 0.0))
    return replace(fusion, without_bank=fusion.without_bank | dict.fromkeys(off, 0.0))


def _is_right(question: EvalQuestion, notice_id: str, answerer: Answerer, passage: int) -> bool:
    found = answerer.corpus.passages[passage]
    return found.notice_id == notice_id and question.is_place(found.span)


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
    finite: dict[str, Any] = _plain({"off": row.variant.off, "weight": row.weight} | measured)
    return {"name": row.variant.name or "all on", "family": row.variant.family} | finite


HEADER = (
    "关掉的通道",
    "权重",
    "首条命中",
    "差（95% 区间）",
    "前五命中",
    "差（95% 区间）",
    "标亮命中",
    "差（95% 区间）",
)


def cells(ablation: Ablation) -> list[tuple[str, ...]]:
    """A table of texts under `HEADER`, for terminal and report: a row for each variant."""
    rows = []
    for one in ablation.rows:
        name = one.variant.name or "（全开）"
        if one.variant.family:
            name = f"{FAMILY_NAMES[name]} {name}（共 {len(one.variant.off)} 路）"
        figures = [text for measure in MEASURES for text in _pair(one, measure)]
        rows.append((name, f"{one.weight:.2f}" if one.variant.off else "", *figures))
    return rows


def _pair(one: Ablated, measure: str) -> tuple[str, str]:
    change = one.differences[measure]
    if not one.variant.off:
        shown = ""
    elif change.mean == change.low == change.high == 0:
        shown = "0"
    else:
        shown = f"{change.mean:+.3f}（{change.low:+.3f} 至 {change.high:+.3f}）"
    return f"{one.values[measure].mean:.3f}", shown


def ablation_view(ablation: Ablation) -> Table:
    """The table for a terminal."""
    from rich.table import Table

    bank = "用题库" if ablation.has_bank else "不用题库"
    table = Table(*HEADER, title=f"逐路关闭（{bank}，{ablation.questions} 道能答的题）")
    for row in cells(ablation):
        table.add_row(*row)
    return table

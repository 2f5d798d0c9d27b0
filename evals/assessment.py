"""Everything that is measured of the product over one split of an eval set, with the bank and without it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.answerer import Answerer
from content.text import fold_text
from evals.ablation import Ablation, ablate
from evals.dataset import EvalSet
from evals.measures import Estimate, estimate
from evals.overlap import THRESHOLD, Overlap, overlap
from evals.record import Row, Run
from evals.run import run_set

Progress = Callable[[int, int], None]
"""Called with (done, total), anew for each of the passes over the questions."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over `questions` questions, each asked by itself in process, in milliseconds.

    `encoder` is the encoding of the question; `beside` everything else that `Answerer.ask` does, taken question by
    question as the whole less the encoding.
    """

    encoder: float
    beside: float
    whole: float
    questions: int


@dataclass(frozen=True, slots=True)
class Nearness:
    """Success@1 over the answerable questions by how near the bank comes: at most `THRESHOLD`, and above it."""

    apart: Estimate
    near: Estimate


@dataclass(frozen=True, slots=True)
class Measured:
    """One half of a report: the product with its bank, or without."""

    run: Run
    ablation: Ablation
    timing: Timing


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report says. `overlap` is that of the whole set and the bank, `nearness` that of the split."""

    bank: Measured
    plain: Measured
    overlap: Overlap
    nearness: Nearness


def measure_report(bank: Answerer, plain: Answerer, eval_set: EvalSet, split: str, progress: Progress) -> Report:
    """Measure everything; raises DatasetError when the split is empty."""
    halves = [_measured(answerer, eval_set, split, progress) for answerer in (bank, plain)]
    asked = [question.text for question in eval_set.questions]
    found = overlap(asked, [question.text for questions in bank.corpus.questions for question in questions])
    return Report(halves[0], halves[1], found, nearness(halves[0].run.rows, found))


def _measured(answerer: Answerer, eval_set: EvalSet, split: str, progress: Progress) -> Measured:
    run = run_set(answerer, eval_set, split, answerer.manifest, progress)
    ablation = ablate(answerer, eval_set, split, progress)
    texts = [question.text for question in eval_set.of_split(split)]
    return Measured(run, ablation, time_questions(answerer, texts, progress))


def time_questions(answerer: Answerer, texts: Sequence[str], progress: Progress) -> Timing:
    """Time encoder and answer in turn, question by question, after one that is not counted."""
    encoder = answerer.retriever.encoder
    answerer.ask(texts[0])
    encoding: list[float] = []
    whole: list[float] = []
    for text in texts:
        folded = [fold_text(answerer.read(text))]
        began = time.perf_counter()
        encoder.encode_queries(folded)
        encoded = time.perf_counter()
        answerer.ask(text)
        whole.append((time.perf_counter() - encoded) * 1000)
        encoding.append((encoded - began) * 1000)
        progress(len(whole), len(texts))
    beside = [all_of_it - part for all_of_it, part in zip(whole, encoding, strict=True)]
    return Timing(statistics.median(encoding), statistics.median(beside), statistics.median(whole), len(texts))


def nearness(rows: Sequence[Row], found: Overlap) -> Nearness:
    """Success@1 of the rows apart from the bank and near it."""
    similarity = {pair.question: pair.similarity for pair in found.pairs}
    near = {row.id for row in rows if similarity.get(row.question, 0.0) > THRESHOLD}

    def share(own: Iterable[Row]) -> Estimate:
        judged = [row for row in own if row.answerable]
        return estimate([row.values["Success@1"] for row in judged], [row.group for row in judged])

    return Nearness(share(row for row in rows if row.id not in near), share(row for row in rows if row.id in near))

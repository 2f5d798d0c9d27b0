"""Asking an eval set question by question, and measuring what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from assistant.answer import Answer
from content.corpus import Corpus
from content.span import Span
from evals.dataset import Beir, EvalQuestion, EvalSet
from evals.measures import (
    RANKED,
    Estimate,
    Refusal,
    calibration_error,
    estimate,
    first_relevant,
    ranked_measures,
    reliability,
    risk_coverage,
    roc_area,
)
from evals.provenance import provenance
from evals.record import RESULTS, Row, Run, RunError, load_run, save_run
from index.encoder import Encoder

__all__ = [
    "DEPTH",
    "MEASURES",
    "RESULTS",
    "Asker",
    "Row",
    "Run",
    "RunError",
    "load_run",
    "run_beir",
    "run_set",
    "save_run",
]

DEPTH = 10
"""How many passages a question asks for: as deep as the deepest measure looks."""
MEASURES = (*RANKED, "Highlight", "AllPlaces@3", "AllPlaces@5")
"""Highlight: the first highlight of the first passage overlaps a quote. AllPlaces@k: k passages reach every quote."""
_BATCH = 64

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


class Asker(Protocol):
    """What a run needs of an `Answerer`."""

    @property
    def corpus(self) -> Corpus: ...
    def ask(self, question: str, k: int = 5) -> Answer: ...


def run_set(
    answerer: Asker,
    eval_set: EvalSet,
    split: str,
    manifest: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Ask every question of `split` (dev, test or all) by itself, as a person would, and measure.

    `manifest` is that of the index, for the record. Raises DatasetError when the split is empty.
    """
    questions = eval_set.of_split(split)
    origin = provenance(manifest)
    answerer.ask(questions[0].text)  # tables are loaded by the first question; its time is not that of a question
    began = time.perf_counter()
    answers: list[tuple[Answer, float]] = []
    for question in questions:
        asked = time.perf_counter()
        answer = answerer.ask(question.text, k=DEPTH)
        answers.append((answer, (time.perf_counter() - asked) * 1000))
        if progress is not None:
            progress(len(answers), len(questions))
    seconds = time.perf_counter() - began
    spans = [passage.span for passage in answerer.corpus.passages if passage.notice_id == eval_set.notice_id]
    qrels = {
        question.id: {_key(eval_set.notice_id, span): 1 for span in spans if question.is_place(span)}
        for question in questions
        if question.answerable
    }
    # The order that people see is the order that is judged.
    scored = {
        question.id: {
            _key(found.citation.notice_id, Span(found.citation.start, found.citation.end)): float(-found.rank)
            for found in answer.passages
        }
        for question, (answer, _) in zip(questions, answers, strict=True)
    }
    values = ranked_measures(qrels, scored)
    rows = tuple(
        _row(question, answer, milliseconds, qrels, scored, values)
        for question, (answer, milliseconds) in zip(questions, answers, strict=True)
    )
    categories = dict.fromkeys(row.category for row in rows)
    by_category = {}
    for name in categories:
        own = [row for row in rows if row.category == name]
        by_category[name] = summary(own) | {"Refused": refused(own)}
    return Run(eval_set.name, split, eval_set.digest, rows, summary(rows), by_category, refusal(rows), seconds, origin)


def run_beir(beir: Beir, encoder: Encoder, progress: Progress | None = None) -> Run:
    """Index the documents, each as one passage, with the product's own index, and ask every judged query.

    A query without text is not asked, and counts as one that found nothing.
    """
    from content.corpus import make_plain_corpus
    from index.build import build_index
    from index.retriever import Retriever
    from index.store import manifest_of

    began = time.perf_counter()
    corpus = make_plain_corpus(beir.documents)
    # The digest of the set stands for its documents, of which there may be very many.
    origin = provenance({key: value for key, value in manifest_of(corpus, encoder).items() if key != "documents"})
    retriever = Retriever(build_index(corpus, encoder, progress), encoder)
    scored: dict[str, dict[str, float]] = {}
    times: dict[str, float] = {}
    queries = [(query, text) for query, text in beir.queries if text]
    for at in range(0, len(queries), _BATCH):
        batch = queries[at : at + _BATCH]
        asked = time.perf_counter()
        found = retriever.search_many([text for _, text in batch], DEPTH)
        share = (time.perf_counter() - asked) * 1000 / len(batch)
        for (query, _), retrieval in zip(batch, found, strict=True):
            names = [corpus.passages[hit.passage].notice_id for hit in retrieval.hits]
            scored[query] = {name: float(-rank) for rank, name in enumerate(dict.fromkeys(names))}
            times[query] = share
        if progress is not None:
            progress(len(times), len(queries))
    seconds = time.perf_counter() - began
    values = ranked_measures(beir.qrels, scored)
    rows = tuple(
        Row(
            id=query,
            group=query,
            category="beir",
            question=text,
            first=next(iter(scored.get(query, {})), ""),
            rank=first_relevant(beir.qrels[query], scored.get(query, {})),
            confidence=None,
            answered=None,
            highlight=None,
            milliseconds=times.get(query, 0.0),
            values=values[query],
        )
        for query, text in beir.queries
    )
    return Run(beir.name, "test", beir.digest, rows, summary(rows), {}, None, seconds, origin)


def _key(notice_id: str, span: Span) -> str:
    return f"{notice_id}:{span.start}-{span.end}"


def _row(
    question: EvalQuestion,
    answer: Answer,
    milliseconds: float,
    qrels: Mapping[str, Mapping[str, int]],
    scored: Mapping[str, Mapping[str, float]],
    values: Mapping[str, Mapping[str, float]],
) -> Row:
    first = answer.passages[0] if answer.passages else None
    own = dict(values.get(question.id, {}))
    if question.category == "several":
        inside = [Span(found.citation.start, found.citation.end) for found in answer.passages]
        for k in (3, 5):
            own[f"AllPlaces@{k}"] = float(question.all_places(inside[:k]))
    highlight: bool | None = None
    if question.answerable:
        lit = first.highlights[0] if first and first.highlights else None
        highlight = lit is not None and question.is_place(Span(lit.start, lit.end))
    return Row(
        id=question.id,
        group=question.group,
        category=question.category,
        question=question.text,
        first=first.citation.label if first else "",
        rank=first_relevant(qrels.get(question.id, {}), scored[question.id]),
        confidence=answer.confidence,
        answered=answer.answered,
        highlight=highlight,
        milliseconds=milliseconds,
        values=own,
    )


def summary(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Every measure that any of the rows has, over those rows that have it."""
    found: dict[str, Estimate] = {}
    for name in MEASURES:
        values = [(value, row.group) for row in rows if (value := _value(row, name)) is not None]
        if values:
            found[name] = estimate([value for value, _ in values], [group for _, group in values])
    return found


def _value(row: Row, name: str) -> float | None:
    if name == "Highlight":
        return None if row.highlight is None else float(row.highlight)
    return row.values.get(name)


def refused(rows: Sequence[Row]) -> Estimate:
    """The share of questions that were refused."""
    return estimate([float(row.answered is False) for row in rows], [row.group for row in rows])


def refusal(rows: Sequence[Row]) -> Refusal | None:
    """How well the run refuses; None when it gives no confidence."""
    sure = [(row, row.confidence) for row in rows if row.confidence is not None]
    if not sure:
        return None
    yes = [(value, row.group) for row, value in sure if row.answerable]
    no = [(value, row.group) for row, value in sure if not row.answerable]
    confidence, right = [value for _, value in sure], [row.rank == 1 for row, _ in sure]
    bins = reliability(confidence, right)
    return Refusal(
        auc=roc_area(
            [value for value, _ in yes],
            [value for value, _ in no],
            ([group for _, group in yes], [group for _, group in no]),
        ),
        answerable_refused=refused([row for row in rows if row.answerable]),
        unanswerable_refused=refused([row for row in rows if not row.answerable]),
        calibration_error=calibration_error(bins),
        reliability=bins,
        risk_coverage=risk_coverage(confidence, right),
    )

"""Asking an eval set question by question, and measuring what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from assistant.answer import Answer
from content.corpus import Corpus
from content.passage import Kind, Passage
from content.span import Span
from evals.beir import Beir
from evals.dataset import EvalQuestion, EvalSet
from evals.measures import first_relevant, ranked_measures
from evals.provenance import provenance
from evals.record import RESULTS, Row, Run, RunError, load_run, save_run
from evals.spans import Shown, character_measures
from evals.summary import MEASURES, breakdown, refusal, summary
from index.encoder import Encoder

__all__ = [
    "DEPTH",
    "MEASURES",
    "RESULTS",
    "Asker",
    "Row",
    "Run",
    "RunError",
    "judge",
    "load_run",
    "run_beir",
    "run_set",
    "save_run",
]

DEPTH = 10
"""How many passages a question asks for: as deep as the deepest measure looks."""
_BATCH = 64
_LONGEST_FIRST = 120
_OPENING = "开头"
_FORMAL = {Kind.TITLE: "标题", Kind.NUMBER: "发文字号", Kind.ADDRESSEES: "主送机关"}
_CLOSE = "落款"
_SEVERAL = "跨部分"

Progress = Callable[[int, int], None]
"""Called with (done, total). What it raises ends the run: that is how a run is cancelled."""


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
    answers: list[Answer] = []
    times: list[float] = []
    for question in questions:
        asked = time.perf_counter()
        answers.append(answerer.ask(question.text, k=DEPTH))
        times.append((time.perf_counter() - asked) * 1000)
        if progress is not None:
            progress(len(answers), len(questions))
    seconds = time.perf_counter() - began
    rows = judge(answerer.corpus, questions, answers, times)
    by_section = breakdown(rows, lambda row: row.section)
    by_document = breakdown(rows, lambda row: row.notice)
    several = len(by_document) > 1
    return Run(
        name=eval_set.name,
        split=split,
        set_digest=eval_set.digest,
        rows=rows,
        overall=summary(rows),
        by_category=breakdown(rows, lambda row: row.category),
        refusal=refusal(rows),
        seconds=seconds,
        provenance=origin,
        by_section={} if several else by_section,  # parts of one name in many documents say nothing
        by_source=breakdown(rows, lambda row: row.source),
        by_document=by_document if several else {},
    )


def judge(
    corpus: Corpus,
    questions: Sequence[EvalQuestion],
    answers: Sequence[Answer],
    times: Sequence[float],
) -> tuple[Row, ...]:
    """A row for each question and its answer; `times` are milliseconds.

    The order that people see is the order that is judged. A passage of another version of the law, with the same
    words, stands for the passage of the question's own document.
    """
    about = {question.notice_id for question in questions if question.answerable}
    passages: dict[str, list[Passage]] = {name: [] for name in about}
    for passage in corpus.passages:
        if passage.notice_id in about:
            passages[passage.notice_id].append(passage)
    relevant = {
        question.id: [passage for passage in passages[question.notice_id] if question.is_place(passage.span)]
        for question in questions
        if question.answerable
    }
    qrels = {query: {_key(passage.notice_id, passage.span): 1 for passage in own} for query, own in relevant.items()}
    rankings = {
        question.id: _ranking(question, answer, relevant.get(question.id, []))
        for question, answer in zip(questions, answers, strict=True)
    }
    scored = {query: {key: float(-rank) for rank, key in enumerate(keys, 1)} for query, keys in rankings.items()}
    values = ranked_measures(qrels, scored)
    return tuple(
        _row(question, answer, milliseconds, relevant.get(question.id, []), rankings[question.id], own)
        for question, answer, milliseconds in zip(questions, answers, times, strict=True)
        for own in [values.get(question.id, {}) | (_documents(question, answer) if len(about) > 1 else {})]
    )


def _documents(question: EvalQuestion, answer: Answer) -> dict[str, float]:
    """Whether a document that answers, the right one or another version of it, is among the first."""
    if not question.answerable:
        return {}
    names = [name for name, _ in _shown(answer)]
    return {f"Document@{k}": float(not question.documents.isdisjoint(names[:k])) for k in (1, 5)}


def _shown(answer: Answer) -> list[Shown]:
    return [(found.citation.notice_id, Span(found.citation.start, found.citation.end)) for found in answer.passages]


def _ranking(question: EvalQuestion, answer: Answer, relevant: Sequence[Passage]) -> list[str]:
    """Ids of what was shown, best first; each id once."""
    taken: dict[str, str] = {}
    for name, span in _shown(answer):
        plain = _key(name, span)
        home = question.at_home(name, span)
        moved = home is not None and (name, span) != (question.notice_id, home)
        same = [p for p in relevant if moved and home is not None and home.overlaps(p.span)]
        key = _key(question.notice_id, same[0].span) if same else plain
        if key in taken:  # the same words a second time: whichever comes later stands for itself, which is not judged
            key = taken.get(plain, plain)
        taken[key] = plain
    return list(taken)


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
            scored[query] = {name: float(-rank) for rank, name in enumerate(dict.fromkeys(names), 1)}
            times[query] = share
        if progress is not None:
            progress(len(times), len(queries))
    seconds = time.perf_counter() - began
    values = ranked_measures(beir.qrels, scored)
    texts = dict(beir.documents)
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
            first_text=texts.get(next(iter(scored.get(query, {})), ""), "")[:_LONGEST_FIRST],
            ranking=tuple(scored.get(query, {})),
            judged=beir.qrels[query],
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
    relevant: Sequence[Passage],
    ranking: Sequence[str],
    values: Mapping[str, float],
) -> Row:
    first = answer.passages[0] if answer.passages else None
    own = dict(values)
    shown = _at_home(question, _shown(answer))
    lit: list[Shown] = []
    if first and first.highlights:
        span = Span(first.highlights[0].start, first.highlights[0].end)
        lit = _at_home(question, [(first.citation.notice_id, span)])
    if question.answerable:
        own |= character_measures(question, question.notice_id, shown, lit[0] if lit else None)
    if question.category == "several":
        # Offsets of another notice are no places of this one.
        inside = [span if name == question.notice_id else Span(0, 0) for name, span in shown]
        for k in (3, 5):
            own[f"AllPlaces@{k}"] = float(question.all_places(inside[:k]))
    right = {_key(question.notice_id, passage.span): 1 for passage in relevant}
    return Row(
        id=question.id,
        group=question.group,
        category=question.category,
        question=question.text,
        first=first.citation.label if first else "",
        rank=next((rank for rank, key in enumerate(ranking, 1) if key in right), None),
        confidence=answer.confidence,
        answered=answer.answered,
        highlight=any(name == question.notice_id and question.is_place(span) for name, span in lit)
        if question.answerable
        else None,
        milliseconds=milliseconds,
        values=own,
        section=section_of(relevant),
        source=question.source,
        notice=question.notice_id,
        first_text=first.text[:_LONGEST_FIRST] if first else "",
        ranking=tuple(ranking),
        judged=right,
    )


def _at_home(question: EvalQuestion, shown: Sequence[Shown]) -> list[Shown]:
    """The same, with what stands for a stretch of the question's own document in its place."""
    homes = [(one, question.at_home(*one)) for one in shown]
    return [one if home is None else (question.notice_id, home) for one, home in homes]


def section_of(passages: Sequence[Passage]) -> str:
    """The part of the notice that these passages stand in, "跨部分" for several, "" without any."""
    names = list(dict.fromkeys(map(_part, passages)))
    return names[0] if len(names) == 1 else _SEVERAL if names else ""


def _part(passage: Passage) -> str:
    if passage.section:
        return passage.section[0]
    return _FORMAL.get(passage.kind, _CLOSE if passage.kind in (Kind.ISSUER, Kind.DATE) else _OPENING)

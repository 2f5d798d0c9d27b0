"""Pooling: a like rule stands in many laws, and a set that knows one place of it calls the others wrong.

So what several ways of searching put first is laid before readers, who are told neither where it comes from nor which
of it the set names already (the pooling of TREC: Voorhees & Harman 2005, chapter 2). What two of them, each alone, hold
for an answer is written into the set as `also`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.answerer import Answerer
from assistant.citation import cite
from content.corpus import Corpus
from content.questions import read_jsonl
from content.span import Span
from evals.dataset import DatasetError, EvalQuestion, EvalSet
from index.retriever import Retriever

FIRST = 5
"""Passages that each way of searching gives."""
YES = "yes"
_SEED = 1


def pool(answerer: Answerer, questions: Sequence[EvalQuestion]) -> Iterator[dict[str, str]]:
    """For every answerable question the passages to be judged, each once, in an order that tells nothing.

    What the set names is among them, and what the product answers. A row has `id` (that of the question and a number),
    `question`, `document`, `place`, `text`, and `label` and `quote` for the reader to fill in.
    """
    corpus = answerer.corpus
    asked = [question for question in questions if question.answerable]
    readings = [answerer.read(question.text) for question in asked]
    found: list[set[int]] = [
        {row for row, one in enumerate(corpus.passages) if question.answers(one.notice_id, one.span)}
        for question in asked
    ]
    places = {(one.notice_id, one.span): row for row, one in enumerate(corpus.passages)}
    for own, question in zip(found, asked, strict=True):  # as the product answers, which looks up what is named
        shown = (one.citation for one in answerer.ask(question.text, FIRST).passages)
        own.update(places[one.notice_id, Span(one.start, one.end)] for one in shown)
    for retriever in _ways(answerer.retriever):
        for own, retrieval in zip(found, retriever.search_many(readings, FIRST, fold=True), strict=True):
            own.update(hit.passage for hit in retrieval.hits)
    for question, rows in zip(asked, found, strict=True):
        order = sorted(rows)
        random.Random(f"{_SEED} {question.id}").shuffle(order)
        for number, row in enumerate(order):
            passage = corpus.passages[row]
            place = cite(corpus.notice(passage.notice_id), passage).label
            yield {
                "id": f"{question.id}/{number}",
                "question": question.text,
                "document": passage.notice_id,
                "place": place,
                "text": passage.text,
                "label": "",
                "quote": "",
            }


def _ways(retriever: Retriever) -> Iterator[Retriever]:
    """Without the reranker, by meaning alone, and by characters alone."""
    fusion = replace(retriever.fusion, reranking={})
    yield Retriever(retriever.index, retriever.encoder, fusion)
    for kind in ("dense/", "characters/"):
        weights = {name: weight if name.startswith(kind) else 0.0 for name, weight in fusion.of_many.items()}
        yield Retriever(retriever.index, retriever.encoder, replace(fusion, of_many=weights))


def take(eval_set: EvalSet, path: Path, marked: Sequence[Path], corpus: Corpus) -> int:
    """Write into the set at `path` what every file of marks calls an answer and the set does not know; how many.

    Raises DatasetError where the files do not mark the same rows, or a quote is not in its passage.
    """
    if len({file.resolve() for file in marked}) < 2:
        raise DatasetError("要两人各自的标注，请给出两份文件。")
    files = [{row["id"]: row for _, row in read_jsonl(file)} for file in marked]
    if any(file.keys() != files[0].keys() for file in files):
        raise DatasetError("几份标注标的不是同一批段落。")
    questions = {question.id: question for question in eval_set.questions}
    new: dict[str, dict[str, list[str]]] = {}
    for name, row in files[0].items():
        question = questions.get(name.rpartition("/")[0])
        if question is None or not all(file[name]["label"] == YES for file in files):
            continue
        for quote in _unknown(question, row, corpus):
            new.setdefault(question.id, {}).setdefault(row["document"], []).append(quote)
    rows = [_with(row, new.get(row["id"], {})) for _, row in read_jsonl(path)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8", newline="\n")
    return sum(len(quotes) for own in new.values() for quotes in own.values())


def _unknown(question: EvalQuestion, row: Mapping[str, str], corpus: Corpus) -> list[str]:
    """The quote of a marked row where the set does not know its passage yet."""
    for passage in corpus.passages:
        if passage.notice_id == row["document"] and passage.text == row["text"]:
            if question.answers(passage.notice_id, passage.span):
                return []
            quote = row["quote"] or passage.text
            if quote not in passage.text:
                raise DatasetError(f"{row['id']} 的引文不在段落里：{quote[:40]!r}。")
            return [quote]
    raise DatasetError(f"{row['id']} 的段落不在文件库里。")


def _with(row: dict[str, Any], new: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    if not new:
        return row
    also = {one["notice"]: list(one["quotes"]) for one in row.get("also", [])}
    for name, quotes in new.items():
        also[name] = list(dict.fromkeys([*also.get(name, []), *quotes]))
    return row | {"also": [{"notice": name, "quotes": quotes} for name, quotes in also.items()]}

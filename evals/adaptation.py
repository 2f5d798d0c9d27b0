"""What the encoder is adapted on: the question bank, questions about laws and regulations, and general pairs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from content.corpus import Corpus
from content.questions import read_jsonl
from content.span import Span
from content.text import fold_text
from evals.beir import Beir
from index.adapt import Recipe, Subject, save_adapter, train
from index.encoder import load_encoder

TRAINING = Path(__file__).parent.parent / "index" / "training"
_NOTICE_SHARE, _LAWS_SHARE, _REGULATIONS_SHARE, _GENERAL_SHARE = 4.0, 1.2, 6.0, 1.0
RECORD = "training.json"
GENERAL_DOCUMENTS = 0.5
"""The share of a general data set's documents that is trained on; the rest is kept for measuring."""
_SHORTEST_LINE, _LONGEST_LINE = 12, 300
_TOGETHER = 8
"""Regulations that are told apart from each other in one step; those that speak of like things."""


def notice_subjects(corpus: Corpus, within: Span | None = None) -> list[Subject]:
    """One subject a notice: its passages and sentences, and the bank questions about them.

    With `within`, only what lies in that stretch: a text outside it would be learned as one that never answers.
    """
    subjects = []
    for notice, questions in zip(corpus.notices, corpus.questions, strict=True):
        spans: list[Span] = []
        for passage in corpus.passages:
            if passage.notice_id == notice.id:
                spans.append(passage.span)
                spans += passage.sentences if len(passage.sentences) > 1 else ()
        spans = [span for span in spans if within is None or within.contains(span)]
        pairs = []
        for question in questions:
            if not question.answerable or (within and not all(within.contains(a) for a in question.answers)):
                continue
            right = frozenset(i for i, span in enumerate(spans) if any(span.overlaps(a) for a in question.answers))
            pairs.append((fold_text(question.text), right))
        texts = tuple(fold_text(span.of(notice.text)) for span in spans)
        subjects.append(Subject(notice.id, texts, tuple(pairs), _NOTICE_SHARE / len(corpus.notices)))
    return subjects


def law_subjects(folder: Path = TRAINING) -> list[Subject]:
    """The laws that come with the product, each cut into its lines, with the questions written about them."""
    asked: dict[str, list[tuple[str, list[str]]]] = {}
    for _, row in read_jsonl(folder / "questions.jsonl"):
        asked.setdefault(row["document"], []).append((row["question"], row["quotes"]))
    subjects = []
    for name, questions in asked.items():
        text = (folder / "laws" / f"{name}.md").read_text(encoding="utf-8")
        lines = [line.strip() for line in text.splitlines() if not line.startswith(("#", "<"))]
        lines = [line for line in lines if len(line) > _SHORTEST_LINE]
        pairs = []
        for question, quotes in questions:
            right = frozenset(i for i, line in enumerate(lines) if any(quote in line for quote in quotes))
            if right:
                pairs.append((fold_text(question), right))
        texts = tuple(fold_text(line)[:_LONGEST_LINE] for line in lines)
        subjects.append(Subject(name, texts, tuple(pairs), _LAWS_SHARE / len(asked)))
    return subjects


def regulation_subjects(folder: Path = TRAINING) -> list[Subject]:
    """Stretches of regulations with the questions written about their passages.

    Each subject has several regulations that speak of like things, so that a step sets a passage against its neighbours
    and against those that are easily taken for it in a library.
    """
    passages: dict[str, list[tuple[str, str]]] = {}
    for _, row in read_jsonl(folder / "passages.jsonl"):
        passages.setdefault(row["document"], []).append((row["passage"], fold_text(row["text"])[:_LONGEST_LINE]))
    asked: dict[str, list[str]] = {}
    for _, row in read_jsonl(folder / "passage_questions.jsonl"):
        asked.setdefault(row["passage"], []).append(fold_text(row["question"]))
    subjects = []
    groups = _alike(list(passages), ["".join(text for _, text in own) for own in passages.values()])
    for number, group in enumerate(groups, 1):
        own = [passage for name in group for passage in passages[name]]
        pairs = [(question, frozenset({at})) for at, (key, _) in enumerate(own) for question in asked.get(key, ())]
        texts = tuple(text for _, text in own)
        subjects.append(Subject(f"regulations {number}", texts, tuple(pairs), _REGULATIONS_SHARE / len(groups)))
    return subjects


def _alike(names: Sequence[str], texts: Sequence[str]) -> list[list[str]]:
    """The names in groups of `_TOGETHER`, each of a text with the nearest of those that are left."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit_transform(texts)
    near = (vectors @ vectors.T).toarray()
    left = list(range(len(names)))
    groups = []
    while left:
        own = sorted(left, key=lambda other: (-near[left[0], other], other))[:_TOGETHER]
        groups.append([names[at] for at in own])
        left = [at for at in left if at not in own]
    return groups


def general_subject(beir: Beir, share: float = GENERAL_DOCUMENTS) -> Subject:
    """General pairs from the first `share` of a data set's documents; the others are kept for measuring."""
    documents = beir.documents[: int(len(beir.documents) * share)]
    rows = {name: row for row, (name, _) in enumerate(documents)}
    pairs = []
    for query, text in beir.queries:
        right = frozenset(rows[name] for name in beir.qrels[query] if name in rows)
        if right and text:
            pairs.append((fold_text(text), right))
    return Subject("general", tuple(fold_text(text) for _, text in documents), tuple(pairs), _GENERAL_SHARE)


def adapt(
    corpus: Corpus,
    general: Beir | None,
    cache: Path,
    folder: Path,
    recipe: Recipe,
    report: Callable[[int, int, float], None] | None = None,
    onto: Path | None = None,
) -> None:
    """Train an adapter for the bundled encoder on everything above and write it to `folder`.

    With `onto` that adapter is trained on, and its record kept. Raises EncoderError and what `train` raises.
    """
    subjects = [*notice_subjects(corpus), *law_subjects(), *regulation_subjects()]
    if general is not None:
        subjects.append(general_subject(general))
    encoder = load_encoder(None, cache)
    before = json.loads((onto / RECORD).read_text(encoding="utf-8")) if onto is not None else None
    started = time.perf_counter()
    train(encoder.model, subjects, recipe, report, onto)
    save_adapter(encoder.model, folder)
    record = {
        "recipe": asdict(recipe),
        "pairs": {subject.name: len(subject.pairs) for subject in subjects},
        "general": general and {"name": general.name, "sha256": general.digest, "documents": GENERAL_DOCUMENTS},
        "minutes": round((time.perf_counter() - started) / 60, 1),
    } | ({"onto": before} if before else {})
    (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

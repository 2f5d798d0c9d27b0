"""What the encoder is adapted on: the question bank, questions about laws, regulations and notices, general pairs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from content.corpus import Corpus, load_corpus
from content.passage import Passage
from content.questions import Question, find_quote, read_jsonl
from content.span import Span
from content.text import fold_text
from evals.beir import Beir
from evals.disturbance import disturb
from index.adapt import Recipe, Subject, save_adapter, train
from index.encoder import Encoder, load_encoder

TRAINING = Path(__file__).parent.parent / "index" / "training"
_NOTICE_SHARE, _LAWS_SHARE, _PASSAGES_SHARE, _GENERAL_SHARE = 4.0, 0.5, 4.0, 1.0
_OTHER_NOTICES_SHARE, _AMONG_NOTICES_SHARE = 4.0, 5.0
"""Of made-up notices each by itself, and of all of them told apart from each other."""
RECORD = "training.json"
GENERAL_DOCUMENTS = 0.5
"""The share of a general data set's documents that is trained on; the rest is kept for measuring."""
_SHORTEST_LINE, _LONGEST_LINE = 12, 300
_NEAR = 12
"""Texts that are easily taken for an answer, of which one is drawn each time."""
_ONE_IN = 6
"""One question in so many is learned with a typing error too, of one of these sorts in turn."""
_ERRORS = ("homophone", "dropped", "homophone", "swapped", "pinyin")
_SEED = 1
"""Another than that of the questions whose robustness is measured."""
_SAME = 0.9
"""Cosine from which two texts may say the same."""


def notice_subjects(corpus: Corpus, within: Span | None = None, share: float = _NOTICE_SHARE) -> list[Subject]:
    """One subject a notice: its passages and sentences, and the bank questions about them.

    With `within`, only what lies in that stretch: a text outside it would be learned as one that never answers.
    """
    subjects = []
    by_notice: dict[str, list[Passage]] = {}
    for passage in corpus.passages:
        by_notice.setdefault(passage.notice_id, []).append(passage)
    for notice, questions in zip(corpus.notices, corpus.questions, strict=True):
        spans: list[Span] = []
        for passage in by_notice[notice.id]:
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
        subjects.append(Subject(notice.id, texts, tuple(pairs), share / len(corpus.notices)))
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


def other_notices(folder: Path = TRAINING) -> Corpus:
    """Notices of all sorts of offices, made up for training, with the questions written about them as their banks."""
    corpus = load_corpus(folder / "notices", with_bank=False)
    asked: dict[str, list[Question]] = {notice.id: [] for notice in corpus.notices}
    for _, row in read_jsonl(folder / "notice_questions.jsonl"):
        text = corpus.notice(row["document"]).text
        spans = tuple(find_quote(quote, text) for quote in row["quotes"])
        asked[row["document"]].append(Question(row["question"], "everyday", spans))
    return replace(corpus, questions=tuple(tuple(questions) for questions in asked.values()))


def together(name: str, subjects: Sequence[Subject], weight: float) -> Subject:
    """Subjects as one, every text told apart from those of all; one that two of them have answers in both."""
    texts: list[str] = []
    alike: dict[str, list[int]] = {}
    pairs: list[tuple[str, frozenset[int]]] = []
    for subject in subjects:
        for place, text in enumerate(subject.texts, len(texts)):
            alike.setdefault(text, []).append(place)
        texts += subject.texts
    for subject in subjects:
        pairs += [
            (question, frozenset(place for own in right for place in alike[subject.texts[own]]))
            for question, right in subject.pairs
        ]
    return Subject(name, tuple(texts), tuple(pairs), weight)


def with_errors(subject: Subject) -> Subject:
    """The subject with typing errors in copies of some of its questions (Zhuang & Zuccon 2021, arXiv:2108.12139)."""
    pairs, near = list(subject.pairs), list(subject.near)
    for place in range(0, len(subject.pairs), _ONE_IN):
        question, right = subject.pairs[place]
        wrong = disturb(_ERRORS[place // _ONE_IN % len(_ERRORS)], question, question, _SEED)
        if wrong is not None:
            pairs.append((wrong, right))
            near += subject.near[place : place + 1]
    return replace(subject, pairs=tuple(pairs), near=tuple(near))


def passage_subject(folder: Path = TRAINING) -> Subject:
    """Passages of laws and regulations with the questions written about them, all told apart from each other.

    A text that stands in several documents answers wherever it stands.
    """
    rows = [row for _, row in read_jsonl(folder / "passages.jsonl")]
    texts = tuple(fold_text(row["text"])[:_LONGEST_LINE] for row in rows)
    alike: dict[str, set[int]] = {}
    for place, text in enumerate(texts):
        alike.setdefault(text, set()).add(place)
    right = {row["passage"]: frozenset(alike[text]) for row, text in zip(rows, texts, strict=True)}
    asked = [row for _, row in read_jsonl(folder / "passage_questions.jsonl")]
    pairs = tuple((fold_text(row["question"]), right[row["passage"]]) for row in asked)
    return Subject("laws and regulations", texts, pairs, _PASSAGES_SHARE)


def with_near(subject: Subject, encoder: Encoder) -> Subject:
    """The subject with, for every question, the texts that `encoder` takes for an answer and that are none.

    Those that are nearly the same as what answers are left out: they may well answer too (Qu et al. 2021,
    arXiv:2010.08191, on false negatives among mined ones).
    """
    texts = encoder.encode_entries(subject.texts, as_queries=False)
    questions = encoder.encode_entries([question for question, _ in subject.pairs], as_queries=True)
    near = []
    for vector, (_, right) in zip(questions, subject.pairs, strict=True):
        own = sorted(right)
        best = np.argsort(-(texts @ vector), kind="stable")[: _NEAR + len(own)]
        same = (texts[best] @ texts[own].T).max(axis=1, initial=-1.0) > _SAME
        near.append(tuple(int(place) for place, alike in zip(best, same, strict=True) if not alike)[:_NEAR])
    return replace(subject, near=tuple(near))


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
    encoder = load_encoder(None, cache, onto)
    others = notice_subjects(other_notices(), share=_OTHER_NOTICES_SHARE)
    among = together("made-up notices", others, _AMONG_NOTICES_SHARE)
    told_apart = [with_near(subject, encoder) for subject in (passage_subject(), among)]
    subjects = [with_errors(own) for own in [*notice_subjects(corpus), *law_subjects(), *others, *told_apart]]
    if general is not None:
        subjects.append(general_subject(general))
    encoder = load_encoder(None, cache)  # as it comes: what is trained on goes onto it unmerged
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

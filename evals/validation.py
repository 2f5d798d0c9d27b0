"""Whether an eval set, and the bank beside it, can be trusted: every fault and every weakness, named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.citation import place
from content.corpus import Corpus
from content.passage import Passage
from content.questions import Question
from content.span import Span
from evals.dataset import CATEGORIES, SPLITS, EvalQuestion, EvalSet, scan_set
from evals.overlap import overlap, strip
from evals.review import TOO_NEAR

UNANSWERABLE_SHARE = (0.1, 0.5)
"""A set with fewer rewards never refusing; one with more says little about finding."""


class Level(StrEnum):
    """An error must be mended before figures are believed; a warning says what they do not show."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is one of quote, elsewhere, duplicate, overlap, coverage, share and category; `message` is Chinese."""

    level: Level
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found in one set. `counts` are questions by split and category, `unanswerable` the share by split.

    `covered` is by who asks (dev, test, bank) the number of passages that a question leads to, of `passages`. In a set
    about many documents it is the number of documents, by split, of `documents` (0 in a set about one notice).
    """

    name: str
    findings: tuple[Finding, ...]
    counts: Mapping[str, Mapping[str, int]]
    unanswerable: Mapping[str, float]
    covered: Mapping[str, int]
    passages: int
    documents: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)


def validate_set(path: Path, corpus: Corpus, notice_id: str | None) -> Validation:
    """Look at the whole set in `path` about one notice of `corpus`, and at that notice's bank.

    Without `notice_id` the set is about many documents of `corpus`; the bank is that of all of them.
    """
    notice = corpus.notice(notice_id) if notice_id is not None else None
    eval_set, faults = scan_set(path, notice, corpus.notices)
    by_split = {split: [q for q in eval_set.questions if q.split == split] for split in SPLITS}
    bank: Sequence[Question]
    if notice_id is None:
        bank = [question for own in corpus.questions for question in own]
        about = {split: {q.notice_id for q in own if q.answerable} for split, own in by_split.items()}
        counts = {split: len(names) for split, names in about.items()}
        places, passages, documents = _elsewhere(eval_set, corpus), len(corpus.passages), len(corpus.notices)
    else:
        bank = next(own for one, own in zip(corpus.notices, corpus.questions, strict=True) if one.id == notice_id)
        own_passages = [passage for passage in corpus.passages if passage.notice_id == notice_id]
        covered = {split: _reached(own, own_passages) for split, own in by_split.items()} | {
            "bank": _bank_reached(bank, own_passages)
        }
        counts = {name: len(found) for name, found in covered.items()}
        places, passages, documents = _coverage(covered, own_passages, bool(bank)), len(own_passages), 0
    findings = [
        *(Finding(Level.ERROR, "quote" if "引文" in fault else "category", fault) for fault in faults),
        *_duplicates(eval_set, bank),
        *_overlaps(by_split, bank),
        *places,
        *_shares(by_split),
    ]
    return Validation(
        name=eval_set.name,
        findings=tuple(findings),
        counts={split: dict(Counter(q.category for q in own)) for split, own in by_split.items()},
        unanswerable={split: _unanswerable(own) for split, own in by_split.items()},
        covered=counts,
        passages=passages,
        documents=documents,
    )


def _elsewhere(eval_set: EvalSet, corpus: Corpus) -> Iterator[Finding]:
    """Questions whose words all stand in a document that is judged wrong."""
    for question in eval_set.questions:
        if not question.answerable:
            continue
        also = [
            one.id
            for one in corpus.notices
            if one.id not in question.documents and all(quote in one.text for quote in question.quotes)
        ]
        if also:
            yield Finding(Level.WARNING, "elsewhere", f"{question.id} 的引文在《{also[0]}》里也有，找到那里会算错。")


def _duplicates(eval_set: EvalSet, bank: Sequence[Question]) -> Iterator[Finding]:
    """The same letters and digits twice, whatever the punctuation, width and script."""
    for name, texts, level in (
        ("题集", [q.text for q in eval_set.questions], Level.ERROR),
        ("题库", [q.text for q in bank], Level.WARNING),
    ):
        seen: dict[str, str] = {}
        for text in texts:
            bare = strip(text)
            if bare and bare in seen:
                yield Finding(level, "duplicate", f"{name}里有两道只差标点或字形的题：「{seen[bare]}」和「{text}」。")
            seen.setdefault(bare, text)


def _overlaps(by_split: Mapping[str, Sequence[EvalQuestion]], bank: Sequence[Question]) -> Iterator[Finding]:
    texts = {split: [q.text for q in own] for split, own in by_split.items()}
    pairs = (
        ("test", "dev", texts["test"], texts["dev"]),
        ("test", "题库", texts["test"], [q.text for q in bank]),
        ("dev", "题库", texts["dev"], [q.text for q in bank]),
    )
    for a, b, asked, known in pairs:
        found = overlap(asked, known).pairs
        for pair in found:
            if pair.identical:
                yield Finding(Level.ERROR, "overlap", f"{a} 的题「{pair.question}」在{b}里也有。")
        near = sum(not pair.identical and pair.similarity >= TOO_NEAR for pair in found)
        if near:
            yield Finding(
                Level.WARNING, "overlap", f"{a} 有 {near} 道题与{b}里的题几乎相同（字对相似度不低于 {TOO_NEAR}）。"
            )


def _coverage(covered: Mapping[str, set[int]], passages: Sequence[Passage], has_bank: bool) -> Iterator[Finding]:
    for name, title in (("dev", "dev 题"), ("test", "test 题"), ("bank", "题库")):
        missing = [passage for at, passage in enumerate(passages) if at not in covered[name]]
        if missing and (name != "bank" or has_bank):
            where = "、".join(place(passage) for passage in missing[:5]) + ("等" if len(missing) > 5 else "")
            yield Finding(Level.WARNING, "coverage", f"{title}没有问到 {len(missing)} 段：{where}。")


def _shares(by_split: Mapping[str, Sequence[EvalQuestion]]) -> Iterator[Finding]:
    low, high = UNANSWERABLE_SHARE
    for split, own in by_split.items():
        if not own:
            yield Finding(Level.WARNING, "category", f"题集里没有 {split} 题。")
            continue
        share = _unanswerable(own)
        if not low <= share <= high:
            yield Finding(
                Level.WARNING, "share", f"{split} 中通知没有回答的题占 {share:.0%}，宜在 {low:.0%} 至 {high:.0%} 之间。"
            )
        absent = [category for category in CATEGORIES if all(q.category != category for q in own)]
        if absent:
            yield Finding(Level.WARNING, "category", f"{split} 没有这些类别的题：{'、'.join(absent)}。")


def _unanswerable(questions: Sequence[EvalQuestion]) -> float:
    return sum(not q.answerable for q in questions) / len(questions) if questions else 0.0


def _reached(questions: Iterable[EvalQuestion], passages: Sequence[Passage]) -> set[int]:
    asked = [q for q in questions if q.answerable]
    return {at for at, passage in enumerate(passages) if any(q.is_place(passage.span) for q in asked)}


def _bank_reached(bank: Iterable[Question], passages: Sequence[Passage]) -> set[int]:
    answers: list[Span] = [span for question in bank for span in question.answers]
    return {at for at, passage in enumerate(passages) if any(passage.span.overlaps(span) for span in answers)}

"""`Entry`: a text that leads to passages. Everything that a question can find is an entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from content.corpus import Corpus
from content.kind import Kind
from content.passage import Passage, split_clauses
from content.piece import cells_of
from content.span import Span


class EntryKind(StrEnum):
    """The order of these is the order of entries in the index."""

    PASSAGE = "passage"
    SENTENCE = "sentence"
    CLAUSE = "clause"
    LABEL = "label"
    QUESTION = "question"
    UNANSWERED = "unanswered"


_LONG_SENTENCE = 60
_SHORTEST_RUN = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """A text, the passages it leads to (indices into `corpus.passages`) and the words it points at there.

    An UNANSWERED entry, a bank question that its notice does not answer, leads nowhere: nearness to it speaks
    against an answer.
    """

    kind: EntryKind
    text: str
    passages: tuple[int, ...]
    spans: tuple[Span, ...]


# What people ask for by these parts of any notice. The words stand beside the part's own text.
_LABELS = {
    Kind.TITLE: (
        "标题", "通知的标题是什么", "这个通知叫什么名字", "这份文件是关于什么事的",
        "what is the title of this notice", "what is this notice about",
    ),
    Kind.NUMBER: ("发文字号", "文号是多少", "第几号文件", "document number of this notice"),
    Kind.ADDRESSEES: (
        "主送机关", "这个通知发给谁", "发给哪些单位", "哪些单位要收这份文件", "收文单位有哪些",
        "我们单位在不在发文范围里",
        "who is this notice addressed to", "who receives this notice",
    ),
    Kind.ISSUER: (
        "发文机关", "落款单位", "这个通知是谁发的", "哪个单位发的文件", "是哪里印发的",
        "who issued this notice", "which organisation sent this notice",
    ),
    Kind.DATE: (
        "成文日期", "发文日期", "这个通知是什么时候发的", "哪天发的", "落款日期是几号", "文件是哪年哪月哪日印发的",
        "when was this notice issued", "date of this notice",
    ),
}  # fmt: skip


def make_entries(corpus: Corpus) -> tuple[Entry, ...]:
    """All entries of a corpus, ordered by kind, then as they stand in the corpus: the same for the same corpus."""
    entries: list[Entry] = []
    texts = {notice.id: notice.text for notice in corpus.notices}
    for row, passage in enumerate(corpus.passages):
        entries.append(Entry(EntryKind.PASSAGE, passage.text, (row,), (passage.span,)))
        text = texts[passage.notice_id]
        for span in passage.sentences:
            entries.append(Entry(EntryKind.SENTENCE, span.of(text), (row,), (span,)))
            entries += [Entry(EntryKind.CLAUSE, part.of(text), (row,), (part,)) for part in clause_runs(span, text)]
        if passage.header:
            entries.append(Entry(EntryKind.SENTENCE, _with_header(passage), (row,), (passage.span,)))
        entries += [Entry(EntryKind.LABEL, label, (row,), (passage.span,)) for label in _LABELS.get(passage.kind, ())]
    rows = _rows_by_notice(corpus)
    for notice, questions in zip(corpus.notices, corpus.questions, strict=True):
        known: dict[tuple[Span, ...], tuple[int, ...]] = {}  # many questions ask for the same words
        for question in questions:
            kind = EntryKind.QUESTION if question.answerable else EntryKind.UNANSWERED
            found = known.get(question.answers)
            if found is None:
                found = tuple(row for row, passage in rows[notice.id] if _answers(passage, question.answers))
                known[question.answers] = found
            entries.append(Entry(kind, question.text, found, question.answers))
    order = list(EntryKind)
    return tuple(sorted(entries, key=lambda entry: order.index(entry.kind)))


def clause_runs(sentence: Span, text: str) -> list[Span]:
    """Runs of clauses of a long sentence, each about as long as a short sentence; a short one is its only run.

    A vector of a sentence of several points lies between them and near none.
    """
    if sentence.end - sentence.start <= _LONG_SENTENCE:
        return [sentence]
    runs: list[Span] = []
    start = sentence.start
    for clause in split_clauses(sentence.of(text), sentence.start):
        if clause.end - start >= _SHORTEST_RUN:
            runs.append(Span(start, clause.end))
            start = clause.end
    if start < sentence.end:
        runs.append(Span(start, sentence.end))
    return runs


def _with_header(row: Passage) -> str:
    """A row of a table as it is asked about: 项目：差旅费；标准：300元."""
    pairs = zip_longest(cells_of(row.header), cells_of(row.text), fillvalue="")
    return "；".join(f"{name}：{cell}" if name else cell for name, cell in pairs if cell)


def _rows_by_notice(corpus: Corpus) -> dict[str, list[tuple[int, Passage]]]:
    rows: dict[str, list[tuple[int, Passage]]] = {notice.id: [] for notice in corpus.notices}
    for row, passage in enumerate(corpus.passages):
        rows[passage.notice_id].append((row, passage))
    return rows


def _answers(passage: Passage, answers: tuple[Span, ...]) -> bool:
    return any(passage.span.overlaps(answer) for answer in answers)

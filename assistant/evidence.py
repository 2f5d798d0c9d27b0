"""Which words of the notices a statement is to be held against."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.corpus import Corpus
from content.passage import Kind, Passage, split_clauses
from content.span import Span
from content.text import fold_text
from index.build import Index
from index.encoder import Vectors
from index.entries import EntryKind
from index.retriever import Retrieval

_COVERAGE = 1.0
"""What the share of a statement's character pairs that stand in a sentence counts beside its retrieval score."""
_GAIN = 0.18
"""A second sentence is read when it holds at least this share of the statement's pairs that the first lacks."""
_MARKS = re.compile(r"[，；：,;:]|而且|并且|同时|以及")
_SHORTEST_CLAUSE = 7
_COVERAGE_OF_CLAUSE = 0.5
_BETTER = 0.1
"""By how much (cosine and half of the share covered) a sentence must fit a clause better than those chosen."""
_MOST = 3
_ISSUED = re.compile(
    r"落款|署名|盖章|成文|[发行]文|印发|印出|下发|签发|发布|[发下写印]的?[这那该此本]?[个份篇]?(?:学习)?(?:通知|文件|文(?![化明艺体字]))"
    r"|(?:通知|文件|材料)[^，。；]{0,14}(?:发(?![展挥言表动明现扬生]|出号)|印|落[了下]|写[于给]|下来)"
)
"""Who issued a document, and when: its last lines tell, whatever else speaks of it."""
_PARTS = re.compile(r"[一二三四五六七八九十两几\d]个?大?部分|[前后末]一?部分|大标题|小标题")
_MOST_HEADINGS = 6
"""Of what its parts are, its headings tell, where there are no more than these."""
_HEAD = 60
_OPENING = 20
_WINDOW = 300


@dataclass(frozen=True, slots=True)
class Stretch:
    """One sentence of a passage (an index into `corpus.passages`), with how well it fits a statement.

    `rows` are its entries in the index: the sentence itself and runs of its clauses.
    """

    passage: int
    span: Span
    score: float
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What is read beside a statement: stretches of one or more passages, set one after another.

    `text` is made of `parts`, each (start in `text`, passage, span in its notice); `stretches` are the sentences
    that were chosen, best first, without the heads of their passages, which stand before them for the reader.
    """

    text: str
    parts: tuple[tuple[int, int, Span], ...]
    stretches: tuple[Stretch, ...]

    @property
    def focus(self) -> Span | None:
        """Where in `text` the best of the chosen sentences stands; None where only a part of it is shown."""
        best = self.stretches[0] if self.stretches else None
        for start, passage, source in self.parts:
            if best is not None and (passage, source) == (best.passage, best.span):
                return Span(start, start + source.end - source.start)
        return None

    @property
    def blocks(self) -> tuple[tuple[Span, Span], ...]:
        """The stretches of `text` that are of one passage each, with the part of it that is set first."""
        found: list[tuple[Span, Span]] = []
        for at, (start, passage, source) in enumerate(self.parts):
            own = Span(start, start + source.end - source.start)
            if at and self.parts[at - 1][1] == passage:
                block, head = found.pop()
                found.append((Span(block.start, own.end), head))
            else:
                found.append((own, own))
        return tuple(found)

    def place(self, span: Span) -> tuple[int, Span] | None:
        """(passage, span in its notice) of a span of `text`; None where it does not lie in one part."""
        for start, passage, source in self.parts:
            if start <= span.start and span.end <= start + source.end - source.start:
                return passage, Span(source.start + span.start - start, source.start + span.end - start)
        return None


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a folded text, punctuation and space left out."""
    kept = [character for character in fold_text(text) if character.isalnum()]
    return frozenset(a + b for a, b in itertools.pairwise(kept))


def candidates(statement: str, retrieval: Retrieval, index: Index) -> tuple[Stretch, ...]:
    """The sentences that a statement's retrieval led to, best first."""
    found = _candidates(pairs_of(statement), retrieval, index)
    return tuple(sorted(found, key=lambda s: (-s.score, s.passage, s.span.start)))


def clauses_of(statement: str) -> tuple[str, ...]:
    """The clauses of a statement that may each have evidence of its own; none where it is of one piece."""
    spans = [span for mark in _MARKS.split(statement) if len(span := mark.strip()) >= _SHORTEST_CLAUSE]
    return tuple(spans) if len(spans) > 1 else ()


def choose(
    statement: str,
    stretches: Sequence[Stretch],
    index: Index,
    clauses: Sequence[tuple[str, Vectors]] = (),
    answering: Stretch | None = None,
) -> tuple[Stretch, ...]:
    """The sentences to hold a statement against: up to three, and the lines of its document that it speaks of.

    The best, what fills in most of the words that it lacks, and for each clause (text and vector of shape (dim,)) the
    sentence that fits it much better than those. `answering`, what answers the question of the statement, is always
    among them.
    """
    asked = pairs_of(statement)
    chosen = list(stretches[:1])
    texts = {notice.id: notice.text for notice in index.corpus.notices}
    held = {s: pairs_of(s.span.of(texts[index.corpus.passages[s.passage].notice_id])) for s in stretches}
    while chosen and len(chosen) < 2:
        missing = asked.difference(*(held[s] for s in chosen))
        gains = {s: len(missing & held[s]) / max(1, len(asked)) for s in stretches if s not in chosen}
        best = max(gains, key=lambda s: (gains[s], s.score), default=None)
        if best is None or gains[best] < _GAIN:
            break
        chosen.append(best)
    for text, vector in clauses:
        own = pairs_of(text)
        fit = {
            s: float((index.store.at(s.rows) @ vector).max())
            + _COVERAGE_OF_CLAUSE * len(own & held[s]) / max(1, len(own))
            for s in stretches
            if s.rows
        }
        best = max(fit, key=lambda s: (fit[s], s.score), default=None)
        if best is None or best in chosen or len(chosen) == _MOST:
            continue
        if fit[best] - max((fit[s] for s in chosen if s in fit), default=-1.0) > _BETTER:
            chosen.append(best)
    if answering is not None and answering not in chosen:
        chosen = [*chosen[: _MOST - 1], answering]
    for asks, kinds in ((_ISSUED, (Kind.ISSUER, Kind.DATE)), (_PARTS, (Kind.HEADING,))):
        if chosen and asks.search(statement):
            chosen += _lines(chosen[0], kinds, [(s.passage, s.span) for s in chosen], index.corpus)
    return tuple(chosen)


def _lines(best: Stretch, kinds: Sequence[Kind], chosen: Sequence[tuple[int, Span]], corpus: Corpus) -> list[Stretch]:
    """What the document that the best sentence is of has of these kinds, but for what is chosen already.

    Of headings those of the first level; none where there are too many to be read beside the statement.
    """
    notice = corpus.passages[best.passage].notice_id

    def here(row: int) -> bool:
        return corpus.passages[row].notice_id == notice

    before = itertools.takewhile(here, range(best.passage - 1, -1, -1))
    after = itertools.takewhile(here, range(best.passage, len(corpus.passages)))
    rows = sorted((*before, *after))
    own = [row for row in rows if corpus.passages[row].kind in kinds and len(corpus.passages[row].section) < 2]
    found = [Stretch(row, corpus.passages[row].sentences[0], best.score) for row in own]
    return [s for s in found if (s.passage, s.span) not in chosen] if len(found) <= _MOST_HEADINGS else []


def exhibit(stretches: Sequence[Stretch], statement: str, corpus: Corpus) -> Exhibit:
    """The chosen sentences in the order of the notice, each passage's first words before them."""
    texts = {notice.id: notice.text for notice in corpus.notices}
    spans: set[tuple[int, Span]] = set()
    chosen = {(stretch.passage, stretch.span) for stretch in stretches}
    for stretch in stretches:
        passage = corpus.passages[stretch.passage]
        text = texts[passage.notice_id]
        head = passage.sentences[0]
        if passage.kind is Kind.PARAGRAPH and (stretch.passage, head) not in chosen:
            spans.add((stretch.passage, _first(head, text)))
        spans |= {(stretch.passage, span) for span in _opening(passage, stretch.span, chosen, text)}
        spans |= {(stretch.passage, span) for span in _window(stretch.span, statement, text)}
    parts: list[tuple[int, int, Span]] = []
    text = ""
    for row, span in sorted(spans):
        if text[-1:].isalnum() and corpus.passages[row].kind is Kind.HEADING:
            text += "\n"  # where one heading comes after another, either has its own number
        parts.append((len(text), row, span))
        text += span.of(texts[corpus.passages[row].notice_id])
    return Exhibit(text, tuple(parts), tuple(stretches))


def _candidates(asked: frozenset[str], retrieval: Retrieval, index: Index) -> list[Stretch]:
    texts = {notice.id: notice.text for notice in index.corpus.notices}
    scores: dict[tuple[int, Span], float] = {}
    rows: dict[tuple[int, Span], list[int]] = {}
    for hit in retrieval.hits:
        passage = index.corpus.passages[hit.passage]
        for kind in (EntryKind.SENTENCE, EntryKind.CLAUSE):
            for item in hit.of_kind(kind):
                for span in index.entries[item.row].spans:
                    whole = next((s for s in passage.sentences if s.contains(span)), None)
                    if whole is not None:
                        key = (hit.passage, whole)
                        scores[key] = max(scores.get(key, -1.0), item.score)
                        rows.setdefault(key, []).append(item.row)
    found = []
    for (row, span), score in scores.items():
        held = pairs_of(span.of(texts[index.corpus.passages[row].notice_id]))
        coverage = len(asked & held) / max(1, len(asked))
        found.append(Stretch(row, span, score + _COVERAGE * coverage, tuple(rows[row, span])))
    return found


def _opening(passage: Passage, span: Span, chosen: set[tuple[int, Span]], text: str) -> list[Span]:
    """The first clause of what a sentence goes on from behind a ；: it says who speaks. None where it stands alone."""
    at = passage.sentences.index(span)
    first = at
    while first and text[passage.sentences[first - 1].end - 1] in "；;":
        first -= 1
    opening = passage.sentences[first]
    if first in (0, at) or any(own == opening for _, own in chosen):
        return []
    clause = split_clauses(opening.of(text), opening.start)[0]
    return [clause] if clause.end - clause.start <= _OPENING else []


def _first(head: Span, text: str) -> Span:
    """The first clauses of a sentence, `_HEAD` characters at most where clauses allow."""
    if head.end - head.start <= _HEAD:
        return head
    clauses = split_clauses(head.of(text), head.start)
    end = clauses[0].end
    for clause in clauses[1:]:
        if clause.end - head.start > _HEAD:
            break
        end = clause.end
    return Span(head.start, end)


def _window(span: Span, statement: str, text: str) -> Iterable[Span]:
    """The whole sentence, or of an overlong one the run of clauses that shares most with the statement."""
    if span.end - span.start <= _WINDOW:
        return [span]
    asked = pairs_of(statement)
    clauses = split_clauses(span.of(text), span.start)
    best, most = Span(clauses[0].start, clauses[0].end), -1
    for at, first in enumerate(clauses):
        end = first.end
        for clause in clauses[at:]:
            if clause.end - first.start > _WINDOW:
                break
            end = clause.end
        shared = len(asked & pairs_of(text[first.start : end]))
        if shared > most:
            best, most = Span(first.start, end), shared
    return [best]

"""`Index`: everything that search needs, made from a corpus and an encoder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from content.corpus import Corpus
from content.text import fold_text
from index.encoder import Encoder, Progress, Vectors
from index.entries import Entry, EntryKind, make_entries
from index.lexical import Analyzer, LexicalIndex, character_terms, pinyin_terms
from index.vectors import FlatStore

ANALYZERS: dict[str, Analyzer] = {"characters": character_terms, "pinyin": pinyin_terms}
LEXICAL_KINDS = tuple(EntryKind)
"""Every kind has BM25 channels of its own: passages and questions differ too much in length for one."""

# What a typed question is like: questions of the bank and labels are encoded as such, texts of the notice as passages.
_AS_QUERY = (EntryKind.LABEL, EntryKind.QUESTION, EntryKind.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Index:
    """Entries and their vectors (`entries[i]` is row i), with BM25 by (analyzer, kind)."""

    corpus: Corpus
    entries: tuple[Entry, ...]
    store: FlatStore
    lexical: dict[tuple[str, EntryKind], LexicalIndex]
    rows: dict[EntryKind, range]

    @property
    def has_bank(self) -> bool:
        return bool(self.rows[EntryKind.QUESTION])

    def __post_init__(self) -> None:
        if len(self.entries) != self.store.size:
            raise ValueError(f"{len(self.entries)} entries but {self.store.size} vectors")


def build_index(
    corpus: Corpus, encoder: Encoder, progress: Progress | None = None, known: Index | None = None
) -> Index:
    """Encode and index a corpus in memory. `progress` is called with (entries encoded, entries).

    What an index by the same encoder, `known`, has encoded already is taken from it.
    """
    entries = make_entries(corpus)
    rows = entry_rows(entries)
    return Index(
        corpus, entries, FlatStore(_encode(entries, encoder, progress, known)), build_lexical(entries, rows), rows
    )


def entry_rows(entries: tuple[Entry, ...]) -> dict[EntryKind, range]:
    """Which rows of the index hold each kind; entries are ordered by kind."""
    rows = {}
    start = 0
    for kind in EntryKind:
        size = sum(entry.kind is kind for entry in entries)
        rows[kind] = range(start, start + size)
        start += size
    return rows


def build_lexical(
    entries: tuple[Entry, ...], rows: dict[EntryKind, range]
) -> dict[tuple[str, EntryKind], LexicalIndex]:
    """The BM25 channels over the same entries."""
    return {
        (name, kind): LexicalIndex.build([entries[row].text for row in rows[kind]], analyzer)
        for name, analyzer in ANALYZERS.items()
        for kind in LEXICAL_KINDS
    }


def _encode(
    entries: tuple[Entry, ...], encoder: Encoder, progress: Progress | None, known: Index | None = None
) -> Vectors:
    vectors = np.zeros((len(entries), encoder.dim), np.float32)
    there = {_side(entry): row for row, entry in enumerate(known.entries)} if known is not None else {}
    again = [i for i, entry in enumerate(entries) if _side(entry) in there]
    if known is not None and again:
        vectors[again] = known.store.at([there[_side(entries[i])] for i in again])
    done = len(again)
    for as_queries in (False, True):
        rows = [
            i
            for i, entry in enumerate(entries)
            if (entry.kind in _AS_QUERY) == as_queries and _side(entry) not in there
        ]
        if not rows:
            continue
        before = done

        def advance(part: int, _whole: int, before: int = before) -> None:
            if progress is not None:
                progress(before + part, len(entries))

        # Both sides are folded alike; offsets are not needed, since an entry knows its span.
        vectors[rows] = encoder.encode_entries([fold_text(entries[i].text) for i in rows], as_queries, advance)
        done += len(rows)
    return vectors


def _side(entry: Entry) -> tuple[str, bool]:
    """What decides an entry's vector: its text, and whether it is encoded as a question."""
    return entry.text, entry.kind in _AS_QUERY

"""`Index`: everything that search needs, made from a corpus and an encoder."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from content.corpus import Corpus
from content.text import FOLDING_VERSION, fold_text
from index.encoder import Encoder, Progress, Vectors
from index.entries import Entry, EntryKind, make_entries
from index.kept import Kept, text_key
from index.lexical import LexicalIndex, codes_of_texts
from index.reading import Lexicon
from index.scaled import make_store
from index.terms import Analyzer, character_terms, pinyin_terms
from index.vectors import StoreMaker, VectorStore

ANALYZERS: dict[str, Analyzer] = {"characters": character_terms, "pinyin": pinyin_terms}
LEXICAL_CHANNELS = (
    *(("characters", kind) for kind in EntryKind),
    ("pinyin", EntryKind.SENTENCE),
    ("pinyin", EntryKind.QUESTION),
)
"""Every kind has BM25 channels of its own: passages and questions differ too much in length for one.

By sound only those kinds that fitted weights use.
"""

# What a typed question is like: questions of the bank and labels are encoded as such, texts of the notice as passages.
_AS_QUERY = (EntryKind.LABEL, EntryKind.QUESTION, EntryKind.UNANSWERED)
_PROMPTS = {False: "passage", True: "query"}
_THREADS = 2
_TAKEN = 4096
_PORTION = 256
"""Texts that are encoded, and kept, at once: what a killed build has to do again is less than this."""


@dataclass(frozen=True, slots=True)
class Index:
    """Entries with their vectors (`entries[i]` is row i), BM25 by (analyzer, kind), and how questions are read."""

    corpus: Corpus
    entries: tuple[Entry, ...]
    store: VectorStore
    lexical: dict[tuple[str, EntryKind], LexicalIndex]
    rows: dict[EntryKind, range]
    lexicon: Lexicon

    @property
    def has_bank(self) -> bool:
        return bool(self.rows[EntryKind.QUESTION])

    def __post_init__(self) -> None:
        if len(self.entries) != self.store.size:
            raise ValueError(f"{len(self.entries)} entries but {self.store.size} vectors")


def build_index(
    corpus: Corpus,
    encoder: Encoder,
    progress: Progress | None = None,
    kept: Kept | None = None,
    keep: bool = True,
    kept_terms: Kept | None = None,
    make: StoreMaker = make_store,
) -> Index:
    """Encode and index a corpus in memory. `progress` is called with (texts encoded, texts to encode).

    Vectors of texts that are in `kept` (of `vector_maker(encoder)`) are taken from there; those of new texts are put
    there as soon as they are made, unless `keep` is False. So it goes with terms and `kept_terms` (of
    `terms_maker()`). `make` makes the store. Raises OSError where either cannot be read or written.
    """
    entries = make_entries(corpus)
    rows = entry_rows(entries)
    vectors = encode(entries, encoder, progress, kept, keep)
    store = make(vectors, tuple(rows.values()))
    return Index(corpus, entries, store, build_lexical(entries, rows, kept_terms), rows, Lexicon.of(corpus))


def vector_maker(encoder: Encoder) -> str:
    """The name under which vectors are kept: another one wherever the same text would have another vector."""
    return f"{encoder.fingerprint} {encoder.dim} {FOLDING_VERSION}"


def vector_keys(entries: Iterable[Entry]) -> list[bytes]:
    """Under which key of `Kept` the vector of each entry is; entries of one text and prompt share theirs."""
    return [text_key(fold_text(entry.text), _PROMPTS[entry.kind in _AS_QUERY]) for entry in entries]


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
    entries: tuple[Entry, ...], rows: dict[EntryKind, range], kept: Kept | None = None
) -> dict[tuple[str, EntryKind], LexicalIndex]:
    """The BM25 channels over the same entries."""
    found = {}
    with ThreadPoolExecutor(_THREADS) as pool:  # sorting, which is most of it, holds no lock
        for name, kind in LEXICAL_CHANNELS:
            codes = codes_of_texts([entries[row].text for row in rows[kind]], ANALYZERS[name], kept)
            found[name, kind] = pool.submit(LexicalIndex.of, codes)
        return {channel: future.result() for channel, future in found.items()}


def encode(
    entries: tuple[Entry, ...], encoder: Encoder, progress: Progress | None, kept: Kept | None, keep: bool
) -> Vectors:
    """A row an entry, shape (len(entries), dim). Every text is encoded once, however many entries have it.

    See `build_index` for the others; raises OSError.
    """
    rows_of: dict[bytes, list[int]] = {}
    for row, key in enumerate(vector_keys(entries)):
        rows_of.setdefault(key, []).append(row)
    vectors = np.zeros((len(entries), encoder.dim), np.float32)
    known = [key for key in rows_of if kept is not None and key in kept]
    for at in range(0, len(known), _TAKEN):
        taken = known[at : at + _TAKEN]
        values = np.frombuffer(b"".join(kept.take(taken) if kept is not None else ()), "<f4").reshape(-1, encoder.dim)
        places = np.array([(row, place) for place, key in enumerate(taken) for row in rows_of[key]], np.int64)
        vectors[places[:, 0]] = values[places[:, 1]]
    missing = rows_of.keys() - set(known)
    new = [rows for key, rows in rows_of.items() if key in missing]
    done = 0
    for as_queries, part in _portions(new, entries):
        # Both sides are folded alike; offsets are not needed, since an entry knows its span.
        texts = [fold_text(entries[rows[0]].text) for rows in part]
        made = encoder.encode_entries(texts, as_queries)
        for rows, vector in zip(part, made, strict=True):
            vectors[rows] = vector
        if kept is not None and keep:
            keys = [text_key(text, _PROMPTS[as_queries]) for text in texts]
            kept.put(keys, [vector.astype("<f4").tobytes() for vector in made])
        done += len(part)
        if progress is not None:
            progress(done, len(new))
    return vectors


def _portions(new: list[list[int]], entries: tuple[Entry, ...]) -> Iterator[tuple[bool, list[list[int]]]]:
    """What is encoded in one go: texts of one prompt and of like length, which wastes the least on padding.

    The longest come first, which shows a lack of memory at once; the others in no order, so that the rate of the
    first ones is the rate of all and the time left can be told.
    """
    portions = []
    for as_queries in (False, True):
        own = [rows for rows in new if (entries[rows[0]].kind in _AS_QUERY) == as_queries]
        own.sort(key=lambda rows: -len(entries[rows[0]].text))
        portions += [(as_queries, own[at : at + _PORTION]) for at in range(0, len(own), _PORTION)]
    rest = portions[1:]
    random.Random(len(rest)).shuffle(rest)
    yield from [*portions[:1], *rest]

import numpy as np
import outing
import pytest
from bigram import BigramEncoder

from content.corpus import make_corpus, make_plain_corpus
from content.text import fold_text
from index.build import ANALYZERS, Index, build_index, entry_rows
from index.encoder import Progress, Vectors
from index.entries import EntryKind, make_entries


def test_row_i_is_the_vector_of_entry_i() -> None:
    encoder = BigramEncoder()
    index = build_index(outing.corpus(), encoder)
    wanted = encoder.encode_queries([fold_text(entry.text) for entry in index.entries])
    assert np.array_equal(index.store.vectors(), wanted)
    assert index.store.size == len(index.entries)


def test_the_rows_of_each_kind() -> None:
    entries = make_entries(outing.corpus())
    rows = entry_rows(entries)
    assert rows[EntryKind.PASSAGE] == range(9)
    assert rows[EntryKind.SENTENCE] == range(9, 20)
    assert rows[EntryKind.QUESTION] == range(len(entries) - 4, len(entries) - 1)
    assert rows[EntryKind.UNANSWERED] == range(len(entries) - 1, len(entries))
    assert [row for kind in EntryKind for row in rows[kind]] == list(range(len(entries)))
    assert all(entries[row].kind is kind for kind in EntryKind for row in rows[kind])


def test_every_kind_has_its_lexical_channels() -> None:
    index = build_index(outing.corpus(), BigramEncoder())
    assert set(index.lexical) == {(name, kind) for name in ANALYZERS for kind in EntryKind}
    assert {kind: index.lexical["pinyin", kind].size for kind in EntryKind} == {
        kind: len(index.rows[kind]) for kind in EntryKind
    }


class Recording(BigramEncoder):
    """Remembers what it was given, and tells of progress in two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[bool, list[str]] = {}

    def encode_entries(self, texts: list[str], as_queries: bool, progress: Progress | None = None) -> Vectors:  # type: ignore[override]
        self.seen[as_queries] = texts
        if progress is not None:
            progress(1, len(texts))
            progress(len(texts), len(texts))
        return super()._encode(texts)


def test_what_people_type_is_encoded_as_questions_and_the_notice_as_passages() -> None:
    encoder = Recording()
    index = build_index(outing.corpus(), encoder)
    typed = {"要交钱吗", "几点走", "要准备些什么", "股票涨了吗", "标题", "哪天发的"}
    assert typed < set(encoder.seen[True])
    told = [fold_text(entry.text) for entry in index.entries if fold_text(entry.text) not in encoder.seen[True]]
    assert encoder.seen[False] == told
    assert encoder.seen[False][:20] == [fold_text(entry.text) for entry in index.entries[:20]]


def test_progress_counts_every_entry_once() -> None:
    steps: list[tuple[int, int]] = []
    encoder = Recording()
    index = build_index(outing.corpus(), encoder, lambda done, total: steps.append((done, total)))
    total, told = len(index.entries), len(encoder.seen[False])
    assert steps == [(1, total), (told, total), (told + 1, total), (total, total)]


def test_a_corpus_without_a_bank() -> None:
    assert build_index(outing.corpus(), BigramEncoder()).has_bank
    index = build_index(outing.corpus(with_bank=False), BigramEncoder())
    assert not index.has_bank
    assert not index.rows[EntryKind.QUESTION]


def test_documents_of_one_passage_and_no_documents() -> None:
    index = build_index(make_plain_corpus([("a", "甲乙。丙丁。"), ("b", " "), ("c", "戊")]), BigramEncoder())
    assert len(index.rows[EntryKind.PASSAGE]) == 2
    assert len(index.rows[EntryKind.SENTENCE]) == 3
    assert build_index(make_corpus(()), BigramEncoder()).entries == ()


def test_entries_and_vectors_must_be_as_many() -> None:
    index = build_index(outing.corpus(), BigramEncoder())
    with pytest.raises(ValueError, match=f"{len(index.entries) - 1} entries but {len(index.entries)} vectors"):
        Index(index.corpus, index.entries[:-1], index.store, index.lexical, index.rows)

from pathlib import Path

import numpy as np
import outing
import pytest
from bigram import BigramEncoder

from content.corpus import make_corpus, make_plain_corpus
from content.notice import parse_notice
from content.text import fold_text
from index.build import LEXICAL_CHANNELS, Index, build_index, entry_rows, vector_maker
from index.encoder import Progress, Vectors
from index.entries import EntryKind, make_entries
from index.kept import Kept


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
    assert tuple(index.lexical) == LEXICAL_CHANNELS
    assert all(own.size == len(index.rows[kind]) for (_, kind), own in index.lexical.items())


class Recording(BigramEncoder):
    """Remembers what it was given, call by call."""

    def __init__(self, fail_after: int = 1000) -> None:
        super().__init__()
        self.calls: list[tuple[bool, list[str]]] = []
        self.fail_after = fail_after

    def encode_entries(self, texts: list[str], as_queries: bool, progress: Progress | None = None) -> Vectors:  # type: ignore[override]
        if len(self.calls) == self.fail_after:
            raise KeyboardInterrupt
        self.calls.append((as_queries, texts))
        return super()._encode(texts)

    def seen(self, as_queries: bool) -> list[str]:
        return [text for asked, texts in self.calls if asked == as_queries for text in texts]


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.build._PORTION", 4)


def test_what_people_type_is_encoded_as_questions_and_the_notice_as_passages() -> None:
    encoder = Recording()
    index = build_index(outing.corpus(), encoder)
    typed = {"要交钱吗", "几点走", "要准备些什么", "股票涨了吗", "标题", "哪天发的"}
    assert typed < set(encoder.seen(True))
    told = {fold_text(index.entries[row].text) for row in range(20)}
    assert told <= set(encoder.seen(False))
    assert not typed & set(encoder.seen(False))


def test_no_text_is_encoded_twice(small_portions: None) -> None:
    encoder = Recording()
    index = build_index(outing.corpus(), encoder)
    for as_queries in (False, True):
        texts = encoder.seen(as_queries)
        assert len(texts) == len(set(texts))
        lengths = [[len(text) for text in part] for asked, part in encoder.calls if asked == as_queries]
        assert all(part == sorted(part, reverse=True) for part in lengths)
    assert {fold_text(entry.text) for entry in index.entries} == {*encoder.seen(False), *encoder.seen(True)}
    assert len(encoder.calls[0][1][0]) == max(map(len, encoder.seen(False)))


def test_progress_counts_every_text_once(small_portions: None) -> None:
    steps: list[tuple[int, int]] = []
    encoder = Recording()
    build_index(outing.corpus(), encoder, lambda done, total: steps.append((done, total)))
    total = len(encoder.seen(False)) + len(encoder.seen(True))
    assert [whole for _, whole in steps] == [total] * len(encoder.calls)
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})


def test_a_second_build_encodes_only_what_is_new(tmp_path: Path) -> None:
    maker = vector_maker(BigramEncoder())
    first, again, changed = Recording(), Recording(), Recording()
    built = build_index(outing.corpus(), first, kept=Kept(tmp_path, maker))
    same = build_index(outing.corpus(), again, kept=Kept(tmp_path, maker))
    assert again.calls == []
    assert np.array_equal(same.store.vectors(), built.store.vectors())
    text = outing.TEXT.replace("午餐自备", "午餐由学校准备")
    other = make_corpus((parse_notice(text, "春游"), parse_notice("关于秋游的通知\n去爬山。", "秋游")))
    index = build_index(other, changed, kept=Kept(tmp_path, maker))
    assert set(changed.seen(False)) == {"春游不收费,午餐由学校准备。", "关于秋游的通知", "去爬山。"}
    assert changed.seen(True) == []
    assert np.array_equal(index.store.vectors(), build_index(other, BigramEncoder()).store.vectors())


def test_a_build_that_was_stopped_goes_on_where_it_was(small_portions: None, tmp_path: Path) -> None:
    maker = vector_maker(BigramEncoder())
    texts: list[str] = []
    runs = 0
    while True:
        encoder = Recording(fail_after=2)
        try:
            index = build_index(outing.corpus(), encoder, kept=Kept(tmp_path, maker))
        except KeyboardInterrupt:
            runs += 1
            texts += encoder.seen(False) + encoder.seen(True)
        else:
            texts += encoder.seen(False) + encoder.seen(True)
            break
    assert runs > 3
    whole = Recording()
    assert np.array_equal(index.store.vectors(), build_index(outing.corpus(), whole).store.vectors())
    assert sorted(texts) == sorted(whole.seen(False) + whole.seen(True))


def test_another_encoder_takes_nothing_of_the_first(tmp_path: Path) -> None:
    build_index(outing.corpus(), BigramEncoder(), kept=Kept(tmp_path, vector_maker(BigramEncoder())))
    other = BigramEncoder(fingerprint="bigram-2")
    assert len(Kept(tmp_path, vector_maker(other))) == 0
    assert vector_maker(BigramEncoder(dim=128)) != vector_maker(BigramEncoder())


def test_what_may_only_be_read_is_not_written(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a", vector_maker(BigramEncoder()))
    build_index(outing.corpus(), BigramEncoder(), kept=kept, keep=False)
    assert not (tmp_path / "a").exists()


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
        Index(index.corpus, index.entries[:-1], index.store, index.lexical, index.rows, index.lexicon)

from math import log
from pathlib import Path

import numpy as np
import pytest

from index import lexical
from index.kept import Kept
from index.lexical import LexicalIndex, terms_maker
from index.terms import character_terms, pinyin_terms


def test_the_score_of_two_texts_by_hand() -> None:
    # 甲乙 has the terms 甲 乙 甲乙; 乙丙丙 has 乙 丙 乙丙 丙 丙丙: lengths 3 and 5, 4 on average.
    index = LexicalIndex.build(["甲乙", "乙丙丙"], character_terms)
    length = [1.2 * (1 - 0.75 + 0.75 * n / 4) for n in (3, 5)]
    once, twice, never = log(1 + 1.5 / 1.5), log(1 + 0.5 / 2.5), log(1 + 2.5 / 0.5)
    # The frequency of a question's single term falls out: what is left is how often the text has it.
    assert index.scores(["乙"]) == pytest.approx([1 / (1 + length[0]), 1 / (1 + length[1])])
    assert index.scores(["丙"]) == pytest.approx([0, 2 / (2 + length[1])])
    # An unknown term weighs most; terms in both texts least.
    assert index.scores(["丁", "乙"]) == pytest.approx([twice / (1 + n) / (never + twice) for n in length])
    assert index.scores(["甲", "乙"]) == pytest.approx([1 / (1 + length[0]), twice / (1 + length[1]) / (once + twice)])
    # A term asked twice counts twice, above and below.
    assert index.scores(["丙", "丙"]) == pytest.approx(index.scores(["丙"]))


def test_no_shared_term_scores_nothing() -> None:
    index = LexicalIndex.build(["甲乙", "丙"], character_terms)
    for terms in ([], ["丁"]):
        scores = index.scores(terms)
        assert scores.tolist() == [0.0, 0.0]
        assert scores.dtype == np.float32


@pytest.mark.parametrize("texts", [[], [""], ["，", "。"]])
def test_texts_without_terms(texts: list[str], tmp_path: Path) -> None:
    index = LexicalIndex.build(texts, character_terms)
    assert index.scores(["甲"]).tolist() == [0.0] * len(texts)
    index.save(tmp_path / "没有")
    assert LexicalIndex.load(tmp_path / "没有", len(texts)).scores(["甲"]).tolist() == [0.0] * len(texts)


def test_a_text_without_terms_among_others_scores_nothing() -> None:
    index = LexicalIndex.build(["", "甲"], character_terms)
    assert index.scores(["甲"])[0] == 0.0 < index.scores(["甲"])[1]


def test_saved_and_loaded_scores_are_equal(tmp_path: Path) -> None:
    texts = ["甲乙丙", "乙丙丁", "春游在周五", "gonghui 2018年"]
    for analyzer in (character_terms, pinyin_terms):
        index = LexicalIndex.build(texts, analyzer)
        folder = tmp_path / f"索引-{analyzer.__name__}"
        index.save(folder)
        loaded = LexicalIndex.load(folder, len(texts))
        for question in (*texts, "乙丁", "没有"):
            assert np.array_equal(loaded.scores(analyzer(question)), index.scores(analyzer(question)))


def test_damaged_files_are_an_error_and_no_scores(tmp_path: Path) -> None:
    LexicalIndex.build(["甲乙"], character_terms).save(tmp_path / "a")
    for path in (tmp_path / "a").iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises((ValueError, OSError)):
        LexicalIndex.load(tmp_path / "a", 1)


def test_arrays_of_two_indexes_do_not_fit(tmp_path: Path) -> None:
    LexicalIndex.build(["甲乙"], character_terms).save(tmp_path / "a")
    LexicalIndex.build(["甲乙丙丁"], character_terms).save(tmp_path / "b")
    (tmp_path / "b" / "rows.npy").replace(tmp_path / "a" / "rows.npy")
    with pytest.raises(ValueError, match="do not fit each other: a"):
        LexicalIndex.load(tmp_path / "a", 1)


def test_terms_are_kept_by_text(tmp_path: Path) -> None:
    asked: list[str] = []

    def analyzer(text: str) -> list[str]:
        asked.append(text)
        return character_terms(text)

    texts = ["春游在周五", "午餐", "春游在周五", "", "\ud800甲"]
    first = LexicalIndex.build(texts, analyzer, Kept(tmp_path, terms_maker()))
    assert sorted(asked) == sorted(set(texts))
    again = LexicalIndex.build([*texts, "新"], analyzer, Kept(tmp_path, terms_maker()))
    assert asked[4:] == ["新"]
    assert first.scores(["春"]).tolist() == LexicalIndex.build(texts, character_terms).scores(["春"]).tolist()
    assert again.scores(["新"])[5] > 0


def test_many_terms_are_numbered_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = np.array([9, 2**63 + 5, 9, 1, 2**63 + 5, 7], np.uint64)
    monkeypatch.setattr(lexical, "_MANY", 0)
    terms, numbers = lexical._numbered(codes)
    assert terms.tolist() == [1, 7, 9, 2**63 + 5]
    assert numbers.tolist() == [2, 3, 2, 0, 3, 1]

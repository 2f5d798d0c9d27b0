import pytest

from content.corpus import load_corpus
from evals.dataset import read_set
from evals.overlap import character_pairs, overlap, strip
from evals.sets import DATA, set_files


def test_punctuation_width_case_and_script_do_not_hide_a_copy() -> None:
    assert strip("工會“十七大”，何時 召開？Ａ") == "工会十七大何时召开a"
    found = overlap(["谁发的通知？"], ["谁發的，通知", "别的"])
    assert [(pair.bank, pair.similarity) for pair in found.identical] == [("谁發的，通知", 1.0)]
    assert found.share_near == 1


def test_character_pair_jaccard_by_hand() -> None:
    assert character_pairs("春游在周五") == {"春游", "游在", "在周", "周五"}
    assert character_pairs("春") == {"春"} and character_pairs("？") == set()
    # 春游 is shared; the union has 春游 游在 在周 周五 游几 几时.
    found = overlap(["春游在周五", "完全无关"], ["收费吗", "春游几时"])
    assert [(pair.question, pair.bank) for pair in found.pairs] == [("春游在周五", "春游几时"), ("完全无关", "收费吗")]
    assert [pair.similarity for pair in found.pairs] == pytest.approx([1 / 6, 0])
    assert found.identical == () and found.share_near == 0


def test_the_same_pairs_in_another_order_are_not_identical() -> None:
    found = overlap(["哈哈哈"], ["哈哈哈哈"])
    assert found.pairs[0].similarity == 1 and found.identical == ()


def test_no_bank_no_overlap() -> None:
    assert overlap(["问"], []).pairs == overlap([], ["问"]).pairs == ()
    assert overlap(["？"], ["！"]).pairs[0].similarity == 0


def test_no_question_of_the_packaged_sets_is_in_the_bank() -> None:
    corpus = load_corpus()
    bank = [question.text for questions in corpus.questions for question in questions]
    for path in set_files():
        notice = corpus.notice(path.relative_to(DATA).with_suffix("").as_posix())
        found = overlap([question.text for question in read_set(path, notice).questions], bank)
        assert [pair.question for pair in found.identical] == []

import outing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quotation import QuotationChecker, differing, quotations
from assistant.verdict import Exactness, Quotation
from content.corpus import make_corpus
from content.notice import parse_notice
from content.span import Span
from content.text import fold, fold_text

CORPUS = outing.corpus()
CHECKER = QuotationChecker(CORPUS)
TEXT = outing.TEXT


def only(claim: str) -> Quotation:
    [found] = CHECKER.check(claim, CORPUS.passages)
    return found


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        ("通知说“不收费”，还说“带水”。", ["不收费", "带水"]),
        ("「不收費」", ["不收費"]),
        ("『不收费』", ["不收费"]),
        ('"不收费"', ["不收费"]),
        ("〝不收费〞", ["不收费"]),
        ("“他说『不收费』的”", ["他说『不收费』的"]),
        ("“水”", []),  # one character is a way of speaking
        ("“”", []),
        ("没有引号", []),
        ("“没有结束", []),
        ("《关于春游的通知》", []),
    ],
)
def test_what_stands_between_marks(claim: str, quoted: list[str]) -> None:
    assert [span.of(claim) for span in quotations(claim)] == quoted


@pytest.mark.parametrize(
    ("claim", "exactness", "words"),
    [
        ("“春游不收费，午餐自备”", Exactness.EXACT, "春游不收费，午餐自备"),
        ("“春游不收费,午餐自备”", Exactness.EXACT, "春游不收费，午餐自备"),  # half-width, as folding has it
        ("“春遊不收費”", Exactness.EXACT, "春游不收费"),
        ("“出发。请每人带水”", Exactness.EXACT, "出发。请每人带水"),  # over the end of a sentence
        ("“春游不收费、午餐自备”", Exactness.PUNCTUATION, "春游不收费，午餐自备"),
        ("“春游不收费午餐自备。”", Exactness.PUNCTUATION, "春游不收费，午餐自备"),
        ("“不收费，\u200b午餐”", Exactness.EXACT, "不收费，午餐"),
    ],
)
def test_quotations_that_are_right(claim: str, exactness: Exactness, words: str) -> None:
    found = only(claim)
    assert (found.span, found.exactness, found.notice_id) == (Span(1, len(claim) - 1), exactness, "春游")
    assert found.source_span is not None
    assert found.source_span.of(TEXT) == words
    assert (found.claim_marks, found.source_marks) == ((), ())


def test_a_wrong_copy_is_marked_on_both_sides() -> None:
    assert only("通知说“春游要收费，午餐自备”") == Quotation(
        Span(4, 14), Exactness.DIFFERING, "春游", Span(43, 53), (Span(6, 7),), (Span(45, 46),)
    )
    assert TEXT[43:53] == "春游不收费，午餐自备"


def test_words_left_out_are_marked_in_the_notice_and_words_added_in_the_claim() -> None:
    less = only("“请每人带雨衣”")
    assert less.exactness is Exactness.DIFFERING
    assert [span.of(TEXT) for span in less.source_marks] == ["水和"]
    more = only("“春游一律不收费”")
    assert [span.of("“春游一律不收费”") for span in more.claim_marks] == ["一律"]


@pytest.mark.parametrize("quoted", ["股票天天上涨不停", "！！", "\u200b\u200b"])
def test_what_no_notice_says(quoted: str) -> None:
    assert only(f"“{quoted}”") == Quotation(Span(1, 1 + len(quoted)), Exactness.ABSENT)


def test_a_wrong_copy_is_looked_for_in_the_passages_near_and_a_right_one_everywhere() -> None:
    near = CORPUS.passages[-1:]
    wrong, right = CHECKER.check("“春游要收费，午餐自备”“春游不收费”", near)
    assert wrong.exactness is Exactness.ABSENT
    assert right.exactness is Exactness.EXACT
    assert CHECKER.check("“春游要收费，午餐自备”") == (Quotation(Span(1, 11), Exactness.ABSENT),)


def test_of_two_notices_that_say_so_the_near_one_is_named() -> None:
    first = parse_notice("关于甲的通知\n\n春游不收费。\n", "甲")
    second = parse_notice("关于乙的通知\n\n全体注意，春游不收费。\n", "乙")
    corpus = make_corpus((first, second))
    checker = QuotationChecker(corpus)
    of_second = [passage for passage in corpus.passages if passage.notice_id == "乙"]
    assert checker.check("“春游不收费”")[0].notice_id == "甲"
    [near] = checker.check("“春游不收费”", of_second)
    assert near.notice_id == "乙"
    assert near.source_span is not None
    assert near.source_span.of(second.text) == "春游不收费"


@given(st.integers(0, len(TEXT) - 2), st.integers(2, 40))
def test_every_stretch_of_the_notice_is_a_right_quotation_of_it(start: int, length: int) -> None:
    words = TEXT[start : start + length]
    if sum(c.isalnum() for c in words) < 1:
        return
    found = only(f"“{words}”")
    assert found.exactness is Exactness.EXACT
    assert found.source_span is not None
    assert fold_text(found.source_span.of(TEXT)) == fold_text(words)
    assert found.span.of(f"“{words}”") == words


@given(st.integers(0, len(TEXT) - 2), st.integers(2, 30), st.data())
def test_a_strange_character_makes_a_quotation_wrong_and_is_marked(
    start: int, length: int, data: st.DataObject
) -> None:
    words = TEXT[start : start + length]
    place = data.draw(st.integers(0, len(words)))
    claim = f"说“{words[:place]}猫{words[place:]}”"
    found = only(claim)
    assert found.exactness in (Exactness.DIFFERING, Exactness.ABSENT)
    if found.exactness is Exactness.DIFFERING:
        assert any(mark.start <= 2 + place < mark.end for mark in found.claim_marks)
        assert all(found.span.contains(mark) for mark in found.claim_marks)
        assert found.source_span is not None
        assert all(found.source_span.contains(mark) for mark in found.source_marks)


words = st.text(st.sampled_from("春游不收费，。１１1午餐\u200b習习"), max_size=12)


@given(words, words)
def test_what_is_not_marked_is_the_same_on_both_sides(a: str, b: str) -> None:
    ours, theirs = differing(fold(a), fold(b))
    left = []
    for text, marks in ((a, ours), (b, theirs)):
        kept = "".join(c for i, c in enumerate(text) if not any(m.start <= i < m.end for m in marks))
        left.append("".join(c for c in fold_text(kept) if c.isalnum()))
        assert all(any(c.isalnum() for c in fold_text(mark.of(text))) for mark in marks)
    assert left[0] == left[1]


@given(words)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differing(fold(text), fold(text)) == ((), ())


def test_a_change_of_punctuation_is_no_difference() -> None:
    assert differing(fold("甲，乙"), fold("甲、乙。")) == ((), ())


def test_marks_are_places_of_the_source() -> None:
    # The invisible character is part of the text that was typed.
    assert differing(fold("甲\u200b乙丙"), fold("甲丁丙")) == ((Span(2, 3),), (Span(1, 2),))

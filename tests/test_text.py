from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.text import Folded, fold, fold_numerals, fold_text, numbers

# What the folding has rules for, and what it must leave alone.
characters = st.characters(codec="utf-8") | st.sampled_from(
    "ＡＺａｚ０９！（），：；？～　“”「」『』‘’—－·•學習領會臺灣髮發裏\u200b\ufeff\ufe0f\u00ad\r\n\t\x00😀𠮷𝟙ﬁ㈠①"
)
texts = st.text(characters, max_size=60)


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("（一）：！？；，", "(一):!?;,"),
        ("學習領會總工會", "学习领会总工会"),
        ("“八个坚持”「八个坚持」『八个坚持』", '"八个坚持""八个坚持""八个坚持"'),
        ("工会—十七大－精神", "工会-十七大-精神"),
        ("武进\u3000总工会\u00a0好", "武进 总工会 好"),
        ("武\u200b进\ufeff", "武进"),
        ("李·克强•王・", "李·克强·王·"),
        ("Notice NOTICE", "notice notice"),
        ("。、《》【】", "。、《》【】"),
        ("☎\ufe0f", "☎"),
        ("😀𠮷", "😀𠮷"),
        ("", ""),
    ],
)
def test_what_folding_makes_of_a_text(source: str, folded: str) -> None:
    assert fold_text(source) == folded
    assert fold(source).text == folded


def test_the_way_back_to_the_source() -> None:
    folded = fold("\ufeff學\u200b習１")
    assert folded == Folded("学习1", (1, 3, 4, 5))
    assert folded.source_span(0, 1) == (1, 2)
    assert folded.source_span(0, 2) == (1, 4)  # with the invisible character between them
    assert folded.source_span(1, 3) == (3, 5)
    assert folded.source_span(3, 3) == (5, 5)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, 3), (2, 1)])
def test_there_is_no_way_back_from_outside(start: int, end: int) -> None:
    with pytest.raises(IndexError):
        fold("学习").source_span(start, end)


@given(texts)
@example("\ufeff")
def test_folding_with_and_without_the_way_back_agree(source: str) -> None:
    assert fold_text(source) == fold(source).text


@given(texts)
def test_offsets_rise_and_end_with_the_source(source: str) -> None:
    folded = fold(source)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(source)


@given(texts, st.data())
def test_every_source_span_lies_within_the_source(source: str, data: st.DataObject) -> None:
    folded = fold(source)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    source_start, source_end = folded.source_span(start, end)
    assert 0 <= source_start <= source_end <= len(source)
    # And it is the right one: the words there fold to the words asked for.
    assert fold_text(source[source_start:source_end]) == folded.text[start:end]


@given(texts)
def test_folding_twice_changes_nothing_more(source: str) -> None:
    assert fold_text(fold_text(source)) == fold_text(source)


def test_both_scripts_of_chinese_meet() -> None:
    assert fold_text("深入學習貫徹中國工會十七大精神") == fold_text("深入学习贯彻中国工会十七大精神")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第十七次", [(1, 3, 17.0)]),
        ("17次", [(0, 2, 17.0)]),
        ("八个坚持", [(0, 1, 8.0)]),
        ("两个", [(0, 1, 2.0)]),
        ("三十五人", [(0, 3, 35.0)]),
        ("两百零三", [(0, 4, 203.0)]),
        ("二〇一八年", [(0, 4, 2018.0)]),
        ("2018年10月22日至26日", [(0, 4, 2018.0), (5, 7, 10.0), (8, 10, 22.0), (12, 14, 26.0)]),
        ("1.5倍", [(0, 3, 1.5)]),
        ("五万元", [(0, 2, 50_000.0)]),
        ("5万元", [(0, 2, 50_000.0)]),
        ("1.5亿人", [(0, 4, 150_000_000.0)]),
        ("3百万", [(0, 3, 3_000_000.0)]),
        ("千万不要", []),
        ("没有数", []),
        ("", []),
    ],
)
def test_chinese_and_arabic_numbers_meet(text: str, found: list[tuple[int, int, float]]) -> None:
    assert numbers(text) == found


@given(st.text(st.sampled_from("零〇一二两三四五六七八九十百千万亿0123456789.年第"), max_size=20))
def test_numbers_stand_in_order_inside_the_text(text: str) -> None:
    found = numbers(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))


@given(st.integers(0, 99_999_999))
def test_a_number_written_out_has_the_value_of_its_digits(value: int) -> None:
    import cn2an

    written = cn2an.an2cn(value)
    assert numbers(written) == [(0, len(written), float(value))]


@pytest.mark.parametrize(
    ("source", "folded", "offsets"),
    [
        ("第十七次", "第17次", (0, 1, 2, 3, 4)),
        ("第17次", "第17次", (0, 1, 2, 3, 4)),
        ("一百二十人", "120人", (0, 3, 3, 4, 5)),
        ("十人", "10人", (0, 0, 1, 2)),
        ("二〇一八年", "2018年", (0, 3, 3, 3, 4, 5)),
        ("１７個", "17个", (0, 1, 2, 3)),
        ("1.5万元", "15000元", (0, 3, 3, 3, 3, 4, 5)),
        ("万一", "万一", (0, 1, 2)),
        ("學\u200b習", "学习", (0, 2, 3)),
        ("", "", (0,)),
    ],
)
def test_numerals_become_arabic_with_the_way_back(source: str, folded: str, offsets: tuple[int, ...]) -> None:
    assert fold_numerals(source) == Folded(folded, offsets)


@given(st.integers(10, 99_999_999), st.sampled_from(["", "共", "第\u200b"]), st.sampled_from(["", "人", "個"]))
def test_a_numeral_written_out_is_its_digits_and_leads_back_to_all_of_it(value: int, before: str, after: str) -> None:
    import cn2an

    written = cn2an.an2cn(value)
    folded = fold_numerals(before + written + after)
    assert folded.text == fold_text(before) + str(value) + fold_text(after)
    start = len(fold_text(before))
    assert folded.source_span(start, start + len(str(value))) == (len(before), len(before) + len(written))


@given(texts)
@example("二〇1八")
@example("三1.5万")
def test_numerals_leave_the_offsets_whole(source: str) -> None:
    folded = fold_numerals(source)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(source)
    if not numbers(fold_text(source)):
        assert folded == fold(source)


@given(texts)
def test_what_is_no_numeral_leads_back_to_itself(source: str) -> None:
    folded = fold_numerals(source)
    for at, character in enumerate(folded.text):
        if not character.isdigit() and character not in ".e+-":
            start, end = folded.source_span(at, at + 1)
            assert fold_text(source[start:end]) == character


@pytest.mark.parametrize("numeral", ["零八", "1.0"])
def test_one_digit_leads_back_to_the_whole_numeral(numeral: str) -> None:
    folded = fold_numerals(numeral)
    assert folded.source_span(0, len(folded.text)) == (0, len(numeral))


def test_digits_with_two_units_are_one_number() -> None:
    assert numbers("3万5千元") == [(0, 4, 35_000.0)]

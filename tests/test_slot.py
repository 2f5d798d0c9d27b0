from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conflict import Conflict, conflicts, rivals
from assistant.slot import Slot, SlotKind, slots
from content.span import Span
from content.text import fold_text

texts = st.text(
    st.sampled_from(
        "二〇一八年十月廿2018１０.-/日号月至，。第次个项一百万千分之三王东明北京常州市总工会在的\u200b 習會"
    ),
    max_size=40,
)


def seen(text: str) -> list[tuple[str, str, object]]:
    """(kind, words, value) of every slot."""
    return [(str(slot.kind), slot.span.of(text), slot.value) for slot in slots(text)]


def against(claim: str, evidence: str) -> list[tuple[str, str | None]]:
    """(words of the claim, words of the evidence or None) of every conflict."""
    found = conflicts(slots(claim), slots(evidence), evidence)
    return [(c.ours.span.of(claim), c.theirs.span.of(evidence) if c.theirs else None) for c in found]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("2018年10月22日开会", "2018年10月22日", (2018, 10, 22)),
        ("二〇一八年十月二十二日开会", "二〇一八年十月二十二日", (2018, 10, 22)),
        ("于２０１８年１０月召开", "２０１８年１０月", (2018, 10, None)),
        ("2018年召开", "2018年", (2018, None, None)),
        ("在11月份完成", "11月份", (None, 11, None)),
        ("十月二十六日", "十月二十六日", (None, 10, 26)),
        ("定于26号", "26号", (None, None, 26)),
        ("2018-10-22 开会", "2018-10-22", (2018, 10, 22)),
        ("2018/1/2", "2018/1/2", (2018, 1, 2)),
        ("二○一八年召开", "二○一八年", (2018, None, None)),
    ],
)
def test_dates(text: str, words: str, value: tuple[float | None, ...]) -> None:
    assert seen(text) == [("date", words, value)]


@pytest.mark.parametrize("text", ["10月22-26日", "10月22—26号", "10月22至26日"])
def test_the_word_for_day_is_told_once_for_both(text: str) -> None:
    assert [value for _, _, value in seen(text)] == [(None, 10, 22), (None, None, 26)]


def test_two_dates_of_one_stretch_of_days() -> None:
    assert seen("10月22日至26日") == [("date", "10月22日", (None, 10, 22)), ("date", "26日", (None, None, 26))]


def test_a_year_of_four_digits_is_a_date_and_a_number_of_years_is_not() -> None:
    assert seen("三年") == [("number", "三年", (3,))]
    assert seen("2018年") == [("date", "2018年", (2018, None, None))]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("八个坚持", "八个", 8),
        ("8个坚持", "8个", 8),
        ("共三十五人", "三十五人", 35),
        ("第十七次会议", "第十七次", 17),
        ("百分之三十", "三十", 30),
        ("两百零三元", "两百零三", 203),
        ("奖励1.5万元", "1.5万", 15_000),
        ("一个中心", "一个", 1),
        ("3个月内", "3个", 3),
        # Words that begin or end in a numeral are none; numerals that hold such a word are.
        ("投资三千万元", "三千万", 30_000_000),
        ("九十分以上", "九十", 90),
        ("每天锻炼三十分钟", "三十", 30),
        ("共1,200元", "1,200", 1_200),
        ("锻炼一小时", "一", 1),
        ("评为一等奖", "一", 1),
        ("下午一点", "一点", 1),
        ("第一季度", "第一", 1),
    ],
)
def test_numbers(text: str, words: str, value: float) -> None:
    assert seen(text) == [("number", words, (value,))]


@pytest.mark.parametrize(
    "text", ["一定要进一步统一", "“关键”这两个字", "最后一项", "之一", "万一", "第一时间", "一致一直", "", "，。"]
)
def test_words_that_hold_no_number(text: str) -> None:
    assert seen(text) == []


def test_the_unit_is_what_stands_behind_the_number() -> None:
    assert [slot.unit for slot in slots("八个坚持")] == ["个坚"]
    assert [slot.unit for slot in slots("第十七次")] == ["第次"]
    assert [slot.unit for slot in slots("30%")] == [slot.unit for slot in slots("百分之三十")] == ["%"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王东明代表全国总工会作报告", ["王东明", "全国总工会"]),
        ("常州市总工会印发", ["常州市总工会"]),
        ("在北京召开", ["北京"]),
        ("认真学习", []),
    ],
)
def test_names_neighbours_are_one(text: str, names: list[str]) -> None:
    assert seen(text) == [("name", name, name) for name in names]


@given(texts)
def test_slots_stand_in_order_inside_the_text(text: str) -> None:
    found = slots(text)
    assert list(found) == sorted(found, key=lambda slot: slot.span)
    for slot in found:
        assert slot.span.of(text)
        if slot.kind is SlotKind.NAME:
            assert fold_text(slot.span.of(text)) == slot.value


@given(texts)
def test_dates_and_numbers_do_not_overlap(text: str) -> None:
    spans = [slot.span for slot in slots(text) if slot.kind is not SlotKind.NAME]
    assert all(left.end <= right.start for left, right in pairwise(spans))


@given(texts)
def test_a_text_never_conflicts_with_itself(text: str) -> None:
    assert conflicts(slots(text), slots(text), text) == ()


@given(st.integers(1, 12), st.integers(1, 28), st.text(st.sampled_from("会议于在的，"), max_size=5))
def test_a_date_in_chinese_and_in_arabic_is_one(month: int, day: int, before: str) -> None:
    import cn2an

    arabic = f"{before}{month}月{day}日"
    chinese = f"{before}{cn2an.an2cn(str(month))}月{cn2an.an2cn(str(day))}日"
    [a], [b] = slots(arabic), slots(chinese)
    assert a.value == b.value == (None, month, day)
    assert a.span.start == b.span.start == len(before)
    assert (a.span.end, b.span.end) == (len(arabic), len(chinese))


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("七个坚持", "提出八个坚持", [("七个", "八个")]),
        ("8个坚持", "提出八个坚持", []),
        ("第十六次大会", "第十七次大会", [("第十六次", "第十七次")]),
        ("十月二十一日开会", "2018年10月22日开会", [("十月二十一日", "2018年10月22日")]),
        ("十月二十二日开会", "2018年10月22日开会", []),
        ("三个单位", "没有数目", [("三个", None)]),
        ("三个单位", "八名职工", [("三个", None)]),
        ("在上海召开", "在北京召开", [("上海", "北京")]),
        ("在北京召开", "在北京市召开", []),
        ("开会", "10月22日八个单位在北京开会", []),
    ],
)
def test_what_the_evidence_has_otherwise(claim: str, evidence: str, found: list[tuple[str, str | None]]) -> None:
    assert against(claim, evidence) == found


def test_what_the_claim_says_too_stands_in_for_nothing() -> None:
    # 八个 is accounted for; 九个 is left, and may be what 七个 should have been.
    assert against("八个方面、七个坚持", "八个方面、九个坚持") == [("七个", "九个")]
    assert against("八个方面、七个坚持", "八个方面") == [("七个", None)]


def test_a_name_may_stand_within_a_longer_one() -> None:
    ours = Slot(SlotKind.NAME, Span(0, 3), "总工会")
    theirs = Slot(SlotKind.NAME, Span(0, 9), "常州市武进区总工会")
    other = Slot(SlotKind.NAME, Span(0, 2), "上海")
    assert conflicts([ours], [theirs]) == ()
    assert conflicts([theirs], [ours]) == ()
    assert conflicts([other], [theirs]) == (Conflict(other, theirs),)
    assert conflicts([other], [theirs], elsewhere="武进与上海") == ()


def test_a_number_is_no_date() -> None:
    number = Slot(SlotKind.NUMBER, Span(0, 2), (22.0,), "日")
    date = Slot(SlotKind.DATE, Span(0, 3), (None, None, 22.0))
    assert conflicts([number], [date]) == (Conflict(number, None),)


def test_the_body_that_issued_the_notice_is_one_name() -> None:
    assert seen("常州市武进区总工会印发") == [("name", "常州市武进区总工会", "常州市武进区总工会")]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [("一、费用", "一、", 1), ("（四）安全", "（四）", 4), ("一是排队", "一是", 1), ("3.排队", "3.", 3)],
)
def test_the_place_of_a_point_in_its_list(text: str, words: str, value: float) -> None:
    [slot] = slots(text)
    assert (slot.kind, slot.value, slot.unit) == (SlotKind.NUMBER, (value,), "第")
    assert slot.span.of(text) in words
    assert against(text, text) == []


def test_a_date_with_points_and_a_month_that_ends_in_nought() -> None:
    assert seen("2018.10.22") == [("date", "2018.10.22", (2018, 10, 22))]


@pytest.mark.parametrize("text", ["120日内", "第120号", "在365日内"])
def test_a_number_of_three_digits_is_no_day(text: str) -> None:
    assert [slot.value for slot in slots(text) if slot.kind is SlotKind.DATE] == []


def test_names_in_both_scripts_meet() -> None:
    assert against("王東明在常州市開會", "王东明在常州市开会") == []
    assert "王东明" in [value for _, _, value in seen("王東明在常州市開會")]


def test_a_lone_surrogate_is_no_fault() -> None:
    assert slots("\ud800八个") == slots("？八个")


@pytest.mark.parametrize("text", ["二三十是少的", "十二三、春游"])
def test_a_rough_number_at_the_start_is_none(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        # Years are not what is counted by 个, while 项 and 个 may count the same.
        ("过了八年", "提出八个坚持", [("八年", None)]),
        ("提出八项坚持", "提出八个坚持", []),
        # A name alone says nothing of a longer one that begins with it; the end of one does.
        ("北京市委组织部发的", "在北京开会", [("北京市委组织部", "北京")]),
        ("全国总工会发的", "中华全国总工会发的", []),
        ("十月底印的", "2018年11月13日", [("十月底", "2018年11月13日")]),
        ("十月下旬印的", "2018年10月23日", []),
    ],
)
def test_what_counts_as_the_same(claim: str, evidence: str, found: list[tuple[str, str | None]]) -> None:
    assert against(claim, evidence) == found


def test_what_is_counted_by_measures_of_one_sort_may_stand_for_another() -> None:
    ours, theirs = slots("分成四点"), slots("抓好五个方面，为期三年")
    assert [(slot.span.of("抓好五个方面，为期三年"), likeness) for slot, likeness in rivals(ours[0], ours, theirs)] == [
        ("五个", 1)
    ]


def test_a_place_in_an_order_is_no_count() -> None:
    assert against("第一个坚持", "四个坚持") == [("第一个", None)]


def test_a_name_that_stands_elsewhere_is_no_conflict() -> None:
    own, evidence = slots("北京有五项工作"), slots("上海有五项工作")
    assert [c.ours.value for c in conflicts(own, evidence, "上海有五项工作")] == ["北京"]
    assert conflicts(own, evidence, "上海有五项工作\n北京市教育局的通知") == ()


def test_a_count_is_borne_out_by_the_last_of_several_points_alone() -> None:
    points = "1. 讲纪律。2. 讲安全。3. 讲卫生。"
    assert against("要讲三条", points) == []
    assert [own for own, _ in against("要讲两条", points)] == ["两条"]
    assert against("第二条讲安全", points) == []  # a place, not a count
    assert against("要讲两条", "2. 讲安全。") == []

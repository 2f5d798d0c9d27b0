from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.alignment import Replaced, replaced
from assistant.conflict import conflicts
from assistant.difference import Named, kind_of, name_differences
from assistant.order import misplaced
from assistant.slot import slots
from assistant.verdict import DifferenceKind
from content.span import Span
from index.pair import Reading


def at(words: str, text: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def reading(claim: str, evidence: str, ours: Sequence[str] = (), theirs: Sequence[str] = ()) -> Reading:
    """A reading a token a character: 0.9 that it differs in the words named, else 0.01."""

    def tokens(text: str, marked: Sequence[str]) -> tuple[tuple[Span, float], ...]:
        spans = [at(words, text) for words in marked]
        return tuple(
            (Span(i, i + 1), 0.9 if any(s.start <= i < s.end for s in spans) else 0.01) for i in range(len(text))
        )

    return Reading(np.zeros(3, np.float32), tokens(claim, ours), tokens(evidence, theirs))


def named(
    claim: str,
    evidence: str,
    ours: Sequence[str] = (),
    theirs: Sequence[str] = (),
    laid: Sequence[Replaced] = (),
) -> list[tuple[str, str | None, str | None]]:
    """(kind, words of the claim, words of the evidence) of every difference."""
    found = conflicts(slots(claim), slots(evidence), evidence)
    made = name_differences(claim, evidence, reading(claim, evidence, ours, theirs), found, laid)
    return [
        (str(d.kind), d.claim.of(claim) if d.claim else None, d.evidence.of(evidence) if d.evidence else None)
        for d in made
    ]


@pytest.mark.parametrize(
    ("claim", "evidence", "difference"),
    [
        ("提出七个坚持", "提出八个坚持", ("number", "七个", "八个")),
        ("十月二十一日开会", "10月22日开会", ("date", "十月二十一日", "10月22日")),
        ("在上海开会", "在北京开会", ("name", "上海", "北京")),
    ],
)
def test_slots_are_named_without_a_mark(claim: str, evidence: str, difference: tuple[str, str, str]) -> None:
    assert named(claim, evidence) == [difference]


def test_a_slot_that_is_marked_too_is_named_once() -> None:
    assert named("提出七个坚持", "提出八个坚持", ["七"], ["八"]) == [("number", "七个", "八个")]


def test_a_slot_that_the_evidence_does_not_hold_is_no_difference_of_its_own() -> None:
    assert named("提出七个坚持", "提出坚持") == []


def test_nothing_is_named_where_nothing_is_marked() -> None:
    assert named("春游不收费", "春游不收费") == []


@pytest.mark.parametrize(
    ("claim", "evidence", "ours", "theirs", "difference"),
    [
        ("职工可以参加", "职工必须参加", "可以", "必须", ("negation", "可以", "必须")),
        ("大家在操场集合", "大家在礼堂集合", "操场", "礼堂", ("term", "操场", "礼堂")),
        ("写着“水、帽子、伞”", "写着“水、午餐、伞”", "帽子", "午餐", ("term", "帽子", "午餐")),
        ("带水、帽子、雨衣", "带水、午餐、雨衣", "帽子", "午餐", ("item", "帽子", "午餐")),
    ],
)
def test_words_that_are_marked_on_both_sides(
    claim: str, evidence: str, ours: str, theirs: str, difference: tuple[str, str, str]
) -> None:
    assert named(claim, evidence, [ours], [theirs]) == [difference]


def test_what_only_one_side_says() -> None:
    assert named("春游一律收费", "春游收费", ["一律"]) == [("term", "一律", None)]
    assert named("春游收费", "春游不收费", (), ["不"]) == [("negation", None, "不")]


def test_words_that_changed_places_are_a_relation() -> None:
    claim, evidence = "学校领导家长", "家长领导学校"
    assert named(claim, evidence, ["学校", "家长"], ["家长", "学校"]) == [
        ("relation", "学校", "家长"),
        ("relation", "家长", "学校"),
    ]


def test_of_more_marks_on_one_side_the_surest_are_paired() -> None:
    claim, evidence = "大家在操场集合", "大家在礼堂集合唱歌"
    own = reading(claim, evidence, ["操场"], ["礼堂", "唱歌"])
    surer = tuple((s, 0.99 if evidence[s.start] in "礼堂" else chance) for s, chance in own.evidence)
    found = name_differences(claim, evidence, Reading(own.logits, own.claim, surer), (), ())
    assert found == (Named(DifferenceKind.TERM, at("操场", claim), at("礼堂", evidence)),)


def test_part_of_a_word_is_the_word() -> None:
    assert named("大家在操场集合", "大家在礼堂集合", ["操"], ["堂"]) == [("term", "操场", "礼堂")]


def test_marks_on_punctuation_are_nothing() -> None:
    assert named("春游，收费", "春游、收费", ["，"], ["、"]) == []


def test_a_comma_parts_two_differences() -> None:
    assert named("在操场，唱歌", "在礼堂，跳舞", ["操场，唱歌"], ["礼堂，跳舞"]) == [
        ("term", "操场", "礼堂"),
        ("term", "唱歌", "跳舞"),
    ]


def test_the_likeliest_words_are_taken_where_none_is_likely() -> None:
    claim, evidence = "大家在操场集合", "大家在礼堂集合"
    for chance, count in ((0.3, 1), (0.1, 0)):
        faint = Reading(
            np.zeros(3, np.float32),
            tuple((Span(i, i + 1), chance if c in "操场" else 0.01) for i, c in enumerate(claim)),
            tuple((Span(i, i + 1), chance if c in "礼堂" else 0.01) for i, c in enumerate(evidence)),
        )
        assert len(name_differences(claim, evidence, faint, (), ())) == count


@pytest.mark.parametrize(
    ("claim", "evidence", "ours", "theirs", "kind"),
    [
        ("七个坚持", "八个坚持", "七个", "八个", "number"),
        ("10月1日", "10月2日", "10月1日", "10月2日", "date"),
        ("在上海", "在北京", "上海", "北京", "name"),
        ("七个坚持", "许多坚持", "七个", "许多", "term"),  # a number on one side only
        ("应当报告", "不得报告", "应当", "不得", "negation"),
        ("学校领导家长", "家长领导学校", "学校", "家长", "relation"),
        ("甲、乙、丙", "甲、丁、丙", "乙", "丁", "item"),
        ("学校管家长", "家长听学校", "学校", "听", "relation"),
        ("操场", "礼堂", "操场", "礼堂", "term"),
        ("操场", "礼堂", "操场", None, "term"),
        ("操场", "不在礼堂", None, "不", "negation"),
    ],
)
def test_kinds(claim: str, evidence: str, ours: str | None, theirs: str | None, kind: str) -> None:
    own, other = at(ours, claim) if ours else None, at(theirs, evidence) if theirs else None
    assert kind_of(claim, evidence, own, other) == kind


texts = st.text(st.sampled_from("春游要收费七八个，、“”10月2日北京上海不得可以职工"), min_size=1, max_size=20)


@given(texts, texts, st.data())
def test_every_span_lies_in_its_text_and_holds_a_letter(claim: str, evidence: str, data: st.DataObject) -> None:
    chances = st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.6, 0.95])
    sides = [tuple((Span(i, i + 1), data.draw(chances)) for i in range(len(text))) for text in (claim, evidence)]
    found = conflicts(slots(claim), slots(evidence), evidence)
    for d in name_differences(
        claim, evidence, Reading(np.zeros(3, np.float32), *sides), found, replaced(claim, evidence)
    ):
        assert d.claim or d.evidence
        for span, text in ((d.claim, claim), (d.evidence, evidence)):
            assert span is None or any(c.isalnum() for c in span.of(text))


def test_a_number_marked_in_the_evidence_alone_is_named_once() -> None:
    assert named("提出七个坚持", "提出八个坚持", (), ["八"]) == [("number", "七个", "八个")]


def laid(claim: str, ours: str, evidence: str, theirs: str | None, displaced: bool = False) -> Replaced:
    return Replaced(at(ours, claim), at(theirs, evidence) if theirs else None, 0.8, displaced)


def test_words_in_one_anothers_place_are_named_where_they_are_marked() -> None:
    claim, evidence = "大家在操场集合", "大家在礼堂集合"
    one = laid(claim, "操场", evidence, "礼堂")
    assert named(claim, evidence, ["操场"], (), [one]) == [("term", "操场", "礼堂")]
    assert named(claim, evidence, (), (), [one]) == []
    assert named(claim, evidence, (), (), [laid(claim, "操场", evidence, "礼堂", displaced=True)]) == [
        ("term", "操场", "礼堂")
    ]
    assert named(claim, evidence, ["操场"], (), [laid(claim, "操场", evidence, None)]) == [("term", "操场", None)]


def test_a_number_in_the_place_of_another_is_named_whole_and_once() -> None:
    claim, evidence = "提出七个坚持", "提出八个坚持"
    assert named(claim, evidence, ["七"], ["八"], [laid(claim, "七", evidence, "八")]) == [("number", "七个", "八个")]


def test_faint_marks_beside_a_plain_one_are_left_out() -> None:
    claim, evidence = "大家在操场唱歌", "大家在礼堂跳舞"
    own = reading(claim, evidence, ["操场"])
    faint = tuple((s, 0.4 if claim[s.start] in "唱歌" else chance) for s, chance in own.claim)
    both = [laid(claim, "操场", evidence, "礼堂"), laid(claim, "唱歌", evidence, "跳舞")]
    found = name_differences(claim, evidence, Reading(own.logits, faint, own.evidence), (), both)
    assert found == (Named(DifferenceKind.TERM, at("操场", claim), at("礼堂", evidence)),)


def test_of_a_name_with_what_follows_it_the_name_alone() -> None:
    claim, evidence = "副总理韩正为大会作经济形势报告", "总理李克强为大会作经济形势报告"
    assert ("name", "韩正", "李克强") in named(claim, evidence, ["韩正"], ["李克强"], replaced(claim, evidence))


def test_the_mark_of_a_point_stands_for_no_words() -> None:
    claim, evidence = "春游可以适当放宽", "五是提高认识。严守规矩。"
    assert named(claim, evidence, ["可以适当放宽"], ["五是", "严守"]) == [("negation", "可以适当放宽", "严守")]


def test_what_both_begin_and_end_with_is_no_difference() -> None:
    claim, evidence = "新时代要保持原样", "新时代要注入内涵"
    assert named(claim, evidence, [claim], [evidence]) == [("term", "保持原样", "注入内涵")]


def test_little_words_at_the_ends_are_left_out() -> None:
    assert named("大家都在操场的集合", "大家都在礼堂里集合", ["在操场的"], ["在礼堂里"]) == [("term", "操场", "礼堂")]


def test_of_a_marked_stretch_what_is_marked_nearly_as_surely_as_the_surest() -> None:
    claim, evidence = "体会到学校对家长的关心", "体现了老师对家长的关心"
    faint = tuple(
        (Span(i, i + 1), 0.95 if c in "学校" else 0.55 if c in "对家长" else 0.01) for i, c in enumerate(claim)
    )
    own = reading(claim, evidence, (), ["老师"])
    found = name_differences(claim, evidence, Reading(own.logits, faint, own.evidence), (), ())
    assert [(d.claim and d.claim.of(claim), d.evidence and d.evidence.of(evidence)) for d in found] == [
        ("学校", "老师")
    ]


def test_for_a_marked_date_the_date_that_is_marked_though_another_looks_more_like_it() -> None:
    claim, evidence = "落款是29日", "10月29日谈话，26日闭幕，2018年11月13日"
    assert named(claim, evidence, ["29日"], ["11月13日"]) == [("date", "29日", "2018年11月13日")]


def test_a_place_in_a_list_that_nothing_stands_for_in_words() -> None:
    claim, evidence = "准备午餐和饮水排在第三位", "一是检查车辆；二是准备午餐和饮水"
    found = misplaced(claim, evidence)
    made = name_differences(claim, evidence, reading(claim, evidence, ["第三位"]), found, replaced(claim, evidence))
    assert [(d.claim and d.claim.of(claim), d.evidence and d.evidence.of(evidence)) for d in made] == [
        ("第三位", "二是")
    ]

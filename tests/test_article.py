"""Articles under unnumbered headings, and where no space stands behind their numbers."""

import pytest

from assistant.citation import place
from content.heading import read_article, unit_level, unit_mark
from content.notice import parse_notice
from content.passage import cut


def places(text: str) -> list[tuple[str, str]]:
    return [(p.text, place(p)) for p in cut(parse_notice(text, "a"))]


def test_the_last_chapter_without_a_number() -> None:
    text = "甲条例\n目录\n第一章 总则\n附则\n第一章 总则\n第一条 甲。\n附　则\n第二条 乙。\n"
    assert places(text)[1:] == [
        ("目录\n第一章 总则\n附则", "目录"),
        ("第一章 总则", "第一章标题"),
        ("第一条 甲。", "第一条"),
        ("附　则", "附则标题"),
        ("第二条 乙。", "第二条"),
    ]


def test_the_preamble_of_a_law() -> None:
    text = "甲法\n目　录\n序　言\n第一章　总纲\n序　言\n甲。\n乙。\n第一章　总纲\n第一条　丙。\n第二条　丁。\n"
    assert places(text)[1:] == [
        ("目　录\n序　言\n第一章　总纲", "目录"),
        ("序　言", "序言标题"),
        ("甲。", "序言第1段"),
        ("乙。", "序言第2段"),
        ("第一章　总纲", "第一章标题"),
        ("第一条　丙。", "第一条"),
        ("第二条　丁。", "第二条"),
    ]


def test_nothing_stands_below_a_preamble() -> None:
    found = cut(parse_notice("甲市乙规划\n序言\n甲。\n一、目标\n乙。\n", "a"))
    assert [p.section for p in found[2:]] == [("序言",), ("一、目标",), ("一、目标",)]


def test_a_law_typed_without_spaces() -> None:
    text = (
        "甲条例\n第一章总则\n第一条为了管理，制定本条例。\n第二条中国公民适用本条例。\n第二章：业主和用户\n"
        "第三条所有业主。\n第四条规定的业主除外。\n第四条以暴力阻碍的，罚款。\n"
    )
    assert places(text)[1:] == [
        ("第一章总则", "第一章标题"),
        ("第一条为了管理，制定本条例。", "第一条"),
        ("第二条中国公民适用本条例。", "第二条"),
        ("第二章：业主和用户", "第二章标题"),
        ("第三条所有业主。", "第三条第一款"),
        ("第四条规定的业主除外。", "第三条第二款"),
        ("第四条以暴力阻碍的，罚款。", "第四条"),
    ]


@pytest.mark.parametrize(
    ("line", "level", "mark"),
    [
        ("附则", -6, "附则"),
        ("序 言", 9, "序言"),
        ("第二章业主", -3, "第二章"),
        ("第一部分：总体要求", -4, "第一部分"),
        ("第一节一般规定", -2, "第一节"),
    ],
)
def test_headings_of_laws(line: str, level: int, mark: str) -> None:
    assert (unit_level(line), unit_mark(line)) == (level, mark)


@pytest.mark.parametrize(
    "line",
    [
        "第二章规定的程序",
        "第二章的规定",
        "第二章、第三章",
        "第一节课语文",
        "第一节：8:00",
        "第一类医疗器械",
        "第一部分由甲承担",
    ],
)
def test_units_that_are_only_named(line: str) -> None:
    assert unit_level(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "第六条所称职工",
        "第六条第二款",
        "第六条、第七条",
        "第六条以下",
        "第六条与第七条",
        "第六条所规定",
        "第六条中的",
        "第六条修改为",
    ],
)
def test_the_next_article_that_is_only_named(line: str) -> None:
    assert read_article(line, 6) is None


@pytest.mark.parametrize(
    "line",
    ["第六条中小学应当", "第六条中外合作者", "第六条与走私人通谋的", "第六条所得为外币的", "第六条以前年度的亏损"],
)
def test_the_next_article_may_begin_with_a_word_that_names_others(line: str) -> None:
    assert read_article(line, 6) is not None
    assert read_article(line, 7) is None


def test_another_article_than_the_next_one_wants_more() -> None:
    assert read_article("第六条中国公民", 6) is not None
    assert read_article("第六条中国公民", 7) is None
    assert read_article("第六条中国公民") is None


def test_a_number_without_end_begins_no_article() -> None:
    assert read_article(f"第{'9' * 5000}条 甲") is None

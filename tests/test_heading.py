import pytest

from content.heading import LONGEST_HEADING, heading_level, heading_mark, run_in_heading


@pytest.mark.parametrize(
    ("line", "level", "mark"),
    [
        ("一、加强组织领导", 0, "一、"),
        ("十二、其他", 0, "十二、"),
        ("（一）提高认识", 1, "（一）"),
        ("(二)明确责任", 1, "(二)"),
        ("1. 深刻认识", 2, "1."),
        ("12．报名时间", 2, "12．"),
        ("3、联系人", 2, "3、"),
        ("（1）材料", 3, "（1）"),
        ("(10)材料", 3, "(10)"),
    ],
)
def test_the_four_levels(line: str, level: int, mark: str) -> None:
    assert heading_level(line) == level
    assert heading_mark(line) == mark


@pytest.mark.parametrize(
    "line",
    [
        "一是担负政治责任",
        "2018年10月22日至26日",
        "3.5%的职工",
        "第一，提高认识",
        "要强化系统学习。",
        "（2018年修订）",
        "",
        "党中央、国务院",
    ],
)
def test_what_is_no_heading(line: str) -> None:
    assert heading_level(line) is None
    assert heading_mark(line) == ""


def test_a_heading_with_its_text_on_the_same_line() -> None:
    assert run_in_heading("1. 深刻认识根本原则。习近平总书记指出") == "1. 深刻认识根本原则"
    assert run_in_heading("一、时间：5月1日") == "一、时间"


def test_a_line_that_is_all_heading_has_no_text_after_it() -> None:
    assert run_in_heading("一、加强组织领导") is None
    assert run_in_heading("一、加强组织领导。") is None


def test_a_long_first_sentence_is_no_heading() -> None:
    fits, too_long = "字" * LONGEST_HEADING, "字" * (LONGEST_HEADING + 1)
    assert run_in_heading(fits + "。后面") == fits
    assert run_in_heading(too_long + "。后面") is None

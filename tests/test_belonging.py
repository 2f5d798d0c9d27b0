"""Whether an article in a question is of the law named before it, or of the only law there is."""

import pytest

from content.belonging import is_of_another, is_of_the_only, joins


@pytest.mark.parametrize(
    ("between", "number", "joined"),
    [
        ("", 3, True),
        ("、", 3, True),
        ("和", 88, True),
        ("的", 39, True),
        ("里 ", 11, True),
        ("的", 3, False),
        ("有", 39, False),
    ],
)
def test_an_article_without_its_mark(between: str, number: int, joined: bool) -> None:
    assert joins(between, number) is joined


@pytest.mark.parametrize(
    ("between", "other"),
    [
        ("和宪法", True),
        ("和《宪法》", True),
        ("、信访条例", True),
        ("与工会章程", True),
        ("和工资支付暂行规定", True),
        ("和实施条例", True),
        ("及其实施细则", True),
        ("对加班时间规定", False),
        ("规定的", False),
        ("", False),
        ("里说的办法", False),
        ("中处理的方法", False),
        ("(本法)", False),
    ],
)
def test_another_law_may_stand_between(between: str, other: bool) -> None:
    assert is_of_another(between) is other


@pytest.mark.parametrize(
    ("before", "behind", "genre", "own"),
    [
        ("", "", "法", True),
        ("请问", "讲了什么", "法", True),
        ("工资怎么发,", "怎么说", "法", True),
        ("本法", "的规定", "法", True),
        ("这部法律的", "内容", "法", True),
        ("本条例", "", "条例", True),
        ("《条例》", "?", "条例", True),
        ("", "要求什么", "法", True),
        ("", "有什么规定", "法", True),
        ("宪", "", "法", False),
        ("宪法", "", "法", False),
        ("工会章程", "", "法", False),
        ("中央八项规定", "", "法", False),
        ("这份通知", "讲了什么", "法", False),
        ("《条例》", "", "法", False),
        ("武进", "高铁", "法", False),
        ("", "高铁", "法", False),
        ("", "微信", "法", False),
        ("", "腿受伤", "法", False),
        ("我住", "胡同", "法", False),
        ("", "要闻", "法", False),
    ],
)
def test_an_article_without_a_name(before: str, behind: str, genre: str, own: bool) -> None:
    assert is_of_the_only(before, behind, genre) is own


@pytest.mark.parametrize(
    ("before", "behind", "own"),
    [
        ("", "包括哪些情形", True),
        ("", "能否解除合同", True),
        ("违反", "怎么罚", True),
        ("公司依据", "辞退我要赔钱吗", True),
        ("合同法", "", False),
        ("这份通知", "", False),
        ("", "高铁", False),
    ],
)
def test_a_high_number_is_hardly_a_count(before: str, behind: str, own: bool) -> None:
    assert is_of_the_only(before, behind, "法", 39) is own

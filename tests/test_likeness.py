import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.likeness import listed_instead, quoted_instead

LISTED = "要做到能领会、可落实、见实效。"


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("口号是“四个聚焦”", "报告讲“四个立足”和“一个根本”", [("四个聚焦", "四个立足")]),
        ("专栏叫「职工之家」", "用好“工会专栏”", [("职工之家", "工会专栏")]),
        ("读《劳动法》", "学习《工会法》", [("劳动法", "工会法")]),
        # Held by the evidence, with or without marks of quotation.
        ("口号是“四个立足”", "报告讲四个立足和“八个坚持”", []),
        # Twice as long and more is something else.
        ("叫“职工”", "用好“新时代工会宣传专栏”", []),
        ("没有引号", "用好“工会专栏”", []),
        # Of two that are alike the one that ends alike.
        ("号叫“江苏工会”", "用好“工会专栏”和“武进工会”", [("江苏工会", "武进工会")]),
        # Or of which the same stands behind.
        ("用“常州职工”微信号", "用“工会专栏”、“武进工会”微信号", [("常州职工", "武进工会")]),
        # Two wrong terms have two originals.
        ("“甲乙丙”和“丁戊己”", "“甲乙子”和“丁戊丑”", [("甲乙丙", "甲乙子"), ("丁戊己", "丁戊丑")]),
    ],
)
def test_a_wrong_quoted_term_meets_its_original(claim: str, evidence: str, found: list[tuple[str, str]]) -> None:
    assert [(own.of(claim), other.of(evidence)) for own, other in quoted_instead(claim, evidence)] == found


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("能领会、能背诵、见实效", LISTED, [("能背诵", "可落实")]),
        # Most of it is there: three of its four pairs.
        ("能领会、能见实效的、可落实", "要做到能领会、可落实、能见实效。", []),
        # Nothing in common: not the same list.
        ("买菜、做饭、洗碗", LISTED, []),
        # All there: nothing wrong with leaving one out.
        ("能领会、见实效", LISTED, []),
        # All three, and one more.
        ("能领会、可落实、见实效、会宣讲", LISTED, [("会宣讲", None)]),
        # What leads into the list is no part of its first item, and ， may part its items as well.
        ("听得懂、能领会、会宣讲", "确保职工群众听得懂、能领会、可落实。", [("会宣讲", "可落实")]),
        ("作出安排、提出要求、拨付经费", "要作出安排，提出要求，抓好协调，大家都来。", [("拨付经费", "抓好协调")]),
        ("深入社区活动、厂矿活动", "深入村屯活动、厂矿活动", [("社区", "村屯")]),
        # So are words before the first and behind the last; 要求 and 有关 lead into nothing.
        ("通过专题演讲、参观和讨论会组织学习", "参观、讨论会、演讲等", []),
        ("要求学校、家长和社区配合", "学校、家长、社区要配合", []),
        ("区工会则要求增强服务、维权和教育功能", "增强服务功能、维权功能、教育功能", []),
        # Two that are told one after the other.
        ("办了两件，一个是春游，另一个是班会。", "办好春游、运动会等活动。", [("班会", "运动会")]),
    ],
)
def test_a_wrong_item_meets_the_one_left_out(claim: str, evidence: str, found: list[tuple[str, str | None]]) -> None:
    pairs = listed_instead(claim, evidence)
    assert [(own.of(claim), other.of(evidence) if other else None) for own, other in pairs] == found


@given(st.text("甲乙丙、，“”《》和是的", max_size=40), st.text("甲乙丙、，“”《》和是的", max_size=40))
def test_every_span_is_within_its_text_and_never_empty(claim: str, evidence: str) -> None:
    for own, other in [*quoted_instead(claim, evidence), *listed_instead(claim, evidence)]:
        assert 0 <= own.start < own.end <= len(claim)
        assert other is None or 0 <= other.start < other.end <= len(evidence)

"""Names of documents and where a text names them."""

import pytest

from content.names import Names, is_bare, is_like_a_law
from content.notice import parse_notice

LABOUR = (
    "劳动法\n（2018年12月29日修正）\n第一条 制定本法。\n第二条 依照《工伤保险条例》（以下简称《规定》），适用本法。\n"
)
HOW = "江南省实施办法\n第一条 依照《宪法》《刑法》《暂行办法》和《管理办法（试行）》。\n第二条 自今日起施行。\n"
RULES = LABOUR.replace("劳动法\n", "劳动法实施条例\n")
NAMES = Names((parse_notice(LABOUR, "劳动法"), parse_notice(HOW, "办法")))
MORE = Names((parse_notice(LABOUR, "劳动法"), parse_notice(RULES, "条例")))


def found(text: str, names: Names = NAMES) -> list[tuple[str, tuple[str, ...]]]:
    return [(name.written, name.ids) for name in names.find(text, (), None)]


@pytest.mark.parametrize(
    "text",
    [
        "劳动法治教育",
        "劳动法制建设",
        "劳动法庭在哪里",
        "劳动法学专业",
        "劳动法定职责",
        "劳动法律",
        "劳动法规",
        "劳动法院",
        "劳动法典",
    ],
)
def test_a_name_that_is_part_of_another_word_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "劳动法制定时间",
        "劳动法学习心得",
        "劳动法人事争议",
        "劳动法案例",
        "劳动法规定什么",
        "劳动法条文",
        "劳动法定在哪年",
        "劳动法典型案例",
        "劳动法纪念活动",
        "劳动法学生适用吗",
    ],
)
def test_a_name_before_a_word_of_its_own_is_one(text: str) -> None:
    assert found(text) == [("劳动法", ("劳动法",))]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("劳动法实施条例第十条", "劳动法实施条例"),
        ("《劳动法》实施办法", "劳动法实施办法"),
        ("劳动法的实施细则", "劳动法的实施细则"),
        ("劳动法司法解释", "劳动法司法解释"),
        ("江南省实施劳动法办法第三条", "实施劳动法办法"),
    ],
)
def test_what_derives_from_a_law_is_another_document(text: str, written: str) -> None:
    assert found(text) == [(written, ())]


def test_what_derives_from_a_law_may_be_there() -> None:
    assert found("劳动法实施条例第十条", MORE) == [("劳动法实施条例", ("条例",))]
    assert found("劳动法实施了吗", MORE) == [("劳动法", ("劳动法",))]


@pytest.mark.parametrize("text", ["本规定第七条", "暂行办法", "管理办法(试行)第三条", "规定"])
def test_what_a_document_calls_another_for_short_is_nobodys_name(text: str) -> None:
    assert found(text) == []


def test_laws_that_are_only_cited_are_known() -> None:
    assert found("宪法、刑法和工伤保险条例") == [("宪法", ()), ("刑法", ()), ("工伤保险条例", ())]


def test_what_a_citation_is_like() -> None:
    assert all(map(is_bare, ("通知", "条例", "办法", "暂行办法", "本规定", "管理办法(试行)")))
    assert not any(map(is_bare, ("宪法", "水法", "信访条例", "春游的通知", "武进日报")))
    assert all(map(is_like_a_law, ("宪法", "党章", "中国共产党章程", "信访条例", "审批办法(试行)")))
    assert not any(map(is_like_a_law, ("武进日报", "春游的通知", "报告")))

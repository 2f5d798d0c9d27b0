import pytest

from assistant.conflict import conflicts
from assistant.counting import COUNTED, recounted
from assistant.slot import slots
from content.span import Span

NOTICE = "春游要带水壶、雨衣和帽子。班会要讲纪律、讲安全等，家长须知：坚持守时，坚持守约，坚持守纪。"


def against(claim: str, evidence: str = NOTICE) -> list[tuple[str, str, str]]:
    found = recounted(claim, evidence, conflicts(slots(claim), slots(evidence)), None)
    return [
        (c.ours.span.of(claim), c.theirs.span.of(evidence) if c.theirs else "", c.theirs.unit if c.theirs else "")
        for c in found
    ]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("春游要带三件东西。", []),
        ("春游要带两件东西。", []),  # 水壶 on the one hand, 雨衣和帽子 on the other
        ("春游要带五件东西。", [("五", "春游要带水壶、雨衣和帽子", COUNTED)]),
        ("班会要讲两条。", []),
        ("班会要讲四条。", [("四条", "班会要讲纪律、讲安全", COUNTED)]),
        ("家长须知的坚持有三条。", []),  # clauses that begin alike
        ("下午三点到，春游要带水壶、雨衣和帽子。", [("三点", "", "")]),  # the time of day
        ("春游要带水壶、雨衣和帽子，准备五个月。", [("五个", "", "")]),
        ("天气三月开始转暖。", [("三月", "", "")]),  # not how many things there are
        ("春游要带两套雨衣。", [("两套", "", "")]),  # so many of one thing on the list
    ],
)
def test_what_is_counted_is_decided_by_the_list_meant(claim: str, found: list[tuple[str, str, str]]) -> None:
    assert against(claim) == found


def test_a_number_that_the_evidence_tells_itself_is_no_matter_of_lists() -> None:
    evidence = "要带四个本子：语文、数学、英语。"
    assert against("要带三个本子。", evidence) == [("三个", "四个", "个本")]


@pytest.mark.parametrize(
    ("evidence", "right", "wrong"),
    [
        ("班规是自由、平等、公正、法治。", "班规有四项。", "班规有两项。"),
        ("要构建和谐班级、深化友谊。", "要构建友谊两项。", "要构建友谊三项。"),
        ("班规如下，即坚持守时守约，坚持守纪，坚持友爱。", "班规有三个坚持守时。", "班规有两个坚持守时。"),
    ],
)
def test_items_are_told_apart_as_people_do(evidence: str, right: str, wrong: str) -> None:
    assert against(right, evidence) == []
    assert [unit for _, _, unit in against(wrong, evidence)] == [COUNTED]


def test_a_heading_is_no_list() -> None:
    assert against("班会有三个要求。", "二、班会要求\n带好雨衣。") == [("三个", "", "")]


def test_the_best_stretch_is_looked_at_first() -> None:
    claim = "要带五件东西。"
    evidence = "要带水壶、雨衣。老师要带名单、药品、电话。"
    found = conflicts(slots(claim), slots(evidence))
    [conflict] = recounted(claim, evidence, found, Span(8, len(evidence)))
    assert conflict.theirs is not None and conflict.theirs.span.of(evidence) == "老师要带名单、药品、电话"
    assert conflict.theirs.value == (3.0,)


def test_without_lists_or_conflicts_nothing_changes() -> None:
    assert recounted("要带水壶。", NOTICE, (), None) == ()
    assert against("要带五件东西。", "要带水壶。") == [("五", "", "")]


POINTS = "1. 讲纪律。2. 讲安全。3. 讲卫生。老师带名单、药品。"


@pytest.mark.parametrize(
    ("claim", "named", "found"),
    [
        ("要讲三条。", False, []),
        ("要讲五条。", False, ["1. 讲纪律。2. 讲安全。3. 讲卫生。"]),
        ("老师带五件东西，有名单、药品。", False, ["老师带名单、药品"]),  # a list is meant, not the points
        ("老师带五件东西，有名单、药品。", True, ["1. 讲纪律。2. 讲安全。3. 讲卫生。"]),
    ],
)
def test_points_with_a_paragraph_each_are_counted_too(claim: str, named: bool, found: list[str]) -> None:
    spans = [Span(0, 7), Span(7, 14), Span(14, 21)]
    assert POINTS[:21] == "1. 讲纪律。2. 讲安全。3. 讲卫生。"
    against = recounted(claim, POINTS, conflicts(slots(claim), slots(POINTS)), None, spans, named)
    assert [c.theirs.span.of(POINTS) for c in against if c.theirs] == found
    assert all(c.theirs and c.theirs.unit == COUNTED for c in against)

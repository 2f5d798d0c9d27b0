import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.order import misplaced

NOTICE = "抓好三个方面：一是检查车辆和座位；二是准备午餐和饮水；三是清点人数，按时返校。"


def seen(claim: str, evidence: str = NOTICE) -> list[tuple[str, str | None]]:
    return [(c.ours.span.of(claim), c.theirs and c.theirs.span.of(evidence)) for c in misplaced(claim, evidence)]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("准备午餐和饮水是第三项。", [("第三项", "二是")]),
        ("准备午餐和饮水是第二项。", []),
        ("第一个方面是清点人数。", [("第一个", "三是")]),
        ("清点人数是第一项，检查车辆是第三项。", [("第一项", "三是"), ("第三项", "一是")]),  # a clause each
        ("第一部分讲清点人数。", [("第一部", "三是")]),
        ("第三项是借书。", []),  # what no point holds
        ("第三次准备午餐和饮水。", []),  # no place in a list
        ("准备午餐和饮水。", []),
        ("", []),
    ],
)
def test_a_point_that_is_set_elsewhere(claim: str, found: list[tuple[str, str | None]]) -> None:
    assert seen(claim) == found


def test_a_place_that_the_evidence_tells_in_the_same_words_is_no_matter_of_points() -> None:
    evidence = "一是清点人数；二是安全，安全是第一位的要求。"
    assert seen("安全排第三位。", evidence) == []
    assert seen("安全是第三项。", evidence) == [("第三项", "二是")]


def test_nothing_is_misplaced_where_there_are_no_points() -> None:
    assert seen("准备午餐是第三项。", "准备午餐和饮水，按时返校。") == []


@given(
    st.text(st.sampled_from("第一二三项是，。准备午餐"), max_size=30),
    st.text(st.sampled_from("一二三是；。准备午餐"), max_size=40),
)
def test_only_places_of_the_claim_and_marks_of_the_evidence(claim: str, evidence: str) -> None:
    for ours, theirs in seen(claim, evidence):
        assert ours.startswith("第") and theirs


def test_a_part_of_a_notice_is_no_point_within_one() -> None:
    evidence = "一、春游\n1.带午餐\n2.清点人数和检查车辆\n二、借书"
    assert misplaced("第一部分讲清点人数和检查车辆。", evidence) == ()
    [wrong] = misplaced("第二部分讲清点人数和检查车辆。", evidence)
    assert wrong.theirs is not None and wrong.theirs.span.of(evidence) == "一、"

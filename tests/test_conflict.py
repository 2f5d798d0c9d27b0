"""What of a claim its evidence contradicts, by measure, side and place."""

import pytest

from assistant.conflict import conflicts
from assistant.period import told
from assistant.slot import slots


def against(claim: str, evidence: str) -> list[tuple[str, str | None]]:
    """(words of the claim, words of the evidence or None) of every conflict."""
    found = conflicts(slots(claim), told(evidence), evidence)
    return [(c.ours.span.of(claim), c.theirs.span.of(evidence) if c.theirs else None) for c in found]


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        # What is measured is another thing.
        ("每班3人参加", "每班5人参加，培训3小时", [("3人", "5人")]),
        ("罚款500元", "不超过500人，罚款300元", [("500", "300")]),
        ("奖励20块", "奖励20元", []),
        ("来了三位代表", "来了三名代表", []),
        # About so many, and three hours by either word.
        ("来了3000余人", "来了3000人", []),
        ("花了500多元", "花了500元", []),
        ("有2.8亿农民工", "有2.8亿人", []),
        ("加班3个小时", "加班三小时", []),
        ("罚500到2000元", "罚五百元以上二千元以下", []),
        # A comma between two numbers, and the mark of a point.
        ("参加人数为50，100人获奖", "50人参加，100人获奖", []),
        ("○ 会议由校长主持", "会议由校长主持", []),
        # Of percentages one stands for another, however written.
        ("完成百分之八十", "完成率90%", [("八十", "90")]),
        ("完成百分之九十", "完成率90%", []),
        # One hour and two.
        ("锻炼一小时", "锻炼两小时", [("一", "两")]),
        ("锻炼1小时", "锻炼一小时", []),
        ("投资三千万元", "投资五千万元", [("三千万", "五千万")]),
        # A wrong count by another measure is set against the right one.
        ("重点工作有六项", "抓好五个方面的重点工作", [("六项", "五个")]),
        # Places of unlike sorts are no rivals.
        ("第三条讲职工教育", "第十七次全国代表大会", [("第三条", None)]),
        # 北京市 is 北京.
        ("在北京市召开", "在北京召开", []),
        ("在南京市召开", "在北京召开", [("南京市", "北京")]),
        # The end of a stretch is of the month of its begin.
        ("11月26日闭幕", "2018年10月22日至26日召开", [("11月26日", "26日")]),
        ("10月26日闭幕", "2018年10月22日至26日召开", []),
    ],
)
def test_slots_are_held_against_those_of_their_sort(
    claim: str, evidence: str, found: list[tuple[str, str | None]]
) -> None:
    assert against(claim, evidence) == found


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("11月30日后报送", "11月30日前报送"),
        ("不少于3人", "不超过3人"),
        ("60岁以下的可以报名", "60岁以上的可以报名"),
        ("下午3点出发", "上午3点出发"),
    ],
)
def test_on_the_other_side_of_the_same_is_another(ours: str, theirs: str) -> None:
    assert len(against(ours, theirs)) == len(against(theirs, ours)) == 1
    assert against(ours, ours) == against(theirs, theirs) == []
    # Where one of both tells no side, nothing is opposed.
    plain = {"11月30日后报送": "11月30日", "不少于3人": "3人", "60岁以下的可以报名": "60岁", "下午3点出发": "3点"}
    assert against(ours, plain[ours]) == []

import pytest

from assistant.post import ranks


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("校长到会", "副校长到会", [("校长", "副校长")]),
        ("副校长到会", "学校校长到会", [("副校长", "校长")]),
        ("校长到会", "校长和副校长到会", []),  # both are there
        ("校长到会", "主任到会", []),  # another post altogether
        ("书记处讨论", "副书记讨论", []),
        # Letters of a post inside other words.
        ("城市长效机制", "副市长到会", []),
        ("促进社会长期稳定", "副会长到会", []),
        ("主席团开会", "副主席到会", []),
        ("民主任务", "副主任到会", []),
        ("", "副校长", []),
        ("上一届理事会", "新一届理事会", [("上一届理事", "新一届理事")]),
        ("本届理事会", "新一届理事会", []),
        ("上一届理事会", "新一届家长会", []),  # of another body
        ("会上届时讨论", "新一届讨论", []),
        ("新一届理事会", "同上届理事会一样，新一届理事会", []),
    ],
)
def test_a_post_of_another_rank(claim: str, evidence: str, found: list[tuple[str, str]]) -> None:
    conflicts = ranks(claim, evidence)
    assert [(c.ours.span.of(claim), c.theirs and c.theirs.span.of(evidence)) for c in conflicts] == found

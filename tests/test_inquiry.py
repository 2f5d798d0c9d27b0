import pytest

from assistant.inquiry import inquiry


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("李建国在会上作报告。", "谁在会上作报告。"),
        ("会上作报告的是李建国，不是王小红。", "会上作报告的是谁，不是王小红。"),
        ("春游到江苏。", None),  # a name that the notice has
        ("活动地点在苏州。", "活动地点在什么。"),
        ("周五带午餐。", None),
        ("大力弘扬劳模精神。", None),  # what word segmentation takes for a person
        ("", None),
    ],
)
def test_a_statement_asked_without_its_name(statement: str, asked: str | None) -> None:
    assert inquiry(statement, "春游去江苏。") == asked

import pytest

from content.attachment import attachment_mark, is_attachment, is_bare_attachment
from content.notice import parse_notice
from content.passage import cut

SIGNED = "关于防汛的通知\n各区：\n请做好防汛。\n某某市水利局\n2024年3月5日\n"


@pytest.mark.parametrize(
    ("line", "mark", "bare"),
    [
        ("附件", "附件", True),
        ("附件1：", "附件1", True),
        ("附：检查表", "附", False),
        ("附录 矿种目录", "附录", False),
        ("附件 2 分工表", "附件2", False),
        ("附件1-1", "附件1-1", True),
        ("（附件1）", "附件1", True),
        ("【附件】", "附件", True),
        ("附件1（样表）", "附件1", True),
        ("附件（一）", "附件（一）", True),
        ("附件1.检查表", "附件1", False),
        ("附件1检查表", "附件1", False),
        ("（附件1）检查表", "附件1", False),
        ("附件 2024年计划", "附件", False),
    ],
)
def test_heads_of_attachments(line: str, mark: str, bare: bool) -> None:
    assert is_attachment(line)
    assert (attachment_mark(line), is_bare_attachment(line)) == (mark, bare)


@pytest.mark.parametrize(
    "line",
    [
        "附则",
        "附　　则",
        "附近的学校",
        "附件1和附件2",
        "附件1所列单位名单",
        "附件1.5万元",
        "附件1的填报说明",
        "附件：甲。",
    ],
)
def test_what_is_no_head(line: str) -> None:
    assert not is_attachment(line)
    assert not is_bare_attachment(line)
    assert attachment_mark(line) == ""


@pytest.mark.parametrize("head", ["附件1", "（附件1）", "附件1（样表）", "附件 1"])
def test_what_stands_below_a_head_belongs_to_it(head: str) -> None:
    found = [(p.text, p.attachment) for p in cut(parse_notice(f"{SIGNED}{head}\n检查表\n填写。\n", "a"))]
    assert found[-2:] == [(f"{head}\n检查表", "附件1"), ("填写。", "附件1")]

import pytest

from assistant.name import names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("国务院副总理韩正为大会作报告", [("国务院", "body"), ("韩正", "person")]),
        ("致词人是中央书记处的丁薛祥。", [("中央书记处", "body"), ("丁薛祥", "person")]),
        ("通知由武进区委宣传部印发", [("武进区委宣传部", "body")]),
        ("网站是常州职工网。", [("常州职工网", "body")]),
        ("武进电视台和武进日报", [("武进电视台", "body"), ("武进日报", "body")]),
        ("王东明主席", [("王东明", "person")]),
        ("江苏干部到会", [("江苏", "body")]),
        ("这段时间", []),
        ("申请人领取许可证和养老金", []),
    ],
)
def test_names_of_people_and_bodies(text: str, found: list[tuple[str, str]]) -> None:
    assert [(name, str(kind)) for _, name, kind in names(text)] == found

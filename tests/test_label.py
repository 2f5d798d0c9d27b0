import pytest

from assistant.label import mislabelled

NOTICE = "开展“当好小主人”主题班会，紧扣“安全、快乐”活动宗旨，印发《春游手册》。"


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("主题班会叫“安全、快乐”。", [("安全、快乐", "当好小主人")]),
        (
            "活动宗旨是“当好小主人”，主题班会是“安全、快乐”。",
            [("当好小主人", "安全、快乐"), ("安全、快乐", "当好小主人")],
        ),
        ("主题班会叫「当好小主人」。", []),
        ("主题班会“当好小主人”的活动宗旨是“安全、快乐”。", []),  # both are there
        ("班里说“安全、快乐”。", []),
        ("紧扣活动宗旨开展“当好小主人”班会。", []),  # enough of its own name
        ("主题班会不是“安全、快乐”。", []),  # denied
        ("主题班会叫“一路平安”。", []),  # stands nowhere: another matter
        ("", []),
    ],
)
def test_a_term_with_the_name_of_another(claim: str, found: list[tuple[str, str]]) -> None:
    seen = mislabelled(claim, NOTICE)
    assert [(r.claim and r.claim.of(claim), r.evidence and r.evidence.of(NOTICE)) for r in seen] == found
    assert all(r.exchanged for r in seen)

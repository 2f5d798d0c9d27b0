import pytest

from assistant.pivot import turned

NOTICE = (
    "通知指出，班费是活动经费的重要来源。校长的讲话体现了家长委员会对全体教师的关心，家长支持学校。"
    "关键是热爱孩子，第一责任人是校长。"
)


def seen(claim: str) -> list[tuple[str | None, str | None]]:
    return [(r.claim and r.claim.of(claim), r.evidence and r.evidence.of(NOTICE)) for r in turned(claim, NOTICE)]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("活动经费是班费的重要来源。", [("活动经费", "班费")]),
        ("班费是活动经费的重要来源。", []),
        ("活动经费从来都是班费的重要来源。", [("活动经费", "班费")]),
        ("活动经费算在班费的来源里。", [("活动经费", "班费")]),
        ("讲话体现了全体教师对家长委员会的关心。", [("全体教师", "家长委员会")]),
        ("讲话体现了家长委员会对全体教师的关心。", []),
        ("班费是学校的重要来源。", []),  # one side alone is other words, not a turn
        ("是的。", []),
        # 甲是乙 may be said as 乙是甲, where nothing more is told of either.
        ("热爱孩子是关键。", []),
        ("校长是第一责任人。", []),
        ("", []),
    ],
)
def test_what_is_turned_round_about_a_word(claim: str, found: list[tuple[str | None, str | None]]) -> None:
    assert seen(claim) == found


def test_two_sides_turned_are_exchanged() -> None:
    assert [(r.displaced, r.exchanged) for r in turned("活动经费是班费的重要来源。", NOTICE)] == [(True, True)]

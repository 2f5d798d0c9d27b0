import pytest

from assistant.role import roles
from content.span import Span

HEAD = "深入领会李克强总理的报告。"
REST = "报告分析了经济形势，要求各级政府支持工会工作。"
OTHER = "王东明主席代表全体委员宣读了工作总结。"
NOTICE = HEAD + REST + OTHER
BLOCKS = (
    (Span(0, len(HEAD + REST)), Span(0, len(HEAD))),
    (Span(len(HEAD + REST), len(NOTICE)), Span(len(HEAD + REST), len(NOTICE))),
)


def seen(claim: str, blocks: tuple[tuple[Span, Span], ...] = BLOCKS) -> list[tuple[str | None, str | None]]:
    return [(r.claim and r.claim.of(claim), r.evidence and r.evidence.of(NOTICE)) for r in roles(claim, NOTICE, blocks)]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("李克强代表全体委员宣读了工作总结。", [("李克强", "王东明")]),
        ("王东明代表全体委员宣读了工作总结。", []),
        ("代表全体委员宣读工作总结的是时任总理的李克强。", [("李克强", "王东明")]),
        ("代表全体委员宣读工作总结的，是李克强总理。", [("李克强", "王东明")]),
        ("王东明要求各级政府支持工会工作。", [("王东明", "李克强")]),
        ("李克强要求各级政府支持工会工作。", []),
        ("大家一起吃午餐。", []),
    ],
)
def test_whose_deed_it_is(claim: str, found: list[tuple[str | None, str | None]]) -> None:
    assert seen(claim) == found


def test_a_body_of_thought_that_bears_a_name_does_nothing() -> None:
    notice = "坚持以习近平新时代中国特色社会主义思想为指导。王东明作报告。"
    blocks = ((Span(0, len(notice)), Span(0, len(notice))),)
    claim = "王东明的报告以习近平新时代中国特色社会主义思想为指导"
    assert roles(claim, notice, blocks) == ()


def test_without_its_head_a_passage_tells_of_nobody() -> None:
    assert seen("王东明要求各级政府支持工会工作。", ()) == []

import pytest

from assistant.alignment import replaced
from assistant.conflict import conflicts
from assistant.displaced import displaced
from assistant.slot import slots

PRIZES = "一等奖奖金3000元，二等奖奖金2000元。"


def seen(claim: str, evidence: str) -> list[tuple[str, str | None]]:
    known = conflicts(slots(claim), slots(evidence), evidence)
    found = displaced(claim, evidence, replaced(claim, evidence), known)
    return [(c.ours.span.of(claim), c.theirs and c.theirs.span.of(evidence)) for c in found]


def test_an_answer_that_is_a_number_alone_is_of_nothing_told() -> None:
    evidence = "2018年10月22日至26日，大会召开。10月29日，校长谈话。"
    assert seen("哪天开幕？10月22日。", evidence) == []


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("一等奖奖金2000元。", [("2000", "3000")]),
        ("二等奖奖金2000元。", []),
        ("一等奖奖金3000元。", []),
        ("一等奖奖金5000元。", []),  # what stands nowhere is a conflict already
        ("奖金有2000元的。", []),  # no clause like it
        ("", []),
    ],
)
def test_a_number_that_stands_elsewhere_bears_nothing_out(claim: str, found: list[tuple[str, str | None]]) -> None:
    assert seen(claim, PRIZES) == found

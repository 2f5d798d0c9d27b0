from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.alignment import replaced

NOTICE = "指出坚持党的领导是关键，增强先进性、群众性是根本，维护职工权益是重点。春游定在十月二十九日，同各班代表谈话。"


def seen(claim: str, evidence: str = NOTICE) -> list[tuple[str | None, str | None, bool]]:
    return [
        (r.claim and r.claim.of(claim), r.evidence and r.evidence.of(evidence), r.displaced)
        for r in replaced(claim, evidence)
    ]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("坚持党的领导是关键。", []),
        ("指出坚持党的领导是根本，增强先进性、群众性是关键。", [("根本", "关键", True), ("关键", "根本", True)]),
        ("增强专业性、群众性是根本。", [("专业性", "先进性", False)]),
        ("维护职工权益始终是重点。", [("始终", None, False)]),
        ("增强群众性是根本。", []),  # what a claim leaves out, it need not say
        ("股票上涨了不少。", []),
        ("", []),
    ],
)
def test_words_that_stand_in_another_place(claim: str, found: list[tuple[str | None, str | None, bool]]) -> None:
    assert seen(claim) == found


def test_numerals_of_either_kind_are_one() -> None:
    assert seen("春游定在10月29日，同各班代表谈话。") == []
    assert ("11", "十", False) in seen("春游定在11月29日，同各班代表谈话。")


@given(
    st.text(st.sampled_from("春游定在十月29日，。、是关键根本abc\n "), max_size=40),
    st.sampled_from([NOTICE, "", "春游"]),
)
def test_spans_lie_in_their_texts(claim: str, evidence: str) -> None:
    for item in replaced(claim, evidence):
        assert item.claim is not None or item.evidence is not None
        assert 0 < item.likeness <= 1
        for span, text in ((item.claim, claim), (item.evidence, evidence)):
            if span is not None:
                assert span.of(text).strip()


def test_halves_that_stand_together_somewhere_are_not_wrongly_joined() -> None:
    first = "10月29日，校长同新一届班委集体谈话并作报告。"
    evidence = first + "春游结束后，校长同新一届班委集体谈话并作报告；各班要认真学习。"
    assert not any(r.exchanged for r in replaced("春游结束后，校长同新一届班委集体谈话并作报告。", evidence))

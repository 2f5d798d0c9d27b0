import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.alignment import Replaced
from assistant.conflict import Conflict
from assistant.judgement import Judgement, signs_of
from assistant.post import POST
from assistant.slot import Slot, SlotKind
from assistant.verdict import Exactness, Finding, Quotation
from content.span import Span
from index.pair import VERDICTS, Reading

NUMBER = Slot(SlotKind.NUMBER, Span(0, 1), (8.0,), "个")
DATE = Slot(SlotKind.DATE, Span(0, 1), (None, 10.0, 22.0))
NAME = Slot(SlotKind.NAME, Span(0, 2), "北京")
READING = Reading(
    np.array([0.5, 2.0, -1.0], np.float32),
    ((Span(0, 1), 0.25), (Span(1, 2), 0.75)),
    ((Span(0, 1), 0.5),),
)
MODEL = Judgement(
    {"supported": 0.0, "contradicted": math.log(2), "not_mentioned": 0.0},
    {"supported": {"coverage": 1.0}, "contradicted": {"coverage": -1.0}, "not_mentioned": {}},
    0.75,
)


def quotation(exactness: Exactness) -> Quotation:
    return Quotation(Span(0, 2), exactness)


def test_the_likeliest_finding_with_its_probability() -> None:
    # Odds 1 to 2 to 1, then e to 2/e to 1.
    assert MODEL.judge({"coverage": 0.0}) == (Finding.CONTRADICTED, pytest.approx(0.5))
    finding, probability = MODEL.judge({"coverage": 1.0})
    assert finding is Finding.SUPPORTED
    assert probability == pytest.approx(math.e / (math.e + 2 / math.e + 1))


def test_great_totals_overflow_nowhere() -> None:
    sure = Judgement(
        dict.fromkeys(VERDICTS, 0.0), {v: {"coverage": w} for v, w in zip(VERDICTS, (1, 2, 3), strict=True)}, 1
    )
    assert sure.judge({"coverage": 1e6}) == (Finding.NOT_MENTIONED, 1.0)
    assert sure.judge({"coverage": -1e6}) == (Finding.SUPPORTED, 1.0)


@given(st.floats(-1e3, 1e3))
def test_a_probability_of_the_likeliest_of_three(coverage: float) -> None:
    assert 1 / 3 <= MODEL.judge({"coverage": coverage})[1] <= 1


def test_signs_that_a_finding_does_not_weigh_do_not_matter() -> None:
    assert MODEL.judge({"coverage": 1.0, "nearness": 9.0}) == MODEL.judge({"coverage": 1.0})


def test_it_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "judgement.json"
    data = {"intercepts": MODEL.intercepts, "weights": MODEL.weights, "sure": 0.75, "evidence": {"claims": 3}}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert Judgement.read(path) == MODEL


def test_signs_of_a_reading() -> None:
    signs = signs_of(READING, 0.4, 0.9, (), (), ())
    assert signs["against"] == pytest.approx(1.5)
    assert signs["absent"] == pytest.approx(-1.5)
    assert (signs["claim_differs"], signs["evidence_differs"]) == (0.75, 0.5)
    assert (signs["coverage"], signs["nearness"]) == (0.4, 0.9)
    rest = set(signs) - {"against", "absent", "claim_differs", "evidence_differs", "coverage", "nearness"}
    assert {signs[name] for name in rest} == {0.0}


def test_a_reading_without_words() -> None:
    signs = signs_of(Reading(np.zeros(3, np.float32), (), ()), 0.0, 0.0, (), (), ())
    assert set(signs.values()) == {0.0}


@pytest.mark.parametrize(
    ("ours", "theirs", "sign"),
    [
        (NUMBER, NUMBER, "numbers_against"),
        (NUMBER, None, "numbers_foreign"),
        (DATE, DATE, "numbers_against"),
        (DATE, None, "numbers_foreign"),
        (NAME, NAME, "names_against"),
        (NAME, None, "names_foreign"),
    ],
)
def test_conflicts_are_counted_up_to_two(ours: Slot, theirs: Slot | None, sign: str) -> None:
    for count, wanted in ((1, 1.0), (2, 2.0), (5, 2.0)):
        signs = signs_of(READING, 0.0, 0.0, [Conflict(ours, theirs)] * count, (), ())
        assert {name: n for name, n in signs.items() if n and name.startswith(("numbers", "names"))} == {sign: wanted}


@pytest.mark.parametrize(
    ("exactness", "sign"),
    [
        (Exactness.EXACT, "quoted_right"),
        (Exactness.PUNCTUATION, "quoted_right"),
        (Exactness.DIFFERING, "quoted_wrong"),
        (Exactness.ABSENT, "quoted_foreign"),
    ],
)
def test_quotations_are_told_apart(exactness: Exactness, sign: str) -> None:
    signs = signs_of(READING, 0.0, 0.0, (), [quotation(exactness)] * 3, ())
    assert {name: n for name, n in signs.items() if n and name.startswith("quoted")} == {sign: 1.0}


def test_right_and_wrong_quotations_side_by_side() -> None:
    signs = signs_of(READING, 0.0, 0.0, (), [quotation(e) for e in Exactness], ())
    assert (signs["quoted_right"], signs["quoted_wrong"], signs["quoted_foreign"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("conflicts", "borne_out", "agreeing", "seen"),
    [
        ([], 0, 0, (0.0, 0.0, 0.0, 0.0)),
        ([], 1, 2, (1.0, 2.0, 1.0, 0.0)),  # nothing speaks against it
        ([], 5, 9, (2.0, 3.0, 1.0, 0.0)),
        ([Conflict(NUMBER, None)], 0, 2, (0.0, 2.0, 0.0, 0.0)),
        ([Conflict(replace(NAME, unit=POST), NAME)], 0, 1, (0.0, 1.0, 0.0, 1.0)),
    ],
)
def test_what_bears_a_statement_out(
    conflicts: list[Conflict], borne_out: int, agreeing: int, seen: tuple[float, ...]
) -> None:
    signs = signs_of(READING, 0.0, 0.0, conflicts, (), (), borne_out=borne_out, agreeing=agreeing)
    assert (signs["borne_out"], signs["agreeing"], signs["all_agree"], signs["ranks"]) == seen


def test_the_names_are_always_the_same() -> None:
    assert set(signs_of(READING, 0.0, 0.0, (), (), ())) == set(
        signs_of(
            READING, 1.0, 1.0, [Conflict(NAME, None)], [quotation(Exactness.EXACT)], [Replaced(None, None, 0.5, True)]
        )
    )


@pytest.mark.parametrize(
    ("claim", "evidence", "displaced", "sign"),
    [
        (Span(0, 1), Span(0, 1), True, {"displaced"}),
        (Span(0, 1), Span(0, 1), False, {"replaced"}),
        (Span(0, 1), None, False, {"added"}),
        (Span(0, 1), None, True, {"displaced", "added"}),
        (None, Span(0, 1), False, set()),
    ],
)
def test_words_in_one_anothers_place(
    claim: Span | None, evidence: Span | None, displaced: bool, sign: set[str]
) -> None:
    laid = [Replaced(claim, evidence, likeness, displaced) for likeness in (0.7, 0.9, 0.8)]
    signs = signs_of(READING, 0.0, 0.0, (), (), laid)
    names = ("displaced", "replaced", "added")
    assert {name: signs[name] for name in names} == {name: 0.9 if name in sign else 0.0 for name in names}

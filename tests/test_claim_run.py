import json
import math
from collections.abc import Sequence

import pytest

from assistant.answer import Found, Highlight
from assistant.citation import Citation
from assistant.verdict import Difference, DifferenceKind, Finding, Statement, Verdict
from content.span import Span
from evals.claim_run import ClaimRow, balanced_accuracy, measures_of, run_claims
from evals.claims import Claim, ClaimSet, Wrong

S, C, N = "supported", "contradicted", "not_mentioned"


def row(
    wanted: str,
    found: str,
    kind: str = "term",
    sure: bool = True,
    evidence: bool | None = None,
    named: bool | None = None,
) -> ClaimRow:
    return ClaimRow("a", kind, "春游", wanted, found, 0.9, sure, evidence, named, ())


def verdict(
    text: str, finding: str, marks: Sequence[tuple[int, int]] = (), differences: Sequence[tuple[str, str]] = ()
) -> Verdict:
    made = tuple(Difference(DifferenceKind.NUMBER, claim, source) for claim, source in differences)
    citation = Citation("春游", "春游", None, None, None, (), 1, 0, 99, "0" * 64, "《春游》")
    evidence = tuple(Found(1, 1.0, "文", citation, (Highlight(a, b, "文"),)) for a, b in marks)
    statement = Statement(Span(0, len(text)), text, Finding(finding), 0.9, True, evidence, made, ())
    return Verdict(text, Finding(finding), 0.9, True, (statement, statement))


CLAIMS = (
    Claim("a", "甲", S, "verbatim", "dev", ((Span(0, 5),),), ()),
    Claim("b", "乙", C, "number", "dev", ((Span(10, 15),),), (Wrong("number", "九点", "八点"),)),
    Claim("c", "丙", C, "number", "dev", ((Span(20, 25),),), (Wrong("number", "", "不"),)),
    Claim("d", "丁", N, "far", "dev", (), ()),
    Claim("e", "戊", N, "far", "test", (), ()),
    Claim("f", "甲", S, "verbatim", "dev", ((Span(0, 5),),), ()),
    Claim("g", "丁", N, "far", "dev", (), ()),
)
VERDICTS = {
    "甲": verdict("甲", S, [(4, 9)]),
    "乙": verdict("乙", C, [(50, 60), (12, 13)], [("上午", "下午"), ("九点出发", "八点")]),
    "丙": verdict("丙", S, [(50, 60)]),
    "丁": verdict("丁", N),
    "戊": verdict("戊", S),
}
SET = ClaimSet("春游", CLAIMS, "0" * 64)


def test_a_run_over_one_split() -> None:
    asked: list[str] = []

    def check_many(texts: Sequence[str]) -> list[Verdict]:
        asked.extend(texts)
        return [VERDICTS[text] for text in texts]

    run = run_claims(check_many, SET, "dev", {"encoder": "甲"})
    assert asked == ["甲", "乙", "丙", "丁", "甲", "丁"]
    assert (run.name, run.split, run.set_digest) == ("春游", "dev", "0" * 64)
    assert [(r.id, r.wanted, r.found, r.evidence, r.named) for r in run.rows] == [
        ("a", S, S, True, None),
        ("b", C, C, True, True),
        ("c", C, S, False, False),
        ("d", N, N, None, None),
        ("f", S, S, True, None),
        ("g", N, N, None, None),
    ]
    assert tuple(dict.fromkeys(run.rows[1].differences)) == (("number", "上午", "下午"), ("number", "九点出发", "八点"))
    assert run.confusion == {
        S: {S: 2, C: 0, N: 0},
        C: {S: 1, C: 1, N: 0},
        N: {S: 0, C: 0, N: 2},
    }
    assert {name: (e.mean, e.n) for name, e in run.by_kind.items()} == {
        "supported/verbatim": (1.0, 2),
        "contradicted/number": (0.5, 2),
        "not_mentioned/far": (1.0, 2),
    }
    assert list(run.by_kind) == ["supported/verbatim", "contradicted/number", "not_mentioned/far"]
    assert run.measures["accuracy"].mean == pytest.approx(5 / 6)
    assert run.rate > 0
    assert run.provenance.manifest == {"encoder": "甲"}


def test_a_run_as_json() -> None:
    run = run_claims(lambda texts: [VERDICTS[text] for text in texts], SET, "all")
    data = json.loads(json.dumps(run.to_json(), allow_nan=False))
    assert data["confusion"][N] == {S: 1, C: 0, N: 2}
    assert data["rows"][3]["named"] is None
    assert len(data["rows"]) == 7


def test_a_run_over_nothing_has_no_figures() -> None:
    run = run_claims(lambda texts: [], SET, "train")
    assert (run.rows, run.by_kind, run.rate) == ((), {}, 0.0)
    assert math.isnan(run.measures["balanced accuracy"].mean)
    assert run.to_json()["measures"]["accuracy"]["mean"] is None


@pytest.mark.parametrize(
    ("wanted", "found", "named"),
    [
        (("九点", "八点"), ("九点", "八点"), True),
        (("九点", "八点"), ("上午九点", "八"), True),
        (("九点", "八点"), ("九点", ""), False),
        (("九点", "八点"), ("", "八点"), False),
        (("九点", "八点"), ("八点", "九点"), False),
        (("九点", "八点"), ("十点", "八点"), False),
        (("", "不"), ("收费", "不收费"), True),
        (("", "不"), ("", "不"), True),
        (("一律", ""), ("一律", "都"), True),
        (("一律", ""), ("", "都"), False),
    ],
)
def test_when_a_difference_is_the_one_that_is_wanted(
    wanted: tuple[str, str], found: tuple[str, str], named: bool
) -> None:
    claims = ClaimSet("春游", (Claim("a", "甲", C, "term", "dev", (), (Wrong("term", *wanted),)),), "")
    run = run_claims(lambda texts: [verdict("甲", C, (), [found])], claims, "dev")
    assert run.rows[0].named is named


def test_evidence_is_looked_for_in_every_highlight() -> None:
    claims = ClaimSet("春游", (Claim("a", "甲", S, "verbatim", "dev", ((Span(0, 5),), (Span(30, 35),)), ()),), "")
    for marks, found in (([(5, 9)], False), ([(5, 9), (34, 40)], True), ([], False)):
        run = run_claims(lambda texts, m=marks: [verdict("甲", S, m)], claims, "dev")
        assert run.rows[0].evidence is found


ROWS = [
    row(S, S, evidence=True),
    row(S, S, evidence=False),
    row(S, C, evidence=True, sure=False),
    row(S, N, evidence=True),
    row(C, C, "number", evidence=True, named=True),
    row(C, S, "date", evidence=False, named=True),
    row(C, C, "term", evidence=True, named=False),
    row(N, N),
    row(N, C, sure=False),
]


def test_balanced_accuracy_is_the_mean_of_the_verdicts_shares() -> None:
    found = balanced_accuracy(ROWS)
    assert found.mean == pytest.approx((2 / 4 + 2 / 3 + 1 / 2) / 3)
    assert found.n == 9
    assert 0 <= found.low < found.mean < found.high <= 1
    assert balanced_accuracy(ROWS) == found  # the seed is fixed


def test_balanced_accuracy_leaves_out_verdicts_that_are_not_there() -> None:
    assert balanced_accuracy(ROWS[:7]).mean == pytest.approx((2 / 4 + 2 / 3) / 2)


def test_balanced_accuracy_without_spread_has_no_interval() -> None:
    found = balanced_accuracy([row(S, S), row(S, S), row(C, S), row(C, S)])
    assert (found.mean, found.n) == (0.5, 4)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert balanced_accuracy([]).n == 0


def test_the_headline_figures() -> None:
    assert {name: (e.mean, e.n) for name, e in measures_of(ROWS).items()} == {
        "accuracy": (pytest.approx(5 / 9), 9),
        "balanced accuracy": (pytest.approx(5 / 9), 9),  # 1/2, 2/3 and 1/2 come to the same
        "contradicted called supported": (pytest.approx(1 / 3), 3),
        "supported called contradicted": (pytest.approx(1 / 4), 4),
        "number, date or name named": (pytest.approx(1 / 2), 2),
        "difference named": (pytest.approx(1 / 3), 3),
        "evidence": (pytest.approx(5 / 7), 7),
        "left to a person": (pytest.approx(2 / 9), 9),
        "accuracy where sure": (pytest.approx(5 / 7), 7),
    }


def test_balanced_accuracy_where_one_verdict_has_one_claim() -> None:
    assert balanced_accuracy([row(S, S), row(C, C), row(C, S)]).mean == 0.75

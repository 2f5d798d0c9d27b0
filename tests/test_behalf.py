import pytest

from assistant.behalf import behalf

NOTICE = "书记王沪宁代表党中央致词，王东明代表全总十六届执委会所作的报告得到批准。李克强为大会代表作经济形势报告。"


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("王沪宁是代表国务院向大会致词的。", [("国务院", "党中央")]),
        ("王东明的报告是替理事会作的。", [("理事会", "全总十六届执委会")]),
        # The same by a shorter name.
        ("王东明代表全总执委会作报告。", []),
        ("王沪宁代表中央致词。", []),
        ("报告由王东明代表十六届执委会来作。", []),
        ("王东明代表国务院来作报告。", [("国务院", "全总十六届执委会")]),
        # Of somebody else nothing is told, and delegates are no one spoken for.
        ("陈刚代表国务院致词。", []),
        ("李克强为大会代表讲话，王东明在职工代表大会上讲话。", []),
        ("王沪宁致词。", []),
    ],
)
def test_whom_somebody_speaks_for(claim: str, found: list[tuple[str, str]]) -> None:
    laid = behalf(claim, NOTICE)
    assert [(r.claim and r.claim.of(claim), r.evidence and r.evidence.of(NOTICE)) for r in laid] == found
    assert all(r.displaced and r.exchanged for r in laid)

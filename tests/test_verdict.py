import json
from dataclasses import FrozenInstanceError

import pytest

from assistant.answer import Found, Highlight
from assistant.citation import Citation
from assistant.verdict import Difference, DifferenceKind, Finding, Statement, Verdict
from content.span import Span

CONTRADICTED, SUPPORTED, ABSENT = Finding.CONTRADICTED, Finding.SUPPORTED, Finding.NOT_MENTIONED


def found(words: str, start: int, rank: int = 1, notice: str = "春游") -> Found:
    end = start + len(words)
    citation = Citation(notice, "关于春游的通知", None, None, None, (), 1, start, end, "0" * 64, "《关于春游的通知》")
    return Found(rank, 0.5, words, citation, (Highlight(start, end, words),))


def statement(finding: Finding, *evidence: Found, differences: tuple[Difference, ...] = ()) -> Statement:
    return Statement(Span(0, 2), "春游", finding, 0.9, True, evidence, differences, ())


def verdict(finding: Finding, *statements: Statement) -> Verdict:
    return Verdict("春游要收费", finding, 0.9, True, statements)


NUMBER = Difference(DifferenceKind.NUMBER, "九点", "八点", Span(7, 9), Span(21, 23), "春游")
TERM = Difference(DifferenceKind.TERM, "", "不")


def test_the_evidence_that_decides_comes_first() -> None:
    a, b, c = found("甲", 0), found("乙", 5), found("丙", 9)
    made = verdict(CONTRADICTED, statement(SUPPORTED, a), statement(CONTRADICTED, b, c))
    assert made.evidence == (b, c, a)


def test_the_order_within_is_that_of_the_statements() -> None:
    a, b = found("甲", 0), found("乙", 5)
    assert verdict(SUPPORTED, statement(SUPPORTED, b), statement(SUPPORTED, a)).evidence == (b, a)


def test_every_place_is_shown_once() -> None:
    a, again, elsewhere = found("甲", 0), found("甲", 0, rank=3), found("甲", 0, notice="秋游")
    assert verdict(SUPPORTED, statement(SUPPORTED, a, elsewhere), statement(SUPPORTED, again)).evidence == (
        a,
        elsewhere,
    )


def test_the_differences_of_all_statements() -> None:
    one, two = statement(CONTRADICTED, differences=(NUMBER,)), statement(CONTRADICTED, differences=(TERM,))
    assert verdict(CONTRADICTED, one, two).differences == (NUMBER, TERM)
    assert verdict(SUPPORTED).differences == ()


def test_the_object_of_the_contract() -> None:
    made = verdict(CONTRADICTED, statement(CONTRADICTED, found("乙", 5, rank=4), found("丙", 9), differences=(NUMBER,)))
    data = json.loads(json.dumps(made.to_json()))
    assert list(data) == ["claim", "verdict", "confidence", "evidence", "differences"]
    assert (data["claim"], data["verdict"], data["confidence"]) == ("春游要收费", "contradicted", 0.9)
    assert data["differences"] == [{"kind": "number", "claim": "九点", "source": "八点"}]
    assert [(e["rank"], e["text"]) for e in data["evidence"]] == [(1, "乙"), (2, "丙")]
    assert list(data["evidence"][0]) == ["rank", "score", "text", "citation", "highlights"]
    assert data["evidence"][0]["highlights"] == [{"start": 5, "end": 6, "text": "乙"}]
    assert type(made.to_json()["verdict"]) is str


def test_a_difference_as_the_contract_has_it() -> None:
    assert TERM.to_json() == {"kind": "term", "claim": "", "source": "不"}
    assert type(TERM.to_json()["kind"]) is str


def test_the_words_of_the_contract() -> None:
    assert {str(f) for f in Finding} == {"supported", "contradicted", "not_mentioned"}
    assert {str(k) for k in DifferenceKind} == {"number", "date", "name", "term", "negation", "relation", "item"}


def test_a_verdict_cannot_be_altered() -> None:
    with pytest.raises(FrozenInstanceError):
        verdict(ABSENT).claim = "别的"  # type: ignore[misc]

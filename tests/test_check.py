import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import outing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answerer import LONGEST_QUESTION, Answerer
from assistant.check import Checker
from assistant.citation import QuotationError
from assistant.judgement import Judgement
from assistant.verdict import Exactness, Finding, Verdict
from content.corpus import make_corpus
from content.notice import parse_notice
from content.span import Span
from content.text import fold_text
from index.pair import Reading

TEXT = outing.TEXT
JUDGEMENT = Judgement(
    {"supported": 0.0, "contradicted": 0.0, "not_mentioned": 0.0},
    {"supported": {}, "contradicted": {"against": 1.0}, "not_mentioned": {"absent": 1.0}},
    0.7,
)
"""The reader's own shares."""
SHARE = 0.787
"""e² / (e² + 2), what 2.0 against two noughts comes to."""


class LetterReader:
    """In the place of the trained reader: letters that do not stand on the other side differ.

    None of them: supported. At most a third of the claim's: contradicted. More: not mentioned.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        self.seen += pairs
        return [self._read(claim, evidence) for claim, evidence in pairs]

    def _read(self, claim: str, evidence: str) -> Reading:
        ours, theirs = fold_text(claim), fold_text(evidence)
        letters = [c for c in ours if c.isalnum()]
        strange = sum(c not in theirs for c in letters)
        best = 0 if not strange else 1 if 3 * strange <= len(letters) else 2
        logits = np.zeros(3, np.float32)
        logits[best] = 2.0
        return Reading(logits, _tokens(claim, theirs), _tokens(evidence, ours))


def _tokens(text: str, other: str) -> tuple[tuple[Span, float], ...]:
    return tuple((Span(i, i + 1), 0.05 if fold_text(c) in other else 0.95) for i, c in enumerate(text))


def checker(answerer: Answerer | None = None, reader: Any = None, judgement: Judgement = JUDGEMENT) -> Checker:
    return Checker(answerer or outing.answerer(), reader or LetterReader(), judgement)


@pytest.fixture(scope="module")
def own() -> Checker:
    return checker()


def findings(verdict: Verdict) -> list[tuple[str, str]]:
    return [(statement.text, str(statement.finding)) for statement in verdict.statements]


# Verdicts.


def test_what_the_notice_says(own: Checker) -> None:
    verdict = own.check("春游午餐不收费。")
    assert (verdict.finding, verdict.confidence, verdict.sure) == (Finding.SUPPORTED, SHARE, True)
    assert verdict.evidence[0].text == "春游不收费，午餐自备。"
    assert verdict.differences == ()


def test_what_stands_there_word_for_word_needs_no_reading(own: Checker) -> None:
    for claim in ("请每人带水和雨衣", "請每人帶水和雨衣。", "请每人，带水和雨衣！"):
        verdict = own.check(claim)
        assert (verdict.finding, verdict.confidence, verdict.sure) == (Finding.SUPPORTED, 0.999, True)
    against = Judgement({"supported": 0.0, "contradicted": 9.0, "not_mentioned": 0.0}, JUDGEMENT.weights, 0.7)
    assert checker(judgement=against).check("请每人带水和雨衣").finding is Finding.SUPPORTED
    assert checker(judgement=against).check("请每人带雨衣和水").finding is Finding.CONTRADICTED


def test_a_number_that_differs(own: Checker) -> None:
    claim = "春游在周五上午九点出发。"
    verdict = own.check(claim)
    assert (verdict.finding, verdict.confidence) == (Finding.CONTRADICTED, SHARE)
    [difference] = verdict.differences
    assert difference.to_json() == {"kind": "number", "claim": "九点", "source": "八点"}
    assert (difference.claim_span, difference.source_span, difference.notice_id) == (Span(7, 9), Span(21, 23), "春游")
    assert (claim[7:9], TEXT[21:23]) == ("九点", "八点")


def test_what_the_notice_does_not_speak_of(own: Checker) -> None:
    verdict = own.check("股票昨天全部上涨。")
    assert (verdict.finding, verdict.confidence) == (Finding.NOT_MENTIONED, SHARE)
    assert verdict.differences == ()
    assert verdict.evidence  # the nearest, so that a reader may judge


def test_a_verdict_below_the_bar_needs_a_person() -> None:
    doubtful = checker(judgement=replace(JUDGEMENT, sure=0.8))
    assert [doubtful.check(claim).sure for claim in ("春游午餐不收费。", "请每人带水和雨衣")] == [False, True]
    assert not doubtful.check("请每人带水和雨衣。春游午餐不收费。").sure
    at_the_bar = checker(judgement=Judgement(JUDGEMENT.intercepts, {v: {} for v in JUDGEMENT.weights}, 1 / 3))
    assert at_the_bar.check("春游午餐不收费。").sure


@pytest.mark.parametrize(
    ("claim", "each", "finding", "confidence"),
    [
        ("请每人带水和雨衣。春游午餐不收费。", "ss", Finding.SUPPORTED, SHARE),  # as sure as the least sure
        ("请每人带水和雨衣。股票昨天全部上涨，大家都很高兴。", "sn", Finding.NOT_MENTIONED, SHARE),
        ("股票昨天全部上涨，大家都很高兴。春游在周五上午九点出发。", "nc", Finding.CONTRADICTED, SHARE),
        ("春游在周五上午九点出发。请每人带上水和雨衣，不收费。", "cs", Finding.CONTRADICTED, SHARE),
    ],
)
def test_the_worst_statement_decides(own: Checker, claim: str, each: str, finding: Finding, confidence: float) -> None:
    verdict = own.check(claim)
    words = {"s": "supported", "c": "contradicted", "n": "not_mentioned"}
    got = [str(statement.finding) for statement in verdict.statements]
    assert (got[: len(each)], verdict.finding, verdict.confidence) == ([words[c] for c in each], finding, confidence)


def test_every_statement_has_its_place_in_the_claim(own: Checker) -> None:
    claim = " 春游不收费。\n请每人带水和雨衣！ "
    statements = own.check(claim).statements
    assert (
        [s.span.of(claim) for s in statements] == [s.text for s in statements] == ["春游不收费。", "请每人带水和雨衣！"]
    )


def test_a_statement_that_leans_is_read_with_the_one_before() -> None:
    reader = LetterReader()
    checker(reader=reader).check("春游在周五上午出发。并且每人都要带水和雨衣。过马路的时候一定要排队。")
    read = list(dict.fromkeys(claim for claim, _ in reader.seen))
    assert read == [
        "春游在周五上午出发。",
        "春游在周五上午出发。并且每人都要带水和雨衣。",
        "过马路的时候一定要排队。",
    ]


def test_differences_of_a_later_statement_are_placed_in_the_whole_claim(own: Checker) -> None:
    for claim in (
        "股票昨天全部上涨，大家都很高兴。春游在周五上午九点出发。",
        "请每人带水和雨衣。它在周五上午九点出发。",
    ):
        verdict = own.check(claim)
        numbers = [d for d in verdict.differences if d.kind == "number"]
        assert numbers
        for difference in numbers:
            assert difference.claim_span is not None
            assert difference.claim_span.of(claim) == difference.claim == "九点"


def test_another_place_is_read_where_the_first_says_nothing() -> None:
    reader = LetterReader()
    own = checker(reader=reader)
    own.check("春游午餐不收费。")
    assert len(reader.seen) == 1
    reader.seen.clear()
    own.check("股票昨天全部上涨。")
    assert len(reader.seen) == 2
    assert reader.seen[0][1] != reader.seen[1][1]


@pytest.mark.parametrize("better", [True, False])
def test_the_place_that_says_more_is_the_evidence(better: bool) -> None:
    class Picky(LetterReader):
        """Says that the first place it sees does not mention it, and that any other does, or does no more."""

        def _read(self, claim: str, evidence: str) -> Reading:
            first = evidence == self.seen[0][1]
            share = [0.0, 0.0, 2.0] if first else [2.0, 0.0, 0.0] if better else [0.0, 0.0, 3.0]
            return Reading(np.array(share, np.float32), _tokens(claim, evidence), _tokens(evidence, claim))

    reader = Picky()
    [read] = checker(reader=reader).examine(["过马路要排队"])
    (_, first), (_, second) = reader.seen
    assert first != second
    assert read.exhibit.text == (second if better else first)
    assert read.reading is not None
    assert read.reading.logits.argmax() == (0 if better else 2)
    assert all(stretch not in read.exhibit.stretches for stretch in read.others)


# Evidence.


def test_evidence_is_the_notices_own_words_with_their_citation(own: Checker) -> None:
    for claim in ("春游午餐不收费。", "春游在周五上午九点出发。", "股票上涨", "谁发的通知？", ""):
        for found in own.check(claim).evidence:
            assert found.text == TEXT[found.citation.start : found.citation.end]
            assert found.highlights
            for mark in found.highlights:
                assert mark.text == TEXT[mark.start : mark.end] != ""
                assert found.citation.start <= mark.start < mark.end <= found.citation.end


def test_the_sentence_that_settles_it_comes_first(own: Checker) -> None:
    first = own.check("过马路不用排队。").evidence[0]
    assert first.highlights[0].text == "过马路要排队；"
    assert first.citation.label == "《关于春游的通知》（2024-04-01）第二部分第1段"


def test_the_object_of_the_contract(own: Checker) -> None:
    data = json.loads(json.dumps(own.check("春游在周五上午九点出发。").to_json(), ensure_ascii=False, allow_nan=False))
    assert list(data) == ["claim", "verdict", "confidence", "evidence", "differences"]
    assert data["verdict"] == "contradicted"
    assert data["differences"] == [{"kind": "number", "claim": "九点", "source": "八点"}]
    assert [found["rank"] for found in data["evidence"]] == list(range(1, len(data["evidence"]) + 1))
    assert TEXT[14:35] == data["evidence"][0]["text"]


def test_a_notice_that_is_not_the_one_indexed_is_never_shown() -> None:
    altered = checker()
    notice = altered.corpus.notices[0]
    altered._notices = {"春游": replace(notice, sha256="0" * 64)}
    for claim in ("春游午餐不收费。", "请每人带水和雨衣", "股票上涨"):
        with pytest.raises(QuotationError, match="原文已改动"):
            altered.check(claim)


# Quotations.


def test_a_wrong_quotation_is_shown_with_its_marks(own: Checker) -> None:
    claim = "通知写着“春游要收费，午餐自备”的。"
    [statement] = own.check(claim).statements
    [quotation] = statement.quotations
    assert quotation.exactness is Exactness.DIFFERING
    assert quotation.span.of(claim) == "春游要收费，午餐自备"
    assert [mark.of(claim) for mark in quotation.claim_marks] == ["要"]
    assert [mark.of(TEXT) for mark in quotation.source_marks] == ["不"]


def test_quotations_of_a_later_statement_are_placed_in_the_whole_claim(own: Checker) -> None:
    claim = "请每人带水和雨衣。通知里明明白白地写着“春游要收费，午餐自备”。"
    quotation = own.check(claim).statements[-1].quotations[-1]
    assert quotation.span.of(claim) == "春游要收费，午餐自备"
    assert [mark.of(claim) for mark in quotation.claim_marks] == ["要"]


def test_a_misquotation_is_a_difference_where_nothing_else_is() -> None:
    class Blind(LetterReader):
        """Sees that something is wrong, and not what."""

        def _read(self, claim: str, evidence: str) -> Reading:
            return Reading(np.array([0.0, 2.0, 0.0], np.float32), (), ())

    claim = "通知写着“春游要收费，午餐自备”的。"
    [difference] = checker(reader=Blind()).check(claim).differences
    assert difference.to_json() == {
        "kind": "term",
        "claim": "春游要收费，午餐自备",
        "source": "春游不收费，午餐自备",
    }
    assert difference.claim_span == Span(5, 15)
    assert difference.source_span == Span(43, 53)


# Many, long, strange.

CLAIMS = [
    "春游午餐不收费。",
    "",
    "春游在周五上午九点出发。请每人带水和雨衣。",
    "？",
    "股票昨天全部上涨。",
    "過馬路要排隊",
]


def test_many_at_once_are_checked_as_one_by_one(own: Checker) -> None:
    assert own.check_many(CLAIMS) == [own.check(claim) for claim in CLAIMS]
    assert own.check_many([]) == []


def test_progress_counts_claims(own: Checker) -> None:
    steps: list[tuple[int, int]] = []
    verdicts = own.check_many(["请每人带水和雨衣"] * 70, lambda done, total: steps.append((done, total)))
    assert len(verdicts) == 70
    assert steps[-1] == (70, 70)
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})


def test_several_threads_get_the_same_verdicts(own: Checker) -> None:
    alone = [own.check(claim) for claim in CLAIMS]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(own.check, CLAIMS)) == alone


@pytest.mark.parametrize("claim", ["", " ", "？", "\x00", "😀" * 50, "春游" * 5000, "<b>", "。" * 100, "“”", "1" * 400])
def test_strange_claims_are_checked_in_form(own: Checker, claim: str) -> None:
    verdict = own.check(claim)
    assert len(verdict.statements) >= 1
    assert 0 <= verdict.confidence <= 1
    json.dumps(verdict.to_json(), allow_nan=False)


def test_the_end_of_a_very_long_claim_is_left_out(own: Checker) -> None:
    kept = ("春游不收费" + "，" * LONGEST_QUESTION)[:LONGEST_QUESTION]
    long, short = own.check(kept + "股票涨了。"), own.check(kept)
    assert (long.finding, long.evidence, long.statements) == (short.finding, short.evidence, short.statements)


def test_an_empty_corpus_mentions_nothing() -> None:
    reader = LetterReader()
    verdict = checker(outing.answerer(make_corpus(())), reader).check("春游“不收费”。")
    assert (verdict.finding, verdict.confidence, verdict.sure) == (Finding.NOT_MENTIONED, 1.0, True)
    assert (verdict.evidence, verdict.differences) == ((), ())
    assert reader.seen == []


PROPERTY = checker()


@settings(max_examples=30)
@given(st.text(st.sampled_from("春游要不收费九八点出发。，！“”请每人带水a7\n習"), max_size=30))
def test_every_span_leads_to_the_words_that_are_shown(claim: str) -> None:
    verdict = PROPERTY.check(claim)
    for statement in verdict.statements:
        assert statement.span.of(claim) == statement.text
        for quotation in statement.quotations:
            assert claim[quotation.span.start - 1] in "“”"
            assert claim[quotation.span.end] in "“”"
    for d in verdict.differences:
        assert d.claim == (d.claim_span.of(claim) if d.claim_span else "")
        assert d.source == (d.source_span.of(TEXT) if d.source_span else "")
        assert d.claim or d.source


def test_the_signs_of_a_statement() -> None:
    [read] = checker().examine(["春游在周五上午九点出发。"])
    signs = read.signs()
    assert signs["against"] == 2.0
    assert signs["numbers_against"] == 1.0
    assert signs["claim_differs"] == 0.95
    # 10 pairs of letters, of which 午九 and 九点 are not there.
    assert signs["coverage"] == 0.8
    assert 0.5 < signs["nearness"] < 1


# Faults that are known.


@pytest.mark.parametrize("claim", ["收费，午餐自备。", "应当向社会公开募捐。"])
def test_a_copy_without_its_negation_is_no_copy(claim: str) -> None:
    text = "关于募捐的通知\n\n个人不应当向社会公开募捐。\n\n春游不收费，午餐自备。\n"
    against = Judgement({"supported": 0.0, "contradicted": 9.0, "not_mentioned": 0.0}, JUDGEMENT.weights, 0.7)
    own = checker(outing.answerer(make_corpus((parse_notice(text, "募捐"),))), judgement=against)
    assert own.check(claim).finding is Finding.CONTRADICTED


def test_a_quotation_of_two_sentences_is_held_against_the_notice(own: Checker) -> None:
    claim = "通知里说得清清楚楚“春游在周五上午八点出发。请每人务必要带水和雨衣”，大家都看到了。"
    quoted = [q.span.of(claim) for s in own.check(claim).statements for q in s.quotations]
    assert quoted == ["春游在周五上午八点出发。请每人务必要带水和雨衣"]


def test_a_difference_is_named_once(own: Checker) -> None:
    differences = own.check("春游在周五上午九点出发。并且请每人都带水和雨衣。").differences
    assert [d.claim for d in differences].count("九点") == 1


def test_a_lone_surrogate_is_no_fault(own: Checker) -> None:
    assert own.check("春游\ud800不收费").statements


def test_a_long_claim_comes_back_as_it_was_typed(own: Checker) -> None:
    assert len(own.check("春" * (LONGEST_QUESTION + 5)).claim) == LONGEST_QUESTION + 5

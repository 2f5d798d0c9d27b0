"""What the page shows of a check, as plain dicts; every quotation is cut anew from the stored text."""

from __future__ import annotations

from typing import Any

from assistant.check_desk import Checked, Job
from assistant.check_words import Word, word_of, word_of_claim
from assistant.citation import QuotationError, quote
from assistant.sheet_row import SheetError
from assistant.verdict import Difference, Quotation, Statement, Verdict
from assistant.view import card_view
from content.corpus import Corpus
from content.span import Span

AT_ONCE = 100
"""Rows that are sent together."""


def totals(checked: list[Checked]) -> dict[Word, int]:
    """How many statements came to which word."""
    counts = dict.fromkeys(Word, 0)
    for item in checked:
        for statement in item.verdict.statements:
            counts[word_of(statement)] += 1
    return counts


def job_view(job: Job) -> dict[str, Any]:
    """How far a job is."""
    return {
        "job": job.id,
        "state": str(job.state),
        "done": len(job.checked),
        "total": job.total,
        "counts": {str(word): count for word, count in totals(list(job.checked)).items()},
    }


def rows_view(job: Job, start: int, corpus: Corpus) -> dict[str, Any]:
    """Up to AT_ONCE checked rows from `start`, with how far the job is.

    Raises QuotationError where the words shown would not be those of the notice.
    """
    state = job_view(job)
    rows = [row_view(item, corpus) for item in job.checked[start : start + AT_ONCE]]
    return state | {"from": start, "rows": rows}


def problem_view(problem: SheetError) -> dict[str, str]:
    """A sentence about a file in every language of the page."""
    return {"zh": problem.sentence("zh"), "en": problem.sentence("en")}


def row_view(checked: Checked, corpus: Corpus) -> dict[str, Any]:
    """One row as the page draws it; spans count code points, in the claim or in the notice."""
    verdict = checked.verdict
    row = checked.row
    return {
        "number": row.number,
        # The question of a short answer is part of the claim, and need not be said twice.
        "question": row.question if row.claim == row.answer else "",
        "claim": verdict.claim,
        "word": str(word_of_claim(verdict)),
        "statements": [statement_view(statement, verdict, corpus) for statement in verdict.statements],
    }


def statement_view(statement: Statement, verdict: Verdict, corpus: Corpus) -> dict[str, Any]:
    """One statement with its evidence and what differs."""
    word = word_of(statement)
    points = _source_points(statement, corpus)
    cards = []
    for found in statement.evidence:
        card = card_view(found, corpus)
        here = Span(card["start"], card["end"])
        own = [span for notice_id, span in points if notice_id == card["notice"] and span.overlaps(here)]
        cards.append(card | {"points": [_pair(span) for span in own]})
    return {
        "start": statement.span.start,
        "text": statement.span.of(verdict.claim),
        "word": str(word),
        "leaning": str(statement.finding) if word is Word.UNSURE else None,
        "points": [_pair(span) for span in _claim_points(statement)],
        "differences": [_difference(difference, statement, corpus) for difference in statement.differences],
        "quotations": [_quotation(quotation, verdict.claim) for quotation in statement.quotations],
        "evidence": cards,
    }


def _claim_points(statement: Statement) -> list[Span]:
    own = [difference.claim_span for difference in statement.differences if difference.claim_span is not None]
    return [*own, *(mark for quotation in statement.quotations for mark in quotation.claim_marks)]


def _source_points(statement: Statement, corpus: Corpus) -> list[tuple[str, Span]]:
    points = [(d.notice_id, d.source_span) for d in statement.differences]
    points += [(q.notice_id, mark) for q in statement.quotations for mark in q.source_marks]
    return [(notice_id, span) for notice_id, span in points if notice_id is not None and span is not None]


def _difference(difference: Difference, statement: Statement, corpus: Corpus) -> dict[str, Any]:
    return {
        "kind": str(difference.kind),
        "claim": difference.claim,
        "source": source_of(difference, statement, corpus),
        "notice": difference.notice_id,
        "span": _pair(difference.source_span) if difference.source_span else None,
    }


def source_of(difference: Difference, statement: Statement, corpus: Corpus) -> str:
    """What the notice has in the claim's stead, cut anew.

    Raises QuotationError where that is no longer what was found.
    """
    if difference.notice_id is None or difference.source_span is None:
        return difference.source
    notice = corpus.notice(difference.notice_id)
    digests = {found.citation.notice_id: found.citation.sha256 for found in statement.evidence}
    words = quote(notice, difference.source_span, digests.get(notice.id, notice.sha256))
    if words != difference.source:
        raise QuotationError(f"《{notice.title}》的原文与核对时不一致。")
    return words


def _quotation(quotation: Quotation, claim: str) -> dict[str, Any]:
    return {"text": quotation.span.of(claim), "exactness": str(quotation.exactness)}


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]

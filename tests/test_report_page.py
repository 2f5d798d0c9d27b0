import base64
import re
from dataclasses import replace

from test_compare import ORIGIN, row, run

from evals.measures import Estimate
from evals.record import Row
from evals.refusal import Bin, Refusal, RiskPoint
from evals.report_page import Page, answered_wrongly, page_html, worst
from evals.summary import breakdown, summary

SURE = Estimate(0.9, 0.8, 1.0, 4)
REFUSAL = Refusal(SURE, SURE, SURE, SURE, SURE, 0.1, (Bin(0.2, 0.5, 2),), (RiskPoint(0.2, 1.0, 0.25),))


def full() -> Page:
    rows = (
        row("q1", **{"Success@1": 1.0}),
        replace(row("<b>q2</b>", **{"Success@1": 0.0}), rank=2),
        replace(row("q3"), category="far"),
    )
    one = run([], rows=rows, refusal=REFUSAL, overall=summary(rows), by_category=breakdown(rows, lambda r: r.category))
    return Page((("甲", one), ("乙", replace(one, provenance=replace(ORIGIN, dirty=True)))))


def test_the_page_needs_nothing_else_and_escapes_what_people_typed() -> None:
    text = page_html(full())
    assert "<b>q2</b>" not in text and "问&lt;b&gt;q2&lt;/b&gt;" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=\"(?!data:)", text) and "http" not in text.replace("http-equiv", "")
    images = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)
    assert len(images) == 3 and all(b"<svg" in base64.b64decode(image) for image in images)
    assert "「乙」运行时代码有未提交的改动" in text and "没有差别。" in text


def test_a_run_without_confidence_has_no_curves() -> None:
    rows = (row("q1", **{"Success@1": 1.0}),)
    text = page_html(Page((("甲", run([], rows=rows, overall=summary(rows))),)))
    assert "该答与不该答" not in text and "没有首条不对的题。" in text


def test_the_worst_come_first() -> None:
    def missed(name: str, rank: int | None, sure: float) -> Row:
        return replace(row(name, **{"Success@1": 0.0}), rank=rank, confidence=sure)

    rows = [missed("a", 2, 0.1), missed("b", None, 0.2), missed("c", 2, 0.9), replace(missed("d", 1, 0.9), rank=1)]
    assert [one.id for one in worst(rows)] == ["b", "c", "a"]
    taken = [replace(row(name), answered=answered, confidence=0.5) for name, answered in (("e", True), ("f", False))]
    assert [one.id for one in answered_wrongly([*taken, *rows])] == ["e"]

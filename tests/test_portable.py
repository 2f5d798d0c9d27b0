"""Lines of PDF pages: what is a head, and what goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_fixture import pdf, typeset

from content.source.registry import extract

LONG = "为认真学习贯彻会议精神，推动新时代工会工作开创新局面，现就有关安排通知如下，请各单位遵照执行，并于月底前报送。"
TEXTS = [name * 4 + LONG for name in "甲乙丙丁"]


def lines_of(*pages: list[tuple[float, float, float, str]]) -> list[str]:
    return extract(pdf(*pages), Path("a.pdf")).text.splitlines()


def headed(head: str, *paragraphs: str) -> list[tuple[float, float, float, str]]:
    return [(72.0, 780.0, 16.0, head), *typeset(list(paragraphs))]


def test_the_heads_of_attachments_are_no_running_head() -> None:
    pages = [headed(f"附件{number}", f"登记表{name}", LONG) for number, name in enumerate("甲乙丙丁", 1)]
    assert lines_of(typeset([LONG]), *pages) == [
        LONG,
        *(line for number, name in enumerate("甲乙丙丁", 1) for line in (f"附件{number}", f"登记表{name}", LONG)),
    ]


def test_the_head_of_an_attachment_on_all_its_pages_is_said_once() -> None:
    assert lines_of(*(headed("附件2", text) for text in TEXTS)) == ["附件2", *TEXTS]


def test_a_running_head_goes_whatever_its_number() -> None:
    assert lines_of(*(headed(f"第{number}期简报", text) for number, text in enumerate(TEXTS))) == TEXTS


@pytest.mark.parametrize("wrapped", ["（一）、/（二）项的规定执行。", "办理，/一、二级医院", "按照/（二）项执行"])
def test_a_line_that_goes_on_begins_no_paragraph(wrapped: str) -> None:
    first, second = wrapped.split("/")
    whole = "甲" * (26 - len(first)) + first + second
    assert lines_of(typeset([LONG, whole, LONG])) == (
        [LONG, whole, LONG] if first[-1] in "、，" else [LONG, whole[:26], whole[26:], LONG]
    )

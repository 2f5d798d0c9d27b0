import io
import zipfile
from typing import Any

import pytest
from check_fixture import FakeChecker
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from assistant.check_desk import Checked
from assistant.citation import QuotationError
from assistant.sheet import Row, read_sheet
from assistant.sheet_document import write_docx
from assistant.sheet_export import cell_text, totals_in_words, write_xlsx
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice

TEXT = "关于春游的通知\n\n各班：\n\n春游分三个小组出发。请每人带水和雨衣。\n\n光明小学\n2024年4月1日\n"
LABEL = "《关于春游的通知》（2024-04-01）开头第1段"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def small() -> Corpus:
    return make_corpus((parse_notice(TEXT, "trip"),))


def _checked(corpus: Corpus, *answers: str, question: str = "") -> list[Checked]:
    checker = FakeChecker(corpus)
    return [Checked(Row(n, question, text), checker.check(text)) for n, text in enumerate(answers, 2)]


def _cells(data: bytes, name: str = "核对结果") -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(data))[name].iter_rows(values_only=True)]


def test_a_workbook_has_a_row_for_every_statement(small: Corpus) -> None:
    checked = _checked(small, "春游分四个小组出发。请每人带水和雨衣。", "拿不准的小组。", question="怎么走？")
    header, first, second, third = _cells(write_xlsx(checked, small))
    assert header == ["行号", "问题", "答案", "语句", "结论", "把握", "不同之处", "原文", "出处"]
    assert first == [
        2, "怎么走？", "春游分四个小组出发。请每人带水和雨衣。", "春游分四个小组出发。", "不一致", "90%",
        "数字：答案为“四”，通知为“三”", "春游分三个小组出发。", LABEL,
    ]  # fmt: skip
    assert (second[3], second[4], second[7]) == ("请每人带水和雨衣。", "一致", "请每人带水和雨衣。")
    assert (third[0], third[4], third[5]) == (3, "需人工判断（倾向于未提及）", "55%")
    summary = _cells(write_xlsx(checked, small), "合计")
    assert summary == [
        ["一致", 1],
        ["未提及", 0],
        ["需人工判断", 1],
        ["不一致", 1],
        ["合计（句）", 3],
        ["核对的答案（条）", 2],
    ]
    assert totals_in_words(checked) == "共 2 条，3 句：一致 1，未提及 0，需人工判断 1，不一致 1"


def test_a_workbook_is_easy_to_read(small: Corpus) -> None:
    sheet = load_workbook(io.BytesIO(write_xlsx(_checked(small, "春游分四个小组出发。"), small)))["核对结果"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I2"
    assert sheet.column_dimensions["H"].width == 60
    assert (sheet["E2"].fill.start_color.rgb, sheet["E2"].font.color.rgb) == ("00F8DEDB", "00A2231D")
    assert sheet["H2"].alignment.wrap_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "＠"])
def test_no_cell_is_a_formula(small: Corpus, start: str) -> None:
    answer = f"{start}cmd|'/c calc'!A1"
    checked = [Checked(Row(1, f"{start}问", answer), FakeChecker(small).check(answer))]
    data = write_xlsx(checked, small)
    sheet = load_workbook(io.BytesIO(data))["核对结果"]
    assert {cell.data_type for cell in sheet[2][1:]} <= {"s", "n"}  # n is an empty cell here
    assert str(sheet["C2"].value).startswith("'") and str(sheet["B2"].value).startswith("'")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in b"".join(archive.read(name) for name in archive.namelist())


@given(st.text())
def test_any_text_can_stand_in_a_cell(text: str) -> None:
    made = cell_text(text)
    assert not made.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))
    made.encode("utf-8")
    etree.Element("t").text = made


def _part(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def test_a_document_has_verdicts_in_words_and_evidence_word_for_word(small: Corpus) -> None:
    checked = _checked(small, "春游分四个小组出发。", "请每人带水和雨衣。", "拿不准的小组。", "“请每人带水和雨伞”")
    data = write_docx(checked, small)
    lines = [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]
    assert lines[:8] == [
        "核对结果",
        "依据：《关于春游的通知》",
        "共 4 条，4 句：一致 1，未提及 1，需人工判断 1，不一致 1。",
        "1. 不一致（第 2 行）",
        "答案：春游分四个小组出发。",
        "不同之处：数字：答案为“四”，通知为“三”",
        "原文：「春游分三个小组出发。」",
        "2. 一致（第 3 行）",
    ]
    assert "需人工判断（倾向于未提及）" in lines
    assert "引文：“请每人带水和雨伞”：引文有字与原文不同" in lines
    assert "最接近的原文：「请每人带水和雨衣。」" in lines


def test_citations_are_footnotes_of_word(small: Corpus) -> None:
    data = write_docx(_checked(small, "春游分四个小组出发。", "请每人带水和雨衣。"), small)
    marks = [int(mark.get(f"{W}id")) for mark in _part(data, "word/document.xml").iter(f"{W}footnoteReference")]
    assert marks == [1, 2]
    notes = _part(data, "word/footnotes.xml").findall(f"{W}footnote")
    assert [(note.get(f"{W}id"), note.get(f"{W}type")) for note in notes] == [
        ("-1", "separator"), ("0", "continuationSeparator"), ("1", None), ("2", None),
    ]  # fmt: skip
    assert "".join(notes[2].itertext()) == f" {LABEL}"
    assert notes[2].find(f".//{W}footnoteRef") is not None
    styles = {style.get(f"{W}styleId") for style in _part(data, "word/styles.xml").iter(f"{W}style")}
    used = {
        style.get(f"{W}val")
        for part in ("word/document.xml", "word/footnotes.xml")
        for tag in ("pStyle", "rStyle")
        for style in _part(data, part).iter(f"{W}{tag}")
    }
    assert used <= styles
    types = {
        node.get("PartName"): node.get("ContentType")
        for node in _part(data, "[Content_Types].xml")
        if node.get("PartName")
    }
    assert types["/word/footnotes.xml"].endswith("wordprocessingml.footnotes+xml")
    relations = [node.get("Target") for node in _part(data, "word/_rels/document.xml.rels")]
    assert relations.count("footnotes.xml") == 1
    settings = [node.tag for node in _part(data, "word/settings.xml")]
    assert settings.index(f"{W}footnotePr") < settings.index(f"{W}compat")


def test_a_document_can_be_checked_again(small: Corpus) -> None:
    answers = [
        row.answer for row in read_sheet(write_docx(_checked(small, "春游分四个小组出发。"), small), "a.docx").rows
    ]
    assert "春游分四个小组出发。" in " ".join(answers)


@given(st.text(min_size=1, max_size=60))
def test_whatever_was_said_can_be_written(text: str) -> None:
    corpus = make_corpus((parse_notice(TEXT, "trip"),))
    checked = [Checked(Row(1, text, text), FakeChecker(corpus).check(text.replace("测试出错", "")))]
    assert Document(io.BytesIO(write_docx(checked, corpus))).paragraphs
    assert len(_cells(write_xlsx(checked, corpus))) >= 2


def test_a_document_without_results_is_whole(small: Corpus) -> None:
    assert len(Document(io.BytesIO(write_docx([], small))).paragraphs) == 3
    assert len(_cells(write_xlsx([], small))) == 1


def test_words_that_are_not_the_notices_are_never_written(small: Corpus) -> None:
    checked = _checked(small, "春游分四个小组出发。")
    other = make_corpus((parse_notice(TEXT.replace("三个", "五个"), "trip"),))
    for write in (write_docx, write_xlsx):
        with pytest.raises(QuotationError):
            write(checked, other)

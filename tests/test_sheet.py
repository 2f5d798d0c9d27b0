import io
import random
import zipfile
from contextlib import suppress
from datetime import datetime

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assistant import sheet_office
from assistant.sheet import LARGEST_FILE, SheetError, read_sheet, read_text
from assistant.sheet_row import LONGEST_CLAIM, MOST_ROWS, Row, find_columns, make_sheet, pieces

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def workbook(*rows: list[object], title: str = "答卷", more: dict[str, list[list[object]]] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name, own in (more or {}).items():
        other = book.create_sheet(name)
        for row in own:
            other.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    if table:
        grid = made.add_table(len(table), len(table[0]))
        for cells, row in zip(table, grid.rows, strict=True):
            for text, cell in zip(cells, row.cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rows(data: bytes, name: str) -> list[tuple[int, str, str]]:
    return [(row.number, row.question, row.answer) for row in read_sheet(data, name).rows]


def reason(data: bytes, name: str) -> str:
    with pytest.raises(SheetError) as refused:
        read_sheet(data, name)
    assert str(refused.value).endswith("。")
    assert str(refused.value).count("\n") == 0
    assert refused.value.sentence("en").endswith(".")
    return refused.value.reason


TABLE: list[list[object]] = [["编号", "题目", "学员答案"], [1, "谁发的？", "区总工会发的"], [2, "哪天？", "11月13日"]]
READ = [(2, "谁发的？", "区总工会发的"), (3, "哪天？", "11月13日")]
CSV = "编号,题目,学员答案\r\n1,谁发的？,区总工会发的\r\n2,哪天？,11月13日\r\n"


def test_a_workbook_with_headers() -> None:
    assert rows(workbook(*TABLE), "答卷.xlsx") == READ
    assert rows(workbook(["答卷"], [], *TABLE), "C:\\我的\\答卷.XLSX") == [(4, *READ[0][1:]), (5, *READ[1][1:])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_values_in_any_usual_encoding_and_with_any_usual_delimiter(encoding: str, mark: str) -> None:
    assert rows(CSV.replace(",", mark).encode(encoding), "a.csv") == READ


def test_what_a_csv_file_may_hold() -> None:
    assert rows("sep=;\n答案;题目\n甲说：乙;问？\n".encode(), "a.csv") == [(3, "问？", "甲说：乙")]
    assert rows('答案,题目\n"第一行\n第二行, 还有",问？\n下一条答案,问？\n'.encode(), "a.csv") == [
        (2, "问？", "第一行\n第二行, 还有"),
        (4, "问？", "下一条答案"),
    ]
    # Commas inside sentences are no delimiters.
    assert rows("大会批准了报告, 很好\n没有逗号\n又一条, 两个, 逗号\n".encode(), "a.csv")[0] == (
        1, "", "大会批准了报告, 很好",
    )  # fmt: skip
    assert rows("一条答案，有逗号\n两条答案，有逗号\n".encode(), "a.csv")[1] == (2, "", "两条答案，有逗号")


@pytest.mark.parametrize(
    ("headers", "answer", "question"),
    [
        (["问题", "答案"], 1, 0),
        (["Answer", "Question"], 0, 1),
        (["标准答案", "考生答案"], 1, None),
        (["问题内容", "参考答案", "回答"], 2, 0),
        (["序号", "陈述"], 1, None),
        (["说法（请填写）", "备注"], 0, None),
        (["姓名", "claim"], 1, None),
    ],
)
def test_the_column_of_answers_is_found_by_its_header(headers: list[str], answer: int, question: int | None) -> None:
    columns = find_columns([headers, ["甲"] * len(headers)])
    assert (columns.answer, columns.question, columns.header) == (answer, question, 0)


def test_without_a_header_the_longest_text_is_the_answer() -> None:
    table = [["1", "会议批准了什么？这一题比答案长得多，不过它是问题？", "批准了报告", "张三"]] * 3
    columns = find_columns(table)
    assert (columns.answer, columns.question, columns.header) == (2, 1, -1)


def test_a_sentence_about_answers_is_no_header() -> None:
    assert find_columns([["这是一条答案。"], ["内容很好，回答也好"]]).header == -1


def test_a_document_of_paragraphs_and_one_with_a_table() -> None:
    assert rows(document("第一条。", "", "第二条。"), "a.docx") == [(1, "", "第一条。"), (2, "", "第二条。")]
    words = [[str(cell) for cell in row] for row in TABLE]
    assert rows(document("测验", table=words), "a.docx") == [(3, *READ[0][1:]), (4, *READ[1][1:])]
    plain = document("先说一句。", table=[["甲", "这是一条比较长的答案"]])
    assert rows(plain, "a.docx") == [(1, "", "先说一句。"), (2, "", "这是一条比较长的答案")]


def test_lines_of_questions_and_answers_belong_together() -> None:
    text = "1. 问：谁发的？\n答：区总工会\n\n2、问题2：哪天？\n2、答案：11月13日\n还补了一句"
    assert [(row.number, row.question, row.answer) for row in read_text(text).rows] == [
        (2, "谁发的？", "区总工会"),
        (5, "哪天？", "11月13日"),
        (6, "哪天？", "还补了一句"),
    ]


@pytest.mark.parametrize(
    ("question", "answer", "claim"),
    [
        ("通知是谁发的？", "区总工会", "通知是谁发的：区总工会"),
        ("请看。是谁？", "区总工会", "请看，是谁：区总工会"),
        ("通知是谁发的？", "这份通知是常州市武进区总工会发的", "这份通知是常州市武进区总工会发的"),
        ("", "八个", "八个"),
    ],
)
def test_a_short_answer_is_checked_with_its_question(question: str, answer: str, claim: str) -> None:
    assert Row(1, question, answer).claim == claim


def test_numbers_and_dates_are_read_as_people_write_them() -> None:
    days = [datetime.fromisoformat(day) for day in ("2018-11-13", "2018-11-13T09:30")]
    data = workbook(["答案"], [8.0], [7], [2.5], [True], *([day] for day in days))
    assert [own[2] for own in rows(data, "a.xlsx")] == [
        "8", "7", "2.5", "是", "2018年11月13日", "2018年11月13日9时30分",
    ]  # fmt: skip


def test_formulas_without_results_are_named_and_the_rest_goes_on() -> None:
    sheet = read_sheet(
        workbook(["题目", "答案"], ["一", "好的答案"], ["二", "=1+1"], ["三", ""], ["四", "#REF!"]), "a.xlsx"
    )
    assert [row.number for row in sheet.rows] == [2]
    assert [str(problem) for problem in sheet.problems] == [
        "第 5 行是出错的公式（#REF!），没有核对。",
        "第 3 行是公式，没有存下结果，没有核对。",
    ]
    many = read_sheet(workbook(["答案"], ["好的答案"], *([f"=A{n}"] for n in range(9))), "a.xlsx")
    assert [problem.reason for problem in many.problems] == ["formula"] * 5 + ["more_problems"]
    assert str(many.problems[-1]) == "另有 4 行也没有核对。"
    assert reason(workbook(["答案"], ["=1+1"], ["=A2"]), "a.xlsx") == "formulas"


def test_the_worksheet_with_answers_is_taken_and_the_others_are_named() -> None:
    sheet = read_sheet(workbook(["说明"], title="封面", more={"答卷": TABLE}), "a.xlsx")
    assert [row.answer for row in sheet.rows] == [own[2] for own in READ]
    assert [str(problem) for problem in sheet.problems] == ["只核对了工作表“答卷”，另有 1 个工作表没有核对。"]


def test_hidden_characters_are_dropped_and_long_answers_cut_at_sentences() -> None:
    assert make_sheet([Row(1, "问\x00？", "答\ufeff\x07案\ud800\r\n二")]).rows == (Row(1, "问？", "答案\n二"),)
    sentence = "字" * 1499 + "。"
    assert [len(piece) for piece in pieces(sentence * 3)] == [1500, 1500, 1500]
    assert "".join(pieces("字" * 4100)) == "字" * 4100
    assert max(len(piece) for piece in pieces("字" * 4100)) == LONGEST_CLAIM


@given(st.text(max_size=200), st.integers(1, 30))
def test_no_character_of_an_answer_is_lost(text: str, times: int) -> None:
    assert "".join(pieces(text * times)) == text * times


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "a.xlsx", "empty"),
        (b" \n\n", "a.txt", "empty"),
        ("。。。\n——".encode(), "a.txt", "empty"),
        (PNG, "答卷.png", "picture"),
        (PNG, "答卷.xlsx", "picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "扫描.jpg", "picture"),
        (b"BM\x10\0\0\0" + b"\0" * 10, "a.csv", "picture"),
        (b"RIFF\x20\0\0\0WEBPVP8 ", "a.csv", "picture"),
        (b"%PDF-1.7\n", "a.docx", "pdf"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (OLE, "a.xls", "old"),
        (b"{\\rtf1 x}", "a.docx", "old"),
        ("甲".encode(), "a.md", "unknown"),
        ("甲".encode(), "a", "unknown"),
        (b"PK\x03\x04 half", "a.xlsx", "broken"),
        (b"\x00\x01\x02\x03" * 50, "a.xlsx", "broken"),
        (b"\x00\x01\x02\x03" * 50, "a.csv", "encoding"),
        (b"\xff" * 50, "a.txt", "encoding"),
        (b"\xff\xfea", "a.txt", "encoding"),
        ("甲,乙".encode(), "a.xlsx", "name"),
        (b"<html><table></table></html>", "a.xlsx", "name"),
        (b"x" * (LARGEST_FILE + 1), "a.txt", "large"),
        (("很长的一行" * 1000 + "\n").encode() * 250, "a.txt", "long"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence(data: bytes, name: str, why: str) -> None:
    assert reason(data, name) == why


def test_a_file_that_is_not_what_its_name_says() -> None:
    assert reason(workbook(*TABLE), "a.docx") == "name"
    assert reason(document("甲"), "a.csv") == "name"
    with pytest.raises(SheetError, match=r"文件名以 \.csv 结尾，内容却是Excel 表格；"):
        read_sheet(workbook(*TABLE), "../../etc/passwd.csv")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "甲")
    assert reason(out.getvalue(), "a.xlsx") == "name"


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    # A real one of 60 MB would only be slow to make; what counts is the size that the archive states.
    monkeypatch.setattr(sheet_office, "LARGEST_PART", 10_000)
    bomb = _archive({"xl/workbook.xml": b"<a/>", "xl/sharedStrings.xml": b" " * 20_000})
    assert len(bomb) < 1000
    assert reason(bomb, "a.xlsx") == "bomb"
    assert reason(_archive({f"word/{n}": b"" for n in range(5001)} | {"word/document.xml": b""}), "a.docx") == "bomb"


def test_growing_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert reason(_archive({"xl/workbook.xml": laughs}), "a.xlsx") == "bomb"
    assert reason(_archive({"word/document.xml": b" " * 999_990 + laughs}), "a.docx") == "bomb"


def test_a_whole_archive_without_its_parts_is_broken() -> None:
    assert reason(_archive({"xl/workbook.xml": b"<a/>"}), "a.xlsx") == "broken"
    assert reason(_archive({"word/document.xml": b"<a/>"}), "a.docx") == "broken"


def test_too_many_rows_are_refused_wherever_they_come_from() -> None:
    line = "又是一条，说了一件事\n".encode()
    assert len(read_sheet(line * MOST_ROWS, "a.txt").rows) == MOST_ROWS
    for name in ("a.txt", "a.csv"):
        assert reason(line * (MOST_ROWS + 1), name) == "rows"
    assert reason(workbook(["答案"], *([["答"]] * (MOST_ROWS + 1))), "a.xlsx") == "rows"


def test_50000_rows_are_refused_after_the_first_few_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(50_000):
        sheet.append([f"第{number}条"])
    out = io.BytesIO()
    book.save(out)
    seen = 0
    written = sheet_office._written

    def count(value: object) -> str:
        nonlocal seen
        seen += 1
        return written(value)

    monkeypatch.setattr(sheet_office, "_written", count)
    assert reason(out.getvalue(), "a.xlsx") == "rows"
    assert seen < (MOST_ROWS + 100) * sheet_office.MOST_COLUMNS


def test_a_document_of_pictures_says_so() -> None:
    one_pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
    )
    made = Document()
    made.add_picture(io.BytesIO(one_pixel))
    out = io.BytesIO()
    made.save(out)
    assert reason(out.getvalue(), "a.docx") == "pictures"


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "a.csv", "a.txt"])
def test_damaged_files_are_read_or_refused_and_nothing_else(name: str) -> None:
    whole = {"a.xlsx": workbook(*TABLE), "a.docx": document("甲。", table=[["答案"], ["乙"]])}.get(name, CSV.encode())
    chance = random.Random(7)
    refused = 0
    for _ in range(60):
        data = bytearray(whole[: chance.randrange(1, len(whole) + 1)] if chance.random() < 0.4 else whole)
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            read_sheet(bytes(data), name)
        except SheetError:
            refused += 1
    assert refused > 0


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.docx"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with suppress(SheetError):
        assert read_sheet(data, name).rows

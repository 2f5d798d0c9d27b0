"""Files of every kind, whole, broken and hostile."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_fixture import pdf, typeset

from content.document import read_folder
from content.notice import parse_notice
from content.source import registry
from content.source.extract import Extract, UnreadableError
from content.source.plain import decode
from content.source.registry import SUFFIXES, extract, read_bytes

TEXT = "关于开展培训的通知\n\n各镇总工会：\n请于五月一日前报名，逾期不候。\n武进区总工会\n2018年11月13日\n"
LONG = "为认真学习贯彻会议精神，推动新时代工会工作开创新局面，现就有关安排通知如下，请各单位遵照执行，并于月底前报送。"


def text_of(data: bytes, name: str) -> str:
    return extract(data, Path(name)).text


def refused(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        extract(data, Path(name))
    said = str(caught.value)
    assert "\n" not in said and said.endswith("。")
    return said


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings_are_told_apart(encoding: str) -> None:
    text = decode(TEXT.encode(encoding))
    assert text.removeprefix("\ufeff") == TEXT


@given(
    st.text(st.sampled_from("关于开展培训的通知各镇总工会：请于五月一日前报名，。《》“”〔2018〕号\n abc"), min_size=12)
)
def test_official_text_is_the_same_in_every_encoding(text: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        assert decode(text.encode(encoding)) == text


def test_rare_characters_of_gb18030() -> None:
    text = "关于表彰𠮷野同志的决定：㐂、镕、堃、喆四位同志。"
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_that_ends_within_a_character(encoding: str) -> None:
    assert "末尾的字不完整" in refused("各镇总工会请报名".encode(encoding)[:-1], "a.txt")


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 50, "関係各位へ通知します".encode("shift_jis")]
)
def test_what_is_no_text(data: bytes) -> None:
    assert "编码" in refused(data, "a.txt") or "不是文字" in refused(data, "a.txt")


def word(*paragraphs: str) -> tuple[bytes, docx.document.Document]:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return packed(document), document


def packed(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_document() -> None:
    data, _ = word(*TEXT.split())
    assert text_of(data, "a.docx") == "\n".join(TEXT.split()) + "\n"
    assert parse_notice(text_of(data, "a.docx"), "a").date == "2018-11-13"


def test_a_table_of_word_row_by_row_with_cells_that_reach_down() -> None:
    _, document = word("收费标准")
    table = document.add_table(rows=3, cols=3)
    for r, row in enumerate([["项目", "标准", "备注"], ["差旅费", "300元", "含\n税"], ["会议|费", "200元", ""]]):
        for c, cell in enumerate(row):
            table.cell(r, c).text = cell
    table.cell(1, 2).merge(table.cell(2, 2))
    assert text_of(packed(document), "a.docx").splitlines() == [
        "收费标准",
        "| 项目 | 标准 | 备注 |",
        "| 差旅费 | 300元 | 含 税 |",
        "| 会议｜费 | 200元 | 含 税 |",
    ]


def test_automatic_numbers_are_part_of_the_text() -> None:
    _, document = word()
    for words in ("时间", "地点"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("要点", style="List Bullet")
    assert text_of(packed(document), "a.docx").splitlines() == ["1. 时间", "2. 地点", "要点"]


def test_chinese_automatic_numbers() -> None:
    _, document = word()
    for words in ("时间", "地点"):
        document.add_paragraph(words, style="List Number")
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for level in document.part.numbering_part.element.iter(f"{w}lvl"):
        level.find(f"{w}numFmt").set(f"{w}val", "chineseCounting")
        level.find(f"{w}lvlText").set(f"{w}val", "%1、")
    assert text_of(packed(document), "a.docx").splitlines() == ["一、时间", "二、地点"]


def test_what_was_struck_out_is_left_out_and_what_was_put_in_is_there() -> None:
    from docx.oxml import parse_xml

    _, document = word("前")
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraph = parse_xml(
        f"<w:p {w}><w:r><w:t>请于</w:t></w:r><w:del><w:r><w:delText>四月</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>五月</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r></w:p>"
    )
    document.element.body.insert(1, paragraph)
    assert text_of(packed(document), "a.docx").splitlines() == ["前", "请于五月"]


PAGE = """<html><head><meta charset="{charset}"><title>首页</title><script>var a = "不要"</script></head><body>
<div class="nav">栏目</div><div id="zoom"><p align=center>关于开展培训的通知</p><p>各镇总工会：</p>
<p>　　请于五月一日前<b>报名</b>，逾期不候，并将名单报送区总工会办公室备案，联系电话见附件，请认真组织实施。</p>
<p>一、时间<br>五月一日</p><table><tr><th>项目</th><th colspan=2>标准</th></tr>
<tr><td rowspan=2>差旅</td><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table></div>
<footer>版权所有</footer></body></html>"""


@pytest.mark.parametrize(("charset", "encoding"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("gbk", "utf-8")])
def test_a_web_page(charset: str, encoding: str) -> None:
    assert text_of(PAGE.format(charset=charset).encode(encoding), "a.html").splitlines() == [
        "关于开展培训的通知",
        "各镇总工会：",
        "请于五月一日前报名，逾期不候，并将名单报送区总工会办公室备案，联系电话见附件，请认真组织实施。",
        "一、时间",
        "五月一日",
        "| 项目 | 标准 | |",
        "| 差旅 | 甲 | 1 |",
        "| 差旅 | 乙 | 2 |",
    ]


def test_a_pdf_is_put_together_to_paragraphs_with_its_pages() -> None:
    first = [(200.0, 790.0, 22.0, "关于开展培训的通知"), *typeset(["各镇总工会：", LONG, "一、时间：五月。"])]
    second = typeset([LONG, "武进区总工会", "2018年11月13日"])
    data = pdf([*first, (280.0, 40.0, 14.0, "— 1 —")], [*second, (280.0, 40.0, 14.0, "— 2 —")])
    found = extract(data, Path("a.pdf"))
    assert found.text.splitlines() == [
        "关于开展培训的通知", "各镇总工会：", LONG, "一、时间：五月。", LONG, "武进区总工会", "2018年11月13日",
    ]  # fmt: skip
    assert found.pages == (0, found.text.index(LONG, found.text.index("一、")))
    assert found.notes == ()


def test_a_page_without_text_is_noted_and_a_scan_is_refused() -> None:
    assert extract(pdf(typeset([LONG, LONG]), []), Path("a.pdf")).notes == (
        "第 2 页没有文字（可能是扫描的图片），没有收入。",
    )
    assert "扫描件" in refused(pdf([], []), "a.pdf")


def test_files_that_lie_about_their_kind() -> None:
    document, _ = word("甲")
    assert refused(document, "a.pdf") == "文件名以 .pdf 结尾，内容却是压缩包或 Office 文档，请改正文件名或另存后再试。"
    assert "内容却是PDF" in refused(pdf(typeset([LONG])), "a.docx")
    assert "内容却是PDF" in refused(pdf(typeset([LONG])), "a.txt")
    assert "内容却是图片" in refused(b"\x89PNG\r\n\x1a\n" + bytes(99), "a.pdf")
    assert "内容却是文本" in refused(TEXT.encode(), "a.docx")
    assert "旧版 Office" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "a.docx")


def test_encrypted_files() -> None:
    assert "已加密" in refused(pdf(typeset([LONG]), encrypted=True), "a.pdf")
    package = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    assert "已加密" in refused(package, "a.docx")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_half_written_files(part: float) -> None:
    for data, name in ((word("甲" * 99)[0], "a.docx"), (pdf(typeset([LONG])), "a.pdf")):
        assert "不完整或已损坏" in refused(data[: int(part * len(data))], name)


def test_damaged_files_never_bring_down_the_reader() -> None:
    for data, name in ((word(*TEXT.split())[0], "a.docx"), (pdf(typeset([LONG])), "a.pdf")):
        for at in range(0, len(data), max(1, len(data) // 60)):
            broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
            with contextlib.suppress(UnreadableError):
                assert isinstance(extract(broken, Path(name)), Extract)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.source.word.LARGEST_UNPACKED", 20 * 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", bytes(21 * 2**20))
    data = out.getvalue()
    assert len(data) < 2**20
    assert "压缩炸弹" in refused(data, "a.docx")


def test_a_bomb_within_a_pdf_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.source.bounded.LARGEST_UNPACKED", 2 * 2**20)
    assert extract(pdf(typeset([LONG])), Path("a.pdf")).text.strip() == LONG
    bomb = pdf([*typeset([LONG]), (72, 100, 16, "\u3000" * 2**20)])
    assert len(bomb) < 2**16
    assert "压缩炸弹" in refused(bomb, "a.pdf")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(UnreadableError, match="文件有 500 MB，超过 100 MB 的上限"):
        read_bytes(path)


def test_a_document_of_an_office_suite_without_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    for suffix in (".doc", ".wps", ".ofd"):
        assert f"{suffix} 文件要靠 LibreOffice 转换" in refused(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), f"a{suffix}"
        )


def test_an_office_suite_that_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "true")
    assert "没能转换" in refused(b"PK\x03\x04" + bytes(99), "a.ofd")


def test_a_bad_file_never_keeps_the_others_out(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "乙.docx").write_bytes(word(*TEXT.split())[0])
    (tmp_path / "丙.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "丁.pdf").write_bytes(b"")
    (tmp_path / "戊.txt").write_bytes(TEXT.encode("gb18030"))
    (tmp_path / "甲.md").write_text("# 关于甲的通知\n\n甲。", encoding="utf-8")
    notices, skipped = read_folder(tmp_path)
    assert [notice.id for notice in notices] == ["乙", "戊", "甲.md", "甲"]
    assert [one.file for one in skipped] == ["丁.pdf", "丙.docx"]


def test_a_text_is_taken_once_and_kept_beside_the_hash_of_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "甲.docx"
    path.write_bytes(word(*TEXT.split())[0])
    [first], _ = read_folder(tmp_path)
    assert first.source is not None
    kept = tmp_path / ".extracted" / f"{first.source.sha256}.json"
    assert kept.is_file()
    monkeypatch.setattr("content.document.extract", lambda *_: pytest.fail("taken again"))
    assert read_folder(tmp_path)[0] == (first,)
    monkeypatch.undo()
    kept.write_text(kept.read_text(encoding="utf-8").replace("逾期", "延期"), encoding="utf-8")
    assert read_folder(tmp_path)[0] == (first,)  # what was altered is taken anew
    assert "逾期" in kept.read_text(encoding="utf-8")


def test_every_suffix_has_one_reader() -> None:
    assert len(set(SUFFIXES)) == len(SUFFIXES)
    assert registry.format_of(Path("A.DOCX")).suffixes == (".docx",)
    with pytest.raises(UnreadableError, match=r"不支持 \.xlsx 文件"):
        registry.format_of(Path("a.xlsx"))

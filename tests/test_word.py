"""Lists and tables of Word documents."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from content.source.registry import extract

W = nsdecls("w")


def lines_of(document: docx.document.Document) -> list[str]:
    out = io.BytesIO()
    document.save(out)
    return extract(out.getvalue(), Path("a.docx")).text.splitlines()


def level(at: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbered(levels: str, *numbers: str) -> docx.document.Document:
    """A document whose lists all share these levels; each of `numbers` is what is overridden in one list."""
    document = docx.Document()
    root: Any = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    root.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="7">{levels}</w:abstractNum>'))
    for at, overrides in enumerate(numbers, 1):
        root.append(parse_xml(f'<w:num {W} w:numId="{at}"><w:abstractNumId w:val="7"/>{overrides}</w:num>'))
    return document


def add(document: docx.document.Document, text: str, number: int, at: int = 0) -> None:
    given = f'<w:numPr {W}><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>'
    document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(given))


RESTARTED = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'


def test_a_list_that_is_restarted_counts_anew() -> None:
    document = numbered(level(0, "%1."), "", RESTARTED)
    for text, number in (("甲", 1), ("乙", 1), ("丙", 2), ("丁", 2), ("戊", 1)):
        add(document, text, number)
    assert lines_of(document) == ["1. 甲", "2. 乙", "1. 丙", "2. 丁", "3. 戊"]


def test_a_list_that_is_not_restarted_goes_on() -> None:
    document = numbered(level(0, "%1."), "", "")
    add(document, "甲", 1)
    add(document, "乙", 2)
    assert lines_of(document) == ["1. 甲", "2. 乙"]


def test_a_list_with_a_form_of_its_own() -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "（%1）", "chineseCounting")}</w:lvlOverride>'
    document = numbered(level(0, "%1."), "", own)
    add(document, "甲", 1)
    add(document, "乙", 2)
    assert lines_of(document) == ["1. 甲", "（二）乙"]


def test_articles_are_counted_through_the_chapters() -> None:
    chapter, article = level(0, "第%1章", "chineseCounting"), level(1, "第%2条", "chineseCounting", "{}")
    for more, last in (('<w:lvlRestart w:val="0"/>', "第二条 丁"), ("", "第一条 丁")):
        document = numbered(chapter + article.format(more), "")
        for text, at in (("甲", 0), ("乙", 1), ("丙", 0), ("丁", 1)):
            add(document, text, 1, at)
        assert lines_of(document) == ["第一章 甲", "第一条 乙", "第二章 丙", last]


def test_a_level_of_figures_below_chinese_ones() -> None:
    document = numbered(level(0, "%1、", "chineseCounting") + level(1, "%1.%2", "decimal", "<w:isLgl/>"), "")
    add(document, "甲", 1)
    add(document, "乙", 1, 1)
    assert lines_of(document) == ["一、甲", "1.1 乙"]


def test_a_style_that_is_based_on_a_numbered_one() -> None:
    levels = level(0, "%1、", "chineseCounting", '<w:pStyle w:val="Heading1"/>')
    levels += level(1, "（%2）", "chineseCounting", '<w:pStyle w:val="Heading2"/>')
    document = numbered(levels, "")
    for style in ("Heading 1", "Heading 2"):
        properties = document.styles[style].element.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {W}><w:numId w:val="1"/></w:numPr>'))
    for name, more in (("Mine", ""), ("Bare", '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>')):
        document.styles.element.append(
            parse_xml(
                f'<w:style {W} w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
                f'<w:basedOn w:val="Heading1"/>{more}</w:style>'
            )
        )
    for text, style in (("甲", "Heading 1"), ("乙", "Heading 2"), ("丙", "Mine"), ("丁", "Bare"), ("戊", "Heading 1")):
        document.add_paragraph(text, style=style)
    assert lines_of(document) == ["一、甲", "（一）乙", "二、丙", "丁", "三、戊"]


def test_styles_that_are_based_on_each_other() -> None:
    document = numbered(level(0, "%1."), "")
    for name, other in (("A1", "B1"), ("B1", "A1")):
        document.styles.element.append(
            parse_xml(
                f'<w:style {W} w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
                f'<w:basedOn w:val="{other}"/></w:style>'
            )
        )
    document.add_paragraph("甲", style="A1")
    assert lines_of(document) == ["甲"]


def test_words_that_are_hidden_and_words_that_are_not() -> None:
    document = docx.Document()
    for text, switch in (("甲", ' w:val="0"'), ("乙", ' w:val="false"'), ("丙", ""), ("丁", ' w:val="1"')):
        run = document.add_paragraph().add_run(text)
        run._r.get_or_add_rPr().append(parse_xml(f"<w:vanish {W}{switch}/>"))
    assert lines_of(document) == ["甲", "乙"]


def row(*cells: str, before: str = "") -> str:
    told = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{before}</w:trPr>{told}</w:tr>"


def test_rows_struck_out_and_rows_that_begin_further_in() -> None:
    document = docx.Document()
    rows = [
        row("序号", "任务", "单位"),
        row("1", "甲", "乙"),
        row("2", "删", "删", before='<w:del w:id="5" w:author="x"/>'),
        row("丙", "丁", before='<w:gridBefore w:val="1"/>'),
    ]
    document.element.body.insert(0, parse_xml(f"<w:tbl {W}><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"))
    assert lines_of(document) == ["| 序号 | 任务 | 单位 |", "| 1 | 甲 | 乙 |", "|  | 丙 | 丁 |"]

"""The results of a check as a Word document: totals, verdicts in words, evidence verbatim, citations as footnotes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.check_desk import Checked
from assistant.check_words import WORDS, Word, word_of, word_of_claim
from assistant.footnote import Footnotes
from assistant.sheet_export import COLOURS, differences_of, evidence_of, in_words, legal, totals_in_words
from assistant.verdict import Statement
from content.corpus import Corpus

if TYPE_CHECKING:
    from docx.document import Document

_FONT = "宋体"
_HEADING_FONT = "黑体"
_GREY = "565B64"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def write_docx(checked: Sequence[Checked], corpus: Corpus) -> bytes:
    """The results as a .docx file. Raises QuotationError where a quotation would not be the notice's words."""
    from docx import Document

    document = Document()
    _set_up(document)
    notes = Footnotes(document)
    writer = _Writer(document, notes, corpus)
    document.add_heading("核对结果", 1)
    titles = "".join(f"《{legal(notice.title)}》" for notice in corpus.notices[:3])
    more = f"等 {len(corpus.notices)} 份通知" if len(corpus.notices) > 3 else ""
    document.add_paragraph(f"依据：{titles}{more}", document.styles["Body Text"])
    document.add_paragraph(f"{totals_in_words(checked)}。", document.styles["Body Text"])
    for at, item in enumerate(checked, 1):
        writer.claim(at, item)
    notes.finish()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    """Writes claims one below the other, straight as XML: python-docx looks every style up in every paragraph."""

    def __init__(self, document: Document, notes: Footnotes, corpus: Corpus) -> None:
        from docx.oxml.ns import qn

        self._notes = notes
        self._corpus = corpus
        self._end = document.element.body.sectPr  # the body's last element; paragraphs go before it
        self._styles = {name: document.styles[name].style_id for name in ("Heading 2", "Body Text", "Quote")}
        self._qn = {
            name: qn(f"w:{name}") for name in ("p", "pPr", "pStyle", "r", "rPr", "b", "color", "t", "br", "val")
        }

    def claim(self, at: int, item: Checked) -> None:
        word = word_of_claim(item.verdict)
        head = self._paragraph("Heading 2")
        self._run(head, f"{at}. ")
        self._run(head, WORDS[word], word)
        if item.row.number != at:
            self._run(head, f"（第 {item.row.number} 行）")
        if item.row.question:
            self._labelled("问题", item.row.question)
        self._labelled("答案", item.row.answer)
        several = len(item.verdict.statements) > 1
        for statement in item.verdict.statements:
            self._statement(statement, item.verdict.claim, several)

    def _statement(self, statement: Statement, claim: str, several: bool) -> None:
        word = word_of(statement)
        if several or word is Word.UNSURE:
            line = self._paragraph("Body Text")
            self._run(line, in_words(statement), word)
            if several:
                self._run(line, f"\u3000{statement.span.of(claim)}")
        for label, difference in differences_of(statement, claim, self._corpus):
            self._labelled(label, difference)
        label = "最接近的原文" if word is Word.NOT_MENTIONED else "原文"
        for own in evidence_of(statement, self._corpus):
            line = self._paragraph("Quote")
            self._run(line, f"{label}：", colour=_GREY)
            self._run(line, "……".join(f"「{words}」" for words in own.words))
            self._notes.add(line, legal(own.label))

    def _labelled(self, label: str, text: str) -> None:
        line = self._paragraph("Body Text")
        self._run(line, f"{label}：", colour=_GREY)
        self._run(line, text)

    def _paragraph(self, style: str) -> Any:
        from lxml.etree import SubElement

        paragraph = self._end.makeelement(self._qn["p"])
        self._end.addprevious(paragraph)
        properties = SubElement(paragraph, self._qn["pPr"])
        SubElement(properties, self._qn["pStyle"], {self._qn["val"]: self._styles[style]})
        return paragraph

    def _run(self, paragraph: Any, text: str, word: Word | None = None, colour: str | None = None) -> None:
        from lxml.etree import SubElement

        run = SubElement(paragraph, self._qn["r"])
        if word is not None or colour is not None:
            properties = SubElement(run, self._qn["rPr"])
            if word is not None:
                SubElement(properties, self._qn["b"])
            SubElement(properties, self._qn["color"], {self._qn["val"]: colour or COLOURS[word or Word.UNSURE][0]})
        for at, line in enumerate(legal(text).split("\n")):
            if at:
                SubElement(run, self._qn["br"])
            SubElement(run, self._qn["t"], {_SPACE: "preserve"}).text = line


def _set_up(document: Document) -> None:
    """Chinese fonts, A4, and plain styles in the colours of the page."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    for name, font, size in (
        ("Normal", _FONT, 11), ("Body Text", _FONT, 11), ("Quote", _FONT, 11), ("Heading 1", _HEADING_FONT, 20),
        ("Heading 2", _HEADING_FONT, 13),
    ):  # fmt: skip
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.name = font
        style.font.italic = False
        style.font.color.rgb = RGBColor.from_string("A2231D" if name == "Heading 1" else "1D1F23")
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
        style.paragraph_format.space_after = Pt(4)
    document.styles["Quote"].paragraph_format.left_indent = Cm(0.75)
    document.core_properties.title = "核对结果"
    document.core_properties.author = ""
    document.core_properties.comments = ""

"""Footnotes of a Word document, which python-docx does not write: their part, their styles and their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RULES = (("separator", -1), ("continuationSeparator", 0))
"""The lines between text and footnotes, which every footnotes part begins with; notes themselves count from 1."""


class Footnotes:
    """Collects the footnotes of one document; `finish` puts them into it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._texts: list[str] = []
        self._reference, self._text = _add_styles(document)

    def add(self, paragraph: Any, text: str) -> None:
        """Set the mark of a new footnote at the end of a paragraph, which is its XML element."""
        from docx.oxml.ns import qn
        from docx.oxml.parser import OxmlElement

        self._texts.append(text)
        run = OxmlElement("w:r")
        properties = OxmlElement("w:rPr")
        style = OxmlElement("w:rStyle")
        style.set(qn("w:val"), self._reference)
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(len(self._texts)))
        properties.append(style)
        run.append(properties)
        run.append(mark)
        paragraph.append(run)

    def finish(self) -> None:
        """Add the footnotes part to the document, and the settings that name its separators."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        package = self._document.part.package
        part = Part(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, self._xml(), package)
        self._document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        _name_separators(self._document)

    def _xml(self) -> bytes:
        from lxml import etree

        def w(name: str) -> str:
            return f"{{{_W}}}{name}"

        root = etree.Element(w("footnotes"), nsmap={"w": _W})
        for kind, number in _RULES:
            note = etree.SubElement(root, w("footnote"), {w("type"): kind, w("id"): str(number)})
            run = etree.SubElement(etree.SubElement(note, w("p")), w("r"))
            etree.SubElement(run, w(kind))
        for number, text in enumerate(self._texts, 1):
            note = etree.SubElement(root, w("footnote"), {w("id"): str(number)})
            paragraph = etree.SubElement(note, w("p"))
            style = etree.SubElement(paragraph, w("pPr"))
            etree.SubElement(style, w("pStyle"), {w("val"): self._text})
            run = etree.SubElement(paragraph, w("r"))
            etree.SubElement(etree.SubElement(run, w("rPr")), w("rStyle"), {w("val"): self._reference})
            etree.SubElement(run, w("footnoteRef"))
            words = etree.SubElement(etree.SubElement(paragraph, w("r")), w("t"))
            words.text = f" {text}"
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return written


def _add_styles(document: Document) -> tuple[str, str]:
    """The ids of the styles of footnote marks and footnote texts."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    reference = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(9)
    text.paragraph_format.space_after = Pt(2)
    return reference.style_id, text.style_id


def _name_separators(document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    properties = OxmlElement("w:footnotePr")
    for _, number in _RULES:
        separator = OxmlElement("w:footnote")
        separator.set(qn("w:id"), str(number))
        properties.append(separator)
    settings = document.settings.element
    # The schema has an order, in which these stand before w:compat.
    after = settings.find(qn("w:compat"))
    if after is None:
        settings.append(properties)
    else:
        after.addprevious(properties)

"""`Line`: the lines of a document's text, without the white space and the markup around their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from content.span import Span

INFO_END = "<!-- INFO END -->"
"""In Markdown collections of laws, what stands between the title and this mark tells how the law was made."""

_EDGE = "\\s\ufeff\u200b\u2060"
_LINE = re.compile(r"[^\n]+")
_WORDS = re.compile(rf"[^{_EDGE}](?:.*[^{_EDGE}])?", re.DOTALL)
_MARKS = re.compile(rf"#{{1,6}}[ \t\u3000]+(?=[^{_EDGE}])")
_MARKUP = re.compile(r"<!--.*-->|\|[\s|:-]*\|")
"""A comment, or the row of strokes between the header and the body of a table."""
_FRONT_MATTER = re.compile(r"\ufeff?---\r?\n(?:[\w-]+:[^\n]*\n|\r?\n){0,60}---\r?(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: the offsets of its words. `marks` counts the `#` of a Markdown heading, 0 for none."""

    start: int
    end: int
    text: str
    marks: int = 0

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def is_row(self) -> bool:
        """Whether this is a row of a table, written `| cell | cell |`."""
        return len(self.text) > 2 and self.text[0] == self.text[-1] == "|"


def lines_of(text: str) -> Iterator[Line]:
    """The lines that hold words, in order. Comments and front matter of Markdown are no words."""
    front = _FRONT_MATTER.match(text)
    for found in _LINE.finditer(text, front.end() if front else 0):
        words = _WORDS.search(text, found.start(), found.end())
        if words is None or _MARKUP.fullmatch(words.group()):
            continue
        marks = _MARKS.match(text, words.start(), words.end())
        start = marks.end() if marks else words.start()
        yield Line(start, words.end(), text[start : words.end()], marks.group().count("#") if marks else 0)


def compact(text: str) -> str:
    """The characters of a text that are no white space."""
    return "".join(text.split())

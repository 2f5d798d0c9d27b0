"""One passage from a text, for tests of what happens within a passage."""

from __future__ import annotations

from content.kind import Kind
from content.passage import Passage, split_sentences


def cut_one(text: str, start: int = 0, notice_id: str = "a", section: tuple[str, ...] = ()) -> Passage:
    """The text as one paragraph that begins at `start`."""
    sentences = tuple(split_sentences(text, start))
    return Passage(notice_id, Kind.PARAGRAPH, section, 1, start, start + len(text), text, sentences)

"""`Kind`: what part of a document a passage is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What part of the document a passage is."""

    LETTERHEAD = "letterhead"
    TITLE = "title"
    NUMBER = "number"
    HISTORY = "history"
    ADDRESSEES = "addressees"
    CONTENTS = "contents"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ROW = "row"
    ATTACHMENTS = "attachments"
    ISSUER = "issuer"
    DATE = "date"
    NOTE = "note"
    COPIES = "copies"
    PRINTED = "printed"

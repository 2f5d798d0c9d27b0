"""The question that a statement answers: who it was, or what it is called, asked without the name that it gives.

The name that a wrong statement gives leads to what that one did or to nothing at all; the question leads to the place
that has the right one.
"""

from __future__ import annotations

from assistant.name import NameKind, names
from assistant.role import LETTERS
from content.text import fold

_WHO, _WHAT = "谁", "什么"


def inquiry(statement: str, elsewhere: str) -> str | None:
    """The statement asked of its first person, or of its first name that `elsewhere` (folded) does not hold.

    None where it names neither.
    """
    folded = fold(statement)
    for span, name, kind in names(folded.text):
        person = kind is NameKind.PERSON
        if (person and len(name) == LETTERS) or (not person and name not in elsewhere):
            start, end = folded.source_span(span.start, span.end)
            return statement[:start] + (_WHO if person else _WHAT) + statement[end:]
    return None

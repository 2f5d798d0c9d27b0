"""Terms that are looked for as they stand: 农民工; 通知里提到农民工了吗; 关于农民工，通知怎么说.

Whoever types a bare term, or asks whether it is mentioned, wants the place where it stands. Search by meaning may put
another passage first, and a model of refusal that was fitted on questions calls so few words no question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from content.passage import Passage
from content.span import Span
from content.text import fold, fold_text
from index.words import stands_whole, words

_TEXT = (
    r"(?:这[份个篇]?|该|本|咱们?这?)?(?:通知|文件|公文|文章|正文|全文|法律?|条例|规定|办法)?"
    r"(?:里面|里头|里|中|上|当中)?"
)
_MENTIONED = re.compile(
    rf"(?:请问)?{_TEXT}(?:有没有|有无|是否|是不是|哪里|在哪里?|哪一?[段处条句]|怎么)?有?"
    r"(?:提到|提及|提过|谈到|说到|讲到|写到|出现)(?:过|了)?(?P<term>[^,，、;；的]{2,16}?)(?:了|过)?(?:吗|没有|没|么|呢)?"
)
_ABOUT = re.compile(
    rf"(?:请问)?(?:关于|对于|对)(?P<term>[^,，、;；的]{{2,16}}?)[,，]?{_TEXT}(?:是怎么|怎么|是如何|如何)[说讲写](?:的|到的)?"
)
_BARE = re.compile(r"(?P<term>[^\s,，、;；。:：?？!！]{2,16})")
_ASKING = re.compile(
    r"什么|怎|吗|呢|谁|几|哪|何|多[少久长大高远重快]|啥|咋|是不是|有没有|能不能|可不可以|要不要|行不行|是否|能否|可否|为什|[?？]"
    r"|[不没]$"
)
_END = " \t\n。？！?!.~…"


def term_of(question: str) -> str | None:
    """The term, folded, that a question consists of or asks after by name; None for any other question."""
    folded = fold_text(question).strip(_END)
    for pattern in (_MENTIONED, _ABOUT):
        if (match := pattern.fullmatch(folded)) is not None:
            return match["term"].strip("\"'《》 ")
    if _ASKING.search(folded) is None and (match := _BARE.fullmatch(folded)) is not None:
        return match["term"].strip("\"'《》 ")
    return None


def is_asked_after(question: str) -> bool:
    """Whether a question asks where a term stands, rather than consists of one."""
    folded = fold_text(question).strip(_END)
    return any(pattern.fullmatch(folded) is not None for pattern in (_MENTIONED, _ABOUT))


def stands_in(term: str, passage: Passage) -> bool:
    """Whether a folded term stands in a passage as it is, in words of its own: 工时 does not in 录用职工时."""
    return next(_places(term, fold_text(passage.text)), None) is not None


def sentences_with(term: str, passage: Passage) -> tuple[Span, ...]:
    """The sentences of a passage in which a folded term begins, as spans of its notice."""
    folded = fold(passage.text)
    found: list[Span] = []
    for at in _places(term, folded.text):
        start = passage.start + folded.source_span(at, at + len(term))[0]
        own = next((span for span in passage.sentences if span.start <= start < span.end), passage.span)
        if own not in found:
            found.append(own)
    return tuple(found)


def _places(term: str, folded: str) -> Iterator[int]:
    """Where a term stands in a folded text."""
    at = folded.find(term) if term else -1
    cut = words(folded) if at >= 0 else []
    while at >= 0:
        if stands_whole(folded, at, at + len(term), cut):
            yield at
        at = folded.find(term, at + 1)

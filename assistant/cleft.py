"""Clefts in plain order: 作报告的，是王某 and 报告是王某作的 are 王某作报告."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answered import MARKS
from assistant.role import people_in
from content.span import Span

_OPENS = rf"(?<![^{MARKS}])"
_END = rf"(?=[{MARKS}]|$)"
_THAT = r"(?:那位|那个人|那一位|人|同志|领导)?"
_IS = r"[，,]?\s*(?:就|便|正|也)?是"
_WHO_LAST = re.compile(rf"{_OPENS}(?P<deed>[^{MARKS}]{{2,60}})的{_THAT}{_IS}(?P<who>[^{MARKS}的是]{{2,16}}){_END}")
"""给大家讲话的，是张某."""
_TOPIC = re.compile(rf"{_OPENS}(?P<topic>[^{MARKS}]{{2,60}}?)(?P<be>{_IS})?由?$")
_DEED = re.compile(rf"(?P<deed>来?[^{MARKS}的是]{{1,6}})的{_END}")
"""What stands before and behind the person of 这次的报告，是张某作的."""
_BEFORE = 70
"""Characters before a person in which the topic is looked for."""
_LAST = re.compile(r"[。！!\s]*$")
_NOT = re.compile(r"(?:[不非没未并都才还]|并不|是)$|^[这那此它该]")
"""What denies a cleft, or is nothing that somebody could have done something about."""
_SHORT_DEED = 3
_WHEN_LAST = re.compile(rf"[，,]\s*是(?P<when>[^{MARKS}的是]{{2,14}}[日号年月天])的事情?{_END}")
"""集体谈话，是10月29号的事."""
_VERBS = "替|代表|依靠|靠|强调|突出|围绕|紧扣|聚焦|针对|面向|体现|凝聚|坚持"
_WHAT_LAST = re.compile(rf"{_OPENS}(?P<deed>{_VERBS})的是(?=[^{MARKS}]{{2,}}{_END})")
"""替的是理事会."""
_POSTS = re.compile(r"主席|总理|书记(?!处)|委员长|部长|局长|主任|会长|院长|校长|市长|区长|省长|秘书长")
_COVERBS = tuple("给向对代替同与和为请让在跟由被把")
_BODIES = re.compile(r"^(?:大会|全会|工会|通知|报告|党中央|国务院|学校)(?![上里中的])")


def uncleft(text: str, answered: bool = False) -> list[Span] | None:
    """The pieces of a text in the order in which its clefts are read; None where it has none.

    `answered`: the text is a question with its answer set into it, where 报告王某作的 needs no 是.
    """
    pieces: list[Span] = []
    at = 0
    for start, end, own in sorted(_clefts(text, answered), key=lambda cleft: cleft[0]):
        # Behind a clause that is no cleft, whoever does it does what that clause says as well: moved there it is lost.
        moved = own[0].start > start
        goes_on = start > 0 and text[start - 1] in "，,、；;" and start - 1 != at
        if start >= at and not (moved and goes_on):
            pieces += [Span(at, start), *own]
            at = end
    return [*pieces, Span(at, len(text))] if at else None


def _clefts(text: str, answered: bool) -> Iterator[tuple[int, int, list[Span]]]:
    """Every cleft with its start, its end and the order in which its parts are read."""
    for match in _WHO_LAST.finditer(text):
        if _somebody(match["who"]) and not _acts(match["deed"]):
            yield match.start(), match.end(), [Span(*match.span("who")), Span(*match.span("deed"))]
    for who in _people(text):
        deed = _DEED.match(text, who.end)
        topic = _TOPIC.search(text, max(0, who.start - _BEFORE), who.start) if deed else None
        if deed is None or topic is None or _NOT.search(topic["topic"]):
            continue
        if topic["be"] or (answered and _LAST.match(text, deed.end())):
            about, done = Span(*topic.span("topic")), Span(*deed.span("deed"))
            short = len(deed["deed"]) <= _SHORT_DEED
            yield about.start, deed.end(), [who, done, about] if short else [about, who, done]
    for match in _WHEN_LAST.finditer(text):
        yield match.start(), match.end(), [Span(match.start(), match.start("when") - 1), Span(*match.span("when"))]
    for match in _WHAT_LAST.finditer(text):
        yield match.start(), match.end(), [Span(*match.span("deed"))]


def _acts(deed: str) -> bool:
    """Whether it names who does it itself: 校长接见的 says whom somebody met."""
    if deed.startswith(_COVERBS):
        return False
    return bool(_POSTS.search(deed) or _BODIES.search(deed) or _people(deed))


def _somebody(words: str) -> bool:
    return any(match.end() == len(words) for match in _POSTS.finditer(words)) or bool(_people(words))


def _people(text: str) -> list[Span]:
    return people_in(text, Span(0, len(text)))

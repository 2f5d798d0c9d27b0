"""A statement in plain order: an answer set into its question, and the person of a cleft before what they do.

八个坚持有几个：八个 says nothing that words could be held against, and 作报告的，是王某 has the two ends of 王某作报告
apart. What is read is the plain form; every character of it knows where it stands in the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.name import NameKind, names
from content.span import Span
from content.text import fold

_MARKS = r"，。；：！？,;:!?\n"
_END = r"(?=[，。；！？,;!?\n]|$)"
_ASKED = re.compile(
    r"(?:问[:：]\s*)?(?P<asked>[^。！？!?\n：:]{2,80})[？?：:][\s，,]*(?:答[:：]\s*)?"
    rf"(?P<answer>[^{_MARKS}]{{1,30}})(?P<rest>[^？?]*)"
)
_MEASURE = r"[个位名项条点种类样款件届次章节天年月周部处家层级场]"
_HOLE = re.compile(
    rf"(?P<number>第?几|多少)(?P<measure>{_MEASURE})?|什么时候|何时|哪一?[天日年月]|谁|哪一?[位个家]|什么人|哪些|什么"
)
"""What a question asks for."""
_OTHERWISE = re.compile("为什么|怎么|怎样|如何|吗|是否|有没有|是不是|对不对")
"""No word of a question stands where its answer would."""
_TELLS = re.compile("(?:说|讲|道|写|指出|认为|要求|规定|的)$")
"""What ends so is no answer but leads to one."""
_DATED = re.compile(r"几月几[日号]|几[日号]")
_THAT = r"(?:那位|那个人|那一位|人|同志|领导)?"
_IS = r"[，,]?\s*(?:就|便|正|也)?是"
_WHO_LAST = re.compile(rf"(?P<deed>[^{_MARKS}]{{3,40}})的{_THAT}{_IS}(?P<who>[^{_MARKS}的是]{{2,16}}){_END}")
"""给大家讲话的，是张某."""
_TOPIC = re.compile(rf"(?P<topic>[^{_MARKS}]{{2,40}}?)(?P<be>{_IS})?由?$")
_DEED = re.compile(rf"(?P<deed>来?[^{_MARKS}的是]{{1,6}})的{_END}")
"""What stands before and behind the person of 这次的报告，是张某作的."""
_LAST = re.compile(r"[。！!\s]*$")
_SHORT_DEED = 3
_WHEN_LAST = re.compile(rf"[，,]\s*是(?P<when>[^{_MARKS}的是]{{2,14}}[日号年月天])的事情?{_END}")
"""集体谈话，是10月29号的事."""
_WHAT_LAST = re.compile(rf"(?<![^{_MARKS}])(?P<deed>[^{_MARKS}的]{{1,3}})的是(?=[^{_MARKS}]{{2,}}{_END})")
"""替的是理事会."""
_POSTS = re.compile(r"(?:主席|总理|书记|委员长|部长|局长|主任|会长|院长|校长|市长|区长|省长|秘书长)$")
_QUOTES = ("“”", "「」", "『』", "《》", "（）", "()")


@dataclass(frozen=True, slots=True)
class Restated:
    """`text` is what is read; `places[i]` is where its character `i` stands in the statement."""

    text: str
    places: tuple[int, ...]

    def source(self, span: Span) -> Span:
        """Where a span of `text` stands in the statement: of one that lies in several pieces there, the longest."""
        if span.start == span.end:
            at = self.places[span.start] if span.start < len(self.places) else max(self.places, default=-1) + 1
            return Span(at, at)
        own = self.places[span.start : span.end]
        cuts = [0, *(at for at, (a, b) in enumerate(pairwise(own), 1) if b != a + 1), len(own)]
        start, end = max(pairwise(cuts), key=lambda piece: piece[1] - piece[0])
        return Span(own[start], own[end - 1] + 1)


def restate(statement: str) -> Restated:
    """The statement in plain order; as it is where there is nothing to set right, or quotations would be torn."""
    plain = Restated(statement, tuple(range(len(statement))))
    for step in (_answered, _uncleft):
        plain = step(plain)
    return plain


def _answered(said: Restated) -> Restated:
    """An answer in the place of the word that its question asks with."""
    match = _ASKED.fullmatch(said.text.strip())
    if match is None or _OTHERWISE.search(match["asked"]) or _TELLS.search(match["answer"]):
        return said
    shift = len(said.text) - len(said.text.lstrip())
    hole = _DATED.search(match["asked"]) or _HOLE.search(match["asked"])
    if hole is None:
        return said
    start, end = hole.span()
    if hole.re is _HOLE and hole["measure"] and hole["measure"] not in match["answer"]:
        end = hole.start("measure")
    at = match.start("asked")
    before, after = Span(at, at + start), Span(at + end, match.end("asked"))
    pieces = (before, Span(*match.span("answer")), after, Span(*match.span("rest")))
    return _joined(said, [Span(piece.start + shift, piece.end + shift) for piece in pieces])


def _uncleft(said: Restated) -> Restated:
    """Who does something before what they do, what stands between them and 的是 left out."""
    text = said.text
    pieces: list[Span] = []
    at = 0
    for start, end, own in sorted(_clefts(text), key=lambda cleft: cleft[:2]):
        if start >= at:
            pieces += [Span(at, start), *own]
            at = end
    return _joined(said, [*pieces, Span(at, len(text))]) if at else said


def _clefts(text: str) -> Iterator[tuple[int, int, list[Span]]]:
    """Every cleft with its start, its end and the order in which its parts are read."""
    for match in _WHO_LAST.finditer(text):
        if _somebody(match["who"]):
            yield match.start(), match.end(), [Span(*match.span("who")), Span(*match.span("deed"))]
    for who in _people(text):
        topic, deed = _TOPIC.search(text, 0, who.start), _DEED.match(text, who.end)
        if topic and deed and (topic["be"] or _LAST.match(text, deed.end())):
            about, done = Span(*topic.span("topic")), Span(*deed.span("deed"))
            short = len(deed["deed"]) <= _SHORT_DEED
            yield about.start, deed.end(), [who, done, about] if short else [about, who, done]
    for match in _WHEN_LAST.finditer(text):
        yield match.start(), match.end(), [Span(*match.span("when"))]
    for match in _WHAT_LAST.finditer(text):
        yield match.start(), match.end(), [Span(*match.span("deed"))]


def _somebody(words: str) -> bool:
    return bool(_POSTS.search(words)) or bool(_people(words))


def _people(text: str) -> list[Span]:
    folded = fold(text)
    found = [span for span, _, kind in names(folded.text) if kind is NameKind.PERSON]
    return [Span(*folded.source_span(span.start, span.end)) for span in found]


def _joined(said: Restated, pieces: Iterable[Span]) -> Restated:
    """The pieces of a text in this order; the text itself where one of them holds half of a quotation."""
    own = list(pieces)
    texts = [piece.of(said.text) for piece in own]
    if any(text.count(pair[0]) != text.count(pair[1]) for text in texts for pair in _QUOTES):
        return said
    return Restated("".join(texts), tuple(at for piece in own for at in said.places[piece.start : piece.end]))

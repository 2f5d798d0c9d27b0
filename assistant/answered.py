"""An answer set into its question: 报告谁作的？王某。 is 报告王某作的。"""

from __future__ import annotations

import re

from content.span import Span
from content.text import fold_text, numbers

MARKS = r"，。；：！？,;:!?\n"
_ASKED = re.compile(
    r"\s*(?:问[:：]\s*)?(?P<asked>[^。！？!?\n：:]{2,80})(?P<mark>[？?：:])[\s，,]*(?:答[:：]\s*)?"
    rf"(?P<answer>[^{MARKS}]{{1,30}})(?P<rest>[^？?]*)"
)
_MEASURE = r"[个位名项条点种类样款件届次章节天年月周部处家层级场]"
_HOLE = re.compile(
    rf"(?P<number>第?(?<![十好没])几(?!乎)|多少)(?P<measure>{_MEASURE})?"
    r"|什么时候|何时|哪一?[天日年月]|谁|哪一?[位个家]|什么人|哪些|什么"
)
"""What a question asks for."""
_DATED = re.compile(r"几月几[日号]|几[日号]")
_OTHERWISE = re.compile(
    "为什么|怎么|怎样|如何|吗|是否|有没有|是不是|对不对|没什么|没有什么|无论|不论|不管|谁都|什么都|哪[些个]?都"
)
"""No word of a question stands where its answer would, or what looks like a question is none."""
_NO_ANSWER = re.compile(r"^(?:不|并不|并非|非|没|无)|(?:说|讲|道|写|指出|认为|要求|规定|的)$")
"""What denies, and what leads to an answer."""


def answered(statement: str) -> list[Span] | None:
    """The pieces of a statement in the order in which it is read: the answer in the place of the word that asks.

    What the answer repeats of the question is read once. None where it is not one question with its answer.
    """
    match = _ASKED.fullmatch(statement)
    if match is None or _OTHERWISE.search(match["asked"]) or _NO_ANSWER.search(match["answer"]):
        return None
    holes = [m for pattern in (_DATED, _HOLE) for m in pattern.finditer(match["asked"])]
    hole = holes[0] if holes else None
    if hole is None or any(other.start() >= hole.end() for other in holes):
        return None
    counted = hole.re is _DATED or hole["number"] is not None
    if counted and not numbers(fold_text(match["answer"])):
        return None
    if match["mark"] in "：:" and match["rest"].strip("。 \n"):
        return None  # a list behind a colon is no answer
    start, end = hole.span()
    if hole.re is _HOLE and hole["measure"] and hole["measure"] not in match["answer"]:
        end = hole.start("measure")
    at = match.start("asked")
    before, after = Span(at, at + start), Span(at + end, match.end("asked"))
    answer = _without_repeats(statement, before, Span(*match.span("answer")), after)
    if answer.start >= answer.end:
        return None
    return [before, answer, after, Span(*match.span("rest"))]


def _without_repeats(text: str, before: Span, answer: Span, after: Span) -> Span:
    """The answer without what stands on either side of it in the question."""
    own, left, right = answer.of(text), before.of(text), after.of(text)
    head = next((n for n in range(min(len(own), len(left)), 0, -1) if left.endswith(own[:n])), 0)
    rest = own[head:]
    tail = next((n for n in range(min(len(rest), len(right)), 0, -1) if right.startswith(rest[-n:])), 0)
    return Span(answer.start + head, answer.end - tail)

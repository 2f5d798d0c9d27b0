"""Clauses of a claim laid beside the clauses of its evidence that they are closest to, word against word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from content.span import Span
from content.text import fold_numerals

_CLAUSE = re.compile(r"[^，。；：！？、,;:!?\n]+(?:、[^，。；：！？、,;:!?\n]+)*")
_RUN = 3
"""A clause of a claim may say what takes up to so many clauses in the notice."""
_ALIKE = 0.6
"""From which likeness (Indel ratio) two clauses are one, differently put."""
_LITTLE = frozenset(
    "的 地 得 了 着 过 和 与 及 以及 并 并且 而 且 也 还 又 就 都 是 在 于 把 被 将 要 要求 对 向 从 由 为 所 上 中 里"
    " 下 等 这 那 其 该 一 个 说 指出 强调 提出 通知 文件 总 有 会 能 可 以 用 来"
    " 去 到 给 让 使 之 者 们 们的 我们 他 她 它".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replaced:
    """Words of the claim and those that stand in their place in the evidence; None where nothing does.

    `likeness` is how alike the two clauses are; `displaced` says that the claim's words stand in the evidence, but
    in another clause: so are roles and attributes exchanged.
    """

    claim: Span | None
    evidence: Span | None
    likeness: float
    displaced: bool


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    span: Span


def replaced(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """What differs, by words, between each clause of the claim and the likest clauses of the evidence."""
    theirs = _runs(evidence)
    spare = fold_numerals(evidence).text
    found: list[Replaced] = []
    for clause in _clauses(claim):
        best = _likest(claim, clause, evidence, theirs)
        if best is not None:
            run, likeness = best
            found += _differing(claim, clause, evidence, run, likeness, spare)
    return tuple(found)


def _clauses(text: str) -> list[Span]:
    return [Span(*match.span()) for match in _CLAUSE.finditer(text) if len(match.group()) > 2]


def _runs(text: str) -> list[Span]:
    clauses = [Span(*match.span()) for match in _CLAUSE.finditer(text)]
    runs = []
    for at, first in enumerate(clauses):
        near = clauses[at : at + _RUN]
        runs += [Span(first.start, last.end) for last in near if "。" not in text[first.start : last.start]]
    return runs


def _likest(claim: str, clause: Span, evidence: str, runs: Sequence[Span]) -> tuple[Span, float] | None:
    from rapidfuzz import fuzz, process

    own = fold_numerals(clause.of(claim)).text
    choices = [fold_numerals(run.of(evidence)).text for run in runs]
    match = process.extractOne(own, choices, scorer=fuzz.ratio, score_cutoff=100 * _ALIKE)
    return None if match is None else (runs[match[2]], match[1] / 100)


def _differing(claim: str, clause: Span, evidence: str, run: Span, likeness: float, spare: str) -> list[Replaced]:
    ours, theirs = _words(claim, clause), _words(evidence, run)
    steps = difflib.SequenceMatcher(
        None, [w.text for w in ours], [w.text for w in theirs], autojunk=False
    ).get_opcodes()
    found = []
    for tag, i, j, k, m in steps:
        if tag == "equal":
            continue
        own, other = _content(ours[i:j]), _content(theirs[k:m])
        if own is None and (other is None or tag == "insert"):
            continue  # what a claim leaves out, it need not say
        text = "" if own is None else fold_numerals(own.of(claim)).text
        found.append(Replaced(own, other, likeness, bool(text) and text in spare))
    return found


def _content(words: Sequence[_Word]) -> Span | None:
    """From the first to the last word that is not a little one."""
    kept = [word for word in words if word.text not in _LITTLE and word.text[0].isalnum()]
    return Span(kept[0].span.start, kept[-1].span.end) if kept else None


def _words(text: str, span: Span) -> list[_Word]:
    import rjieba

    words, at = [], span.start
    for word in rjieba.cut(span.of(text)):
        words.append(_Word(fold_numerals(word).text, Span(at, at + len(word))))
        at += len(word)
    return [word for word in words if word.text.strip()]

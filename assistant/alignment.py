"""Clauses of a claim laid beside the clauses of its evidence that they are closest to, word against word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from content.span import Span
from content.text import fold_numerals, fold_text

_CLAUSE = re.compile(r"[^，。；：！？、,;:!?\n]+(?:、[^，。；：！？、,;:!?\n]+)*")
_BETWEEN = ("、", "和", "与", "及")
_ITEM = 3
"""Characters within which a mark between items makes a word part of a list."""
_VERBATIM = 0.85
_RUN = 3
"""A clause of a claim may say what takes up to so many clauses in the notice."""
_ALIKE = 0.6
"""From which likeness (Indel ratio) two clauses are one, differently put."""
LITTLE = frozenset(
    "的 地 得 了 着 过 和 与 及 以及 并 并且 而 且 也 还 又 就 都 是 在 于 把 被 将 要 要求 对 向 从 由 为 所 上 中 里"
    " 下 等 这 那 其 该 一 个 说 指出 强调 提出 通知 文件 总 有 会 能 可 以 用 来"
    " 去 到 给 让 使 之 者 们 们的 我们 他 她 它 即 又是 也是 就是 才".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replaced:
    """Words of the claim and those that stand in their place in the evidence; None where nothing does.

    `likeness` is how alike the two clauses are. `displaced` says that the claim's words stand in the evidence, but in
    another place, and `exchanged` that those in their place stand in the claim likewise: so are roles and attributes
    swapped. Items of a list may stand in any order.
    """

    claim: Span | None
    evidence: Span | None
    likeness: float
    displaced: bool
    exchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    span: Span


def replaced(claim: str, evidence: str) -> tuple[Replaced, ...]:
    """What differs, by words, between each clause of the claim and the likest clauses of the evidence."""
    runs = _runs(evidence)
    plain = fold_numerals(claim).text, fold_numerals(evidence).text
    found: list[Replaced] = []
    before: tuple[Span, Span, float] | None = None
    for clause in clauses(claim):
        best = _likest(claim, clause, evidence, runs)
        if best is not None:
            run, likeness = best
            found += _differing(claim, clause, evidence, run, likeness, plain)
            if before is not None:
                found += _joined(claim, before, (clause, run, likeness), evidence)
        before = best and (clause, *best)
    return tuple(found)


def _joined(
    claim: str, first: tuple[Span, Span, float], second: tuple[Span, Span, float], evidence: str
) -> list[Replaced]:
    """A clause set behind one that goes on otherwise in the evidence, though in the same form: two true halves.

    Each half is there nearly word for word, in points of their own, and the first begins otherwise than both ends.
    """
    (head, head_run, alike), (tail, tail_run, alike_too) = first, second
    rest = evidence[head_run.end :]
    own = _CLAUSE.search(rest)
    if min(alike, alike_too) < _VERBATIM or own is None or any(mark in "；。;" for mark in rest[: own.start()]):
        return []
    if fold_text(claim[head.start : tail.end]) in fold_text(evidence):
        return []  # where either half stands twice, both may be found apart though they stand together
    going_on = Span(head_run.end + own.start(), head_run.end + own.end())
    between = evidence[min(head_run.end, tail_run.end) : max(head_run.start, tail_run.start)]
    begins = tail.of(claim)[0]
    if (
        not any(mark in "；。;" for mark in between)
        or begins != going_on.of(evidence)[0]
        or begins == head.of(claim)[0]
    ):
        return []
    return [Replaced(tail, going_on, min(alike, alike_too), True, True)]


def clauses(text: str) -> list[Span]:
    """Stretches between marks other than 、, of three characters or more."""
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


def _differing(
    claim: str, clause: Span, evidence: str, run: Span, likeness: float, plain: tuple[str, str]
) -> list[Replaced]:
    ours, theirs = _words(claim, clause), _words(evidence, run)
    steps = difflib.SequenceMatcher(None, [w.text for w in ours], [w.text for w in theirs], autojunk=False)
    found = []
    for tag, i, j, k, m in steps.get_opcodes():
        if tag == "equal":
            continue
        own, other = _content(ours[i:j]), _content(theirs[k:m])
        if own is None and (other is None or tag == "insert"):
            continue  # what a claim leaves out, it need not say
        texts = [fold_numerals(s.of(t)).text if s else "" for s, t in ((own, claim), (other, evidence))]
        short, long = sorted(texts, key=len)
        # 工会 for 中国工会 is the same thing by a shorter name.
        another = bool(short) and short not in long
        listed = own is not None and other is not None and _listed(claim, own) and _listed(evidence, other)
        displaced = another and not listed and texts[0] in plain[1]
        found.append(Replaced(own, other, likeness, displaced, displaced and texts[1] in plain[0]))
    return found


def _listed(text: str, span: Span) -> bool:
    near = text[max(0, span.start - _ITEM) : span.end + _ITEM]
    return any(mark in near for mark in _BETWEEN)


def _content(words: Sequence[_Word]) -> Span | None:
    """From the first to the last word that is not a little one."""
    kept = [word for word in words if word.text not in LITTLE and word.text[0].isalnum()]
    return Span(kept[0].span.start, kept[-1].span.end) if kept else None


def _words(text: str, span: Span) -> list[_Word]:
    import rjieba

    folded = fold_numerals(span.of(text))
    words, at = [], 0
    for word in rjieba.cut(folded.text):
        start, end = folded.source_span(at, at + len(word))
        words.append(_Word(word, Span(span.start + start, span.start + end)))
        at += len(word)
    return [word for word in words if word.text.strip()]

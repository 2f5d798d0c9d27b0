"""Measures by the characters that are shown, so that runs which cut passages differently compare fairly.

A passage twice as long is found twice as easily and read half as gladly: these measures see both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from content.span import Span
from evals.dataset import EvalQuestion

BUDGET = 500
"""Characters that a patient reader reads."""
CHARACTERS = ("CharR@1", "CharR@3", "CharP@1", "CharF1@1", f"CharR@{BUDGET}c", "HighlightF1")
"""CharR@k: the share of the answer's characters that the first k passages hold. CharP@1, CharF1@1: the share of the
first passage that is answer, and its harmonic mean with CharR@1. CharR@500c: the share of the answer that stands in
the first 500 characters read. HighlightF1: as CharF1@1, for the first highlight."""

Shown = tuple[str, Span]
"""A notice's id and a stretch of it, as it was shown."""


def character_measures(
    question: EvalQuestion, notice_id: str, ranked: Sequence[Shown], highlight: Shown | None
) -> dict[str, float]:
    """The measures of `CHARACTERS` for one answerable question about `notice_id`; `ranked` is best first."""

    def inside(shown: Iterable[Shown]) -> set[int]:
        return {at for name, span in shown if name == notice_id for at in range(span.start, span.end)}

    answer = {at for places in question.places for place in places for at in range(place.start, place.end)}
    recall_1 = _recall(question, inside(ranked[:1]))
    lit = [highlight] if highlight is not None else []
    precision_1, lit_precision = (_precision(inside(shown) & answer, shown) for shown in (ranked[:1], lit))
    return {
        "CharR@1": recall_1,
        "CharR@3": _recall(question, inside(ranked[:3])),
        "CharP@1": precision_1,
        "CharF1@1": _harmonic(recall_1, precision_1),
        f"CharR@{BUDGET}c": _recall(question, inside(_first(ranked, BUDGET))),
        "HighlightF1": _harmonic(_recall(question, inside(lit)), lit_precision),
    }


def _recall(question: EvalQuestion, shown: set[int]) -> float:
    """The share of the quotes' characters among `shown`: of a quote that stands in several places, the best place."""
    held = [
        (max(sum(at in shown for at in range(place.start, place.end)) for place in places), len(quote))
        for quote, places in zip(question.quotes, question.places, strict=True)
    ]
    if question.places_suffice:
        return max(covered / length for covered, length in held)
    return sum(covered for covered, _ in held) / sum(length for _, length in held)


def _precision(right: set[int], shown: Sequence[Shown]) -> float:
    """The share of the characters shown that are right; 0 where none is shown."""
    total = sum(span.end - span.start for _, span in shown)
    return len(right) / total if total else 0.0


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def _first(ranked: Sequence[Shown], characters: int) -> list[Shown]:
    """What is read when reading stops after so many characters."""
    read: list[Shown] = []
    for name, span in ranked:
        if characters <= 0:
            break
        end = min(span.end, span.start + characters)
        read.append((name, Span(span.start, end)))
        characters -= end - span.start
    return read

"""What a statement's signs come to: a finding with a calibrated probability.

Multinomial logistic regression over signs of one reading (none of them words of a notice), fitted on claims of the
project's own (`notice-evals judge`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.alignment import Replaced
from assistant.conflict import Conflict
from assistant.post import POST
from assistant.slot import SlotKind
from assistant.verdict import Exactness, Finding, Quotation
from index.pair import VERDICTS, Reading

MODEL = Path(__file__).parent / "judgement.json"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Weights by finding and sign; `sure` is the probability from which no person needs to look."""

    intercepts: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    sure: float

    @classmethod
    def read(cls, path: Path = MODEL) -> Judgement:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["intercepts"], data["weights"], data["sure"])

    def judge(self, signs: Mapping[str, float]) -> tuple[Finding, float]:
        """The likeliest finding and its probability."""
        totals = {
            finding: self.intercepts[finding] + sum(weight * signs[name] for name, weight in own.items())
            for finding, own in self.weights.items()
        }
        top = max(totals.values())
        shares = {finding: math.exp(total - top) for finding, total in totals.items()}
        best = max(shares, key=lambda finding: shares[finding])
        return Finding(best), shares[best] / sum(shares.values())


def signs_of(
    reading: Reading,
    coverage: float,
    nearness: float,
    conflicts: Sequence[Conflict],
    quotations: Sequence[Quotation],
    laid: Sequence[Replaced],
    terms: int = 0,
    items: int = 0,
    borne_out: int = 0,
    agreeing: int = 0,
) -> dict[str, float]:
    """Named signs of one statement, each a finite number.

    `coverage` is the share of its character pairs that its evidence holds, `nearness` the cosine of the nearest
    sentence or clause, `terms` and `items` how many quoted terms and items of lists have another in their place,
    `borne_out` how many of its counts a list has, `agreeing` how many of its numbers, dates and names stand there.
    """
    logits = dict(zip(VERDICTS, (float(x) for x in reading.logits), strict=True))
    ours = sorted((chance for _, chance in reading.claim), reverse=True)
    theirs = sorted((chance for _, chance in reading.evidence), reverse=True)
    exact = [q.exactness for q in quotations]
    return {
        "against": logits["contradicted"] - logits["supported"],
        "absent": logits["not_mentioned"] - logits["supported"],
        "claim_differs": ours[0] if ours else 0.0,
        "evidence_differs": theirs[0] if theirs else 0.0,
        "coverage": coverage,
        "nearness": nearness,
        "numbers_against": _count(conflicts, (SlotKind.NUMBER, SlotKind.DATE), True),
        "numbers_foreign": _count(conflicts, (SlotKind.NUMBER, SlotKind.DATE), False),
        "names_against": _count(conflicts, (SlotKind.NAME,), True),
        "names_foreign": _count(conflicts, (SlotKind.NAME,), False),
        "exchanged": float(any(r.exchanged for r in laid)),
        "displaced": max((r.likeness for r in laid if r.displaced and not r.exchanged), default=0.0),
        "replaced": max((r.likeness for r in laid if r.claim and r.evidence and not r.displaced), default=0.0),
        "added": max((r.likeness for r in laid if r.evidence is None), default=0.0),
        "quoted_right": float(any(e in (Exactness.EXACT, Exactness.PUNCTUATION) for e in exact)),
        "quoted_wrong": float(Exactness.DIFFERING in exact),
        "quoted_foreign": float(Exactness.ABSENT in exact),
        "terms_instead": float(min(2, terms)),
        "items_instead": float(min(2, items)),
        "borne_out": float(min(2, borne_out)),
        "ranks": float(any(c.ours.unit == POST for c in conflicts)),
        "agreeing": float(min(3, agreeing)),
        "all_agree": float(agreeing > 0 and not conflicts),
    }


def _count(conflicts: Sequence[Conflict], kinds: Sequence[SlotKind], with_rival: bool) -> float:
    return float(min(2, sum(c.ours.kind in kinds and (c.theirs is not None) == with_rival for c in conflicts)))

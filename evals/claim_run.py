"""Checks a claim set and measures the verdicts, the evidence and the differences, each with its interval."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from assistant.verdict import Verdict
from evals.claims import Claim, ClaimSet, Wrong, evidence_found, split_of
from evals.measures import CONFIDENCE_LEVEL, RESAMPLES, Estimate, estimate
from evals.provenance import Provenance, provenance
from evals.record import plain
from index.pair import VERDICTS

_SLOTS = ("number", "date", "name")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim of a run. `evidence` and `named` are None where the set has none to find."""

    id: str
    kind: str
    claim: str
    wanted: str
    found: str
    confidence: float
    sure: bool
    evidence: bool | None
    named: bool | None
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ClaimRun:
    """The result of checking one split. `confusion[wanted][found]` counts claims; `rate` is statements a second."""

    name: str
    split: str
    set_digest: str
    rows: tuple[ClaimRow, ...]
    measures: Mapping[str, Estimate]
    by_kind: Mapping[str, Estimate]
    confusion: Mapping[str, Mapping[str, int]]
    rate: float
    provenance: Provenance

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values; a figure that does not exist is null."""
        body: dict[str, Any] = plain(asdict(self))
        return body


def run_claims(
    check_many: Callable[[Sequence[str]], Sequence[Verdict]],
    claim_set: ClaimSet,
    split: str,
    manifest: Mapping[str, Any] | None = None,
) -> ClaimRun:
    """Check every claim of a split."""
    claims = split_of(claim_set.claims, split)
    started = time.perf_counter()
    verdicts = check_many([claim.text for claim in claims])
    seconds = time.perf_counter() - started
    rows = tuple(_row(claim, verdict) for claim, verdict in zip(claims, verdicts, strict=True))
    kinds = sorted({(VERDICTS.index(row.wanted), row.kind) for row in rows})
    by_kind = {
        f"{VERDICTS[at]}/{kind}": estimate([float(r.wanted == r.found) for r in rows if r.kind == kind])
        for at, kind in kinds
    }
    confusion = {
        wanted: {found: sum(r.wanted == wanted and r.found == found for r in rows) for found in VERDICTS}
        for wanted in VERDICTS
    }
    rate = sum(len(verdict.statements) for verdict in verdicts) / max(seconds, 1e-9)
    return ClaimRun(
        claim_set.notice_id, split, claim_set.digest, rows, measures_of(rows), by_kind, confusion, round(rate, 1),
        provenance(manifest),
    )  # fmt: skip


def measures_of(rows: Sequence[ClaimRow]) -> dict[str, Estimate]:
    """The headline figures of a run."""

    def share(chosen: Sequence[ClaimRow], right: Callable[[ClaimRow], bool | None]) -> Estimate:
        return estimate([float(bool(right(row))) for row in chosen])

    of = {verdict: [row for row in rows if row.wanted == verdict] for verdict in VERDICTS}
    return {
        "accuracy": share(rows, lambda r: r.wanted == r.found),
        "balanced accuracy": balanced_accuracy(rows),
        "contradicted called supported": share(of["contradicted"], lambda r: r.found == "supported"),
        "supported called contradicted": share(of["supported"], lambda r: r.found == "contradicted"),
        "number, date or name named": share(
            [r for r in of["contradicted"] if r.kind in _SLOTS], lambda r: r.found == "contradicted" and r.named
        ),
        "difference named": share(of["contradicted"], lambda r: r.found == "contradicted" and r.named),
        "evidence": share([row for row in rows if row.evidence is not None], lambda r: r.evidence),
        "left to a person": share(rows, lambda r: not r.sure),
        "accuracy where sure": share([row for row in rows if row.sure], lambda r: r.wanted == r.found),
    }


def balanced_accuracy(rows: Sequence[ClaimRow], seed: int = 0) -> Estimate:
    """The mean of the shares right of each verdict; the interval resamples the claims of each verdict apart."""
    from scipy import stats

    groups = [np.array([float(row.found == verdict) for row in rows if row.wanted == verdict]) for verdict in VERDICTS]
    groups = [group for group in groups if group.size]
    if not groups:
        return estimate([])
    mean = float(np.mean([group.mean() for group in groups]))
    if any(group.size < 2 for group in groups) or all(np.ptp(group) == 0 for group in groups):
        return Estimate(mean, float("nan"), float("nan"), len(rows))
    result = stats.bootstrap(
        tuple(groups),
        lambda *samples, axis=-1: np.mean([sample.mean(axis=axis) for sample in samples], axis=0),
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE_LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = (float(bound) for bound in result.confidence_interval)
    return Estimate(mean, low, high, len(rows))


def _row(claim: Claim, verdict: Verdict) -> ClaimRow:
    spans = [_span(mark) for found in verdict.evidence for mark in found.highlights]
    differences = tuple((str(d.kind), d.claim, d.source) for d in verdict.differences)
    return ClaimRow(
        claim.id,
        claim.kind,
        claim.text,
        claim.verdict,
        str(verdict.finding),
        verdict.confidence,
        verdict.sure,
        evidence_found(claim, spans) if claim.evidence else None,
        any(_same(wanted, own) for wanted in claim.differences for own in differences) if claim.differences else None,
        differences,
    )


def _span(mark: Any) -> Any:
    from content.span import Span

    return Span(mark.start, mark.end)


def _same(wanted: Wrong, own: tuple[str, str, str]) -> bool:
    """Whether a difference found is the one of the set: both of its sides share words with the wanted ones."""
    _, claim, source = own
    sides = [(wanted.claim, claim), (wanted.source, source)]
    return all(not a or (bool(b) and (a in b or b in a)) for a, b in sides)

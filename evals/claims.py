"""Claim sets: what people said a notice says, with the verdict, the evidence and what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.corpus import Corpus
from content.notice import Notice
from content.questions import read_jsonl
from content.span import Span
from evals.dataset import DatasetError
from evals.sets import DATA
from index.pair import VERDICTS

FOLDER = DATA / "claims"
KINDS = {
    "supported": ("verbatim", "light_edit", "reworded", "merged", "partial", "quoted"),
    "contradicted": ("number", "date", "name", "item", "negation", "relation", "term"),
    "not_mentioned": ("near", "far"),
}
_KEYS = ("id", "claim", "verdict", "kind", "split", "evidence", "differences")
DIFFERENCES = ("number", "date", "name", "term", "negation", "relation", "item")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A difference as the set has it: the words of the claim and the words of the notice, either may be empty."""

    kind: str
    claim: str
    source: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `evidence` are all places of its quotes, one tuple a quote, none where nothing is mentioned."""

    id: str
    text: str
    verdict: str
    kind: str
    split: str
    evidence: tuple[tuple[Span, ...], ...]
    differences: tuple[Wrong, ...]

    def is_evidence(self, span: Span) -> bool:
        return any(place.overlaps(span) for places in self.evidence for place in places)


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """The claims about one notice; `digest` is the sha256 of the file."""

    notice_id: str
    claims: tuple[Claim, ...]
    digest: str


def read_claims(path: Path, notice: Notice) -> ClaimSet:
    """The claims of a file about `notice`.

    Raises DatasetError for a quote that is not in the notice, an unknown verdict or kind, or a line that says both.
    """
    claims = tuple(parse_claim(row, notice, f"{path}:{line}") for line, row in read_jsonl(path))
    return ClaimSet(notice.id, claims, hashlib.sha256(path.read_bytes()).hexdigest())


def find_claims(name: str | None, corpus: Corpus, folder: Path = FOLDER) -> ClaimSet:
    """The claims about the notice called `name` (None: the first notice that has any); raises DatasetError."""
    for notice in corpus.notices:
        path = folder / f"{notice.id}.jsonl"
        if name in (None, notice.id) and path.is_file():
            return read_claims(path, notice)
    raise DatasetError(f"{folder} 里没有关于{name or '这些通知'}的说法集。")


def parse_claim(row: dict[str, Any], notice: Notice, place: str) -> Claim:
    """One line of a claim file; `place` is named when it is wrong."""
    missing = [key for key in _KEYS if key not in row]
    if missing:
        raise DatasetError(f"{place}: 缺少 {'、'.join(missing)}。")
    verdict, kind = row["verdict"], row["kind"]
    if verdict not in VERDICTS or kind not in KINDS[verdict]:
        raise DatasetError(f"{place}: {verdict}/{kind} 不是已知的结论和类别。")
    if (verdict == "not_mentioned") != (not row["evidence"]):
        raise DatasetError(f"{place}: 除“未提及”外都要有证据，“未提及”不能有。")
    if (verdict == "contradicted") != bool(row["differences"]):
        raise DatasetError(f"{place}: “不一致”要写明差异，其他的不能有。")
    differences = tuple(Wrong(d["kind"], d["claim"], d["source"]) for d in row["differences"])
    for wrong in differences:
        if wrong.kind not in DIFFERENCES or wrong.claim not in row["claim"] or wrong.source not in notice.text:
            raise DatasetError(f"{place}: 差异“{wrong.claim}/{wrong.source}”不在说法或原文里。")
    if not all(row["evidence"]):
        raise DatasetError(f"{place}: 证据是空的。")
    evidence = tuple(places_of(quote, notice.text) for quote in row["evidence"])
    if not all(evidence):
        raise DatasetError(f"{place}: 证据不是通知原文。")
    return Claim(row["id"], row["claim"], verdict, kind, row["split"], evidence, differences)


def places_of(quote: str, text: str) -> tuple[Span, ...]:
    """Everywhere that `quote` stands in `text`."""
    spans, at = [], text.find(quote)
    while at >= 0:
        spans.append(Span(at, at + len(quote)))
        at = text.find(quote, at + 1)
    return tuple(spans)


def split_of(claims: Iterable[Claim], split: str) -> tuple[Claim, ...]:
    """The claims of one split, or of both with `all`."""
    return tuple(claim for claim in claims if split in (claim.split, "all"))


def evidence_found(claim: Claim, spans: Sequence[Span]) -> bool:
    """Whether any of the spans overlaps the words that settle the claim."""
    return any(claim.is_evidence(span) for span in spans)

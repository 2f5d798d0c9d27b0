"""`Fusion`: what each channel counts, fitted on dev questions by `notice-evals fit`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from index.entries import EntryKind
from index.titles import TITLE_CHANNELS

FUSION = Path(__file__).parent / "fusion.json"


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of the channels with a bank and without one.

    `of_many` are those among passages of several documents without a bank; where there are none, those without a bank.
    `reranking` is, by the name of the weights, what the reranker's scores count beside the sum of the channels; where
    there is nothing, it reads nothing.
    """

    with_bank: dict[str, float]
    without_bank: dict[str, float]
    of_many: dict[str, float] = field(default_factory=dict)
    reranking: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = FUSION) -> Fusion:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["with_bank"], data["without_bank"], data.get("of_many", {}), data.get("reranking", {}))

    def telling(self, with_bank: bool) -> frozenset[tuple[str, EntryKind]]:
        """The channels that propose, as (what, kind): those with a weight, and those that refusing looks at."""
        weighed = [self.without_bank, self.of_many, *([self.with_bank] if with_bank else [])]
        names = {name for weights in weighed for name, weight in weights.items() if weight}
        named = {tuple(name.removesuffix("-mean").split("/")) for name in names if name not in TITLE_CHANNELS}
        refusing = {(name, EntryKind.UNANSWERED) for name in ("dense", "characters")}
        return frozenset({(name, EntryKind(kind)) for name, kind in named} | refusing)

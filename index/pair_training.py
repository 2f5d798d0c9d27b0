"""Trains the reader of pairs: claims with evidence, a verdict and the words that differ."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from content.span import Span
from index.descent import Report, descend
from index.pair import VERDICTS, PairReader, as_read, batch, new_network, tokenize


@dataclass(frozen=True, slots=True)
class Pair:
    """One example; the spans are of the words that differ, in `claim` and in `evidence`.

    `marked` is whether the spans are known: where they are not, only the verdict is learned from.
    """

    claim: str
    evidence: str
    verdict: str
    claim_spans: tuple[Span, ...] = ()
    evidence_spans: tuple[Span, ...] = ()
    marked: bool = True


@dataclass(frozen=True, slots=True)
class PairRecipe:
    """How to train: `comparing` steps on edited sentences, then `steps` with claims among them; `pairs` a step."""

    comparing: int = 600
    steps: int = 900
    pairs: int = 16
    rank: int = 32
    rate: float = 6e-4
    words: float = 0.5
    """What the loss over differing words counts beside the verdict's."""
    seed: int = 20181113


def resumed(base: str | Path, folder: Path) -> tuple[PairReader, int]:
    """The reader that `save_pair_reader` wrote, with its adapter still apart so that it can be trained on; its rank."""
    from safetensors.torch import load_file

    rank = json.loads((folder / "config.json").read_text(encoding="utf-8"))["rank"]
    tokenizer, network = new_network(base, rank)
    own = {name: tensor.float() for name, tensor in load_file(folder / "weights.safetensors").items()}
    if odd := own.keys() ^ network.own().keys():
        raise ValueError(f"{folder}: {len(odd)} tensors do not fit this encoder, for example {min(odd)}")
    network.load_state_dict(own, strict=False)
    return PairReader(tokenizer, network), rank


@contextmanager
def averaged(reader: PairReader) -> Iterator[None]:
    """Within it the reader is trained; after it its weights are the mean of those before and those then.

    What is learned anew does not push out what was known (Wortsman et al. 2022, arXiv:2109.01903).
    """
    import torch

    before = {name: tensor.clone() for name, tensor in reader.network.own().items()}
    yield
    with torch.no_grad():
        for name, tensor in reader.network.own().items():
            tensor.add_(before[name]).div_(2)


def train_pairs(
    reader: PairReader,
    draw: Callable[[random.Random], Sequence[Pair]],
    recipe: PairRecipe,
    report: Report | None = None,
) -> None:
    """Train in place. `draw` gives the pairs of one step; `report` is called with (step, steps, recent mean loss)."""
    import torch

    network = reader.network
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    weights = [p for p in network.parameters() if p.requires_grad]
    network.eval()  # without dropout, as in index/adapt.py; so is what follows
    network.model.set_attn_implementation("eager")
    descend(weights, recipe.steps, recipe.rate, lambda: _loss(reader, draw(chance), recipe), report)


def _loss(reader: PairReader, pairs: Sequence[Pair], recipe: PairRecipe) -> Any:
    import torch

    texts = [(as_read(pair.claim), as_read(pair.evidence)) for pair in pairs]
    rows = tokenize(reader.tokenizer, texts)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]["ids"]))
    total: Any = 0.0
    half = len(order) // 2 or 1
    # Two batches of like length: padding costs as much as text.
    for chosen in (order[:half], order[half:]):
        if not chosen:
            continue
        with torch.autocast("cpu", torch.bfloat16):
            logits, differs = reader.network(batch([rows[i] for i in chosen], reader.tokenizer.pad_token_id))
        wanted = torch.tensor([VERDICTS.index(pairs[i].verdict) for i in chosen])
        loss = torch.nn.functional.cross_entropy(logits.float(), wanted, label_smoothing=0.03, reduction="sum")
        goal = np.zeros(differs.shape, np.float32)
        known = np.zeros(differs.shape, np.float32)
        for at, i in enumerate(chosen):
            if not pairs[i].marked:
                continue
            spans = (pairs[i].claim_spans, pairs[i].evidence_spans)
            for token, place in enumerate(rows[i]["places"]):
                if place is not None:
                    side, start, end = place
                    own = Span(*texts[i][side].source_span(start, end))
                    known[at, token] = 1.0
                    goal[at, token] = any(own.overlaps(span) for span in spans[side])
        words = torch.nn.functional.binary_cross_entropy_with_logits(
            differs.float(), torch.from_numpy(goal), reduction="none", pos_weight=torch.tensor(3.0)
        )
        # The mean of a pair's tokens, so that long pairs do not drown short ones; a difference is a few of many.
        mask = torch.from_numpy(known)
        loss = loss + recipe.words * 4 * ((words * mask).sum(1) / mask.sum(1).clamp(min=1)).sum()
        total = total + loss / len(pairs)
    return total

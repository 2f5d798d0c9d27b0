"""How fast building encodes, held against `SentenceTransformer.encode` over the same texts, in turns."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from content.corpus import Corpus
from index.build import encode, vector_maker
from index.encoder import SentenceEncoder, half_precision
from index.entries import Entry, EntryKind, make_entries
from index.kept import Kept

WANTED = 0.9
"""Of the raw rate."""
_BATCH = 32


@dataclass(frozen=True, slots=True)
class EncodeSpeed:
    """Texts a second, the median of some rounds: `raw` by the bare model, `built` as a build does it.

    That is with vectors kept on disk, in `precision` (bfloat16 or float32); `built_float32` is without bfloat16.
    `ratio` and `ratio_float32` are medians of each round's quotient with the raw rate.
    """

    texts: int
    characters: int
    rounds: int
    threads: int
    precision: str
    raw: float
    built: float
    built_float32: float
    ratio: float
    ratio_float32: float


def measure_encoding(encoder: SentenceEncoder, corpus: Corpus, texts: int, rounds: int, seed: int = 0) -> EncodeSpeed:
    """Encode a sample of the corpus's entries (those encoded as passages), each way once a round.

    The order changes from round to round, so that none is always the one on a warm or a tired machine.
    """
    import torch

    every = {e.text: e for e in make_entries(corpus) if e.kind in (EntryKind.PASSAGE, EntryKind.SENTENCE)}
    chance = random.Random(seed)
    entries = tuple(chance.sample(sorted(every.values(), key=lambda e: e.text), min(texts, len(every))))
    chance.shuffle(own := list(entries))
    ways: list[tuple[str, Callable[[], object]]] = [
        ("raw", lambda: encoder.model.encode([e.text for e in own], batch_size=_BATCH, show_progress_bar=False)),
        ("built", lambda: _build(encoder, entries, half_precision())),
        ("float32", lambda: _build(encoder, entries, False)),
    ]
    rates: dict[str, list[float]] = {name: [] for name, _ in ways}
    for _, way in ways:  # what is only done once (kernels chosen, memory taken) is in no round
        way()
    for turn in range(rounds):
        at = turn % len(ways)
        for name, way in ways[at:] + ways[:at]:
            began = time.perf_counter()
            way()
            rates[name].append(len(entries) / (time.perf_counter() - began))
    return EncodeSpeed(
        len(entries),
        sum(len(e.text) for e in entries),
        rounds,
        torch.get_num_threads(),
        "bfloat16" if half_precision() else "float32",
        median(rates["raw"]),
        median(rates["built"]),
        median(rates["float32"]),
        _ratio(rates["built"], rates["raw"]),
        _ratio(rates["float32"], rates["raw"]),
    )


def _build(encoder: SentenceEncoder, entries: tuple[Entry, ...], half: bool) -> None:
    before, encoder.half = encoder.half, half
    try:
        with tempfile.TemporaryDirectory(prefix="notice-encoding-") as folder:
            encode(entries, encoder, None, Kept(Path(folder), vector_maker(encoder)), keep=True)
    finally:
        encoder.half = before


def _ratio(rates: Sequence[float], raw: Sequence[float]) -> float:
    return median(a / b for a, b in zip(rates, raw, strict=True))

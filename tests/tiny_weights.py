"""A file of weights in the form of the bundled encoder's, small enough to be made in a test."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 1, 4, 64, 64
PIECES = [*"<s> <pad> </s> <unk> ▁ query passage : 春游".split(), *"春游周五带水雨衣费用学校,0123456789abc"]
SCALE = 0.03125


def nibbles(rows: int, columns: int, seed: int) -> np.ndarray:
    """What the 4-bit weights of a tensor are made from: whole numbers from 0 to 15, shape (rows, columns)."""
    return np.random.default_rng(seed).integers(0, 16, (rows, columns)).astype(np.uint8)


def word_nibbles() -> np.ndarray:
    return nibbles(len(PIECES), HIDDEN, 1)


def _blocks(numbers: np.ndarray) -> bytes:
    """Blocks of 32 weights: an f16 scale, then 16 bytes of which byte j holds weight j low and weight j + 16 high."""
    out = b""
    for block in numbers.reshape(-1, 32):
        out += struct.pack("<e", SCALE) + bytes(int(block[j]) | int(block[j + 16]) << 4 for j in range(16))
    return out


def write_weights(path: Path) -> Path:
    """Write the file; returns its path."""
    tensors: list[tuple[str, int, int, bytes]] = []

    def matrix(name: str, numbers: np.ndarray) -> None:
        tensors.append((name, 1, numbers.size, _blocks(numbers)))

    def vector(name: str, values: np.ndarray) -> None:
        tensors.append((name, 0, values.size, values.astype("<f4").tobytes()))

    matrix("emb.word", word_nibbles())
    matrix("emb.pos", nibbles(POSITIONS, HIDDEN, 2))
    matrix("emb.type", nibbles(1, HIDDEN, 3))
    vector("emb.ln.w", np.ones(HIDDEN))
    vector("emb.ln.b", np.zeros(HIDDEN))
    shapes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    shapes |= {"fi": (FEED_FORWARD, HIDDEN), "fo": (HIDDEN, FEED_FORWARD)}
    for seed, (name, (rows, columns)) in enumerate(shapes.items(), 4):
        matrix(f"l0.{name}.w", nibbles(rows, columns, seed))
        vector(f"l0.{name}.b", np.zeros(rows))
    for name in ("aln", "oln"):
        vector(f"l0.{name}.w", np.ones(HIDDEN))
        vector(f"l0.{name}.b", np.zeros(HIDDEN))
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)])
    # Full-width letters and digits become half-width, as NFKC has it; the full-width comma too.
    rows = [(0xFF0C, ","), (0xFF11, "1"), (0xFF41, "a")]
    normalisation = b"".join(struct.pack(f"<IB{len(to)}I", code, len(to), *map(ord, to)) for code, to in rows)
    head = b"E5S1" + struct.pack(
        "<I7ifi5iQ",
        *(1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 1, 1e-5, 32),
        *(len(PIECES), 0, 2, 1, 3, int(offsets[-1])),
    )
    head += offsets.astype("<u4").tobytes()
    head += np.array([-2.0 if len(piece) > 1 else -3.0 for piece in PIECES], "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", len(rows), len(normalisation)) + normalisation + struct.pack("<i", len(tensors))
    at = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name, *_ in tensors)
    for name, kind, count, data in tensors:
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    path.write_bytes(head + b"".join(data for *_, data in tensors))
    return path

"""`Finding`: one sentence of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and whether all is well with it."""

    well: bool
    text: str

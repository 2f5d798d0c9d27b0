"""Figures of a measuring command, saved with where they come from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.provenance import provenance
from evals.record import RESULTS, plain, write_json


def save_measurement(name: str, found: Any, folder: Path = RESULTS) -> Path:
    """Write `found` (values of JSON) as `name.json`, in place of what was measured before; returns its path."""
    origin = asdict(provenance(None))
    return write_json(
        {"kind": name, "format": 1, "found": plain(found), "provenance": plain(origin)}, folder, name, replace=True
    )

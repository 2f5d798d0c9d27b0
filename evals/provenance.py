"""Where a figure comes from: code, index, versions, machine and time."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = (
    "torch", "sentence-transformers", "transformers", "faiss-cpu", "bm25s", "numpy", "scipy", "ir-measures", "OpenCC",
    "pypinyin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provenance:
    """`commit` and `dirty` are None outside a checkout; `manifest` is the index's, None where there is none.

    `versions` maps python and each package to its version (None: not installed). `started_at` is ISO 8601, UTC.
    """

    commit: str | None
    dirty: bool | None
    manifest: Mapping[str, Any] | None
    versions: Mapping[str, str | None]
    machine: Mapping[str, Any]
    started_at: str


def provenance(manifest: Mapping[str, Any] | None) -> Provenance:
    """The state of things now."""
    commit, dirty = checkout(Path(__file__).resolve())
    versions: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    machine = {"cpus": os.cpu_count(), "platform": platform.platform(), "processor": _processor()}
    return Provenance(commit, dirty, manifest, versions, machine, datetime.now(UTC).isoformat(timespec="seconds"))


def checkout(file: Path) -> tuple[str | None, bool | None]:
    """(commit, dirty) of the checkout that `file` is part of; (None, None) when it is part of none.

    Saved runs beside the code make no checkout dirty.
    """
    # Asking git for the file itself: an installed copy may lie inside somebody else's checkout.
    if not _git(file.parent, "ls-files", "--", file.name):
        return None, None
    commit = _git(file.parent, "rev-parse", "HEAD")
    status = _git(file.parent, "status", "--porcelain", "--", ":/", ":(exclude,top)evals/results")
    if not commit or status is None:
        return None, None
    return commit, bool(status)


def _processor() -> str:
    """The processor by its own name where the system tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        result = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None

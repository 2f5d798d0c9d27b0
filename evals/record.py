"""`Run`: what came of asking an eval set, as it is kept: one JSON file a run."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evals.measures import Estimate
from evals.provenance import Provenance
from evals.refusal import Bin, Refusal, RiskPoint, risk_area

RESULTS = Path(__file__).parent / "results"
FORMAT = 2
_READABLE = (1, 2)
"""Runs of format 1 have no rankings, sections and sources, and no measures by characters."""


class RunError(ValueError):
    """A saved run that cannot be read or compared; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a run.

    `first` says which passage came first and `first_text` how it begins, `rank` where the first relevant one stood
    (None: not among the first ten). `values` are the question's own measures, empty when nothing answers it.
    `confidence`, `answered` and `highlight` are None where a run has no such thing. `section` is the part of the
    notice that answers, `source` where the question was read from. `ranking` are the ids of what was found, best
    first, and `judged` the grade by id of what is relevant. `notice` is the document asked about.
    """

    id: str
    group: str
    category: str
    question: str
    first: str
    rank: int | None
    confidence: float | None
    answered: bool | None
    highlight: bool | None
    milliseconds: float
    values: Mapping[str, float]
    section: str = ""
    source: str = ""
    notice: str = ""
    first_text: str = ""
    ranking: tuple[str, ...] = ()
    judged: Mapping[str, int] = field(default_factory=dict)

    @property
    def answerable(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True, slots=True)
class Run:
    """The result of asking one split of one set. `seconds` is wall time, indexing included where it was done."""

    name: str
    split: str
    set_digest: str
    rows: tuple[Row, ...]
    overall: Mapping[str, Estimate]
    by_category: Mapping[str, Mapping[str, Estimate]]
    refusal: Refusal | None
    seconds: float
    provenance: Provenance
    by_section: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    by_source: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    by_document: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)

    def latency(self) -> dict[str, float]:
        """Median and 95th percentile of a question's time, in milliseconds."""
        p50, p95 = np.percentile([row.milliseconds for row in self.rows] or [math.nan], (50, 95))
        return {"p50": float(p50), "p95": float(p95)}

    def headline(self) -> dict[str, float | int]:
        """The measures as plain numbers, with the number of judged queries and the seconds taken."""
        plain: dict[str, float | int] = {name: value.mean for name, value in self.overall.items()}
        return plain | {"queries": sum(row.answerable for row in self.rows), "seconds": self.seconds}

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values; a figure that does not exist is null."""
        body: dict[str, Any] = plain(asdict(self) | {"latency": self.latency()})
        return {"format": FORMAT} | body


def save_run(run: Run, folder: Path = RESULTS, name: str | None = None) -> Path:
    """Write a run as one JSON file, whole or not at all; returns its path.

    The file is called by time, set, split and commit, and no earlier run is overwritten; with `name` it is called
    that, and what was there is replaced.
    """
    moment = run.provenance.started_at.split("+")[0].replace(":", "").replace("-", "")
    stem = f"{moment}-{run.name.replace('/', '-')}-{run.split}-{(run.provenance.commit or 'nocommit')[:8]}"
    return write_json(run.to_json(), folder, name or stem, replace=name is not None)


def write_json(data: Mapping[str, Any], folder: Path, stem: str, replace: bool = False) -> Path:
    """Write `data` as `folder/stem.json` (a numbered name unless `replace`), each of its rows on a line of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(prefix=".run.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_text(data))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(scratch, 0o644)  # mkstemp makes files for their owner only
        path, number = folder / f"{stem}.json", 1
        while path.exists() and not replace:
            number += 1
            path = folder / f"{stem}-{number}.json"
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
    return path


def _text(data: Mapping[str, Any]) -> str:
    def dump(value: Any, indent: int | None = 1) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)

    rows = data.get("rows")
    if not rows:
        return dump(data) + "\n"
    listed = ",\n".join(f"  {dump(row, None)}" for row in rows)
    # A place that nothing else in the file can look like: a control character is always written escaped.
    whole = dump({**data, "rows": "\x00"})
    return whole.replace('"rows": "\\u0000"', f'"rows": [\n{listed}\n ]', 1) + "\n"


def load_run(path: Path) -> Run:
    """Read a saved run; raises RunError when it is not one."""
    data = read_saved(path)
    if data.get("format") not in _READABLE or "rows" not in data:
        wanted = "、".join(map(str, _READABLE))
        raise RunError(f"{path}：不是保存的评测结果（需要 format {wanted} 和 rows）。")
    try:
        return _run(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{path}：评测结果不完整（{error}）。") from error


def read_saved(path: Path) -> dict[str, Any]:
    """The object in a saved file; raises RunError when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{path}：读不出（{error.strerror}）。") from error
    except ValueError as error:
        raise RunError(f"{path}：不是有效的 JSON，不是保存的评测结果。") from error
    if not isinstance(data, dict):
        raise RunError(f"{path}：不是保存的评测结果。")
    return data


def plain(value: Any) -> Any:
    """`value` as JSON values; a number that is none becomes null."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def estimate_from_json(data: Mapping[str, Any]) -> Estimate:
    """An estimate as it was saved; raises KeyError or TypeError."""
    return Estimate(_number(data["mean"]), _number(data["low"]), _number(data["high"]), int(data["n"]))


def _estimates(data: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: estimate_from_json(one) for name, one in data.items()}


def _refusal(data: Mapping[str, Any]) -> Refusal:
    points = tuple(RiskPoint(**one) for one in data["risk_coverage"])
    error = data["calibration_error"]  # a bare number in format 1
    missing = Estimate(math.nan, math.nan, math.nan, 0)
    return Refusal(
        auc=estimate_from_json(data["auc"]),
        answerable_refused=estimate_from_json(data["answerable_refused"]),
        unanswerable_refused=estimate_from_json(data["unanswerable_refused"]),
        precision=estimate_from_json(data["precision"]) if "precision" in data else missing,
        calibration_error=estimate_from_json(error)
        if isinstance(error, Mapping)
        else Estimate(_number(error), math.nan, math.nan, int(data["auc"]["n"])),
        risk_area=risk_area(points),
        reliability=tuple(Bin(**one) for one in data["reliability"]),
        risk_coverage=points,
    )


def _row(data: Mapping[str, Any]) -> Row:
    return Row(**{**data, "ranking": tuple(data.get("ranking", ()))})


def _breakdown(data: Mapping[str, Any]) -> dict[str, dict[str, Estimate]]:
    return {name: _estimates(one) for name, one in data.items()}


def _run(data: Mapping[str, Any]) -> Run:
    return Run(
        name=data["name"],
        split=data["split"],
        set_digest=data["set_digest"],
        rows=tuple(map(_row, data["rows"])),
        overall=_estimates(data["overall"]),
        by_category=_breakdown(data["by_category"]),
        refusal=_refusal(data["refusal"]) if data["refusal"] is not None else None,
        seconds=float(data["seconds"]),
        provenance=Provenance(**data["provenance"]),
        by_section=_breakdown(data.get("by_section", {})),
        by_source=_breakdown(data.get("by_source", {})),
        by_document=_breakdown(data.get("by_document", {})),
    )


def dataset_json(run: Run) -> dict[str, float | int]:
    """The measures of the command-line contract for a BEIR folder."""
    headline = run.headline()
    return {
        name: headline[name] for name in ("Success@1", "Success@5", "nDCG@10", "RR@10", "R@10", "queries", "seconds")
    }


def set_json(run: Run) -> dict[str, Any]:
    """The whole run but for its rows, with the measures as plain numbers at the top."""
    whole = run.to_json()
    return run.headline() | {key: value for key, value in whole.items() if key not in ("rows", "format", "seconds")}

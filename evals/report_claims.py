"""The report's part about checking: every saved run over a claim set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.record import RESULTS, read_saved
from evals.table_claims import KIND_NAMES, MEASURE_NAMES, VERDICT_NAMES
from index.pair import VERDICTS

PREFIX = "claims-"


def claims_part(folder: Path = RESULTS) -> list[str]:
    """Markdown blocks, none where no run over claims is saved. Raises RunError for a file that is none."""
    runs = [read_saved(path) for path in sorted(folder.glob(f"{PREFIX}*.json"))]
    if not runs:
        return []
    parts = [
        "## 核对 · Checking claims",
        "由 `notice-evals run --set claims --save` 保存。Saved by that command.",
    ]
    for run in runs:
        parts += [f"### 「{run['name']}」{run['split']}（{len(run['rows'])} 条）", _headline(run), _kinds(run)]
        parts += [_confusion(run), f"每秒核对 {run['rate']} 句。{run['rate']} statements a second."]
    return parts


def _figure(value: Mapping[str, Any]) -> str:
    if value["mean"] is None:
        return "—"
    bounds = "" if value["low"] is None else f" [{value['low']:.3f}, {value['high']:.3f}]"
    return f"{value['mean']:.3f}{bounds}"


def _headline(run: Mapping[str, Any]) -> str:
    rows = [f"| {MEASURE_NAMES[name]} {name} | {_figure(v)} | {v['n']} |" for name, v in run["measures"].items()]
    return "\n".join(["| 指标 measure | 数值 | 条数 n |", "|---|---:|---:|", *rows])


def _kinds(run: Mapping[str, Any]) -> str:
    rows = []
    for key, value in run["by_kind"].items():
        verdict, kind = key.split("/")
        rows.append(f"| {VERDICT_NAMES[verdict]} | {KIND_NAMES[kind]} {kind} | {_figure(value)} | {value['n']} |")
    return "\n".join(["| 应为 | 类别 kind | 判断正确 | 条数 n |", "|---|---|---:|---:|", *rows])


def _confusion(run: Mapping[str, Any]) -> str:
    head = "| 应为＼判为 | " + " | ".join(VERDICT_NAMES[verdict] for verdict in VERDICTS) + " |"
    rows = [
        f"| {VERDICT_NAMES[wanted]} | " + " | ".join(str(run["confusion"][wanted][found]) for found in VERDICTS) + " |"
        for wanted in VERDICTS
    ]
    return "\n".join([head, "|---|---:|---:|---:|", *rows])

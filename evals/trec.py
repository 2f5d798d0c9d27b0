"""TREC run and qrels files: written from a run, and scored by ir_measures whoever wrote them.

A TREC file parts its columns by white space, so white space in an id (and % itself) is written as %20 and the like.
Scores are whole numbers that fall with the rank, so that no tool breaks a tie otherwise than the run did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from evals.measures import RANKED, Estimate, estimate, ranked_measures
from evals.record import Run, RunError

RUN, QRELS = "run.trec", "qrels.trec"
_NOTHING = "-"
"""Stands for a document where a judged question has no relevant one: it is judged irrelevant, and counts 0."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Measures of a run file against a qrels file: means, and the values of each judged query."""

    overall: Mapping[str, Estimate]
    values: Mapping[str, Mapping[str, float]]


def write_trec(run: Run, folder: Path) -> tuple[Path, Path]:
    """Write `run.trec` and `qrels.trec` into `folder`; returns their paths.

    Questions that the notice does not answer are in the run and not in the qrels. Raises RunError for a run that was
    saved without its rankings.
    """
    if not any(row.ranking for row in run.rows):
        raise RunError(f"题集 {run.name} 的这次评测没有保存名次（格式较旧），请重新运行后再导出。")
    folder.mkdir(parents=True, exist_ok=True)
    tag = escape(f"notice-assistant-{(run.provenance.commit or 'nocommit')[:8]}")
    ranked, judged = [], []
    for row in run.rows:
        depth = len(row.ranking)
        ranked += [
            f"{escape(row.id)} Q0 {escape(name)} {rank} {depth - rank + 1} {tag}"
            for rank, name in enumerate(row.ranking, 1)
        ]
        if row.answerable:
            grades = row.judged or {_NOTHING: 0}
            judged += [f"{escape(row.id)} 0 {escape(name)} {grade}" for name, grade in grades.items()]
    paths = folder / RUN, folder / QRELS
    for path, lines in zip(paths, (ranked, judged), strict=True):
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return paths


def score_trec(run: Path, qrels: Path) -> Scored:
    """The measures of `RANKED` for any TREC run and qrels; raises RunError for a file that is not of the form."""
    grades: dict[str, dict[str, int]] = {}
    for number, (query, _, document, grade) in _lines(qrels, 4, "题号、0、文档、等级"):
        try:
            grades.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise RunError(f"{qrels}:{number}：等级 {grade!r} 不是整数。") from error
    scores: dict[str, dict[str, float]] = {}
    for number, (query, _, document, _, score, _) in _lines(run, 6, "题号、Q0、文档、名次、分数、名称"):
        if document in scores.setdefault(query, {}):
            raise RunError(f"{run}:{number}：题 {query} 的文档 {document} 出现了两次。")
        try:
            scores[query][document] = float(score)
        except ValueError as error:
            raise RunError(f"{run}:{number}：分数 {score!r} 不是数。") from error
    if not grades:
        raise RunError(f"{qrels}：没有标注。")
    values = ranked_measures(grades, scores)
    return Scored({name: estimate([own[name] for own in values.values()]) for name in RANKED}, values)


def escape(name: str) -> str:
    """An id without white space; ids that differ stay different."""
    return re.sub(r"[\s%]", lambda match: quote(match.group()), name) or _NOTHING


def _lines(path: Path, columns: int, wanted: str) -> list[tuple[int, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RunError(f"{path}：读不出（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{path}：不是 UTF-8 文本。") from error
    found = [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]
    for number, parts in found:
        if len(parts) != columns:
            raise RunError(f"{path}:{number}：应有 {columns} 栏（{wanted}），以空白分开，这里有 {len(parts)} 栏。")
    return found

"""The report as one page of HTML that needs nothing else: `report_page.html` filled with runs, curves and tables."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.ablation import KIND as ABLATION
from evals.ablation import Ablated, Ablation, load_ablations
from evals.assessment import Report
from evals.compare import Comparison, compare
from evals.disturbance import DISTURBANCE_NAMES
from evals.measures import Estimate
from evals.plots import Label, intervals, reliability_curve, risk_curve, svg
from evals.record import RESULTS, Row, Run, RunError, load_run, read_saved
from evals.robustness import KIND as ROBUSTNESS
from evals.robustness import Robustness, load_robustness
from evals.table import CATEGORY_NAMES, MEASURE_NAMES, figure, first_passage, interval, signed
from evals.table_ablation import variant_label

TEMPLATE = Path(__file__).parent / "report_page.html"
_HEADLINE = (
    "Success@1", "Success@3", "Success@5", "RR@10", "nDCG@10", "AP", "R@10", "Highlight", "HighlightF1", "CharR@1",
    "CharP@1", "CharF1@1", "CharR@500c", "AllPlaces@3", "Handled",
)  # fmt: skip
_CARDS = ("Success@1", "Success@5", "Highlight", "Handled")
_WORST = 15
_CURVES = (4.6, 3.7)


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. `runs` have names to tell them apart by; several are compared with the first."""

    runs: tuple[tuple[str, Run], ...]
    ablations: tuple[Ablation, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    report: Report | None = None


def page_of_report(report: Report) -> Page:
    """The page of a whole report, with what was last saved of its robustness."""
    bank, plain = report.bank, report.plain
    return Page(
        runs=(("用题库", bank.run), ("不用题库", plain.run)),
        ablations=(bank.ablation, plain.ablation),
        robustness=tuple(_saved_robustness(bank.run)),
        report=report,
    )


def page_of_saved(paths: Sequence[Path]) -> Page:
    """The page of saved files: runs, and robustness and ablations among them; raises RunError without any run."""
    kinds = {path: read_saved(path).get("kind") for path in paths}
    runs = [load_run(path) for path, kind in kinds.items() if kind not in (ROBUSTNESS, ABLATION)]
    if not runs:
        raise RunError("没有给出评测结果，至少要有一个 notice-evals run --save 存下的文件。")
    return Page(
        runs=tuple(zip(_names(runs), runs, strict=True)),
        ablations=tuple(one for path, kind in kinds.items() if kind == ABLATION for one in load_ablations(path)),
        robustness=tuple(load_robustness(path) for path, kind in kinds.items() if kind == ROBUSTNESS),
    )


def write_page(page: Page, path: Path) -> Path:
    """Write the page; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_html(page), encoding="utf-8", newline="\n")
    return path


def page_html(page: Page) -> str:
    """The page as HTML."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": figure, "interval": interval, "signed": signed}
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(_context(page)) + "\n"


def _names(runs: Sequence[Run]) -> list[str]:
    """What tells the runs apart: with the bank or without, else the commit, else a letter."""
    bank = ["用题库" if (run.provenance.manifest or {}).get("banks") else "不用题库" for run in runs]
    if len(set(bank)) == len(runs):
        return bank
    return [
        f"{chr(ord('A') + at)}（{(run.provenance.commit or '无提交号')[:8]}，{run.split}）"
        for at, run in enumerate(runs)
    ]


def _saved_robustness(run: Run) -> Iterable[Robustness]:
    """The newest saved one of each kind that asked the same questions."""
    newest: dict[bool, Robustness] = {}
    for path in sorted(RESULTS.glob(f"{ROBUSTNESS}-*.json")):
        found = load_robustness(path)
        if (found.set_digest, found.split) == (run.set_digest, run.split):
            newest[found.has_bank] = found
    return newest.values()


def _context(page: Page) -> Mapping[str, Any]:
    names = [name for name, _ in page.runs]
    runs = [run for _, run in page.runs]
    first = runs[0]
    return {
        "title": f"评测报告 · {first.name}",
        "runs": page.runs,
        "answerable": sum(row.answerable for row in first.rows),
        "cards": [(name, MEASURE_NAMES[name], first.overall[name]) for name in _CARDS if name in first.overall],
        "headline": _rows([(name, _label(name), [run.overall.get(name) for run in runs]) for name in _HEADLINE]),
        "tables": list(_tables(names, runs)),
        "refusal": [(name, run.refusal) for name, run in page.runs if run.refusal is not None],
        "curves": _curves(page),
        "comparisons": list(_comparisons(page)),
        "first_passage": first_passage,
        "ablations": [_ablation(one) for one in page.ablations],
        "robustness": [_robustness(one) for one in page.robustness],
        "worst": [(name, worst(run.rows), answered_wrongly(run.rows)) for name, run in page.runs],
        "report": page.report,
        "categories": CATEGORY_NAMES,
        "measure_names": MEASURE_NAMES,
    }


def _label(name: str) -> str:
    return f"{MEASURE_NAMES[name]} {name}" if name in MEASURE_NAMES else name


def _rows(
    rows: Iterable[tuple[str, str, Sequence[Estimate | None]]],
) -> list[tuple[str, Sequence[Estimate | None], int]]:
    """Rows that any run has a figure for, with the number of questions of the first figure."""
    found = []
    for _, label, values in rows:
        known = [value for value in values if value is not None]
        if known:
            found.append((label, values, known[0].n))
    return found


def _tables(names: Sequence[str], runs: Sequence[Run]) -> Iterable[Mapping[str, Any]]:
    """Success@1 by category, part of the notice and source: a plot, and a table of more measures."""
    for title, attribute in (("类别", "by_category"), ("通知的各部分", "by_section"), ("题目来源", "by_source")):
        groups: list[Mapping[str, Mapping[str, Estimate]]] = [getattr(run, attribute) for run in runs]
        keys = list(dict.fromkeys(key for group in groups for key in group))
        if len(keys) < 2:
            continue
        rows: list[tuple[Label, list[Estimate | None]]] = [
            ((_short(CATEGORY_NAMES.get(key, key)), key), [group.get(key, {}).get("Success@1") for group in groups])
            for key in keys
        ]
        asked = [(label, own) for label, own in rows if any(own)]
        series = [(name, name if name.isascii() else f"run {at + 1}") for at, name in enumerate(names)]
        drawn = intervals(asked, series, ("首条命中 Success@1", "Success@1"), zero=False)
        shown = [
            name
            for name in ("Success@1", "Success@5", "RR@10", "Highlight", "CharF1@1", "Refused")
            if any(name in own for own in groups[0].values())
        ]
        yield {
            "title": title,
            "plot": _image(svg(drawn, (7.2, 0.7 + len(asked) * (0.2 + 0.14 * len(names))), attribute)) if asked else "",
            "measures": [MEASURE_NAMES.get(name, name) for name in shown],
            "names": names,
            "rows": [
                (
                    CATEGORY_NAMES.get(key, key),
                    own["Refused"].n,
                    [[g.get(key, {}).get(m) for g in groups] for m in shown],
                )
                for key in keys
                if (own := next(group[key] for group in groups if key in group))
            ],
        }


def _curves(page: Page) -> list[tuple[str, str]]:
    known = [
        ((name, name if name.isascii() else f"run {at + 1}"), run.refusal)
        for at, (name, run) in enumerate(page.runs)
        if run.refusal is not None
    ]
    if not known:
        return []
    return [
        ("风险—覆盖曲线：只答把握大的题时，答错的比例", _image(svg(risk_curve(known), _CURVES, "risk"))),
        ("可靠性图：把握与首条命中的比例（十等分）", _image(svg(reliability_curve(known), _CURVES, "reliability"))),
    ]


def _comparisons(page: Page) -> Iterable[tuple[str, str, Comparison]]:
    first_name, first = page.runs[0]
    for name, run in page.runs[1:]:
        if run.name == first.name:
            yield first_name, name, compare(first, run)


def _ablation(one: Ablation) -> Mapping[str, Any]:
    rows = [row for row in one.rows if not row.variant.whole]
    drawn = [((variant_label(row), row.variant.name), [row.differences["Success@1"]]) for row in rows]
    axis = ("首条命中之差（与全开相比）", "change of Success@1")
    return {
        "title": f"{'用题库' if one.has_bank else '不用题库'}（{one.questions} 题）",
        "whole": one.rows[0].values,
        "plot": _image(
            svg(intervals(drawn, [("差", "change")], axis, zero=True), (7.2, 0.8 + 0.27 * len(rows)), "off")
        ),
        "rows": [(variant_label(row), _weight(row), row.values, row.differences) for row in rows],
    }


def _weight(row: Ablated) -> str:
    return f"{row.weight:.2f}" if row.variant.off else ""


def _robustness(one: Robustness) -> Mapping[str, Any]:
    rows: list[tuple[Label, list[Estimate | None]]] = [
        ((DISTURBANCE_NAMES[loss.kind], loss.kind), [loss.differences.get("Success@1")]) for loss in one.losses
    ]
    axis = ("首条命中之差（改后 − 原题）", "change of Success@1")
    size = (7.2, 0.8 + 0.3 * len(rows))
    return {
        "title": f"{'用题库' if one.has_bank else '不用题库'}（{one.name} 的 {one.split} 部分，种子 {one.seed}）",
        "plot": _image(svg(intervals(rows, [("差", "change")], axis, zero=True), size, "robustness")),
        "rows": [(DISTURBANCE_NAMES[loss.kind], loss) for loss in one.losses],
    }


def worst(rows: Sequence[Row]) -> list[Row]:
    """Answerable questions whose first passage is wrong: the deepest miss first, the surer first among equals."""
    missed = [row for row in rows if row.answerable and row.rank != 1]
    return sorted(missed, key=lambda row: (-(row.rank or math.inf), -(row.confidence or 0.0), row.id))[:_WORST]


def answered_wrongly(rows: Sequence[Row]) -> list[Row]:
    """Questions that the notice does not answer and that were answered all the same, the surest first."""
    taken = [row for row in rows if not row.answerable and row.answered]
    return sorted(taken, key=lambda row: (-(row.confidence or 0.0), row.id))[:_WORST]


def _short(text: str, longest: int = 18) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _image(drawing: str) -> str:
    """An SVG as the address of an image: names inside it cannot meet those of another."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8")).decode("ascii")

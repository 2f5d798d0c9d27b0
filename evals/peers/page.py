"""The comparison as a page with a plot: docs/peers.md and docs/peers.svg, from a saved run alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.peers.system import STAGES
from evals.plots import svg
from evals.record import RunError, read_saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TITLES = {
    "notice-adapted": "The packaged notice, the product's encoder (e5-small with its adapter)",
    "notice-plain": "The packaged notice, plain multilingual-e5-small",
    "dataset-adapted": "CMRC 2018 trial, the product's encoder",
    "dataset-plain": "CMRC 2018 trial, plain multilingual-e5-small",
}
_PLOTTED = "notice-adapted"
_OURS, _THEIRS = "#b3261e", "#4a6fa5"
_MILLION = 1e6

Row = Mapping[str, Any]


def write_page(saved: Path, out: Path) -> Path:
    """Write the page from a saved run into the folder `out`; returns its path. Raises RunError, OSError."""
    data = read_saved(saved)
    if data.get("kind") != "peers":
        raise RunError(f"{saved}：不是 notice-evals peers 保存的结果。")
    out.mkdir(parents=True, exist_ok=True)
    drawing = svg(_plot(data), (7.2, 4.2), "peers")
    (out / "peers.svg").write_text(drawing, encoding="utf-8", newline="\n")
    path = out / "peers.md"
    path.write_text(page_text(data, saved.name), encoding="utf-8", newline="\n")
    return path


def page_text(data: Mapping[str, Any], source: str) -> str:
    """The page in Markdown."""
    stages = data["stages"]
    machine = data["provenance"]["machine"]
    parts = [
        "# Beside other libraries",
        "",
        f"Made by `notice-evals peers --dataset path/to/cmrc2018-trial --save` from `evals/results/{source}`, commit "
        f"`{str(data['provenance']['commit'])[:8]}`, on {machine['cpus']} cores ({machine['processor']}), one thread a "
        "process. All systems get the same passages and the same encoder folder, each through its library's own "
        "wrapper of sentence-transformers; they run in environments of their own and take turns, begun with another "
        "one in every round. Times are medians of wall time, in brackets of processor time, which other programs on "
        "the machine do not lengthen.",
        "",
        "![Quality against time beside the encoder](peers.svg)",
        "",
        "## What each was set to",
        "",
        "| system | set to |",
        "|---|---|",
        *(f"| {name} | {one['about']} |" for name, one in data["systems"].items()),
        "",
        "Versions: " + ", ".join(_versions(data["environments"])) + ".",
        "",
    ]
    for stage, title in _TITLES.items():
        if stages.get(stage):
            parts += [f"## {title}", "", *_texts_table(stages[stage]), ""]
    for stage, title, table in _OTHERS:
        if stages.get(stage):
            parts += [f"## {title}", "", *table(stages[stage]), ""]
    if missing := [stage for stage in STAGES if not stages.get(stage)]:
        parts += [f"Not measured in this run: {', '.join(missing)}.", ""]
    return "\n".join(parts)


def _versions(environments: Mapping[str, Sequence[str]]) -> list[str]:
    wanted = ("langchain", "llama-index", "txtai", "haystack", "sentence-transformers-haystack")
    lines = [line for frozen in environments.values() for line in frozen if line.startswith(wanted)]
    return sorted(dict.fromkeys(lines))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    marks = ["---", *["---:"] * (len(head) - 1)]
    return [_line(head), _line(marks), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _time(seconds: float, cpu: float) -> str:
    return f"{_unit(seconds)} ({_unit(cpu)})"


def _unit(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * _MILLION:.0f} us"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def _asked(row: Row, which: str) -> str:
    return _time(row["question"][which] / 1e3, row["question_cpu"][which] / 1e3)


def _insert(row: Row) -> str:
    return _time(row["build"] / row["passages"], row["build_cpu"] / row["passages"])


def _texts_table(figures: Mapping[str, Row]) -> list[str]:
    head = [
        "system", "Success@1", "nDCG@10", "question beside the encoder, p50", "p95", "a passage put in, encoding aside",
        "index built, encoding included",
    ]  # fmt: skip
    rows = [
        [
            name,
            f"{row['Success@1']:.3f}",
            f"{row['nDCG@10']:.3f}",
            _asked(row, "p50"),
            _asked(row, "p95"),
            _insert(row),
            _time(row["build_encoding"], row["build_encoding_cpu"]) if "build_encoding" in row else "as its dense one",
        ]
        for name, row in figures.items()
    ]
    return _table(head, rows)


def _question_table(figures: Mapping[str, Row]) -> list[str]:
    rows = [[name, _asked(row, "p50"), _asked(row, "p95")] for name, row in figures.items()]
    return _table(["system", "p50", "p95"], rows)


def _cold_table(figures: Mapping[str, Row]) -> list[str]:
    rows = [
        [name, f"{row['cold']:.1f} s", f"{row['cold_least']:.1f} s", f"{row['resident'] / 1e6:.0f} MB"]
        for name, row in figures.items()
    ]
    return _table(["system", "median", "least", "memory then"], rows)


def _cloud_table(figures: Mapping[str, Row]) -> list[str]:
    rows = [
        [
            name,
            _asked(row, "p50"),
            _asked(row, "p95"),
            f"{row['recall@10']:.3f}",
            _insert(row),
            f"{row['resident'] / 1e6:.0f} MB",
        ]
        for name, row in figures.items()
    ]
    return _table(["system", "question, p50", "p95", "recall@10", "a passage put in", "memory"], rows)


def _splitter_table(figures: Mapping[str, Row]) -> list[str]:
    rows = [
        [
            name,
            str(row["pieces"]),
            f"{row['characters']:.0f}",
            f"{row['Success@1']:.3f}",
            f"{row['CharF1@1']:.3f}",
            f"{row['CharR@500c']:.3f}",
        ]
        for name, row in figures.items()
    ]
    return _table(["system", "pieces", "characters, median", "Success@1", "CharF1@1", "CharR@500c"], rows)


_OTHERS: tuple[tuple[str, str, Callable[[Mapping[str, Row]], list[str]]], ...] = (
    ("questions", "A whole question, the encoder at work", _question_table),
    ("cold", "From starting a process to its first answer", _cold_table),
    ("cloud-10000", "10,000 vectors, no encoder", _cloud_table),
    ("cloud-100000", "100,000 vectors, no encoder", _cloud_table),
    ("splitters", "The notice as each library cuts it", _splitter_table),
)


def _plot(data: Mapping[str, Any]) -> Callable[[Axes, bool], None]:
    figures: Mapping[str, Row] = data["stages"][_PLOTTED]

    def draw(axes: Axes, chinese: bool) -> None:
        for name, row in figures.items():
            own = name.startswith("ours")
            x, y = row["question"]["p50"], row["Success@1"]
            axes.plot([x], [y], "o" if own else "s", color=_OURS if own else _THEIRS, markersize=7)
            axes.annotate(name, (x, y), xytext=(6, 5), textcoords="offset points", fontsize=8)
        axes.set_xscale("log")
        axes.margins(0.18, 0.12)
        axes.set_xlabel(
            "编码以外的毫秒数（中位数，对数）" if chinese else "milliseconds beside the encoder (median, log)"
        )
        axes.set_ylabel("首条命中（本通知 test 题）" if chinese else "Success@1 (test questions about the notice)")

    return draw

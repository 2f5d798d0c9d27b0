"""The curves of a report as SVG files whose letters are outlines, so that they look the same everywhere."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.measures import Estimate
from evals.refusal import Refusal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    _Draw = Callable[["Axes", bool], None]

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Zen Hei",
    "SimHei",
)
"""Fonts with Chinese characters, the best first."""
Label = tuple[str, str]
"""A name in Chinese and in English, for where no font has Chinese characters."""
_NAMES: dict[bool, Label] = {True: ("用题库", "with the bank"), False: ("不用题库", "without it")}
COLORS = ("#b3261e", "#1f5f8b", "#2e7d32", "#8a5a00", "#6a3d9a")
_SIZE = (5.2, 4.2)


def draw_reliability(runs: Mapping[bool, Refusal], path: Path) -> None:
    """Confidence against the share whose first passage answers, a point a bin; `runs` by having the bank or not."""
    _save(reliability_curve(_named(runs)), path)


def draw_risk_coverage(runs: Mapping[bool, Refusal], path: Path) -> None:
    """The share answered against the share of those answered wrongly, as it grows; `runs` by having the bank or not."""
    _save(risk_curve(_named(runs)), path)


def _named(runs: Mapping[bool, Refusal]) -> list[tuple[Label, Refusal]]:
    return [(_NAMES[has_bank], run) for has_bank, run in runs.items()]


def reliability_curve(runs: Sequence[tuple[Label, Refusal]]) -> _Draw:
    """Confidence against the share whose first passage answers, a line a run."""

    def draw(axes: Axes, chinese: bool) -> None:
        label = "两者相等" if chinese else "equal"
        axes.plot((0, 1), (0, 1), color="#888888", linewidth=1, linestyle="--", label=label)
        for (names, run), color in zip(runs, COLORS, strict=False):
            x, y = [one.confidence for one in run.reliability], [one.right for one in run.reliability]
            label = names[not chinese]
            axes.plot(x, y, color=color, marker="o", markersize=4, linewidth=1.4, clip_on=False, zorder=3, label=label)
        axes.set_xlabel("把握" if chinese else "confidence")
        axes.set_ylabel("首条命中的比例" if chinese else "share with the first passage right")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.legend(frameon=False, loc="upper left")

    return draw


def risk_curve(runs: Sequence[tuple[Label, Refusal]]) -> _Draw:
    """The share answered against the share of those answered wrongly, a line a run."""

    def draw(axes: Axes, chinese: bool) -> None:
        for (names, run), color in zip(runs, COLORS, strict=False):
            x, y = [one.coverage for one in run.risk_coverage], [one.risk for one in run.risk_coverage]
            axes.plot(x, y, color=color, linewidth=1.4, label=names[not chinese])
        axes.set_xlabel("作答的比例" if chinese else "share answered (coverage)")
        axes.set_ylabel("作答中答错的比例" if chinese else "share of these wrong (risk)")
        axes.set_xlim(0, 1)
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper left")

    return draw


def intervals(
    rows: Sequence[tuple[Label, Sequence[Estimate | None]]], series: Sequence[Label], axis: Label, zero: bool
) -> _Draw:
    """A row of points with their intervals for each label, a colour for each of `series`.

    With `zero` the figures are differences and a line stands at 0; else they are shares.
    """

    def draw(axes: Axes, chinese: bool) -> None:
        step = 0.7 / max(1, len(series))
        for at, (names, color) in enumerate(zip(series, COLORS, strict=False)):
            shift = (at - (len(series) - 1) / 2) * step
            found = [(row + shift, own[at]) for row, (_, own) in enumerate(rows)]
            known = [(y, one) for y, one in found if one is not None and not math.isnan(one.mean)]
            for y, one in known:
                if not math.isnan(one.low):
                    axes.plot((one.low, one.high), (y, y), color=color, linewidth=2, alpha=0.45, solid_capstyle="round")
            x = [one.mean for _, one in known]
            label = names[not chinese]
            axes.plot(x, [y for y, _ in known], "o", color=color, markersize=4.5, label=label, clip_on=False, zorder=3)
        axes.set_yticks(range(len(rows)), [names[not chinese] for names, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(axis[not chinese])
        if zero:
            axes.axvline(0, color="#888888", linewidth=1)
        else:
            axes.set_xlim(right=1.02)
        if len(series) > 1:
            axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(series))

    return draw


def chinese_font() -> str | None:
    """The best installed font for Chinese, or None: the plots are then in English."""
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return next((name for name in FONTS if name in known), None)


def _save(draw: _Draw, path: Path) -> None:
    path.write_text(svg(draw, _SIZE, path.stem), encoding="utf-8", newline="\n")


def svg(draw: _Draw, size: tuple[float, float], salt: str) -> str:
    """A drawing of `size` inches as SVG; `draw` is given the axes and whether Chinese can be written."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    font = chinese_font()
    # The same figures give the same file: names inside it come from the salt, and it holds no date.
    style: dict[Any, Any] = {
        "svg.fonttype": "path",
        "svg.hashsalt": salt,
        "font.family": [*([font] if font else []), "DejaVu Sans"],
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.grid(color="#e6e6e6", linewidth=0.6)
        draw(axes, font is not None)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()

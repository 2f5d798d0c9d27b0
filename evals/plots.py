"""The curves of a report as SVG files whose letters are outlines, so that they look the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.refusal import Refusal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    _Draw = Callable[[Axes, bool], None]

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
_NAMES = {True: ("用题库", "with the bank"), False: ("不用题库", "without it")}
_COLORS = ("#b3261e", "#1f5f8b")
_SIZE = (5.2, 4.2)


def draw_reliability(runs: Mapping[bool, Refusal], path: Path) -> None:
    """Confidence against the share whose first passage answers, a point a bin; `runs` by having the bank or not."""

    def draw(axes: Axes, chinese: bool) -> None:
        label = "两者相等" if chinese else "equal"
        axes.plot((0, 1), (0, 1), color="#888888", linewidth=1, linestyle="--", label=label)
        for (has_bank, run), color in zip(runs.items(), _COLORS, strict=False):
            x, y = [one.confidence for one in run.reliability], [one.right for one in run.reliability]
            label = _NAMES[has_bank][not chinese]
            axes.plot(x, y, color=color, marker="o", markersize=4, linewidth=1.4, clip_on=False, zorder=3, label=label)
        axes.set_xlabel("把握" if chinese else "confidence")
        axes.set_ylabel("首条命中的比例" if chinese else "share with the first passage right")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.legend(frameon=False, loc="upper left")

    _save(draw, path)


def draw_risk_coverage(runs: Mapping[bool, Refusal], path: Path) -> None:
    """The share answered against the share of those answered wrongly, as it grows; `runs` by having the bank or not."""

    def draw(axes: Axes, chinese: bool) -> None:
        for (has_bank, run), color in zip(runs.items(), _COLORS, strict=False):
            x, y = [one.coverage for one in run.risk_coverage], [one.risk for one in run.risk_coverage]
            axes.plot(x, y, color=color, linewidth=1.4, label=_NAMES[has_bank][not chinese])
        axes.set_xlabel("作答的比例" if chinese else "share answered (coverage)")
        axes.set_ylabel("作答中答错的比例" if chinese else "share of these wrong (risk)")
        axes.set_xlim(0, 1)
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper left")

    _save(draw, path)


def chinese_font() -> str | None:
    """The best installed font for Chinese, or None: the plots are then in English."""
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return next((name for name in FONTS if name in known), None)


def _save(draw: _Draw, path: Path) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    font = chinese_font()
    # The same figures give the same file: names inside it come from the salt, and it holds no date.
    style: dict[Any, Any] = {
        "svg.fonttype": "path",
        "svg.hashsalt": path.stem,
        "font.family": [*([font] if font else []), "DejaVu Sans"],
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.grid(color="#e6e6e6", linewidth=0.6)
        draw(axes, font is not None)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})

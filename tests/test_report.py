import json
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import outing
import pytest
from click.testing import CliRunner

from assistant.answerer import Answerer
from content.notice import parse_notice
from evals.assessment import Report, measure_report, nearness, time_questions
from evals.cli import main
from evals.dataset import read_set
from evals.measures import Estimate
from evals.overlap import Overlap, Pair
from evals.plots import chinese_font, draw_reliability, draw_risk_coverage
from evals.record import Row
from evals.refusal import Bin, Refusal, RiskPoint
from evals.report import report_text, write_report

ROWS = [
    {
        "id": "q1",
        "group": "g1",
        "split": "test",
        "category": "everyday",
        "question": "要交钱吗？",
        "quotes": ["不收费"],
    },
    {"id": "q2", "group": "g2", "split": "test", "category": "factoid", "question": "午餐自备", "quotes": ["午餐自备"]},
    {"id": "q3", "group": "g3", "split": "test", "category": "far", "question": "基金跌没跌"},
    {"id": "q4", "group": "g4", "split": "dev", "category": "far", "question": "股票涨了吧"},
]
NONE = Estimate(math.nan, math.nan, math.nan, 0)
REFUSAL = Refusal(
    NONE,
    NONE,
    NONE,
    NONE,
    Estimate(0.1, 0.0, 0.2, 4),
    0.1,
    (Bin(0.2, 0.5, 2), Bin(0.9, 1.0, 2)),
    (RiskPoint(0.9, 0.5, 0.0), RiskPoint(0.2, 1.0, 0.25)),
)
OUTLINES = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def eval_file(tmp_path: Path) -> Path:
    path = tmp_path / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def report(eval_file: Path) -> Report:
    eval_set = read_set(eval_file, parse_notice(outing.TEXT, "春游"))
    plain = outing.answerer(outing.corpus(with_bank=False))
    return measure_report(outing.answerer(), plain, eval_set, "test", lambda done, total: None)


def test_every_chapter_has_its_figures(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {"LoRA": {"unseen half": {"success_at_1": 0.625, "questions": 8}}}
    (tmp_path / "adaptation.json").write_text(json.dumps({"steps": 3, "scores": scores}), encoding="utf-8")
    monkeypatch.setattr("evals.report.RESULTS", tmp_path)
    text = report_text(report)
    assert "|  | unseen half（8 题） |\n| --- | ---: |\n| LoRA | 0.625 |" in text
    chapters = [line for line in text.splitlines() if line.startswith("## ")]
    assert [line.split(" · ")[1] for line in chapters] == [
        "Headline", "Categories", "Sections", "Refusal", "Ablation", "Adapting the encoder", "Dev questions, as fitted",
        "Time of one question", "Bank and eval questions",
        "Provenance",
    ]  # fmt: skip
    assert "3 题，其中通知能回答的 2 题" in text
    # Exact binomial interval of 2 hits of 2: the low end is sqrt(0.025).
    assert "| 首条命中 Success@1 | 1.000 [0.158, 1.000] |" in text
    assert "| 口语 everyday | 1 | 1.000 |" in text
    assert f"`{report.bank.run.set_digest}`" in text
    assert "| 语义 dense（共 1 路） | 4.00 | 0.500 |" in text
    widths = [[line.count("|") for line in block.splitlines()] for block in text.split("\n\n") if block.startswith("|")]
    assert len(widths) == 11 and all(len(set(width)) == 1 for width in widths)
    assert not re.search(r"\bnan\b", text)


def test_the_overlap_is_of_the_whole_set(report: Report) -> None:
    # 要交钱吗 is in the bank; 股票涨了吧 shares 股票, 票涨, 涨了 of five pairs with 股票涨了吗.
    assert [round(pair.similarity, 2) for pair in report.overlap.pairs] == [1.0, 0.6, 0.0, 0.0]
    assert len(report.overlap.identical) == 1
    assert (report.nearness.near.n, report.nearness.apart.n) == (1, 1)


def test_near_questions_are_counted_apart() -> None:
    def row(name: str, right: float) -> Row:
        return Row(name, name, "factoid", name, "", None, None, None, None, 1.0, {"Success@1": right})

    unanswerable = Row("d", "d", "far", "d", "", None, None, None, None, 1.0, {})
    pairs = [Pair("a", "x", 0.51, False), Pair("b", "x", 0.5, False), Pair("c", "x", 0.1, False)]
    found = nearness([row("a", 1.0), row("b", 1.0), row("c", 0.0), unanswerable], Overlap(tuple(pairs)))
    assert (found.near.mean, found.near.n) == (1.0, 1)
    assert (found.apart.mean, found.apart.n) == (0.5, 2)


def test_the_encoder_is_timed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every look at the clock is a millisecond after the last one; a question looks three times.
    ticks = iter(range(1000))
    monkeypatch.setattr("evals.assessment.time.perf_counter", lambda: next(ticks) / 1000)
    steps: list[tuple[int, int]] = []
    found = time_questions(outing.answerer(), ["要交钱吗", "几点走"], lambda *at: steps.append(at))
    assert (round(found.encoder, 6), round(found.whole, 6), round(found.beside, 6)) == (1.0, 1.0, 0.0)
    assert (found.questions, steps) == (2, [(1, 2), (2, 2)])


def test_the_report_is_text_and_plots(report: Report, tmp_path: Path) -> None:
    path = write_report(report, tmp_path / "文档")
    assert path.read_text(encoding="utf-8") == report_text(report)
    for name in ("reliability", "risk-coverage"):
        assert f"(report/{name}.svg)" in report_text(report)
        assert (path.parent / "report" / f"{name}.svg").is_file()


@pytest.mark.parametrize("draw", [draw_reliability, draw_risk_coverage])
@pytest.mark.parametrize("font", [True, False])
def test_plots_are_outlines_and_repeatable(draw: Any, font: bool, tmp_path: Path, monkeypatch: Any) -> None:
    if font and chinese_font() is None:
        pytest.skip("no Chinese font is installed")
    if not font:
        monkeypatch.setattr("evals.plots.FONTS", ())
    texts = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        draw({True: REFUSAL, False: REFUSAL}, tmp_path / folder / "plot.svg")
        texts.append((tmp_path / folder / "plot.svg").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    root = ET.fromstring(texts[0])
    assert root.tag == f"{OUTLINES}svg"
    assert root.findall(f".//{OUTLINES}path") and not root.findall(f".//{OUTLINES}text")


def test_the_command_writes_the_report(eval_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_answerer(settings: Any, progress: Any, notify: Any) -> Answerer:
        return outing.answerer(outing.corpus(settings.with_bank))

    monkeypatch.setattr("assistant.opening.open_answerer", open_answerer)
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["report", "--set", str(eval_file), "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"已写好：{out / 'report.md'}" in result.stderr
    assert sorted(path.name for path in out.rglob("*.*")) == [
        "reliability.svg",
        "report.html",
        "report.md",
        "risk-coverage.svg",
    ]

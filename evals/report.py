"""The report: everything that is measured of the product over one split, in one Markdown file with two plots."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answerer import Answerer
from content.text import fold_text
from evals.ablation import HEADER, Ablation, ablate, cells
from evals.dataset import EvalSet
from evals.measures import Estimate, Refusal, estimate
from evals.overlap import THRESHOLD, Overlap, overlap
from evals.plots import draw_reliability, draw_risk_coverage
from evals.provenance import Provenance
from evals.record import Row, Run
from evals.run import run_set
from evals.table import CATEGORY_NAMES

BANK, PLAIN = "用题库", "不用题库"
_HEADLINE = (
    "Success@1",
    "Success@3",
    "Success@5",
    "nDCG@10",
    "RR@10",
    "R@10",
    "Highlight",
    "AllPlaces@3",
    "AllPlaces@5",
)
_IN_CHINESE = {
    "Success@1": "首条命中",
    "Success@3": "前三命中",
    "Success@5": "前五命中",
    "Highlight": "标亮命中",
    "AllPlaces@3": "前三齐全",
    "AllPlaces@5": "前五齐全",
}

Progress = Callable[[int, int], None]
"""Called with (done, total), anew for each of the passes over the questions."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over `questions` questions, each asked by itself in process, in milliseconds.

    `encoder` is the encoding of the question; `beside` everything else that `Answerer.ask` does, taken question by
    question as the whole less the encoding.
    """

    encoder: float
    beside: float
    whole: float
    questions: int


@dataclass(frozen=True, slots=True)
class Nearness:
    """Success@1 over the answerable questions by how near the bank comes: at most `THRESHOLD`, and above it."""

    apart: Estimate
    near: Estimate


@dataclass(frozen=True, slots=True)
class Measured:
    """One half of a report: the product with its bank, or without."""

    run: Run
    ablation: Ablation
    timing: Timing


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report says. `overlap` is that of the whole set and the bank, `nearness` that of the split."""

    bank: Measured
    plain: Measured
    overlap: Overlap
    nearness: Nearness


def measure_report(bank: Answerer, plain: Answerer, eval_set: EvalSet, split: str, progress: Progress) -> Report:
    """Measure everything; raises DatasetError when the split is empty."""
    halves = [_measured(answerer, eval_set, split, progress) for answerer in (bank, plain)]
    asked = [question.text for question in eval_set.questions]
    found = overlap(asked, [question.text for questions in bank.corpus.questions for question in questions])
    return Report(halves[0], halves[1], found, nearness(halves[0].run.rows, found))


def _measured(answerer: Answerer, eval_set: EvalSet, split: str, progress: Progress) -> Measured:
    run = run_set(answerer, eval_set, split, answerer.manifest, progress)
    ablation = ablate(answerer, eval_set, split, progress)
    texts = [question.text for question in eval_set.of_split(split)]
    return Measured(run, ablation, time_questions(answerer, texts, progress))


def time_questions(answerer: Answerer, texts: Sequence[str], progress: Progress) -> Timing:
    """Time encoder and answer in turn, question by question, after one that is not counted."""
    encoder = answerer.retriever.encoder
    answerer.ask(texts[0])
    encoding: list[float] = []
    whole: list[float] = []
    for text in texts:
        folded = [fold_text(answerer.read(text))]
        began = time.perf_counter()
        encoder.encode_queries(folded)
        encoded = time.perf_counter()
        answerer.ask(text)
        whole.append((time.perf_counter() - encoded) * 1000)
        encoding.append((encoded - began) * 1000)
        progress(len(whole), len(texts))
    beside = [all_of_it - part for all_of_it, part in zip(whole, encoding, strict=True)]
    return Timing(statistics.median(encoding), statistics.median(beside), statistics.median(whole), len(texts))


def nearness(rows: Sequence[Row], found: Overlap) -> Nearness:
    """Success@1 of the rows apart from the bank and near it."""
    similarity = {pair.question: pair.similarity for pair in found.pairs}
    near = {row.id for row in rows if similarity.get(row.question, 0.0) > THRESHOLD}

    def share(own: Iterable[Row]) -> Estimate:
        judged = [row for row in own if row.answerable]
        return estimate([row.values["Success@1"] for row in judged], [row.group for row in judged])

    return Nearness(share(row for row in rows if row.id not in near), share(row for row in rows if row.id in near))


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.md` and the plots beside it into `folder`; returns the path of the text."""
    plots = folder / "report"
    plots.mkdir(parents=True, exist_ok=True)
    halves = {True: report.bank.run.refusal, False: report.plain.run.refusal}
    refusals = {has_bank: refusal for has_bank, refusal in halves.items() if refusal is not None}
    draw_reliability(refusals, plots / "reliability.svg")
    draw_risk_coverage(refusals, plots / "risk-coverage.svg")
    path = folder / "report.md"
    path.write_text(report_text(report), encoding="utf-8", newline="\n")
    return path


def report_text(report: Report) -> str:
    """The report as Markdown."""
    bank, plain = report.bank.run, report.plain.run
    parts = [
        "# 评测报告 · Evaluation report",
        "由 `notice-evals report` 生成，请勿手改。Generated; not edited by hand.",
        f"题集「{bank.name}」的 {bank.split} 部分：{len(bank.rows)} 题，其中通知能回答的 "
        f"{sum(row.answerable for row in bank.rows)} 题。方括号内是按题组重抽样的 95% 自助法区间"
        "（95% bootstrap intervals over question groups）。「不用题库」是一份新通知的情形。",
        "## 总体 · Headline",
        _headline(bank, plain),
        "## 分类 · Categories",
        _categories(bank, plain),
        "## 拒答 · Refusal",
        _refusal(bank.refusal, plain.refusal),
        "![可靠性图 reliability](report/reliability.svg)",
        "把握与首条命中比例（十等分）。Confidence against the share right, in ten bins of equal size.",
        "![风险—覆盖曲线 risk and coverage](report/risk-coverage.svg)",
        "只答把握大的题时，答错的比例；通知没有回答的题，答了就算错。The share wrong when only the surer questions are "
        "answered; answering what the notice does not answer is wrong.",
        "## 逐路关闭 · Ablation",
        "每次关掉一路或一类通道（权重置 0，其余不变），与全开逐题相比。"
        "Each channel or family off in turn, the other weights as fitted; differences are paired with all on.",
        *(part for half in (report.bank, report.plain) for part in _ablation(half.ablation)),
        "## 用时 · Time of one question",
        "进程内单独问一题的毫秒数，取中位数。Milliseconds of one question in process, medians.",
        _timing(report),
        "## 题库与评测题 · Bank and eval questions",
        _overlap(report),
        "## 出处 · Provenance",
        _provenance(report),
    ]
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def _number(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.3f}"


def _estimate(value: Estimate | None) -> str:
    if value is None or not value.n:
        return "—"
    bounds = "" if math.isnan(value.low) else f" [{value.low:.3f}, {value.high:.3f}]"
    return f"{_number(value.mean)}{bounds}"


def _headline(bank: Run, plain: Run) -> str:
    rows = [
        (
            f"{_IN_CHINESE.get(name, '')} {name}".strip(),
            *(_estimate(run.overall.get(name)) for run in (bank, plain)),
            str(bank.overall[name].n),
        )
        for name in _HEADLINE
        if name in bank.overall
    ]
    return _table(("指标 measure", BANK, PLAIN, "题数 n"), rows)


def _categories(bank: Run, plain: Run) -> str:
    def figure(run: Run, category: str, name: str) -> str:
        found = run.by_category[category].get(name)
        return "" if found is None else _number(found.mean)

    columns = [(name, run) for name in ("Success@1", "Success@5", "Highlight", "Refused") for run in (bank, plain)]
    names = {**_IN_CHINESE, "Refused": "拒答"}
    header = [f"{names[name]}（{BANK if run is bank else PLAIN}）" for name, run in columns]
    rows = [
        (
            f"{CATEGORY_NAMES.get(category, category)} {category}",
            str(own["Refused"].n),
            *(figure(run, category, name) for name, run in columns),
        )
        for category, own in bank.by_category.items()
    ]
    return _table(("类别 category", "题数 n", *header), rows)


def _refusal(bank: Refusal | None, plain: Refusal | None) -> str:
    both = (bank, plain)
    rows = [
        ("ROC 曲线下面积 area under the ROC curve", *(_estimate(one.auc if one else None) for one in both)),
        ("能答的题被拒 answerable refused", *(_estimate(one.answerable_refused if one else None) for one in both)),
        (
            "不能答的题被拒 unanswerable refused",
            *(_estimate(one.unanswerable_refused if one else None) for one in both),
        ),
        ("校准误差 calibration error", *("—" if one is None else _number(one.calibration_error) for one in both)),
    ]
    return _table(("", BANK, PLAIN), rows)


def _ablation(ablation: Ablation) -> Iterable[str]:
    yield f"### {BANK if ablation.has_bank else PLAIN}（{ablation.questions} 题）"
    yield _table(HEADER, cells(ablation))


def _timing(report: Report) -> str:
    both = (report.bank.timing, report.plain.timing)
    rows = [
        ("编码器 the encoder's forward pass", *(f"{one.encoder:.1f}" for one in both)),
        ("其余一切 everything beside it", *(f"{one.beside:.1f}" for one in both)),
        ("合计 the whole", *(f"{one.whole:.1f}" for one in both)),
        ("题数 n", *(str(one.questions) for one in both)),
    ]
    return _table(("毫秒 ms", BANK, PLAIN), rows)


def _overlap(report: Report) -> str:
    found, near = report.overlap, report.nearness
    rows = [
        ("评测题（全部）eval questions, both splits", str(len(found.pairs))),
        ("与题库完全相同 identical", str(len(found.identical))),
        (f"字对 Jaccard 相似度超过 {THRESHOLD} share above", f"{found.share_near:.1%}"),
        (f"首条命中，不超过 {THRESHOLD} 的 Success@1 at or below（{near.apart.n} 题）", _estimate(near.apart)),
        (f"首条命中，超过 {THRESHOLD} 的 Success@1 above（{near.near.n} 题）", _estimate(near.near)),
    ]
    return _table(("", "数值"), rows)


def _provenance(report: Report) -> str:
    origin = report.bank.run.provenance
    commit = "—" if origin.commit is None else f"`{origin.commit}`"
    rows = [
        ("代码 commit", commit + ("（有未提交的改动 with uncommitted changes）" if origin.dirty else "")),
        ("题集 SHA-256 eval set", f"`{report.bank.run.set_digest}`"),
        *_digests(origin),
        ("版本 versions", "，".join(f"{name} {version or '—'}" for name, version in origin.versions.items())),
        ("机器 machine", "，".join(f"{key} {value}" for key, value in origin.machine.items())),
        ("时间 time", origin.started_at),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _digests(origin: Provenance) -> Iterable[tuple[str, str]]:
    """What the index with the bank was made from; the other lacks the bank alone."""
    manifest = origin.manifest or {}
    if "encoder" in manifest:
        yield "编码器 encoder", f"{manifest['encoder']} `{manifest.get('fingerprint')}`"
    for key, name in (("documents", "通知 notice"), ("banks", "题库 bank")):
        for of, digest in manifest.get(key, {}).items():
            yield f"{name} {of}", f"`{digest}`"

"""The report: everything that is measured of the product over one split, in one Markdown file with two plots."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.refusal import MODEL as REFUSAL
from evals.ablation import Ablation
from evals.adaptation_ablation import FILE
from evals.assessment import Report
from evals.measures import Estimate
from evals.overlap import THRESHOLD
from evals.plots import draw_reliability, draw_risk_coverage
from evals.provenance import Provenance
from evals.record import RESULTS, Run
from evals.refusal import Refusal
from evals.report_claims import claims_part
from evals.table import CATEGORY_NAMES, MEASURE_NAMES
from evals.table_ablation import HEADER, cells

BANK, PLAIN = "用题库", "不用题库"
_HEADLINE = (
    "Success@1", "Success@3", "Success@5", "nDCG@10", "RR@10", "AP", "R@5", "R@10", "Highlight", "AllPlaces@3",
    "AllPlaces@5", "CharR@1", "CharP@1", "CharF1@1", "CharR@500c", "HighlightF1", "Handled",
)  # fmt: skip


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
        "字数指标（Char…、HighlightF1）按字符重叠计算，与怎样切段无关；「读五百字得答案」是从头读五百字能读到的答案份额；"
        "「处理得当」是能答的题首条就对、不能答的题拒答。"
        "Char measures count shared characters and do not depend on how passages are cut.",
        "## 通知各部分 · Sections",
        _sections(bank, plain),
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
        *_adaptation(),
        *claims_part(RESULTS),
        *_fitted(),
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
            f"{MEASURE_NAMES.get(name, '')} {name}".strip(),
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
    header = [f"{MEASURE_NAMES[name]}（{BANK if run is bank else PLAIN}）" for name, run in columns]
    rows = [
        (
            f"{CATEGORY_NAMES.get(category, category)} {category}",
            str(own["Refused"].n),
            *(figure(run, category, name) for name, run in columns),
        )
        for category, own in bank.by_category.items()
    ]
    return _table(("类别 category", "题数 n", *header), rows)


def _sections(bank: Run, plain: Run) -> str:
    rows = [
        (
            section,
            str(own["Success@1"].n),
            *(
                _estimate(run.by_section.get(section, {}).get(name))
                for name in ("Success@1", "CharF1@1")
                for run in (bank, plain)
            ),
        )
        for section, own in bank.by_section.items()
    ]
    header = [f"{MEASURE_NAMES[name]}（{half}）" for name in ("Success@1", "CharF1@1") for half in (BANK, PLAIN)]
    return _table(("部分 section", "题数 n", *header), rows)


def _refusal(bank: Refusal | None, plain: Refusal | None) -> str:
    both = (bank, plain)
    rows = [
        ("ROC 曲线下面积 area under the ROC curve", *(_estimate(one.auc if one else None) for one in both)),
        ("能答的题被拒 answerable refused", *(_estimate(one.answerable_refused if one else None) for one in both)),
        (
            "不能答的题被拒 unanswerable refused",
            *(_estimate(one.unanswerable_refused if one else None) for one in both),
        ),
        ("被拒的确实不能答 precision of refusing", *(_estimate(one.precision if one else None) for one in both)),
        ("校准误差 calibration error", *(_estimate(one.calibration_error if one else None) for one in both)),
        ("风险—覆盖曲线下面积 area of risk", *("—" if one is None else _number(one.risk_area) for one in both)),
    ]
    return _table(("", BANK, PLAIN), rows)


def _ablation(ablation: Ablation) -> Iterable[str]:
    yield f"### {BANK if ablation.has_bank else PLAIN}（{ablation.questions} 题）"
    yield _table(HEADER, cells(ablation))


def _adaptation() -> Iterable[str]:
    """The saved comparison of ways to adapt the encoder (`notice-evals adapt --ablation`), if there is one."""
    path = RESULTS / FILE
    if not path.is_file():
        return
    saved = json.loads(path.read_text(encoding="utf-8"))
    names = next(iter(saved["scores"].values()))
    yield "## 编码器的适配 · Adapting the encoder"
    yield (
        f"只用编码器（不用 BM25 和题库条目）的 Success@1。每种做法学 {saved['steps']} 步，"
        "只学通知后半部分的题库问题、部分法律和一半通用问答；在前半部分、没学过的法律和另一半通用问答上看效果。"
        "The encoder alone; every variant learned from the second half of the notice only. "
        "The adapter that is shipped learned from the whole bank, for longer."
    )
    rows = [
        (variant, *(f"{scores[name]['success_at_1']:.3f}" for name in names))
        for variant, scores in saved["scores"].items()
    ]
    yield _table(("", *(f"{name}（{of['questions']} 题）" for name, of in names.items())), rows)


def _fitted() -> Iterable[str]:
    """What `notice-evals fit` saw on dev questions: the refusal there is cross-validated, on harder questions."""
    evidence = json.loads(REFUSAL.read_text(encoding="utf-8")).get("evidence")
    if not evidence:
        return
    yield "## 拟合时的 dev 题 · Dev questions, as fitted"
    yield (
        f"权重、拒答和标亮只用 {evidence['dev_questions']} 道 dev 题拟合；拒答一栏是分组交叉验证的结果，"
        "dev 里相近而未答的题更多、更难。"
        "Fitted on dev questions alone; the refusal figures are cross-validated over question groups."
    )
    halves = (evidence["with_bank"], evidence["without_bank"])
    names = list(halves[0])
    rows = [
        (
            name,
            *(f"{evidence[key][name]:.3f}" if name in evidence[key] else "—" for key in ("with_bank", "without_bank")),
        )
        for name in names
    ]
    yield _table(("", BANK, PLAIN), rows)


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

"""The commands of `notice-evals` beside run, compare and overlap, from end to end over the small notice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import outing
import pytest
from click.testing import CliRunner, Result

from assistant.answerer import Answerer
from content.candidate import anchor
from content.candidates import CandidateStore
from content.span import Span
from evals.cli import main
from evals.record import load_run, save_run

ROWS = [
    {"id": "q1", "group": "g1", "split": "dev", "category": "factoid", "question": "午餐自备", "quotes": ["午餐自备"]},
    {"id": "q2", "group": "g2", "split": "dev", "category": "factoid", "question": "请带雨衣", "quotes": ["雨衣"]},
    {"id": "q3", "group": "g3", "split": "dev", "category": "far", "question": "基金跌没跌"},
    {"id": "q4", "group": "g4", "split": "test", "category": "factoid", "question": "过马路", "quotes": ["排队"]},
]


@pytest.fixture
def eval_file(tmp_path: Path) -> Path:
    path = tmp_path / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _product(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_answerer(settings: Any, progress: Any, notify: Any) -> Answerer:
        return outing.answerer(outing.corpus(settings.with_bank))

    monkeypatch.setattr("assistant.opening.open_answerer", open_answerer)
    monkeypatch.setattr("content.corpus.load_corpus", lambda *_: outing.corpus())


def notice_evals(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def test_a_run_written_as_trec_scores_the_same(eval_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "trec"
    run = json.loads(notice_evals("run", "--set", eval_file, "--split", "all", "--json", "--trec", out).stdout)
    result = notice_evals("score", out / "run.trec", out / "qrels.trec", "--json")
    scored = json.loads(result.stdout)
    assert scored["queries"] == run["queries"] == 3
    assert {name: run[name] for name in scored} == pytest.approx(scored)
    assert "首条命中 Success@1" in notice_evals("score", out / "run.trec", out / "qrels.trec").stdout


def test_the_gate(eval_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    result = notice_evals("gate", "--set", eval_file, "--results", folder)
    assert result.exit_code == 1 and "请先用 notice-evals gate --update 存一份" in result.stderr
    assert notice_evals("gate", "--set", eval_file, "--results", folder, "--update").exit_code == 0
    baseline = load_run(folder / "baseline.json")
    assert [row.id for row in baseline.rows] == ["q1", "q2", "q3"]  # dev questions alone
    result = notice_evals("gate", "--set", eval_file, "--results", folder)
    assert result.exit_code == 0 and "通过：没有一题由对变错。" in result.stdout


def test_robustness_is_shown_and_saved(eval_file: Path, tmp_path: Path) -> None:
    result = notice_evals("robustness", "--set", eval_file, "--split", "dev", "--results", tmp_path / "r")
    assert result.exit_code == 0
    assert "同音错字" in result.stdout and "种子 0" in result.stdout
    (path,) = (tmp_path / "r").iterdir()
    assert f"已保存：{path}" in result.stderr


def test_the_set_is_validated(eval_file: Path) -> None:
    result = notice_evals("validate", "--set", eval_file)
    assert result.exit_code == 0
    assert "提醒：" in result.stdout and "没有错误。" in result.stdout
    found = json.loads(notice_evals("validate", "--set", eval_file, "--json").stdout)
    assert found["counts"]["test"] == {"factoid": 1}
    eval_file.write_text(json.dumps(ROWS[0] | {"quotes": ["没有"]}, ensure_ascii=False), encoding="utf-8")
    result = notice_evals("validate", "--set", eval_file)
    assert result.exit_code == 1 and "处错误" in result.stderr


def test_agreement_is_shown(eval_file: Path) -> None:
    result = notice_evals("agreement", eval_file, eval_file)
    assert result.exit_code == 0 and "通知是否回答" in result.stdout and "1.000" in result.stdout


def test_a_candidate_goes_all_the_way(eval_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.opening.eval_questions", lambda corpus: ["午餐自备"])
    data = tmp_path / "数据"
    notice = outing.corpus().notices[0]
    start = notice.text.index("春游不收费")
    one = CandidateStore(data).propose("春游", "花多少钞票", "小王", [anchor(notice, Span(start, start + 5))])
    listed = notice_evals("candidates", "list", "--data-dir", data)
    assert "花多少钞票" in listed.stdout and "待定" in listed.stdout
    accept = ("candidates", "accept", one.id, "--by", "小李", "--data-dir", data)
    refused = notice_evals(*accept, "--to", "eval")
    assert refused.exit_code == 1 and "请先给这道题选一个类别" in refused.stderr
    assert notice_evals(*accept, "--to", "eval", "--category", "everyday").exit_code == 0
    refused = notice_evals(*accept, "--to", "bank")
    assert refused.exit_code == 1 and "不能再进题库" in refused.stderr
    shown = json.loads(notice_evals("run", "--set", eval_file, "--json", "--data-dir", data).stdout)
    assert shown["queries"] == 2 and list(shown["by_source"]) == ["春游", "新增"]
    result = notice_evals("candidates", "export", "eval", "--out", tmp_path / "出", "--data-dir", data)
    assert "（1 题）" in result.stderr
    assert json.loads((tmp_path / "出" / "春游.jsonl").read_text(encoding="utf-8"))["question"] == "花多少钞票"
    assert notice_evals("candidates", "reopen", one.id, "--by", "小李", "--data-dir", data).exit_code == 0
    rejected = notice_evals("candidates", "reject", one.id, "--by", "小李", "--reason", "重复", "--data-dir", data)
    assert rejected.exit_code == 0
    listed = notice_evals("candidates", "list", "--all", "--json", "--data-dir", data)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [(row["state"], row["reason"]) for row in rows] == [("rejected", "重复")]


def test_saved_results_become_one_page(eval_file: Path, tmp_path: Path) -> None:
    results = tmp_path / "结果"
    asked = ("--set", eval_file, "--split", "dev", "--results", results)
    for more in ((), ("--no-bank",)):
        assert notice_evals("run", "--save", *asked, *more).exit_code == 0
        assert notice_evals("robustness", *asked, *more).exit_code == 0
    assert notice_evals("ablation", "--factor", "2", "--save", *asked).exit_code == 0
    page = tmp_path / "页.html"
    result = notice_evals("report", *sorted(results.iterdir()), "--html", page)
    assert result.exit_code == 0, result.stderr
    text = page.read_text(encoding="utf-8")
    for chapter in ("总体", "类别", "该答与不该答", "逐路关闭", "稳健性", "最差的题", "出处"):
        assert f"<h2>{chapter}</h2>" in text
    assert "http://" not in text and "https://" not in text and "<script" not in text
    only = next(path for path in results.iterdir() if path.name.startswith("robustness"))
    result = notice_evals("report", only, "--html", page)
    assert result.exit_code == 1 and "至少要有一个" in result.stderr
    assert save_run(load_run(next(p for p in results.iterdir() if p.name[0] == "2")), tmp_path).is_file()

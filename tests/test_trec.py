from dataclasses import replace
from pathlib import Path

import ir_measures
import numpy as np
import pytest
import pytrec_eval
from bigram import BigramEncoder

from evals.beir import Beir
from evals.measures import RANKED
from evals.provenance import Provenance
from evals.record import Row, Run, RunError
from evals.run import run_beir
from evals.trec import escape, score_trec, write_trec

DOCUMENTS = (("d1", "春游在周五，请大家带水。"), ("d2", "食堂周一停电，改吃面包。"), ("d 3%", "图书馆搬到三楼。"))
QUERIES = (("q1", "春游带水吗"), ("q2", "食堂停电"), ("q3", "图书馆搬到哪里"), ("q4", ""))
QRELS = {"q1": {"d1": 1}, "q2": {"d2": 1, "d9": 1}, "q3": {"d1": 1, "d 3%": 1}, "q4": {"d1": 1}}


@pytest.fixture
def run() -> Run:
    return run_beir(Beir("小集", DOCUMENTS, QUERIES, QRELS, "0" * 64), BigramEncoder())


def test_a_run_that_is_written_and_read_back_gives_the_same_figures(run: Run, tmp_path: Path) -> None:
    ranked, judged = write_trec(run, tmp_path)
    found = score_trec(ranked, judged)
    assert {name: value.mean for name, value in found.overall.items()} == pytest.approx(
        {name: run.overall[name].mean for name in RANKED}
    )
    assert found.values == {row.id: pytest.approx(row.values) for row in run.rows}
    # q4 was never asked, and counts all the same.
    assert found.overall["Success@1"].mean == 0.75 and found.values["q4"]["RR@10"] == 0


def test_ir_measures_itself_reads_the_files_so(run: Run, tmp_path: Path) -> None:
    ranked, judged = write_trec(run, tmp_path)
    measures = [ir_measures.parse_measure(name) for name in RANKED]
    found = ir_measures.calc_aggregate(
        measures,
        list(ir_measures.read_trec_qrels(str(judged))),
        list(ir_measures.read_trec_run(str(ranked))),
    )
    assert {str(measure): value for measure, value in found.items()} == pytest.approx(
        {name: run.overall[name].mean for name in RANKED}
    )


def test_the_files_line_by_line(run: Run, tmp_path: Path) -> None:
    ranked, judged = (path.read_text(encoding="utf-8").splitlines() for path in write_trec(run, tmp_path))
    tag = ranked[0].split()[-1]
    assert ranked[:3] == [f"q1 Q0 d1 1 3 {tag}", *ranked[1:3]] and len(ranked) == 9
    assert judged == ["q1 0 d1 1", "q2 0 d2 1", "q2 0 d9 1", "q3 0 d1 1", "q3 0 d%203%25 1", "q4 0 d1 1"]
    assert escape("a b") != escape("a%20b")


def row(name: str, ranking: tuple[str, ...], judged: dict[str, int], values: dict[str, float]) -> Row:
    return Row(name, name, "factoid", name, "", None, 0.5, True, None, 1.0, values, ranking=ranking, judged=judged)


def test_what_nothing_answers_is_not_judged_and_what_no_passage_holds_counts_nothing(tmp_path: Path) -> None:
    rows = (
        row("right", ("a", "b"), {"a": 1}, {"Success@1": 1.0}),
        row("nowhere", ("a",), {}, {"Success@1": 0.0}),  # answerable, yet no passage holds the answer
        row("far", ("b",), {}, {}),
    )
    origin = Provenance("c" * 40, False, None, {}, {}, "2024-01-01T00:00:00+00:00")
    run = Run("小集", "dev", "0", rows, {}, {}, None, 1.0, origin)
    found = score_trec(*write_trec(run, tmp_path))
    assert (found.overall["Success@1"].mean, set(found.values)) == (0.5, {"right", "nowhere"})
    with pytest.raises(RunError, match="没有保存名次"):
        write_trec(replace(run, rows=tuple(replace(one, ranking=()) for one in rows)), tmp_path)


def test_figures_equal_those_of_trec_eval_with_ties_missing_questions_and_several_relevant(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    qrels = {f"q{i}": {f"d{j:02}": int(rng.random() < 0.25) for j in range(25)} for i in range(30)}
    run = {
        f"q{i}": {f"d{j:02}": float(rng.integers(0, 5)) for j in rng.choice(25, 15, replace=False)}
        for i in range(30)
        if i % 7
    }
    (tmp_path / "run").write_text(
        "".join(f"{q} Q0 {d} 0 {s} x\n" for q, own in run.items() for d, s in own.items()), encoding="utf-8"
    )
    (tmp_path / "qrels").write_text(
        "".join(f"{q} 0 {d} {g}\n" for q, own in qrels.items() for d, g in own.items()), encoding="utf-8"
    )
    found = score_trec(tmp_path / "run", tmp_path / "qrels")
    names = {"success.1,3,5", "ndcg_cut.10", "recall.1,3,5,10", "map"}
    wanted = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(run)
    for ours, theirs in (
        ("Success@1", "success_1"), ("Success@3", "success_3"), ("Success@5", "success_5"), ("AP", "map"),
        ("nDCG@10", "ndcg_cut_10"), ("R@1", "recall_1"), ("R@3", "recall_3"), ("R@5", "recall_5"),
        ("R@10", "recall_10"),
    ):  # fmt: skip
        mean = sum(own[theirs] for own in wanted.values()) / 30
        assert found.overall[ours].mean == pytest.approx(mean), ours


@pytest.mark.parametrize(
    ("run", "qrels", "message"),
    [
        ("q1 Q0 d1 1 2\n", "q1 0 d1 1\n", r"run:1：应有 6 栏"),
        ("q1 Q0 d1 1 很高 x\n", "q1 0 d1 1\n", r"run:1：分数 '很高' 不是数"),
        ("q1 Q0 d1 1 2 x\nq1 Q0 d1 2 1 x\n", "q1 0 d1 1\n", r"run:2：题 q1 的文档 d1 出现了两次"),
        ("", "q1 0 d1 好\n", r"qrels:1：等级 '好' 不是整数"),
        ("", "q1 d1 1\n", r"qrels:1：应有 4 栏"),
        ("", "\n", "没有标注"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, run: str, qrels: str, message: str) -> None:
    for name, text in (("run", run), ("qrels", qrels)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=message):
        score_trec(tmp_path / "run", tmp_path / "qrels")
    with pytest.raises(RunError, match="读不出"):
        score_trec(tmp_path / "none", tmp_path / "none")

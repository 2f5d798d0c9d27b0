import json
import math
import subprocess
from pathlib import Path

import pytest
from bigram import BigramEncoder

from assistant.answer import Answer, Found, Highlight
from assistant.citation import cite
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from evals.beir import Beir
from evals.dataset import DatasetError, EvalSet, read_set
from evals.measures import RANKED
from evals.provenance import checkout
from evals.run import Run, RunError, load_run, run_beir, run_set, save_run, section_of
from evals.spans import CHARACTERS

NOTICE = parse_notice("关于春游的通知\n\n各班：\n\n春游在周五。请带水。\n\n春游不收费。\n\n回来写作文。\n", "春游")
CORPUS = make_corpus((NOTICE,))
DAY, FREE, ESSAY = (
    next(i for i, passage in enumerate(CORPUS.passages) if word in passage.text) for word in ("周五", "收费", "作文")
)

ROWS = [
    {"id": "q1", "group": "g1", "split": "test", "category": "factoid", "question": "哪天？", "quotes": ["春游在周五"]},
    {"id": "q2", "group": "g2", "split": "test", "category": "factoid", "question": "收钱？", "quotes": ["春游不收费"]},
    {
        "id": "q3",
        "group": "g3",
        "split": "test",
        "category": "several",
        "question": "带什么写什么？",
        "quotes": ["请带水", "作文"],
    },
    {"id": "q4", "group": "g4", "split": "test", "category": "far", "question": "股票？"},
    {"id": "q5", "group": "g5", "split": "dev", "category": "factoid", "question": "给谁？", "quotes": ["各班"]},
]
# Question: (passages in order, number of the highlighted sentence of the first, confidence, answered)
REPLIES = {
    "哪天？": ([DAY, FREE], 0, 0.9, True),
    "收钱？": ([DAY, ESSAY, FREE], 0, 0.4, False),
    "带什么写什么？": ([DAY, ESSAY], 0, 0.8, True),
    "股票？": ([ESSAY], 0, 0.1, False),
    "给谁？": ([], 0, 0.0, False),
}


class Stub:
    """Answers from `REPLIES`."""

    corpus: Corpus = CORPUS

    def ask(self, question: str, k: int = 5) -> Answer:
        order, lit, confidence, answered = REPLIES[question]
        found = []
        for rank, number in enumerate(order[:k], 1):
            passage = CORPUS.passages[number]
            span = passage.sentences[lit]
            highlight = Highlight(span.start, span.end, span.of(NOTICE.text))
            found.append(Found(rank, 1.0, passage.text, cite(NOTICE, passage), (highlight,)))
        return Answer(question, answered, confidence, tuple(found))


@pytest.fixture
def eval_set(tmp_path: Path) -> EvalSet:
    path = tmp_path / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return read_set(path, NOTICE)


@pytest.fixture
def run(eval_set: EvalSet) -> Run:
    return run_set(Stub(), eval_set, "test", {"format": 1})


def test_every_question_leaves_a_row(run: Run) -> None:
    assert [(row.id, row.rank, row.highlight, row.answered, row.confidence) for row in run.rows] == [
        ("q1", 1, True, True, 0.9),
        ("q2", 3, False, False, 0.4),
        # The first sentence of the first passage is highlighted, and it is the second that answers.
        ("q3", 1, False, True, 0.8),
        ("q4", None, None, False, 0.1),
    ]
    assert run.rows[0].first == cite(NOTICE, CORPUS.passages[DAY]).label
    assert all(row.milliseconds >= 0 for row in run.rows)
    assert run.rows[3].values == {}


def test_the_measures_by_hand(run: Run) -> None:
    means = {name: value.mean for name, value in run.overall.items()}
    ideal = 1 + 1 / math.log2(3)
    assert means == pytest.approx(
        {
            "Success@1": 2 / 3,
            "Success@3": 1,
            "Success@5": 1,
            "nDCG@10": (1 + 1 / math.log2(4) + ideal / ideal) / 3,
            "RR@10": (1 + 1 / 3 + 1) / 3,
            "AP": (1 + 1 / 3 + 1) / 3,
            "R@1": (1 + 0 + 1 / 2) / 3,
            "R@3": 1,
            "R@5": 1,
            "R@10": 1,
            # The first passage has 10 characters: all 5 of q1's quote, none of q2's, 3 of the 5 of q3's two.
            "CharR@1": (1 + 0 + 3 / 5) / 3,
            "CharR@3": 1,
            "CharP@1": (5 / 10 + 0 + 3 / 10) / 3,
            "CharF1@1": (2 * 0.5 / 1.5 + 0 + 2 * 0.6 * 0.3 / 0.9) / 3,
            "CharR@500c": 1,
            "HighlightF1": (2 * (5 / 6) / (1 + 5 / 6) + 0 + 0) / 3,
            "Handled": 3 / 4,
            "Highlight": 1 / 3,
            "AllPlaces@3": 1,
            "AllPlaces@5": 1,
        }
    )
    assert [run.overall[name].n for name in ("Success@1", "Highlight", "AllPlaces@3")] == [3, 3, 1]
    assert list(run.by_category) == ["factoid", "several", "far"]
    assert run.by_category["factoid"]["Success@1"].mean == 0.5
    assert {name: own["Refused"].mean for name, own in run.by_category.items()} == {
        "factoid": 0.5,
        "several": 0.0,
        "far": 1.0,
    }
    assert set(run.by_category["far"]) == {"Handled", "Refused"}
    assert {name: own["Success@1"].n for name, own in run.by_section.items()} == {"开头": 3}
    assert {name: own["Refused"].n for name, own in run.by_source.items()} == {"春游": 4}


def test_refusal_by_hand(run: Run) -> None:
    assert run.refusal is not None
    assert run.refusal.auc.mean == 1
    assert run.refusal.answerable_refused.mean == pytest.approx(1 / 3)
    assert run.refusal.unanswerable_refused.mean == 1
    # Four questions in bins of their own: |0.1 - 0|, |0.4 - 0|, |0.8 - 1| and |0.9 - 1|.
    assert run.refusal.calibration_error.mean == pytest.approx((0.1 + 0.4 + 0.2 + 0.1) / 4)
    assert (run.refusal.precision.mean, run.refusal.precision.n) == (0.5, 2)
    assert run.refusal.risk_area == pytest.approx((0 + 0 + 1 / 3 + 0.5) / 4)
    assert [point.risk for point in run.refusal.risk_coverage] == pytest.approx([0, 0, 1 / 3, 0.5])


def test_an_answer_without_passages_counts_as_a_miss(eval_set: EvalSet) -> None:
    run = run_set(Stub(), eval_set, "dev")
    assert run.rows[0].values == dict.fromkeys((*RANKED, *CHARACTERS), 0.0)
    assert (run.rows[0].first, run.rows[0].highlight) == ("", False)
    assert run.overall["Success@1"].mean == 0


def test_the_split_and_the_progress(eval_set: EvalSet) -> None:
    seen: list[tuple[int, int]] = []
    run = run_set(Stub(), eval_set, "all", progress=lambda done, total: seen.append((done, total)))
    assert len(run.rows) == 5
    assert seen == [(i, 5) for i in range(1, 6)]
    with pytest.raises(DatasetError, match="没有 train 部分"):
        run_set(Stub(), eval_set, "train")


def test_the_headline_and_where_it_comes_from(run: Run, eval_set: EvalSet) -> None:
    assert run.headline()["queries"] == 3
    assert (run.name, run.split, run.set_digest) == ("春游", "test", eval_set.digest)
    origin = run.provenance
    assert origin.manifest == {"format": 1}
    assert {"python", "torch", "sentence-transformers", "faiss-cpu", "numpy", "ir-measures"} <= set(origin.versions)
    assert set(origin.machine) == {"cpus", "platform", "processor"}
    assert origin.started_at.endswith("+00:00")


def test_a_run_is_saved_and_loaded_whole(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    first, second = save_run(run, folder), save_run(run, folder)
    assert first != second and {path.name for path in folder.iterdir()} == {first.name, second.name}
    assert load_run(first) == run
    assert json.loads(first.read_text(encoding="utf-8"))["rows"][0]["question"] == "哪天？"


def test_figures_that_do_not_exist_are_null(eval_set: EvalSet, tmp_path: Path) -> None:
    path = save_run(run_set(Stub(), eval_set, "dev"), tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["refusal"]["auc"]["mean"] is None
    loaded = load_run(path)
    assert loaded.refusal is not None and math.isnan(loaded.refusal.auc.mean)


def test_a_row_stands_on_a_line_of_its_own(run: Run, tmp_path: Path) -> None:
    path = save_run(run, tmp_path, "baseline")
    assert path.name == "baseline.json" and save_run(run, tmp_path, "baseline") == path
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('  {"id": ') for line in lines) == len(run.rows)


def test_a_run_of_the_first_format_is_still_read(run: Run, tmp_path: Path) -> None:
    data = run.to_json() | {"format": 1}
    for row in data["rows"]:
        for name in ("section", "source", "first_text", "ranking", "judged"):
            del row[name]
    del data["by_section"], data["by_source"], data["refusal"]["precision"], data["refusal"]["risk_area"]
    data["refusal"]["calibration_error"] = 0.2
    path = tmp_path / "old.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    old = load_run(path)
    assert (old.by_section, old.rows[0].ranking, old.overall) == ({}, (), run.overall)
    assert old.refusal is not None and run.refusal is not None
    assert (old.refusal.calibration_error.mean, old.refusal.risk_area) == (0.2, run.refusal.risk_area)
    assert math.isnan(old.refusal.precision.mean)


def test_the_part_of_the_notice_that_answers() -> None:
    lines = "关于春游的通知 各班： 春游在周五。 一、费用 不收费。 二、安全 排好队。 光明小学 2024年4月1日".split()
    text = "\n\n".join(lines) + "\n"
    passages = make_corpus((parse_notice(text, "春游"),)).passages
    named = {passage.text: section_of([passage]) for passage in passages}
    assert named == {
        "关于春游的通知": "标题", "各班：": "主送机关", "春游在周五。": "开头",
        "一、费用": "一、费用", "不收费。": "一、费用",
        "二、安全": "二、安全", "排好队。": "二、安全", "光明小学": "落款", "2024年4月1日": "落款",
    }  # fmt: skip
    assert section_of(passages[4:7]) == "跨部分" and section_of([]) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "不是有效的 JSON"),
        ("[]", "不是保存的评测结果"),
        ('{"format": 1}', "需要 format 1、2 和 rows"),
        ("{}", "需要 format 1、2 和 rows"),
        ('{"format": 2, "rows": [{}]}', "评测结果不完整"),
    ],
)
def test_what_is_not_a_run(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=message):
        load_run(path)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_the_commit_and_whether_the_tree_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "evals" / "code.py"
    file.parent.mkdir()
    file.write_text("1\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    assert checkout(file) == (None, None)  # not part of the checkout that it lies in
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    commit, dirty = checkout(file)
    assert commit is not None and len(commit) == 40 and dirty is False
    (tmp_path / "evals" / "results").mkdir()
    (tmp_path / "evals" / "results" / "run.json").write_text("{}", encoding="utf-8")
    assert checkout(file) == (commit, False)
    file.write_text("2\n", encoding="utf-8")
    assert checkout(file) == (commit, True)


DOCUMENTS = (
    ("d1", "春游在周五，请大家带水。"),
    ("d2", "食堂周一停电，改吃面包。"),
    ("d3", "图书馆搬到三楼，暂停借书。"),
)


def test_a_beir_folder_is_indexed_and_asked() -> None:
    queries = (("q1", "春游带水吗"), ("q2", "食堂停电"), ("q3", "图书馆搬到哪里"), ("q4", ""))
    qrels = {"q1": {"d1": 1}, "q2": {"d2": 1, "d9": 1}, "q3": {"d1": 1}, "q4": {"d1": 1}}
    seen: list[tuple[int, int]] = []
    run = run_beir(
        Beir("小集", DOCUMENTS, queries, qrels, "0" * 64),
        BigramEncoder(),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert [(row.id, row.first, row.rank == 1) for row in run.rows] == [
        ("q1", "d1", True),
        ("q2", "d2", True),
        ("q3", "d3", False),
        ("q4", "", False),  # nothing was asked, nothing was found, and it counts
    ]
    assert run.overall["Success@1"].mean == 0.5
    assert run.rows[1].values["R@10"] == 0.5  # d9 is relevant, and not in the corpus
    assert (run.headline()["queries"], run.refusal, run.by_category) == (4, None, {})
    assert seen[-1] == (3, 3)
    assert run.seconds > 0

"""Eval sets about many documents: rows name their document, and another version with the same words counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Found, Highlight
from assistant.citation import cite
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.span import Span
from evals.dataset import DatasetError, EvalSet, read_set
from evals.opening import find_notice
from evals.record import load_run, save_run
from evals.run import run_set
from evals.sets import DATA, find_set, library_files, set_files
from evals.table import run_view
from evals.validation import validate_set

HEAD = "中华人民共和国采茶法\n\n第一条 为了采茶，制定本法。\n\n"
NEW = HEAD + "第二条 春茶在清明前采摘。采茶人应当戴帽。\n\n第三条 违反本法的，罚款五元。\n"
OLD = HEAD + "第二条 采茶人应当领证，春茶在清明前采摘。\n\n第三条 违反本法的，罚款三元。\n"
ROADS = "道路清扫条例\n\n第一条 为了清扫，制定本条例。\n\n第二条 道路每日清扫。采茶人应当戴帽。\n"
CORPUS = make_corpus(
    tuple(
        parse_notice(text, name)
        for name, text in (
            ("采茶法(2020-01-01)", NEW),
            ("采茶法(2001-01-01)", OLD),
            ("道路清扫条例(1999-09-09)", ROADS),
        )
    )
)
ROWS = [
    {"id": "q1", "category": "factoid", "question": "春茶哪天采？", "quotes": ["春茶在清明前采摘"]},
    {"id": "q2", "category": "factoid", "question": "罚多少？", "quotes": ["罚款五元"]},
    {"id": "q3", "category": "far", "question": "股票？", "quotes": [], "notice": ""},
    {"id": "q4", "category": "factoid", "question": "戴帽吗？", "quotes": ["采茶人应当戴帽"]},
    {
        "id": "q5",
        "category": "factoid",
        "question": "扫地？",
        "quotes": ["每日清扫"],
        "notice": "道路清扫条例(1999-09-09)",
    },
]


def write(folder: Path, rows: list[dict[str, Any]], name: str = "library-tea") -> Path:
    whole = [{"group": row["id"], "split": "test", "notice": "采茶法(2020-01-01)"} | row for row in rows]
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in whole), encoding="utf-8")
    return path


def passage(name: str, words: str) -> int:
    return next(i for i, p in enumerate(CORPUS.passages) if p.notice_id.startswith(name) and words in p.text)


@pytest.fixture
def eval_set(tmp_path: Path) -> EvalSet:
    return read_set(write(tmp_path, ROWS), None, CORPUS.notices)


def test_every_row_is_about_its_own_document(eval_set: EvalSet) -> None:
    spring, fine, stocks, hat, roads = eval_set.questions
    assert (eval_set.notice_id, spring.notice_id, stocks.notice_id) == ("", "采茶法(2020-01-01)", "")
    assert roads.notice_id == "道路清扫条例(1999-09-09)" and stocks.places == ()
    # The old version has the words of the first, not those of the second; another law with the words is no version.
    assert [name for name, _ in spring.versions] == ["采茶法(2001-01-01)"]
    assert fine.versions == () and hat.versions == ()


def test_the_same_words_in_another_version_stand_for_those_at_home(eval_set: EvalSet) -> None:
    spring = eval_set.questions[0]
    there, here = OLD.index("春茶在清明前采摘"), NEW.index("春茶在清明前采摘")
    assert spring.at_home("采茶法(2001-01-01)", Span(there, there + 8)) == Span(here, here + 8)
    assert spring.answers("采茶法(2001-01-01)", Span(there, there + 1))
    assert not spring.answers("采茶法(2001-01-01)", Span(there - 4, there))
    assert not spring.answers("道路清扫条例(1999-09-09)", Span(here, here + 8))


ALSO = {"notice": "道路清扫条例(1999-09-09)", "quotes": ["采茶人应当戴帽", "每日清扫"]}


def test_what_readers_hold_for_an_answer_stands_for_the_words_at_home(tmp_path: Path) -> None:
    [hat] = read_set(write(tmp_path, [ROWS[3] | {"also": [ALSO]}]), None, CORPUS.notices).questions
    there, home = ROADS.index("每日清扫"), NEW.index("采茶人应当戴帽")
    assert hat.documents == {"采茶法(2020-01-01)", "道路清扫条例(1999-09-09)"}
    assert hat.at_home("道路清扫条例(1999-09-09)", Span(there + 3, there + 40)) == Span(home - 2, home + 35)
    assert hat.answers("道路清扫条例(1999-09-09)", Span(ROADS.index("戴帽"), len(ROADS)))
    assert not hat.answers("道路清扫条例(1999-09-09)", Span(0, there))
    unanswered = hat.unanswered()
    assert not unanswered.answerable and not unanswered.answers("道路清扫条例(1999-09-09)", Span(0, len(ROADS)))
    assert not [
        one
        for one in validate_set(write(tmp_path, [ROWS[3] | {"also": [ALSO]}]), CORPUS, None).findings
        if one.kind == "elsewhere"
    ]


def test_a_further_answer_in_the_document_itself_counts_once(tmp_path: Path) -> None:
    row = ROWS[3] | {"also": [{"notice": "采茶法(2020-01-01)", "quotes": ["罚款五元"]}]}
    stub = Stub(passage("采茶法(2020", "罚款"), passage("采茶法(2020", "戴帽"), passage("道路清扫", "戴帽"))
    [hat] = run_set(stub, read_set(write(tmp_path, [row]), None, CORPUS.notices), "test").rows
    assert (hat.rank, hat.highlight, hat.values["R@1"], hat.values["nDCG@10"]) == (1, True, 1, 1)
    assert len(set(hat.ranking)) == 3


def test_a_long_passage_that_answers_elsewhere_is_as_long_at_home(tmp_path: Path) -> None:
    # Article 2 there has 19 characters of which the quote is 7; at home it reaches as far beyond the quote.
    also = {"notice": "道路清扫条例(1999-09-09)", "quotes": ["采茶人应当戴帽"]}
    stub = Stub(passage("道路清扫", "戴帽"))
    [hat] = run_set(stub, read_set(write(tmp_path, [ROWS[3] | {"also": [also]}]), None, CORPUS.notices), "test").rows
    assert (hat.values["CharP@1"], hat.values["R@1"]) == (pytest.approx(7 / 19), 1)


def test_a_further_answer_does_not_hide_the_quotes_of_its_own_document(tmp_path: Path) -> None:
    also = [{"notice": "采茶法(2020-01-01)", "quotes": ["罚款五元"]}]
    row = ROWS[0] | {"category": "several", "quotes": ["春茶在清明前采摘", "罚款五元"], "also": also}
    [several] = read_set(write(tmp_path, [row]), None, CORPUS.notices).questions
    fine = Span(NEW.index("罚款五元"), NEW.index("罚款五元") + 4)
    assert several.at_home("采茶法(2020-01-01)", fine) == fine


class Stub:
    """Shows these passages, one highlighted whole, whatever is asked."""

    corpus: Corpus = CORPUS

    def __init__(self, *order: int) -> None:
        self.order = order

    def ask(self, question: str, k: int = 5) -> Answer:
        found = []
        for rank, number in enumerate(self.order, 1):
            own = CORPUS.passages[number]
            lit = Highlight(own.start, own.end, own.text)
            found.append(Found(rank, 1.0, own.text, cite(CORPUS.notice(own.notice_id), own), (lit,)))
        return Answer(question, True, 0.9, tuple(found))


def test_an_old_version_counts_once_and_only_with_the_same_words(eval_set: EvalSet, tmp_path: Path) -> None:
    stub = Stub(passage("采茶法(2001", "春茶"), passage("采茶法(2020", "春茶"), passage("采茶法(2001", "罚款"))
    run = run_set(stub, eval_set, "test")
    spring, fine, _, hat, roads = run.rows
    assert [row.rank for row in run.rows] == [1, None, None, 2, None]
    assert (spring.highlight, spring.values["R@1"], spring.values["nDCG@10"], spring.values["CharR@1"]) == (
        True,
        1,
        1,
        1,
    )
    assert spring.ranking[0] != spring.ranking[1] and len(set(spring.ranking)) == 3
    assert (fine.values["Document@1"], fine.values["Document@5"]) == (0, 1)
    assert (hat.values["Document@1"], roads.values["Document@5"]) == (0, 0)
    assert set(run.by_document) == {"采茶法(2020-01-01)", "道路清扫条例(1999-09-09)"} and run.by_section == {}
    assert run.by_document["采茶法(2020-01-01)"]["Success@1"].mean == pytest.approx(1 / 3)
    again = load_run(save_run(run, tmp_path))
    assert again.by_document == run.by_document and again.rows == run.rows
    assert run_view(run) is not None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"notice": "没有的法"}, "文件 没有的法 不在通知目录里"),
        ({"notice": 3}, "缺少 notice"),
        ({"notice": ""}, "有引文的题要用 notice 写明"),
        ({"quotes": ["罚款三元"]}, "通知 采茶法.2020-01-01. 的原文里没有这句引文"),
        ({"also": "道路清扫条例"}, "also 应是一串文件"),
        ({"also": [{"notice": ALSO["notice"]}]}, "要有 notice 和 quotes"),
        ({"also": [ALSO | {"quotes": [" "]}]}, "要有 notice 和 quotes"),
        ({"also": [ALSO], "quotes": [], "category": "far"}, "没有引文的题目不应有 also"),
        ({"also": [ALSO, ALSO]}, "道路清扫条例.1999-09-09. 写了两次"),
        ({"also": [ALSO | {"quotes": ["扫雪"]}]}, "道路清扫条例.1999-09-09. 的原文里没有 also 的引文"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_set(write(tmp_path, [ROWS[0] | row]), None, CORPUS.notices)


def test_a_row_without_a_document_in_a_set_about_none(tmp_path: Path) -> None:
    path = tmp_path / "library-x.jsonl"
    row = {"id": "a", "group": "a", "split": "dev", "category": "far", "question": "问"}
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(DatasetError, match="缺少 notice"):
        read_set(path, None, CORPUS.notices)


def test_sets_about_many_are_found_by_name_and_are_never_the_only_one(tmp_path: Path) -> None:
    path = write(tmp_path, ROWS)
    assert find_set("library-tea", tmp_path) == path
    assert (set_files(tmp_path), library_files(tmp_path)) == ([], [path])
    with pytest.raises(DatasetError, match="请用 --set 指明题集"):
        find_set(None, tmp_path)
    assert find_notice(str(path), CORPUS) == (path, None)


def test_validation_counts_documents_and_names_what_stands_elsewhere(tmp_path: Path) -> None:
    found = validate_set(write(tmp_path, ROWS), CORPUS, None)
    assert (found.errors, found.covered, found.documents) == ((), {"dev": 0, "test": 2}, 3)
    assert [one.message for one in found.findings if one.kind == "elsewhere"] == [
        "q4 的引文在《道路清扫条例(1999-09-09)》里也有，找到那里会算错。"
    ]
    assert not [one for one in found.findings if one.kind == "coverage"]


@pytest.mark.laws
def test_the_set_over_the_laws_has_no_error(laws: Corpus, tmp_path: Path) -> None:
    # Beside the project the thirty laws lie in a folder of their own; in a library they are at its top.
    by_name = {notice.id.rsplit("/", 1)[-1]: notice.id for notice in laws.notices}
    rows = [json.loads(line) for line in (DATA / "library-laws.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["notice"] = by_name[row["notice"].rsplit("/", 1)[-1]] if row["notice"] else ""
        row["also"] = [one | {"notice": by_name[one["notice"].rsplit("/", 1)[-1]]} for one in row.get("also", [])]
    path = tmp_path / "library-laws.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    found = validate_set(path, laws, None)
    assert found.errors == ()
    assert found.covered["test"] >= 70 and sum(found.counts["test"].values()) >= 120

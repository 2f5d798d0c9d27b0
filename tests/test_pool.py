"""Pooling: what is laid before readers, and what becomes of their marks."""

import json
from pathlib import Path
from typing import Any

import pytest
from bigram import BigramEncoder

from assistant.answerer import Answerer
from content.corpus import make_corpus
from content.notice import parse_notice
from evals.dataset import DatasetError, EvalSet, read_set
from evals.pool import pool, take
from index.build import build_index
from index.retriever import Retriever

TEA = "采茶法\n\n第一条 为了采茶，制定本法。\n\n第二条 采茶人应当戴帽子。\n"
ROADS = "清扫条例\n\n第一条 为了清扫，制定本条例。\n\n第二条 清扫人员应当戴帽子，穿背心。\n"
CORPUS = make_corpus(tuple(parse_notice(text, name) for text, name in ((TEA, "采茶法"), (ROADS, "清扫条例"))))
ROWS = [
    {
        "id": "q1",
        "category": "factoid",
        "question": "要不要戴帽子？",
        "quotes": ["采茶人应当戴帽子"],
        "notice": "采茶法",
    },
    {"id": "q2", "category": "far", "question": "股票？", "quotes": [], "notice": ""},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "library-tea.jsonl"
    whole = [{"group": row["id"], "split": "test", "notice": "采茶法"} | row for row in ROWS]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in whole), encoding="utf-8")
    return path


@pytest.fixture
def eval_set(path: Path) -> EvalSet:
    return read_set(path, None, CORPUS.notices)


def rows_of(eval_set: EvalSet) -> list[dict[str, str]]:
    encoder = BigramEncoder()
    return list(pool(Answerer(Retriever(build_index(CORPUS, encoder), encoder)), eval_set.questions))


def mark(folder: Path, name: str, rows: list[dict[str, str]], **quotes: str) -> Path:
    """A file of marks that calls an answer whatever has one of these words, quoted so."""
    out = folder / f"{name}.jsonl"
    lines: list[dict[str, Any]] = []
    for row in rows:
        own = [quote for words, quote in quotes.items() if words in row["text"]]
        lines.append(row | {"label": "yes" if own else "no", "quote": own[0] if own else ""})
    out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return out


def test_the_pool_holds_what_is_named_and_what_is_found_and_tells_which_by_nothing(eval_set: EvalSet) -> None:
    rows = rows_of(eval_set)
    assert {row["question"] for row in rows} == {"要不要戴帽子？"}
    assert [row["id"] for row in rows] == [f"q1/{number}" for number in range(len(rows))]
    texts = [row["text"] for row in rows]
    assert len(set(texts)) == len(texts) and {"采茶人应当戴帽子。", "清扫人员应当戴帽子，穿背心。"} <= {
        text.partition("条")[2].strip() for text in texts
    }
    assert {row["label"] + row["quote"] for row in rows} == {""}
    assert rows == rows_of(eval_set)


def test_what_the_set_names_is_not_always_first(tmp_path: Path) -> None:
    path = tmp_path / "library-tea.jsonl"
    asked = [{"id": f"q{n}", "question": f"要不要戴帽子？{n}", "quotes": ["采茶人应当戴帽子"]} for n in range(9)]
    rows = [row | {"group": row["id"], "split": "test", "category": "factoid", "notice": "采茶法"} for row in asked]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    pooled = rows_of(read_set(path, None, CORPUS.notices))
    assert len({next(n for n, r in enumerate(own) if "采茶人" in r["text"]) for own in by_question(pooled)}) > 2


def by_question(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    names = dict.fromkeys(row["id"].partition("/")[0] for row in rows)
    return [[row for row in rows if row["id"].startswith(f"{name}/")] for name in names]


def test_what_two_readers_call_an_answer_is_written_into_the_set(eval_set: EvalSet, path: Path, tmp_path: Path) -> None:
    rows = rows_of(eval_set)
    one = mark(tmp_path, "one", rows, 采茶人="采茶人应当戴帽子", 背心="戴帽子，穿背心", 为了清扫="为了清扫")
    two = mark(tmp_path, "two", rows, 采茶人="", 背心="")
    assert take(eval_set, path, [one, two], CORPUS) == 1
    [hat, stocks] = read_set(path, None, CORPUS.notices).questions
    assert hat.documents == {"采茶法", "清扫条例"} and stocks.text == "股票？"
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert row["also"] == [{"notice": "清扫条例", "quotes": ["戴帽子，穿背心"]}] and row["group"] == "q1"
    # What is known by now is not written again.
    assert take(read_set(path, None, CORPUS.notices), path, [one, two], CORPUS) == 0


def test_marks_that_do_not_fit_are_refused(eval_set: EvalSet, path: Path, tmp_path: Path) -> None:
    rows, before = rows_of(eval_set), path.read_bytes()
    whole, part = mark(tmp_path, "whole", rows, 背心="披风"), mark(tmp_path, "part", rows[1:], 背心="披风")
    with pytest.raises(DatasetError, match="不是同一批段落"):
        take(eval_set, path, [whole, part], CORPUS)
    other = mark(tmp_path, "other", rows, 背心="")
    with pytest.raises(DatasetError, match="的引文不在段落里：'披风'"):
        take(eval_set, path, [whole, other], CORPUS)
    strange = mark(tmp_path, "strange", [row | {"document": "无"} for row in rows], 背心="")
    with pytest.raises(DatasetError, match="要两人各自的标注"):
        take(eval_set, path, [whole, whole], CORPUS)
    with pytest.raises(DatasetError, match="的段落不在文件库里"):
        take(eval_set, path, [strange, whole], CORPUS)
    assert path.read_bytes() == before

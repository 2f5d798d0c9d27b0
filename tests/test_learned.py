import json
from pathlib import Path

from content.notice import parse_notice
from evals.dataset import read_set
from evals.learned import LEARNED, UNSEEN, by_learning, learned_documents

LAWS = [parse_notice(f"{name}\n\n第一条 {text}\n", f"{name}({day})") for name, day, text in (
    ("春游法", "2018-01-01", "春游不收费。"), ("秋游法", "2019-01-01", "秋游自带水。"),
)]  # fmt: skip


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_a_question_is_told_by_whether_its_document_was_trained_on(tmp_path: Path) -> None:
    _write(tmp_path / "passages.jsonl", [{"passage": "1", "document": "春游法(2016-01-01)", "text": "春游"}])
    _write(tmp_path / "questions.jsonl", [{"document": "工会法(2021-12-24)", "question": "问", "quotes": ["答"]}])
    assert learned_documents(tmp_path) == {"春游法", "工会法"}
    common = {"split": "dev", "category": "factoid"}
    rows: list[dict[str, object]] = [
        {"id": "q1", "group": "1", "notice": LAWS[0].id, "question": "收钱吗", "quotes": ["不收费"], **common},
        {"id": "q2", "group": "2", "notice": LAWS[1].id, "question": "带啥", "quotes": ["带水"], **common},
        {"id": "q3", "group": "3", "notice": "", "question": "股票？", **common, "category": "far"},
    ]
    path = tmp_path / "library-a.jsonl"
    _write(path, rows)
    found = by_learning(read_set(path, None, LAWS), tmp_path)
    assert [question.source for question in found.questions] == [LEARNED, UNSEEN, "library-a"]


def test_the_packaged_adapter_has_learned_from_laws() -> None:
    assert "工会法" in learned_documents() and len(learned_documents()) > 450

import json
from pathlib import Path
from typing import Any

import outing
import pytest

from content.corpus import Corpus, load_corpus
from evals.sets import DATA, set_files
from evals.validation import Validation, validate_set


def row(name: str, question: str, *quotes: str, **changes: Any) -> dict[str, Any]:
    category = "factoid" if quotes else "far"
    own = {"id": name, "group": name, "split": "dev", "category": category, "question": question}
    return own | {"quotes": list(quotes)} | changes


def validate(folder: Path, *rows: dict[str, Any], corpus: Corpus | None = None) -> Validation:
    path = folder / "春游.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    return validate_set(path, corpus or outing.corpus(), "春游")


def messages(found: Validation, kind: str) -> list[str]:
    return [f"{finding.level}：{finding.message}" for finding in found.findings if finding.kind == kind]


def test_every_fault_is_found_not_only_the_first(tmp_path: Path) -> None:
    found = validate(
        tmp_path, row("a", "一？", "没有的话"), row("b", "二？", "也没有"), row("c", "三？", category="什么")
    )
    assert len(found.errors) == 3
    assert [f":{line}：" in one for line, one in enumerate(messages(found, "quote"), 1)] == [True, True]
    assert "category 是 '什么'" in messages(found, "category")[0]


def test_copies_within_the_set_and_across_its_splits_and_the_bank(tmp_path: Path) -> None:
    found = validate(
        tmp_path,
        row("a", "带雨衣吗", "雨衣"),
        row("b", "带雨衣吗？", "雨衣", split="test"),
        row("c", "要交錢嗎", "春游不收费"),
    )
    assert messages(found, "duplicate") == ["error：题集里有两道只差标点或字形的题：「带雨衣吗」和「带雨衣吗？」。"]
    assert messages(found, "overlap") == [
        "error：test 的题「带雨衣吗？」在dev里也有。",
        "error：dev 的题「要交錢嗎」在题库里也有。",
    ]


def test_what_no_question_asks_for_is_named(tmp_path: Path) -> None:
    found = validate(tmp_path, row("a", "付账么", "春游不收费"), row("b", "天气", split="test"))
    # Of nine passages dev reaches one, test none, the bank two.
    assert (found.covered, found.passages) == ({"dev": 1, "test": 0, "bank": 2}, 9)
    dev, test, bank = messages(found, "coverage")
    assert dev.startswith("warning：dev 题没有问到 8 段：标题、主送机关、开头第1段、") and dev.endswith("等。")
    assert "test 题没有问到 9 段" in test and "题库没有问到 7 段" in bank
    assert found.unanswerable == {"dev": 0.0, "test": 1.0}
    assert messages(found, "share") == [
        "warning：dev 中通知没有回答的题占 0%，宜在 10% 至 50% 之间。",
        "warning：test 中通知没有回答的题占 100%，宜在 10% 至 50% 之间。",
    ]
    assert found.counts == {"dev": {"factoid": 1}, "test": {"far": 1}}
    assert found.errors == ()


@pytest.mark.parametrize("path", set_files(), ids=lambda path: path.stem)
def test_the_packaged_sets_have_no_error(path: Path) -> None:
    found = validate_set(path, load_corpus(), path.relative_to(DATA).with_suffix("").as_posix())
    assert found.errors == ()
    assert set(found.counts) == {"dev", "test"}

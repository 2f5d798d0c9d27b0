"""What is read from the fitted weights, and which channels propose."""

import json
from pathlib import Path

from index.entries import EntryKind
from index.fusion import Fusion


def test_what_is_not_in_the_file_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fusion.json"
    path.write_text(json.dumps({"with_bank": {"dense/label": 1.0}, "without_bank": {}}), encoding="utf-8")
    assert Fusion.read(path) == Fusion({"dense/label": 1.0}, {}, {}, {})
    path.write_text(
        json.dumps(
            {"with_bank": {}, "without_bank": {}, "of_many": {"dense/clause": 1.0}, "reranking": {"of_many": 0.5}}
        ),
        encoding="utf-8",
    )
    assert Fusion.read(path) == Fusion({}, {}, {"dense/clause": 1.0}, {"of_many": 0.5})


def test_channels_with_a_weight_propose_and_those_that_refusing_looks_at() -> None:
    fusion = Fusion(
        {"characters/question-mean": 1.0, "dense/label": 0.0},
        {"pinyin/sentence": 0.1},
        {"dense/title": 1.0, "dense/clause": 1.0},
    )
    refusing = {("dense", EntryKind.UNANSWERED), ("characters", EntryKind.UNANSWERED)}
    without = {("pinyin", EntryKind.SENTENCE), ("dense", EntryKind.CLAUSE)}
    assert fusion.telling(with_bank=False) == refusing | without
    assert fusion.telling(with_bank=True) == refusing | without | {("characters", EntryKind.QUESTION)}


def test_the_packaged_weights_are_read() -> None:
    assert Fusion.read().with_bank and Fusion.read().of_many

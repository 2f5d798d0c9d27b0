"""One index in FAISS and in a Milvus: how they are compared."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import outing
import pytest
from bigram import BigramEncoder
from click.testing import CliRunner

from content.corpus import make_plain_corpus
from evals.cli import main
from evals.engine import _filtered, _tied, both_stores, compare_engines, read_questions, save_comparison
from index.build import Index, build_index
from index.engine import Engine, make_place
from index.milvus import MilvusStore

pytest.importorskip("milvus_lite", reason="milvus-lite is not installed: pip install '.[test]'")


@pytest.fixture(scope="module")
def index() -> Index:
    chance = np.random.default_rng(0)
    words = np.array(list("春游费用安全队伍学校雨衣马路午餐出发排队集合老师"))
    texts = ["".join(chance.choice(words, 12)) + "。" for _ in range(100)]
    return build_index(make_plain_corpus((str(i), text) for i, text in enumerate(texts)), BigramEncoder())


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus._MEASURED", 100)
    monkeypatch.setattr("index.milvus._SETTLING", 0.0)
    monkeypatch.setattr("index.milvus._TUNED_BY", 2)


def test_what_is_compared_and_what_is_left_behind(index: Index, tmp_path: Path) -> None:
    place = make_place(str(tmp_path / "v.db"))
    found = compare_engines(index, BigramEncoder(), place, "file", 4, ["春游几点出发", "安全"])
    assert (found.engine, found.vectors, found.replicas) == ("file", len(index.entries), 1)
    assert found.load_seconds > 0
    assert [one.share for one in found.searches] == [1.0, 0.5, 0.1, 0.01] * (len(found.searches) // 4)
    for one in found.searches:
        assert one.rows == 100
        assert one.engine.found == one.faiss.found == 10
        assert one.same == 1.0
        assert one.ratio == one.engine.milliseconds / one.faiss.milliseconds
    assert found.asked is not None
    assert (found.asked.questions, found.asked.same_first, found.asked.same_five) == (2, 1.0, 1.0)
    engine = Engine(place)
    assert engine.names("notice_") == []
    engine.close()
    saved = json.loads(save_comparison(found, tmp_path).read_text(encoding="utf-8"))
    assert saved["searches"][0]["ratio"] == found.searches[0].ratio
    assert saved["provenance"]["versions"]["faiss-cpu"]


def test_an_index_that_is_in_an_engine_already_is_not_loaded(index: Index, tmp_path: Path) -> None:
    store = MilvusStore.make(
        index.store.at(range(index.store.size)),
        tuple(index.rows.values()),
        make_place(str(tmp_path / "v.db")),
        tmp_path,
    )
    moved = replace(index, store=store)
    with both_stores(moved, None) as (local, used, seconds):
        assert used is store
        assert local.size == store.size
        assert seconds == 0
    with pytest.raises(ValueError, match="in no engine"), both_stores(index, None):
        pass
    store.engine.close()


def test_a_filter_leaves_runs() -> None:
    rows = _filtered(range(100, 400), 0.5, np.random.default_rng(0))
    assert len(rows) == 150
    assert rows.min() >= 100 and rows.max() < 400
    assert np.count_nonzero(np.diff(rows) != 1) < 6


def test_ties() -> None:
    assert _tied([(1, 2.0), (2, 1.5)], [(1, 2.0), (3, 1.5)])
    assert not _tied([(1, 2.0)], [(2, 1.9)])
    assert not _tied([(1, 2.0)], [])


def test_questions_as_lines_or_json(tmp_path: Path) -> None:
    path = tmp_path / "q"
    path.write_text('几点\n\n{"question": "在哪", "id": 1}\n', encoding="utf-8")
    assert read_questions(path) == ["几点", "在哪"]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("assistant.opening.load_encoder", lambda name, cache, adapter: BigramEncoder())
    return ["--content", str(outing.write(tmp_path / "通知")), "--index-dir", str(tmp_path / "索引"), "--model", "甲"]


def command(*arguments: str) -> Any:
    return CliRunner().invoke(main, arguments)


def test_the_command(places: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus._MEASURED", 10)
    file, asked = str(tmp_path / "v.db"), tmp_path / "q.txt"
    asked.write_text("几点出发\n要钱吗\n", encoding="utf-8")
    result = command("engine", "--vectors", file, "--queries", "2", "--save", "--results", str(tmp_path), *places)
    assert result.exit_code == 0, result.output
    assert "召回率@10" in result.stdout
    assert (tmp_path / "engine-file.json").is_file()
    result = command("engine", "--vectors", file, "--queries", "2", "--questions", str(asked), "--json", *places)
    assert json.loads(result.stdout)["asked"]["same_five"] == 1.0
    result = command("engine", "--vectors", file, "--queries", "2", "--questions", str(asked), *places)
    assert "2 个问题：首条相同 100.0%" in result.stdout
    assert command("engine", *places).exit_code == 2
    assert command("engine", "--vectors", file, "--start", "cluster", *places).exit_code == 2
    result = command("engine", "--start", "standalone", "--parts", str(tmp_path), *places)
    assert (result.exit_code, "make milvus-parts" in result.stderr) == (1, True)

"""Vectors in a Milvus: here one in a file; real servers are in test_milvus_servers.py."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.engine import CollectionMissingError, Engine, EngineError, Place, make_place
from index.milvus import MilvusStore, open_store, place_of, sweep
from index.recall import measure_recall
from index.vectors import FlatStore

pytest.importorskip("milvus_lite", reason="milvus-lite is not installed: pip install '.[test]'")

DIM = 32
PARTS = (range(400), range(400, 400), range(400, 600))


def cloud(size: int, seed: int = 0) -> np.ndarray:
    """Unit vectors that half precision holds exactly, so that cosines are the same wherever they are taken."""
    rows = np.random.default_rng(seed).normal(size=(size, DIM)) + 0.5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


ROWS = cloud(600)
QUERIES = cloud(5, 1)
FLAT = FlatStore(ROWS)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return make_place(str(tmp_path_factory.mktemp("引擎") / "向量.db"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("索引")


@pytest.fixture(scope="module")
def store(place: Place, folder: Path) -> Iterator[MilvusStore]:
    made = MilvusStore.make(ROWS, PARTS, place, folder)
    yield made
    made.engine.close()


def assert_as_flat(store: MilvusStore, k: int, rows: range | np.ndarray) -> None:
    scores, found = store.search(QUERIES, k, rows)
    wanted_scores, wanted = FLAT.search(QUERIES, k, rows)
    assert np.array_equal(found, wanted)
    assert scores == pytest.approx(wanted_scores, abs=1e-5)


@pytest.mark.parametrize(
    ("k", "rows"),
    [
        (10, PARTS[0]),
        (10, PARTS[2]),
        (400, PARTS[0]),
        (512, PARTS[2]),
        (10, range(5, 100)),
        (10, np.array([1, 3, 5])),
        (10, np.arange(0, 400, 3)),
        (10, np.r_[5:50, 60:90, 300:380]),
        (10, range(600)),
    ],
)
def test_the_same_hits_as_faiss(store: MilvusStore, k: int, rows: range | np.ndarray) -> None:
    assert_as_flat(store, k, rows)


@pytest.fixture
def filtering(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a library so large that what a filter leaves is not compared here."""
    monkeypatch.setattr("index.milvus._EXACT_FILTERED", 0)


FILTERS = [np.arange(0, 400, 7), np.arange(1, 400, 2), range(30, 300), range(399), np.array([5, 8]), range(400, 410)]


@pytest.mark.parametrize("rows", FILTERS)
def test_a_filter_leaves_as_many_hits_as_there_are(
    store: MilvusStore, filtering: None, rows: range | np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_as_flat(store, 10, rows)
    found = store.engine.search
    for lost in (1, 10):  # an engine whose graph leads to fewer
        with monkeypatch.context() as patch:
            patch.setattr(store.engine, "search", lambda *a, lost=lost: [ids[:lost] for ids in found(*a)])
            assert_as_flat(store, 10, rows)


def test_a_filter_is_answered_by_the_engine_where_it_leaves_many(
    store: MilvusStore, filtering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus._DEEPER", 10)
    monkeypatch.setattr(store, "exact", None)
    assert_as_flat(store, 5, np.arange(0, 400, 3))


def test_few_rows_that_a_filter_leaves_are_compared_here(store: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.engine, "search", None)
    assert_as_flat(store, 10, np.arange(0, 400, 3))


def test_equal_vectors_are_in_the_engine_once_and_found_all(tmp_path: Path, filtering: None) -> None:
    rows = np.concatenate([ROWS[:150]] * 2 + [np.repeat(ROWS[:1], 100, axis=0), ROWS[:50]])
    parts = (range(400), range(400, 450))
    made = MilvusStore.make(rows, parts, make_place(str(tmp_path / "twins.db")), tmp_path)
    assert made.engine.count(made.collection) == 200
    flat = FlatStore(rows)
    for k, wanted in ((10, parts[0]), (130, parts[0]), (400, parts[0]), (10, parts[1]), (10, range(140, 320))):
        scores, found = made.search(ROWS[:3], k, wanted)
        assert scores == pytest.approx(flat.search(ROWS[:3], k, wanted)[0], abs=1e-5)
        assert all(len(set(own)) == len(own) for own in found)
        assert set(found.ravel()) <= set(wanted)
    made.engine.close()


def test_nothing_to_find_and_wrong_shapes(store: MilvusStore) -> None:
    for k, rows in ((0, PARTS[0]), (5, PARTS[1]), (5, np.array([], np.int64))):
        assert store.search(QUERIES, k, rows)[1].shape == (len(QUERIES), 0)
    with pytest.raises(ValueError, match="do not fit vectors of dimension 32"):
        store.search(QUERIES[:, :5], 1, PARTS[0])


def test_written_and_read(store: MilvusStore, place: Place, tmp_path: Path) -> None:
    store.write(tmp_path)
    assert place_of(tmp_path) == place
    assert sorted(path.name for path in tmp_path.iterdir()) == ["milvus.json", "rows.f16", "twins.npy", "vectors.json"]
    store.engine.close()  # a file is one connection's
    for check_all in (False, True):
        opened = open_store(tmp_path, check_all=check_all)
        assert isinstance(opened, MilvusStore)
        assert_as_flat(opened, 10, PARTS[0])
        assert np.array_equal(opened.at([599, 3]), ROWS[[599, 3]])
        opened.engine.close()


def test_no_token_is_written(store: MilvusStore, tmp_path: Path) -> None:
    MilvusStore(Engine(Place("http://x:1", "root:secret")), "notice_0", store._local, store._twins, PARTS).write(
        tmp_path
    )
    assert "secret" not in (tmp_path / "milvus.json").read_text(encoding="utf-8")
    assert place_of(tmp_path, "root:other") == Place("http://x:1", "root:other")


def test_a_whole_collection_is_not_loaded_again(store: MilvusStore, place: Place, folder: Path) -> None:
    store.engine.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "create", None)
        again = MilvusStore.make(ROWS, PARTS, place, folder)
    assert again.collection == store.collection
    again.engine.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[MilvusStore]:
    """A store that a test may spoil."""
    made = MilvusStore.make(ROWS, PARTS, make_place(str(tmp_path / "own.db")), tmp_path)
    made.write(tmp_path)
    yield made
    made.engine.close()


def test_rows_that_are_missing_too_many_or_others_are_seen(own: MilvusStore, tmp_path: Path) -> None:
    own.engine.insert(own.collection, 0, 600, ROWS[:1])
    assert own.difference() == "601 vectors, wanted 600"
    own.engine._do(lambda client: client.delete(own.collection, ids=[600]))
    assert own.difference() is None
    own.engine._do(lambda client: client.delete(own.collection, ids=[7]))
    assert own.difference() == "599 vectors, wanted 600"
    own.engine.insert(own.collection, 0, 7, ROWS[8:9])
    assert own.difference() == "other vectors among 0 to 599"
    assert {own.difference(1) for _ in range(20)} >= {None}  # which is why `doctor` reads all
    own.engine.close()
    with pytest.raises(ValueError, match="other vectors"):
        open_store(tmp_path, check_all=True)


def test_a_half_loaded_collection_is_made_anew(own: MilvusStore, tmp_path: Path) -> None:
    own.engine.create(own.collection, DIM, len(PARTS))
    own.engine.insert(own.collection, 0, 0, ROWS[:50])
    own.engine.close()
    again = MilvusStore.make(ROWS, PARTS, own.engine.place, tmp_path)
    assert again.difference() is None
    again.engine.close()


def test_a_new_collection_beside_the_old_one_which_goes_last(own: MilvusStore, tmp_path: Path) -> None:
    own.engine.close()
    new = MilvusStore.make(ROWS[:500], (range(500),), own.engine.place, tmp_path)
    assert new.engine.names("notice_") == sorted([own.collection, new.collection])
    new.engine.create("notice_of_others", DIM, 1)
    sweep(own.engine.place, tmp_path, new)
    assert new.engine.names("notice_") == sorted([new.collection, "notice_of_others"])
    sweep(new.engine.place, tmp_path / "another folder", FLAT)
    assert len(new.engine.names("notice_")) == 2
    sweep(Place("faiss"), tmp_path)
    new.engine.close()


def test_a_collection_dropped_while_serving_is_replaced_by_exact_search(
    own: MilvusStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own.engine.drop(own.collection)
    for _ in range(2):
        assert_as_flat(own, 10, PARTS[0])
    assert [record.message for record in caplog.records if record.name == "index.milvus"] == [
        f"the collection {own.collection} is gone; vectors are compared in this process"
    ]
    own.engine.close()
    with pytest.raises(CollectionMissingError, match=r"里没有集合 notice_\w+，请运行 notice-assistant build") as caught:
        open_store(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_file_that_another_process_has(own: MilvusStore, tmp_path: Path) -> None:
    code = f"from pathlib import Path; from index.milvus import open_store; open_store(Path({str(tmp_path)!r}))"
    own.search(QUERIES, 3, PARTS[0])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent
    )
    assert done.returncode == 1
    assert "EngineError: 文件" in done.stderr
    assert "多半正被另一个进程使用" in done.stderr


def test_a_server_that_is_away_is_one_sentence() -> None:
    with pytest.raises(EngineError, match=r"^Milvus（http://127.0.0.1:9）没有回应，请检查地址和服务后再试") as caught:
        Engine(Place("http://127.0.0.1:9"), patience=2).names("notice_")
    assert "\n" not in str(caught.value)


def test_without_the_client_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus.exceptions", None)
    with pytest.raises(EngineError, match="pip install pymilvus grpcio"):
        Engine(Place("http://127.0.0.1:9")).names("notice_")


def test_recall_is_measured_against_the_rows_here(own: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(measure_recall(own, 5)) == []  # so few are compared one and all
    monkeypatch.setattr("index.milvus._MEASURED", 300)
    assert own.coded == (PARTS[0],)
    assert [(one.rows, one.found, one.value) for one in measure_recall(own, 5, (1.0, 0.5))] == [(400, 10, 1.0)] * 2
    real = own.engine.search
    monkeypatch.setattr(own.engine, "search", lambda *a: [np.r_[ids[1:], ids[:1] * 0] for ids in real(*a)])
    [missed] = measure_recall(own, 5, (1.0,))
    assert missed.value < 1.0


def test_the_search_is_widened_until_it_misses_little(own: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus._MEASURED", 300)
    monkeypatch.setattr("index.milvus._TUNED_BY", 10)
    real, asked = own.engine.search, []

    def narrow(name: str, part: int, queries: np.ndarray, k: int, ef: int) -> list[np.ndarray]:
        asked.append(ef)
        found = real(name, part, queries, k, ef)
        far = FLAT.search(-queries, 1, PARTS[0])[1]
        return found if ef >= 512 else [np.r_[ids[1:], own] for ids, own in zip(found, far, strict=True)]

    monkeypatch.setattr(own.engine, "search", narrow)
    own._tune()
    assert own.ef == 512
    assert sorted(set(asked)) == [128, 256, 512]


def test_recall_that_stays_low_is_logged(
    own: MilvusStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.milvus._MEASURED", 300)
    monkeypatch.setattr("index.milvus._SETTLING", 0.0)
    monkeypatch.setattr("index.milvus._TUNED_BY", 2)
    monkeypatch.setattr("index.milvus.WANTED", 1.1)
    own._tune()
    assert own.ef == 1024
    assert "stays below" in caplog.text


def test_a_layout_of_another_version(own: MilvusStore, tmp_path: Path) -> None:
    path = tmp_path / "milvus.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"version": 9}), encoding="utf-8")
    with pytest.raises(ValueError, match="another version"):
        open_store(tmp_path)

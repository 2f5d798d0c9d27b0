from pathlib import Path

import numpy as np
import pytest

from index.codes import shards
from index.scaled import EXACT_BELOW, ScaledStore, candidates, make_store, read_store
from index.vectors import FlatStore

DIM = 64


def cloud(size: int, seed: int = 0) -> np.ndarray:
    """Unit rows around a common mean, in clusters of ten."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(size // 10 + 1, DIM))
    rows = 2 + centres[np.arange(size) // 10] + chance.normal(size=(size, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


ROWS = cloud(3000)
QUERIES = cloud(3000, 1)[::100]
PARTS = (range(2500), range(2500, 3000))


@pytest.fixture(scope="module")
def store() -> ScaledStore:
    return ScaledStore.make(ROWS, PARTS, exact_below=1000)


def recall(store: ScaledStore, rows: range | np.ndarray) -> float:
    """Share of the ten nearest, or of all where there are fewer, that are found."""
    _, found = store.search(QUERIES, 10, rows)
    _, wanted = FlatStore(ROWS).search(QUERIES, 10, rows)
    return float(np.mean([len(set(a) & set(b)) for a, b in zip(found, wanted, strict=True)])) / wanted.shape[1]


def test_a_large_part_has_codes_and_a_small_one_none(store: ScaledStore) -> None:
    assert store.coded == (range(2500),)
    assert (store.size, store.dim) == (3000, DIM)


def test_the_nearest_are_found_with_their_cosines(store: ScaledStore) -> None:
    scores, rows = store.search(QUERIES, 10, PARTS[0])
    assert recall(store, PARTS[0]) >= 0.99
    for query, own, near in zip(QUERIES, rows, scores, strict=True):
        assert near == pytest.approx(ROWS[own] @ query, abs=1e-3)
        assert sorted(near, reverse=True) == near.tolist()


def test_a_part_without_codes_is_searched_exactly(store: ScaledStore) -> None:
    assert recall(store, PARTS[1]) >= 0.99
    assert recall(store, range(2510, 2600)) == 1.0


def test_all_parts_together_are_searched_exactly(store: ScaledStore) -> None:
    assert recall(store, range(3000)) >= 0.99  # of half-precision rows


@pytest.mark.parametrize("every", [3, 20, 900])
def test_a_filter_leaves_as_many_hits_as_there_are(
    store: ScaledStore, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.arange(0, 2500, every)
    for exact_filtered in (0, 20_000):
        monkeypatch.setattr("index.scaled._EXACT_FILTERED", exact_filtered)
        scores, found = store.search(QUERIES, 10, rows)
        assert found.shape == (len(QUERIES), min(10, len(rows)))
        assert set(found.ravel()) <= set(rows)
        assert all(len(set(own)) == len(own) for own in found)
        assert np.isfinite(scores).all()
        assert recall(store, rows) >= 0.99


def test_a_range_within_a_part(store: ScaledStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.scaled._EXACT_FILTERED", 0)
    assert recall(store, range(100, 2000)) >= 0.99
    assert recall(store, range(100, 105)) == 1.0


def test_nothing_to_find_and_wrong_shapes(store: ScaledStore) -> None:
    for k, rows in ((0, PARTS[0]), (5, range(7, 7)), (5, np.array([], np.int64))):
        assert store.search(QUERIES, k, rows)[1].shape == (len(QUERIES), 0)
    with pytest.raises(ValueError, match="do not fit vectors of dimension 64"):
        store.search(QUERIES[:, :5], 1, PARTS[0])
    with pytest.raises(ValueError, match="2-d float32 or float16 array"):
        ScaledStore.make(ROWS.astype(np.float64), PARTS)  # type: ignore[arg-type]


def test_written_and_read(store: ScaledStore, tmp_path: Path) -> None:
    folder = tmp_path / "索引"
    folder.mkdir()
    store.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["codes-0.faiss", "rows.f16", "vectors.json"]
    assert (folder / "rows.f16").stat().st_size == 3000 * DIM * 2
    again = read_store(folder)
    for part in PARTS:
        for one, other in zip(again.search(QUERIES, 10, part), store.search(QUERIES, 10, part), strict=True):
            assert np.array_equal(one, other)
    rows = np.array([2999, 5])
    assert again.at(rows) == pytest.approx(ROWS[rows], abs=1e-3)


@pytest.mark.parametrize("name", ["codes-0.faiss", "rows.f16", "vectors.json"])
def test_a_file_cut_short_or_missing(store: ScaledStore, name: str, tmp_path: Path) -> None:
    store.write(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError):  # noqa: PT011
        read_store(tmp_path)
    path.unlink()
    with pytest.raises(OSError, match="No such file"):
        read_store(tmp_path)


def test_the_store_fits_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert EXACT_BELOW == 10_000
    assert [candidates(n, 10, whole=True) for n in (9_000, 10_000, 20_000, 50_000)] == [300, 100, 200, 300]
    monkeypatch.setattr("index.scaled.EXACT_BELOW", 2600)
    assert isinstance(make_store(ROWS, PARTS), FlatStore)
    assert [candidates(n, 10) for n in (150, 50_000, 700_000, 7_000_000)] == [150, 300, 1000, 10_000]
    assert candidates(50_000, 50) == 300 and candidates(50_000, 100) == 400
    assert candidates(50_000, 512) == 812  # not four times as many


def test_an_odd_dimension_has_no_codes() -> None:
    store = ScaledStore.make(np.ascontiguousarray(ROWS[:, :63]), PARTS, exact_below=1000)
    assert store.coded == ()
    assert store.search(QUERIES[:, :63], 10, PARTS[0])[1].shape == (len(QUERIES), 10)


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> ScaledStore:
    """The same rows, their codes in two halves."""
    monkeypatch.setattr("index.codes._SPLIT_FROM", 2000)
    return ScaledStore.make(ROWS, PARTS, exact_below=1000)


def test_codes_in_two_halves_find_the_same(split: ScaledStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.scaled._EXACT_FILTERED", 0)
    assert shards(PARTS[0]) == [range(1250), range(1250, 2500)]
    assert recall(split, PARTS[0]) >= 0.99
    for rows in (np.arange(0, 2500, 3), np.arange(1200), range(1300, 2400), range(1000, 1500)):
        _, found = split.search(QUERIES, 10, rows)
        assert set(found.ravel()) <= set(rows)
        assert recall(split, rows) >= 0.99


def test_halves_are_written_and_read(split: ScaledStore, tmp_path: Path) -> None:
    split.write(tmp_path)
    assert len(list(tmp_path.glob("codes-*.faiss"))) == 2
    read = read_store(tmp_path)
    for mine, theirs in zip(split.search(QUERIES, 10, PARTS[0]), read.search(QUERIES, 10, PARTS[0]), strict=True):
        assert np.array_equal(mine, theirs)
    (tmp_path / "codes-1250.faiss").write_bytes((tmp_path / "codes-0.faiss").read_bytes()[:-9])
    with pytest.raises(ValueError, match="not a FAISS index"):
        read_store(tmp_path)

from pathlib import Path

import numpy as np
import pytest

from index.vectors import FlatStore

# Rows along the axes and between them: cosines can be read off.
ROWS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 0, 1], [-1, 0, 0]], np.float32)
EAST = np.array([[1, 0, 0]], np.float32)


def test_scores_are_cosines_best_first() -> None:
    scores, rows = FlatStore(ROWS).search(EAST, 3, range(5))
    assert rows[0, :2].tolist() == [0, 2]
    assert scores[0] == pytest.approx([1.0, 0.6, 0.0])
    assert scores.dtype == np.float32


def test_only_the_wanted_rows_are_searched() -> None:
    scores, rows = FlatStore(ROWS).search(EAST, 9, range(1, 3))
    assert rows.tolist() == [[2, 1]]
    assert scores[0] == pytest.approx([0.6, 0.0])


def test_k_beyond_the_rows_gives_every_row_once() -> None:
    scores, rows = FlatStore(ROWS).search(EAST, 100, range(5))
    assert sorted(rows[0].tolist()) == [0, 1, 2, 3, 4]
    assert scores[0, -1] == pytest.approx(-1.0)


def test_several_queries_at_once() -> None:
    queries = np.array([[0, 1, 0], [0, 0, 1]], np.float32)
    assert FlatStore(ROWS).search(queries, 1, range(5))[1].tolist() == [[1], [3]]


@pytest.mark.parametrize(("k", "rows"), [(0, range(5)), (5, range(2, 2))])
def test_nothing_to_find(k: int, rows: range) -> None:
    scores, found = FlatStore(ROWS).search(EAST, k, rows)
    assert scores.shape == found.shape == (1, 0)


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(ValueError, match=r"2-d float32 array, found 1-d float32"):
        FlatStore(ROWS[0])
    with pytest.raises(ValueError, match="found 2-d float64"):
        FlatStore(ROWS.astype(np.float64))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\(1, 2\) do not fit vectors of dimension 3"):
        FlatStore(ROWS).search(EAST[:, :2], 1, range(5))


def test_a_store_without_vectors() -> None:
    store = FlatStore(np.zeros((0, 3), np.float32))
    assert (store.size, store.dim) == (0, 3)
    assert store.search(EAST, 5, range(0))[1].shape == (1, 0)


def test_any_rows_may_be_left_out() -> None:
    scores, rows = FlatStore(ROWS).search(EAST, 9, np.array([1, 3, 4]))
    assert rows.tolist()[0][2] == 4
    assert scores[0] == pytest.approx([0.0, 0.0, -1.0])


def test_vectors_by_row() -> None:
    assert np.array_equal(FlatStore(ROWS).at(np.array([2, 0])), ROWS[[2, 0]])


def test_written_and_read_below_a_chinese_path(tmp_path: Path) -> None:
    folder = tmp_path / "向量·工会"
    folder.mkdir()
    FlatStore(ROWS).write(folder)
    store = FlatStore.read(folder)
    assert (store.size, store.dim) == (5, 3)
    assert np.array_equal(store.vectors(), ROWS)
    assert store.search(EAST, 2, range(5))[1].tolist() == [[0, 2]]


@pytest.mark.parametrize("data", [b"", b"IxFI", b"nothing of the kind", bytes(64)])
def test_a_file_that_is_no_index(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "vectors.faiss").write_bytes(data)
    with pytest.raises(ValueError, match=r"not a FAISS index: vectors\.faiss"):
        FlatStore.read(tmp_path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    FlatStore(ROWS).write(tmp_path)
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ValueError, match="not a FAISS index"):
        FlatStore.read(tmp_path)


def test_rows_of_a_kind_are_the_same_rows_the_second_time() -> None:
    vectors = np.eye(4, dtype=np.float32)
    store = FlatStore(vectors)
    for _ in range(2):
        assert store.search(vectors[:1], 4, range(4))[1][0][0] == 0
        assert sorted(store.search(vectors[:1], 2, range(2, 4))[1][0]) == [2, 3]
        assert store.search(vectors[:1], 1, range(1))[1].tolist() == [[0]]

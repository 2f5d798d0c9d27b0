from pathlib import Path

import numpy as np

from index.twins import Twins

ROWS = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [0, 1], [1, 1], [1, 0]], np.float16)
PARTS = (range(4), range(4, 4), range(4, 7))


def test_equal_rows_have_one_number_within_their_part() -> None:
    twins = Twins.find(ROWS, PARTS)
    assert twins.size == 5
    assert twins.parts == [range(2), range(2, 2), range(2, 5)]
    assert twins.first.tolist() == [0, 1, 4, 5, 6]
    assert twins.rows_of(np.array([0])).tolist() == [0, 2, 3]
    assert twins.rows_of(np.array([4, 1])).tolist() == [1, 6]
    assert twins.rows_of(np.array([], np.int64)).tolist() == []


def test_rows_among_others() -> None:
    twins, numbers = Twins.find(ROWS, PARTS), np.array([0, 1, 4])
    assert twins.rows_of(numbers, range(2, 5)).tolist() == [2, 3]
    assert twins.rows_of(numbers, np.array([1, 3, 5])).tolist() == [1, 3]
    assert twins.rows_of(numbers, range(0)).tolist() == []


def test_nothing_at_all() -> None:
    twins = Twins.find(ROWS[:0], (range(0),))
    assert (twins.size, twins.parts) == (0, [range(0)])


def test_written_and_read(tmp_path: Path) -> None:
    Twins.find(ROWS, PARTS).write(tmp_path)
    twins = Twins.read(tmp_path, PARTS)
    assert (twins.size, twins.parts) == (5, [range(2), range(2, 2), range(2, 5)])

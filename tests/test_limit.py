from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.limit import Limit


def test_a_burst_and_then_one_at_a_time() -> None:
    now = [0.0]
    limit = Limit(3, 0.5, lambda: now[0])
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 2.0]
    assert limit.take("b") == 0
    now[0] = 1.5
    assert limit.take("a") == pytest.approx(0.5)
    now[0] = 2.0
    assert [limit.take("a"), limit.take("a")] == [0, 2.0]
    limit.forget("a")
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    now = [100.0]
    limit = Limit(1, 1, lambda: now[0])
    assert limit.take("a") == 0
    now[0] = 0.0
    assert limit.take("a") == 1


def test_memory_is_bounded() -> None:
    limit = Limit(1, 1, lambda: 0.0)
    for number in range(10_500):
        limit.take(str(number))
    assert len(limit._left) == 10_000
    assert limit.take("10499") > 0


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_the_burst_and_what_time_gave(waits: list[float]) -> None:
    now = [0.0]
    limit = Limit(4, 2, lambda: now[0])
    allowed = 0
    for wait in waits:
        now[0] += wait
        allowed += limit.take("a") == 0
    assert allowed <= 4 + 2 * now[0] + 1e-6

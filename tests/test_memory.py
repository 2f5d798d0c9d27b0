import sys
import threading

import pytest

from assistant import memory
from assistant.memory import memory_given_back, trimmer


def test_it_is_given_back_again_and_again_and_then_no_more() -> None:
    times, enough = [], threading.Event()

    def trim() -> None:
        times.append(threading.current_thread().name)
        if len(times) == 3:
            enough.set()

    with memory_given_back(0.001, trim):
        assert enough.wait(60)
    assert set(times) == {"give memory back"}
    count = len(times)
    assert all(thread.name != "give memory back" for thread in threading.enumerate())
    assert len(times) == count


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's call")
def test_the_system_has_the_call() -> None:
    trim = trimmer()
    assert trim is None or trim() in (0, 1)


def test_where_there_is_no_such_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "win32")
    assert trimmer() is None
    with memory_given_back():
        assert all(thread.name != "give memory back" for thread in threading.enumerate())

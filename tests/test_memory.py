import subprocess
import sys
import threading

import pytest

from assistant import memory
from assistant.memory import keep_together, memory_given_back, trimmer


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


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's call")
def test_threads_share_their_pools_where_the_library_can() -> None:
    code = (
        "import ctypes; from assistant.memory import keep_together; "
        "glibc = hasattr(ctypes.CDLL(None), 'gnu_get_libc_version'); assert keep_together() == glibc"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # of its own: it holds for the whole process


def test_where_pools_cannot_be_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "win32")
    assert not keep_together()

"""Gives memory back to the system while the service runs.

Encoding takes and frees blocks of every size in many threads; the C library keeps what is free in between, some
hundred megabytes after ten thousand questions. glibc alone has the call for it, and alone needs it.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 20.0
"""Seconds between two times; one takes some milliseconds."""
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_ARENAS = 2


def keep_together(arenas: int = _ARENAS) -> bool:
    """Let all threads take memory from so few pools; whether the C library can.

    By itself it opens one for nearly every thread, and each keeps what little is free between what is not. To be
    called before there are threads.
    """
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, arenas))
    except (OSError, AttributeError):  # musl
        return False


def trimmer() -> Callable[[], object] | None:
    """What gives free memory back, None where the C library has no such call."""
    if sys.platform != "linux":
        return None
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl
        return None
    return lambda: trim(0)


@contextmanager
def memory_given_back(every: float = _EVERY, trim: Callable[[], object] | None = None) -> Iterator[None]:
    """Within it free memory is given back every so many seconds."""
    act, ended = trim or trimmer(), threading.Event()
    if act is None:
        yield
        return

    def go_on() -> None:
        while not ended.wait(every):
            act()

    thread = threading.Thread(target=go_on, name="give memory back", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

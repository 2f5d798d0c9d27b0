"""`compute`: one thread for all that torch computes, whoever asks for it.

Each thread that calls torch gets helpers of its own, which spin while they wait for each other, and buffers of its own
that stay. Many askers at a time then slow each other down many times over, and memory grows with the threads. In one
thread what is asked for waits its turn, in small batches, and all cores work on it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")
_inside = threading.local()


def _new_worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="compute")


_worker = _new_worker()


def _renew() -> None:
    global _worker
    _worker = _new_worker()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew)  # a thread is not forked with its process


def compute(act: Callable[[], _Result]) -> _Result:
    """What `act` gives, called in the one thread; raises what it raises. Within `act` it calls directly."""
    if getattr(_inside, "yes", False):
        return act()
    return _worker.submit(_run, act).result()


def _run(act: Callable[[], _Result]) -> _Result:
    _inside.yes = True
    return act()

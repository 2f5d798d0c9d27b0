"""`compute`: one thread for all that torch computes, whoever asks for it; `turn`: one asker at a time beside it.

Each thread that calls torch gets helpers of its own, which spin while they wait for each other, and buffers of its own
that stay. Many askers at a time then slow each other down many times over, and memory grows with the threads. In one
thread what is asked for waits its turn, in small batches, and all cores work on it. So it is with what Python does
around it: dozens of threads that contend for the interpreter take twice as long as one after the other.

What one core does nearly as fast as all (a few questions, in bfloat16) is computed on one (`compute_alone`), in a
thread without helpers: the other cores are left to what goes on around it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

_Result = TypeVar("_Result")
_Given = ParamSpec("_Given")
_inside = threading.local()
_turns = threading.Lock()


def _new_workers() -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
    return (
        ThreadPoolExecutor(1, thread_name_prefix="compute"),
        ThreadPoolExecutor(1, thread_name_prefix="compute alone", initializer=_without_helpers),
    )


def _without_helpers() -> None:
    """This thread is told once: telling one each time anew costs milliseconds."""
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    # What is set last is what threads have that compute for the first time; each keeps what it was told itself.
    _worker.submit(torch.set_num_threads, cores)


_worker, _single = _new_workers()
_computing = threading.Lock()
"""Held by whichever of the two computes: side by side they would hold each other up."""


def _renew() -> None:
    global _worker, _single, _turns, _computing
    (_worker, _single), _turns, _computing = _new_workers(), threading.Lock(), threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew)  # a thread is not forked with its process


def compute(act: Callable[[], _Result]) -> _Result:
    """What `act` gives, called in the one thread; raises what it raises. Within `act` it calls directly."""
    if getattr(_inside, "yes", False):
        return act()
    with waiting():
        return _worker.submit(_run, act).result()


def compute_alone(act: Callable[[], _Result]) -> _Result:
    """As `compute`, on one core, and not while that computes."""
    if getattr(_inside, "yes", False):
        return act()
    with waiting():
        return _single.submit(_run, act).result()


@contextmanager
def turn() -> Iterator[None]:
    """Within it no other thread is within it, but while this one is `waiting`. Within itself it does nothing."""
    if getattr(_inside, "turn", False):
        yield
        return
    with _turns:
        _inside.turn = True
        try:
            yield
        finally:
            _inside.turn = False


@contextmanager
def waiting() -> Iterator[None]:
    """Within it another thread may have its turn; this one waits for what others do."""
    if not getattr(_inside, "turn", False):
        yield
        return
    _turns.release()
    try:
        yield
    finally:
        _turns.acquire()


def computed(act: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """A function whose every call is computed there.

    What loads a model is one, too: from the second thread on that has helpers these no longer wait awake, and a
    forward pass takes nearly twice as long.
    """

    @wraps(act)
    def call(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        return compute(lambda: act(*given, **named))

    return call


def _run(act: Callable[[], _Result]) -> _Result:
    _inside.yes = True
    with _computing:
        return act()

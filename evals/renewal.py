"""How long it takes until an accepted question is in use, while others go on asking."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from assistant.answerer import Answerer
from assistant.current import Asked, Current
from assistant.metrics import Metrics
from assistant.opening import renewed
from assistant.server import share
from assistant.settings import Settings
from content.candidate import Target, anchor
from content.candidates import CandidateStore
from content.passage import Passage

_WHO = "notice-evals"
_WORDING = "第{number}回：说到“{words}”的是哪一段"
_WORDS = 20
_ASKED = ("八个坚持是哪八个", "几月几号发的", "要怎么学习", "谁来负责宣传", "有什么要求")


class RenewalError(RuntimeError):
    """A question that was accepted and is not in use after all."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Seconds from accepting a question to its being in use, a figure each time; what was asked meanwhile.

    `asked` questions were answered while the index was renewed, the slowest in `slowest` seconds; `alone` is the
    median of the same questions before. `failed` is how many broke.
    """

    entries: int
    seconds: tuple[float, ...]
    asked: int
    failed: int
    median: float
    slowest: float
    alone: float


@contextmanager
def apart(settings: Settings) -> Iterator[Settings]:
    """The same settings over a copy of the index and an empty data folder, so that measuring changes nothing."""
    with tempfile.TemporaryDirectory(prefix="notice-assistant-") as scratch:
        folder = Path(scratch)
        if settings.index_dir.is_dir():
            shutil.copytree(settings.index_dir, folder / "index", ignore=shutil.ignore_patterns(".lock"))
        yield replace(settings, index_dir=folder / "index", data_dir=folder / "data")


def measure_renewal(settings: Settings, answerer: Answerer, times: int) -> Renewal:
    """Accept `times` questions into the bank one after the other, as a trainer does on the page, and ask meanwhile.

    Raises RenewalError where an accepted question does not find its passage first.
    """
    assert settings.data_dir is not None
    current = Current(answerer, lambda old: renewed(settings, old))
    answers, close = share(current, Metrics())  # as the page is served
    store = CandidateStore(settings.data_dir)
    try:
        alone = [_timed(answers, f"{question}（{at}）") for at in range(2) for question in _ASKED]
        seconds: list[float] = []
        with _asking(answers) as (taken, failures):
            for number in range(times):
                passages = current.corpus.passages
                seconds.append(_accept(current, answers, store, passages[(number * 7) % len(passages)], number))
        now = current.now
        size = len(now.retriever.index.entries) if isinstance(now, Answerer) else 0
        slow = taken or [0.0]
        return Renewal(size, tuple(seconds), len(taken), len(failures), median(slow), max(slow), median(alone))
    finally:
        close()


def _accept(current: Current, answers: Asked, store: CandidateStore, passage: Passage, number: int) -> float:
    question = _WORDING.format(number=number + 1, words=passage.text[-_WORDS:])
    notice = current.corpus.notice(passage.notice_id)
    made = store.propose(notice.id, question, _WHO, answers=(anchor(notice, passage.sentences[0]),), category="factoid")
    began = time.perf_counter()
    store.accept(made.id, _WHO, Target.BANK)
    current.renew()
    found = answers.ask(question)
    seconds = time.perf_counter() - began
    first = found.passages[0].citation
    if (first.notice_id, first.start, first.end) != (notice.id, passage.start, passage.end):
        raise RenewalError(f"采纳的题没有用上：{question}")
    return seconds


@contextmanager
def _asking(answers: Asked) -> Iterator[tuple[list[float], list[Exception]]]:
    """Somebody who asks on and on; the seconds of each answer, and what broke."""
    taken: list[float] = []
    failures: list[Exception] = []
    stop = threading.Event()

    def ask() -> None:
        number = 0
        while not stop.wait(0.05):
            number += 1
            try:
                taken.append(_timed(answers, f"{_ASKED[number % len(_ASKED)]}{number}"))
            except Exception as error:  # counted: that none broke is what is to be shown
                failures.append(error)

    thread = threading.Thread(target=ask, name="asking")
    thread.start()
    try:
        yield taken, failures
    finally:
        stop.set()
        thread.join()


def _timed(answers: Asked, question: str) -> float:
    began = time.perf_counter()
    answers.ask(question)
    return time.perf_counter() - began

"""`Desk`: the checks that are under way or done, in memory only, as many as fit and no longer than needed."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from assistant.sheet_row import Row, Sheet, SheetError
from assistant.verdict import Verdict
from content.corpus import Corpus

BATCH = 16
"""Claims that are checked together; a check stops between batches."""
MOST_JOBS = 40
MOST_CLAIMS = 20_000
MOST_MINUTES = 60
_log = logging.getLogger(__name__)


class Checks(Protocol):
    """What the page and the API need of a checker."""

    @property
    def corpus(self) -> Corpus: ...

    def check(self, claim: str) -> Verdict: ...

    def check_many(
        self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> list[Verdict]: ...


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Checked:
    """One row of a sheet with its verdict."""

    row: Row
    verdict: Verdict


@dataclass(slots=True, eq=False)
class Job:
    """One sheet that is checked; `checked` grows while it runs."""

    id: str
    sheet: Sheet
    state: State = State.WAITING
    checked: list[Checked] = field(default_factory=list)
    stopping: bool = False
    touched: float = 0.0

    @property
    def total(self) -> int:
        return len(self.sheet.rows)

    @property
    def active(self) -> bool:
        return self.state is State.RUNNING


class Desk:
    """Keeps jobs by an id that cannot be guessed. Safe to use from several threads."""

    def __init__(self, checker: Checks, now: Callable[[], float] = time.monotonic) -> None:
        self._checker = checker
        self._now = now
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    @property
    def corpus(self) -> Corpus:
        return self._checker.corpus

    def take(self, sheet: Sheet) -> Job:
        """A new job for a sheet. Old jobs make room; raises SheetError where those under way leave none."""
        with self._lock:
            self._sweep(room_for=len(sheet.rows))
            claims = sum(job.total for job in self._jobs.values())
            if len(self._jobs) >= MOST_JOBS or claims + len(sheet.rows) > MOST_CLAIMS:
                raise SheetError("busy")
            job = Job(secrets.token_urlsafe(16), sheet, touched=self._now())
            self._jobs[job.id] = job
            return job

    def job(self, job_id: str) -> Job:
        """The job of this id; raises SheetError for one that is gone."""
        with self._lock:
            self._sweep()
            job = self._jobs.get(job_id)
            if job is None:
                raise SheetError("gone")
            job.touched = self._now()
            return job

    def stop(self, job_id: str) -> None:
        """Ask a job to stop after the batch that it is at."""
        self.job(job_id).stopping = True

    def run(self, job: Job) -> Iterator[Job]:
        """Check a job batch by batch; the job is yielded after each, and once more when it is at its end.

        Only the first run of a job checks; what breaks is logged and leaves the job FAILED.
        """
        with self._lock:
            if job.state is not State.WAITING:
                return
            job.state = State.RUNNING
        ended = State.STOPPED  # as when whoever waits for it goes away
        try:
            yield job
            while len(job.checked) < job.total and not job.stopping:
                rows = job.sheet.rows[len(job.checked) : len(job.checked) + BATCH]
                verdicts = self._checker.check_many([row.claim for row in rows])
                job.checked += [Checked(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]
                job.touched = self._now()
                if len(job.checked) < job.total:
                    yield job
            ended = State.DONE if len(job.checked) == job.total else State.STOPPED
        except Exception:  # whatever broke, the person gets one sentence and the log the rest
            _log.exception("a sheet could not be checked")
            ended = State.FAILED
        finally:
            job.state = ended
        yield job

    def _sweep(self, room_for: int = 0) -> None:
        """Drop jobs that nobody has asked for in a while, and the oldest ones where a new one needs the room."""
        oldest = sorted(self._jobs.values(), key=lambda job: job.touched)
        claims = sum(job.total for job in oldest)
        for job in oldest:
            full = room_for and (len(self._jobs) >= MOST_JOBS or claims + room_for > MOST_CLAIMS)
            # A job under way is touched at every batch: one that is not was left when its page was closed.
            if (full and not job.active) or job.touched < self._now() - MOST_MINUTES * 60:
                del self._jobs[job.id]
                claims -= job.total

"""The runs behind the tab: those that are saved, and at most one that is under way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.current import in_use
from evals.dataset import DatasetError
from evals.record import Run, RunError, load_run, save_run
from evals.run import run_set
from evals.tab_questions import Questions

_log = logging.getLogger(__name__)


class RunState(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class RunJob:
    """One run that was started in the page; `run` is the id of what was saved."""

    set_id: str
    split: str
    total: int
    done: int = 0
    state: RunState = RunState.RUNNING
    stopping: bool = False
    run: str | None = None


class _Stopped(Exception):
    """Ends a run that somebody stopped."""


class Runs:
    """Saved runs by the names of their files, newest first, and the one under way. Safe to use from several threads."""

    def __init__(self, questions: Questions, folder: Path, packaged: Path) -> None:
        self._questions = questions
        self._folder = folder
        self._packaged = packaged
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[int, Run | None]] = {}
        self.job: RunJob | None = None

    def all(self) -> dict[str, Run]:
        """Every saved run by its id, newest first; files that hold no run are passed over."""
        found = {path.stem: run for path in self._files() if (run := self._read(path)) is not None}
        return dict(sorted(found.items(), key=lambda item: item[1].provenance.started_at, reverse=True))

    def get(self, run_id: str) -> Run:
        """The run with this id; raises RunError."""
        found = self.all().get(run_id)
        if found is None:
            raise RunError(f"没有名为 {run_id} 的评测。")
        return found

    def start(self, set_id: str, split: str) -> RunJob:
        """Ask a set in the background. Raises DatasetError, and RunError while another run is under way."""
        eval_set = self._questions.open_set(set_id)
        total = len(eval_set.of_split(split))
        with self._lock:
            if self.job is not None and self.job.state is RunState.RUNNING:
                raise RunError("已有一次评测在进行，请等它结束或先停止。")
            job = self.job = RunJob(set_id, split, total)
        threading.Thread(target=self._work, args=(job,), daemon=True, name="evals-run").start()
        return job

    def stop(self) -> None:
        """Ask the run under way to stop after the question that it is at. Nothing of it is saved."""
        if self.job is not None:
            self.job.stopping = True

    def _work(self, job: RunJob) -> None:
        def step(done: int, _total: int) -> None:
            job.done = done
            if job.stopping:
                raise _Stopped

        try:
            # Read again: what was accepted up to this moment is asked.
            eval_set = self._questions.open_set(job.set_id)
            answerer = in_use(self._questions.current)
            manifest: Any = getattr(answerer, "manifest", None)
            run = run_set(answerer, eval_set, job.split, manifest, step)
            job.run = save_run(run, self._folder).stem
            job.state = RunState.DONE
        except _Stopped:
            job.state = RunState.STOPPED
        except Exception:  # whatever broke, the person gets one sentence and the log the rest
            _log.exception("a run could not be finished")
            job.state = RunState.FAILED

    def _files(self) -> Iterator[Path]:
        for folder in (self._packaged, self._folder):
            yield from sorted(folder.glob("*.json"))

    def _read(self, path: Path) -> Run | None:
        """The run in a file, read again only when the file has changed; None where there is none."""
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        known = self._known.get(path)
        if known is None or known[0] != changed:
            try:
                found: Run | None = load_run(path)
            except (RunError, DatasetError):
                found = None
            known = self._known[path] = (changed, found)
        return known[1]

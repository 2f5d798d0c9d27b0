"""Where candidate questions are kept: one append-only file of events in the user's data folder.

`candidates.jsonl` has one JSON object a line, with who and when; what holds now is what the events come to. A line is
on the disk before anyone is told that it is kept; one that was cut off while it was written is named by `cut_off`, and
taken away by the next.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

from content.candidate import EDITABLE, Anchor, Candidate, CandidateError, State, Target, after
from content.notice import Notice
from content.questions import Question

FILE = "candidates.jsonl"


class CandidateStore:
    """The file of events in one data folder. Several processes may append to it; each reads what is there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def all(self) -> tuple[Candidate, ...]:
        """Every candidate as it stands now, oldest first. Raises CandidateError with the line of a faulty event."""
        if not self.path.is_file():
            return ()
        found: dict[str, Candidate] = {}
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                event = json.loads(line)
                candidate = after(event, found.get(event["id"]))
            except (KeyError, TypeError, ValueError) as error:
                if number == len(lines) and not _whole(line):
                    break  # cut off while it was written: nobody was told that it was kept
                raise CandidateError(f"{self.path}:{number}：候选题的记录不完整（{error}）。") from error
            found[candidate.id] = candidate
        return tuple(found.values())

    def cut_off(self) -> str | None:
        """A sentence where the last line was cut off while it was written, as by a loss of power; else None."""
        if not self.path.is_file():
            return None
        data = self.path.read_bytes()
        last = data.rpartition(b"\n")[2]
        if not last.strip() or _whole(last):
            return None
        number = data.count(b"\n") + 1
        return f"{self.path}:{number}：最后一条记录没有写完（当时没有确认收下），已略过，其余都在。"

    def get(self, candidate_id: str) -> Candidate:
        """The candidate with this id, or with the only id that begins so; raises CandidateError."""
        found = [candidate for candidate in self.all() if candidate.id.startswith(candidate_id)] if candidate_id else []
        if len(found) != 1:
            raise CandidateError(
                f"没有编号为 {candidate_id} 的候选题。" if not found else f"编号 {candidate_id} 不止一题。"
            )
        return found[0]

    def accepted(self, target: Target, notice_id: str | None = None) -> tuple[Candidate, ...]:
        """What was accepted into the eval set or the bank, of one notice or of all."""
        return tuple(
            candidate
            for candidate in self.all()
            if candidate.state is State.ACCEPTED
            and candidate.target is target
            and notice_id in (None, candidate.notice_id)
        )

    def propose(
        self,
        notice_id: str,
        question: str,
        by: str,
        answers: Sequence[Anchor] = (),
        wrong: Sequence[Anchor] = (),
        category: str = "",
        note: str = "",
    ) -> Candidate:
        """A new candidate; raises CandidateError when there is no question or nobody's name."""
        _check(question, answers)
        content = {
            "notice_id": notice_id,
            "question": question.strip(),
            "answers": [asdict(anchor) for anchor in answers],
            "wrong": [asdict(anchor) for anchor in wrong],
            "category": category,
            "note": note,
        }
        return self._append("proposed", uuid.uuid4().hex[:12], by, content)

    def edit(self, candidate_id: str, by: str, **changes: Any) -> Candidate:
        """Change what is `EDITABLE` of a candidate that nobody has decided on; raises CandidateError."""
        candidate = self._open(candidate_id)
        if unknown := set(changes) - set(EDITABLE):
            raise CandidateError(f"候选题没有可以改的 {'、'.join(sorted(unknown))}。")
        _check(changes.get("question", candidate.question), changes.get("answers", ()))
        if "answers" in changes:
            changes["answers"] = [asdict(anchor) for anchor in changes["answers"]]
        return self._append("edited", candidate.id, by, changes)

    def accept(self, candidate_id: str, by: str, target: Target, split: str | None = None) -> Candidate:
        """Record that it was accepted. Whether it may be is for `evals.review` to say. Raises CandidateError."""
        candidate = self._open(candidate_id)
        return self._append("accepted", candidate.id, by, {"target": target.value, "split": split})

    def reject(self, candidate_id: str, by: str, reason: str) -> Candidate:
        """Record that it was rejected, and why; raises CandidateError."""
        candidate = self._open(candidate_id)
        return self._append("rejected", candidate.id, by, {"reason": reason})

    def reopen(self, candidate_id: str, by: str) -> Candidate:
        """Take a decision back: the candidate is open again, and no longer in the eval set or the bank."""
        candidate = self.get(candidate_id)
        if candidate.state is State.PROPOSED:
            raise CandidateError(f"候选题 {candidate.id} 还没有决定，不用重开。")
        return self._append("reopened", candidate.id, by, {})

    def _open(self, candidate_id: str) -> Candidate:
        candidate = self.get(candidate_id)
        if candidate.state is not State.PROPOSED:
            where = {Target.EVAL: "评测集", Target.BANK: "题库", None: ""}[candidate.target]
            done = f"已采纳进{where}" if candidate.state is State.ACCEPTED else "已被退回"
            raise CandidateError(f"候选题 {candidate.id} {done}，要改请先重开。")
        return candidate

    def _append(self, event: str, candidate_id: str, by: str, content: Mapping[str, Any]) -> Candidate:
        from filelock import FileLock

        if not by.strip():
            raise CandidateError("请写明是谁做的。")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps(
            {"event": event, "id": candidate_id, "by": by.strip(), "at": at, **content}, ensure_ascii=False
        )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock")):
                _append_line(self.path, line.encode("utf-8", "replace"))
        except OSError as error:
            raise CandidateError(f"没有记下：数据文件写不进去（{error.strerror or error}），请告诉管理员。") from error
        return self.get(candidate_id)


def _append_line(path: Path, line: bytes) -> None:
    """Append a line, on the disk when this returns. Raises OSError; the file is as it was then."""
    new, before = not path.is_file(), b""
    if not new:
        last = path.read_bytes().rpartition(b"\n")[2]
        if _whole(last):
            before = b"\n"  # edited by hand
        elif last:
            os.truncate(path, path.stat().st_size - len(last))
    size = 0 if new else path.stat().st_size
    try:
        with FileIO(path, "ab") as file:
            left = memoryview(before + line + b"\n")
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
    except OSError:
        if path.is_file():
            os.truncate(path, size)
        raise
    if new and os.name == "posix":  # a new name is on the disk once its folder is; Windows has no such call
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check(question: str, answers: Sequence[Anchor]) -> None:
    if not question.strip():
        raise CandidateError("候选题没有题目。")
    if not all(anchor.quote.strip() for anchor in answers):
        raise CandidateError("候选题的引文是空的。")


def _whole(line: bytes) -> bool:
    """Whether a line is JSON to its end."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def accepted_questions(folder: Path, notice: Notice) -> tuple[Question, ...]:
    """The bank questions about `notice` that were accepted in this data folder.

    A question whose words are gone from the notice is left out here: `evals.review.flagged` names it.
    """
    found = []
    for candidate in CandidateStore(folder).accepted(Target.BANK, notice.id):
        spans = [anchor.find(notice) for anchor in candidate.answers]
        answers = tuple(span for span in spans if span is not None)
        if len(answers) == len(spans):
            found.append(Question(candidate.question, candidate.category, answers))
    return tuple(found)

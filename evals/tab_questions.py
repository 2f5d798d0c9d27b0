"""The questions behind the tab: eval sets with what was accepted into them, and candidates as people handle them."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.current import Current
from content.candidate import Anchor, Candidate, State, Target, anchor
from content.candidates import CandidateStore
from content.corpus import Corpus
from content.notice import Notice
from evals.dataset import ANSWERABLE, CATEGORIES, DatasetError, EvalSet, read_set
from evals.opening import eval_questions
from evals.review import ReviewRefusedError, accept, export, with_additions
from evals.sets import DATA

LONGEST_NOTE = 500
LONGEST_NAME = 40
LONGEST_QUESTION = 500
_log = logging.getLogger(__name__)


class Questions:
    """Eval sets and candidates over the product in use. Decisions are made one at a time."""

    def __init__(self, current: Current, folder: Path, sets: Path = DATA) -> None:
        self.current = current
        self.store = CandidateStore(folder)
        self.sets = sets
        self._deciding = threading.Lock()

    @property
    def corpus(self) -> Corpus:
        return self.current.corpus

    def open_set(self, notice_id: str) -> EvalSet:
        """The questions about a notice: those of its file, where there is one, and those accepted since.

        Raises DatasetError for a notice that is not there, or a faulty file.
        """
        notice = self._notice(notice_id)
        path = self.sets / f"{notice.id}.jsonl"
        if path.is_file():
            found = read_set(path, notice)
        else:
            found = EvalSet(notice.id, notice.id, hashlib.sha256(b"").hexdigest(), ())
        return with_additions(found, notice, self.store)

    def all_sets(self) -> list[EvalSet]:
        """The sets that have questions; a faulty one is logged and left out."""
        found = []
        for notice in self.corpus.notices:
            try:
                eval_set = self.open_set(notice.id)
            except (DatasetError, ReviewRefusedError):
                _log.exception("the eval set about %s is left out", notice.id)
                continue
            if eval_set.questions:
                found.append(eval_set)
        return found

    def propose(self, data: Mapping[str, Any]) -> Candidate:
        """A candidate from what the page sends: kind (right, wrong), question, notice, start, end, quote, by ….

        「这段就是答案」 for a question that waits for its answer gives the answer to that candidate. Raises
        CandidateError, ReviewRefusedError.
        """
        question, by = _text(data, "question", LONGEST_QUESTION), _text(data, "by", LONGEST_NAME)
        category, note = _text(data, "category", LONGEST_NAME), _text(data, "note", LONGEST_NOTE)
        if category and category not in CATEGORIES:
            raise ReviewRefusedError(f"没有「{category}」这个类别。")
        notice = self._notice(_text(data, "notice", 1000))
        here = self._anchor(notice, data)
        with self._deciding:
            if data.get("kind") != "right":
                return self.store.propose(notice.id, question, by, wrong=(here,), category=category, note=note)
            for one in self.store.all():
                waits = one.state is State.PROPOSED and not one.answers and one.wrong != (here,)
                if waits and (one.notice_id, one.question) == (notice.id, question):
                    # Near and far are for what has no answer.
                    kind = category or (one.category if one.category in ANSWERABLE else "")
                    return self.store.edit(one.id, by, answers=(here,), category=kind)
            return self.store.propose(notice.id, question, by, answers=(here,), category=category, note=note)

    def decide(self, candidate_id: str, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Accept, reject, reopen or edit a candidate; says whether and how fast the index was renewed.

        Raises ReviewRefusedError, CandidateError; nothing has changed then.
        """
        by = _text(data, "by", LONGEST_NAME)
        with self._deciding:
            before = self.store.get(candidate_id)
            if action == "accept":
                done = self._accept(before, by, data)
            elif action == "reject":
                done = self.store.reject(before.id, by, _text(data, "reason", LONGEST_NOTE))
            elif action == "reopen":
                done = self.store.reopen(before.id, by)
            elif action == "edit":
                done = self._edited(before, by, data)
            else:
                raise ReviewRefusedError(f"没有「{action}」这个操作。")
            if Target.BANK in (before.target, done.target):
                return self._renew()
        return {}

    def exported(self, what: str) -> bytes:
        """A ZIP file: what was accepted into the eval set or the bank, a file a notice; or the record of all events."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            if what == "log":
                path = self.store.path
                archive.writestr(path.name, path.read_bytes() if path.is_file() else b"")
            else:
                for name, rows in export(self.store, self.corpus, Target(what)).items():
                    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
                    archive.writestr(f"{name}.jsonl", "".join(lines))
        return packed.getvalue()

    def _accept(self, candidate: Candidate, by: str, data: Mapping[str, Any]) -> Candidate:
        edited = self._edited(candidate, by, data) if candidate.state is State.PROPOSED else candidate
        known = eval_questions(self.corpus, self.sets)
        target, split = Target(_text(data, "target", 10)), _text(data, "split", 10) or "test"
        return accept(self.store, self.corpus, known, edited.id, by, target, split)

    def _edited(self, candidate: Candidate, by: str, data: Mapping[str, Any]) -> Candidate:
        wanted = {name: _text(data, name, LONGEST_QUESTION) for name in ("question", "category") if name in data}
        if wanted.get("category") and wanted["category"] not in CATEGORIES:
            raise ReviewRefusedError(f"没有「{wanted['category']}」这个类别。")
        changes = {name: value for name, value in wanted.items() if value != getattr(candidate, name)}
        return self.store.edit(candidate.id, by, **changes) if changes else candidate

    def _renew(self) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            renewed = self.current.renew()
        except Exception:  # the decision stands, and is in the next index; people are told, the log has the rest
            _log.exception("the index could not be renewed")
            return {"renewed": False}
        return {"renewed": renewed, "seconds": time.perf_counter() - began}

    def _notice(self, notice_id: str) -> Notice:
        for notice in self.corpus.notices:
            if notice.id == notice_id:
                return notice
        raise DatasetError(f"通知 {notice_id} 不在通知目录里。")

    def _anchor(self, notice: Notice, data: Mapping[str, Any]) -> Anchor:
        start, end = data.get("start"), data.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
            raise ReviewRefusedError("没有说清是哪一段。")
        told = Anchor(notice.id, _text(data, "quote", len(notice.text)), start, end, notice.sha256)
        span = told.find(notice) if told.quote else None
        if span is None:
            raise ReviewRefusedError("这段话与通知原文对不上，请刷新页面后再试。")
        return anchor(notice, span)


def _text(data: Mapping[str, Any], name: str, longest: int) -> str:
    """A text that was sent, "" without one; raises ReviewRefusedError for what is too long or no text."""
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise ReviewRefusedError(f"{name} 太长，或不是文字。")
    value = value.encode("utf-8", "ignore").decode("utf-8")  # JSON cannot carry a lone surrogate
    return value if name == "quote" else value.strip()

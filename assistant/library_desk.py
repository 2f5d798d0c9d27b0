"""`LibraryDesk`: documents come in and go out while questions are answered, and the index follows in the background."""

from __future__ import annotations

import logging
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.current import Asked, Current
from content.library import Added, Library, LibraryError
from index.encoder import Progress

LONGEST_NAME = 200
"""Bytes of a file's name; file systems take 255, and stores of texts add to it."""
_CALM = 0.4
"""Seconds without a further change before the index is renewed: of ten files that come together it is renewed once."""
_NOT_IN_NAMES = '<>:"|?*'
_log = logging.getLogger(__name__)

Reopen = Callable[[Asked, Progress], Asked]
"""An answerer over the documents as they are now, from the one in use."""


class IndexState(StrEnum):
    """How far the index is behind the documents."""

    READY = "ready"
    RENEWING = "renewing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Renewing:
    """`done` of `total` texts are encoded (0 of 0 before that is known); `seconds` is what the last renewal took."""

    state: IndexState = IndexState.READY
    done: int = 0
    total: int = 0
    seconds: float = 0.0


class LibraryDesk:
    """Takes changes of one library. Safe to use from several threads.

    A change is on the disk when it is taken; the index in use follows by itself, and until then the old one answers.
    """

    def __init__(
        self, library: Library, current: Current, reopen: Reopen, may_change: bool = True, calm: float = _CALM
    ) -> None:
        """With `may_change` False the documents can be seen only."""
        self.library = library
        self.current = current
        self.may_change = may_change
        self.renewing = Renewing()
        self._reopen = reopen
        self._calm = calm
        self._changing = threading.Lock()
        self._waiting = threading.Lock()
        self._changes = 0
        self._taken: set[str] = set()
        self._worker: threading.Thread | None = None

    def add(self, file: Path) -> Added:
        """Take a file in. Raises LibraryError, NoticeError, OSError; nothing has changed then."""
        self.check()
        with self._changing:
            added = self.library.add(file)
            self._taken.add(added.notice.id)
        if added.is_new:
            self.renew()
        return added

    def remove(self, notice_id: str) -> None:
        """Take a document out, by its id alone; its file is moved aside.

        Raises LibraryError, OSError; nothing has changed then.
        """
        self.check()
        with self._changing:
            own = self.library.own()
            if notice_id not in own | self.library.packaged:
                raise LibraryError(f"库里没有编号为 {notice_id} 的文件，请用 list 查看编号。")
            # Those that can be read: they are in the index, or were read when they came in.
            known = {notice.id for notice in self.current.corpus.notices} | self._taken
            if not self.library.packaged and notice_id in known and own & known <= {notice_id}:
                raise LibraryError("这是最后一份，移除后就没有可问的了；请先加入别的文件，再移除它。")
            self.library.remove(notice_id)
        self.renew()

    def renew(self) -> None:
        """Have the index follow what the folder holds now, in the background."""
        self.check()
        with self._waiting:
            self._changes += 1
            self.renewing = Renewing(IndexState.RENEWING)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True, name="library")
                self._worker.start()

    def check(self) -> None:
        """Raises LibraryError where nothing may be changed."""
        if not self.may_change:
            raise LibraryError("服务不用登录就对别的机器开放，网页上不能加入或移除文件；请在服务器上用 add 和 remove。")

    def _work(self) -> None:
        while True:
            seen = self._changes
            time.sleep(self._calm)
            if seen != self._changes:
                continue
            began = time.perf_counter()
            state = IndexState.READY
            try:
                self.current.change(lambda now: self._reopen(now, self._step))
            except Exception:  # the old index goes on answering; people are told, the log has the rest
                _log.exception("the index could not follow the documents")
                state = IndexState.FAILED
            with self._waiting:
                if seen != self._changes:
                    continue
                self.renewing = Renewing(state, seconds=time.perf_counter() - began)
                self._worker = None
                return

    def _step(self, done: int, total: int) -> None:
        self.renewing = Renewing(IndexState.RENEWING, done, total)


def clean_name(name: str) -> str:
    """The name that an uploaded file is kept under, without folders and what file systems do not take.

    Raises LibraryError for one that cannot be kept.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    kept = "".join("_" if c in _NOT_IN_NAMES else c for c in kept)
    if not kept or kept.startswith((".", "~$")):
        raise LibraryError("文件名不能为空，也不能以 . 或 ~$ 开头，请改名后再试。")
    if len(kept.encode("utf-8")) > LONGEST_NAME:
        raise LibraryError("文件名太长，请改短后再试。")
    return kept

"""`BatchingEncoder`: questions that are asked at the same time are encoded together."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from index.compute import waiting
from index.encoder import Encoder, Progress, Vectors

LARGEST = 32
"""Texts that are encoded together at most."""
WINDOW = 0.003
"""Seconds that a question waits for others while others are being asked. One asked alone does not wait."""
WAITING = 256
"""Requests that may wait."""
_REMEMBERED = 256
"""Vectors that are kept for a while."""


class BusyError(RuntimeError):
    """More questions wait than will be answered in good time."""


@dataclass(frozen=True, slots=True)
class _Request:
    texts: tuple[str, ...]
    result: Future[Vectors] = field(default_factory=Future)


class BatchingEncoder:
    """An `Encoder` over another that several threads may ask at once.

    One thread of its own encodes: what has come while it was busy goes together, `largest` texts at most, each text
    once. After a batch of several requests it waits `window` seconds for more. A vector hangs, in its last digits
    (about 1e-7; in bfloat16 1e-3, a cosine of 0.9999), on what is encoded beside it. Where a batch fails, each request
    is tried alone, so that one bad text spoils no other's answer.
    """

    def __init__(
        self,
        encoder: Encoder,
        largest: int = LARGEST,
        window: float = WINDOW,
        waiting: int = WAITING,
        seen: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`seen` is called with the number of requests of each batch."""
        self._encoder = encoder
        self._largest = largest
        self._window = window
        self._seen = seen
        self._requests: queue.Queue[_Request | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._work, name="encode questions", daemon=True)
        self._lock = threading.Lock()
        self._open = True
        self._recent: dict[str, Vectors] = {}
        self._thread.start()

    @property
    def alone(self) -> Encoder:
        """The encoder itself."""
        return self._encoder

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """As the encoder's own. Raises BusyError where too many wait, and what the encoder raises."""
        if not texts:
            return self._encoder.encode_queries(texts)
        if (known := self._remembered(texts)) is not None:
            return known
        request = _Request(tuple(texts))
        with self._lock:
            if not self._open:
                raise BusyError("the encoder is closed")
            try:
                self._requests.put_nowait(request)
            except queue.Full as error:
                raise BusyError("too many questions wait") from error
        with waiting():
            return request.result.result()

    def _remembered(self, texts: Sequence[str]) -> Vectors | None:
        """The vectors of texts that were all encoded lately: one answer may ask for the same again."""
        with self._lock:
            found = [self._recent.get(text) for text in texts]
        return None if any(one is None for one in found) else np.array(found, np.float32)

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Progress | None = None) -> Vectors:
        """As the encoder's own, in the caller's thread."""
        return self._encoder.encode_entries(texts, as_queries, progress)

    def close(self) -> None:
        """Answer what waits, then end the thread."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        self._requests.put(None)
        self._thread.join()

    def _work(self) -> None:
        crowded = False
        kept: _Request | None = None
        while (first := kept or self._requests.get()) is not None:
            batch, kept, ended = self._gather(first, crowded)
            crowded = len(batch) > 1
            self._seen(len(batch))
            self._encode(batch)
            if ended:
                return

    def _gather(self, first: _Request, crowded: bool) -> tuple[list[_Request], _Request | None, bool]:
        """What goes together; a request that did not fit; whether nothing more will come."""
        batch, size = [first], len(first.texts)
        until = time.monotonic() + (self._window if crowded else 0.0)
        while size < self._largest:
            try:
                request = self._requests.get(timeout=max(0.0, until - time.monotonic())) if crowded else None
                if request is None and not crowded:
                    request = self._requests.get_nowait()
            except queue.Empty:
                break
            if request is None:
                return batch, None, True
            if size + len(request.texts) > self._largest:
                return batch, request, False
            batch.append(request)
            size += len(request.texts)
        return batch, None, False

    def _encode(self, batch: list[_Request]) -> None:
        rows: dict[str, int] = {}
        for request in batch:
            for text in request.texts:
                rows.setdefault(text, len(rows))
        try:
            vectors = self._encoder.encode_queries(list(rows))
        except BaseException as error:  # whoever asked gets it, and this thread goes on
            if len(batch) > 1:
                for request in batch:
                    self._encode([request])
            else:
                batch[0].result.set_exception(error)
            return
        with self._lock:
            self._recent |= zip(rows, map(np.copy, vectors), strict=True)
            for text in list(self._recent)[: max(0, len(self._recent) - _REMEMBERED)]:
                del self._recent[text]
        for request in batch:
            request.result.set_result(np.ascontiguousarray(vectors[[rows[text] for text in request.texts]]))

"""`RememberedAnswers`: a question that was asked before is answered from memory."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from assistant.answer import Answer
from assistant.scope import Selection, asked_with
from content.corpus import Corpus
from index.compute import turn

MOST = 1024
"""Answers that are kept: some ten megabytes."""

_Key = tuple[str, str, int, bool, Selection | None]


class Known(Protocol):
    """What is needed of an answerer: `manifest` says what its index was made from."""

    @property
    def corpus(self) -> Corpus: ...
    @property
    def manifest(self) -> dict[str, Any]: ...
    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer: ...


class RememberedAnswers:
    """An answerer that keeps its last `most` answers, those that were not asked for again forgotten first.

    An answer is kept under the fingerprint of the index that gave it, so that after `replace` nothing old comes back.
    What raises is not kept. Safe to use from several threads; answers are immutable.
    """

    def __init__(self, answerer: Known, most: int = MOST, seen: Callable[[bool], None] = lambda _: None) -> None:
        """`seen` is called for every question with whether it was remembered."""
        self._most = most
        self._seen = seen
        self._lock = threading.Lock()
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()
        self._current = (answerer, index_fingerprint(answerer))

    @property
    def corpus(self) -> Corpus:
        return self._current[0].corpus

    def replace(self, answerer: Known) -> None:
        """Answer from another index from now on; a question that is being answered still comes from the old one."""
        self._current = (answerer, index_fingerprint(answerer))
        with self._lock:
            self._answers.clear()

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        """As the answerer's own."""
        answerer, fingerprint = self._current
        key = (fingerprint, question, k, as_typed, scope or None)
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
        self._seen(found is not None)
        if found is not None:
            return found
        with turn():
            answer = answerer.ask(question, k, **asked_with(as_typed, scope))
        with self._lock:
            if self._current[1] == fingerprint:
                self._answers[key] = answer
                if len(self._answers) > self._most:
                    self._answers.popitem(last=False)
        return answer


def index_fingerprint(answerer: Known) -> str:
    """A digest of what the index was made from: documents, bank, encoder, folding."""
    manifest = json.dumps(answerer.manifest, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(manifest.encode()).hexdigest()

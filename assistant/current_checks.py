"""`CurrentChecks`: the checker over whatever answerer is in use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from assistant.answerer import Answerer
from assistant.check import Checker
from assistant.current import Current
from assistant.verdict import Verdict
from content.corpus import Corpus


class CurrentChecks:
    """Checks by the answerer that a `Current` has just now; claims under way finish with the one they began with.

    Safe to use from several threads.
    """

    def __init__(self, current: Current, checker: Checker) -> None:
        """`checker` is one over the answerer in use."""
        self._current = current
        self._lock = threading.Lock()
        self._seen = current.now
        self._now = checker

    @property
    def now(self) -> Checker:
        """The checker in use."""
        with self._lock:
            answerer = self._current.now
            if answerer is not self._seen and isinstance(answerer, Answerer):
                self._now = self._now.over(answerer)
                self._seen = answerer
            return self._now

    @property
    def corpus(self) -> Corpus:
        return self.now.corpus

    def check(self, claim: str) -> Verdict:
        """As that of the checker in use."""
        return self.now.check(claim)

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        """As that of the checker in use."""
        return self.now.check_many(claims, progress)

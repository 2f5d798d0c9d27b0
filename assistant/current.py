"""`Current`: the answerer in use, which can be changed for a newer one while questions are answered.

`Dressed` puts something around whichever that is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from assistant.answer import Answer
from assistant.scope import Selection, asked_with
from content.corpus import Corpus


class Asked(Protocol):
    """What the page needs of an answerer."""

    @property
    def corpus(self) -> Corpus: ...

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer: ...


class Current:
    """Answers by whatever answerer is the newest; a question under way finishes with the one that it began with.

    `renew` makes an answerer over the present bank from the one in use; None where that cannot be.
    """

    def __init__(self, answerer: Asked, renew: Callable[[Asked], Asked] | None = None) -> None:
        self._now = answerer
        self._renew = renew
        self._lock = threading.Lock()

    @property
    def now(self) -> Asked:
        """The answerer in use. Whoever needs both an answer and the corpus behind it asks for this once."""
        return self._now

    @property
    def corpus(self) -> Corpus:
        return self._now.corpus

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        return self._now.ask(question, k, **asked_with(as_typed, scope))

    def renew(self) -> bool:
        """Change to an answerer over the present bank, one renewal at a time; False where there is no way to.

        Raises what making it raises; the one in use stays then.
        """
        if self._renew is None:
            return False
        self.change(self._renew)
        return True

    def change(self, make: Callable[[Asked], Asked]) -> None:
        """Change to what `make` makes of the answerer in use, one change at a time; raises what making it raises."""
        with self._lock:
            self._now = make(self._now)


class Dressed:
    """An answerer as `dress` makes it, dressed anew whenever the `Current` below it has changed.

    What `dress` keeps (answers, say) is kept of one answerer alone, and gone with it. Safe to use from several threads.
    """

    def __init__(self, answerer: Asked, dress: Callable[[Asked], Asked]) -> None:
        self._answerer = answerer
        self._dress = dress
        self._lock = threading.Lock()
        self._bare = in_use(answerer)
        self._now = dress(self._bare)

    @property
    def now(self) -> Asked:
        """The answerer in use, dressed."""
        with self._lock:
            bare = in_use(self._answerer)
            if bare is not self._bare:
                self._now = self._dress(bare)
                self._bare = bare
            return self._now

    @property
    def corpus(self) -> Corpus:
        return self.now.corpus

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        """As that of the answerer in use."""
        return self.now.ask(question, k, **asked_with(as_typed, scope))


def in_use(answerer: Asked) -> Asked:
    """The answerer itself, or the one that a `Current`, dressed or not, has just now."""
    return answerer.now if isinstance(answerer, Current | Dressed) else answerer

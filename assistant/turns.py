"""`Turns`: how many files are taken at a time, all in all and of one sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.access import address_of

if TYPE_CHECKING:
    from starlette.types import Scope

AT_ONCE = 8
OF_ONE = 4
"""Of one sender: else whoever begins to send eight files, and never ends, would keep all others out."""


class Turns:
    """Counts the files that are being received or read. For one event loop, not for several threads."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, scope: Scope) -> Iterator[bool]:
        """A turn for whoever sends this request (the user, else the address); False where there is none for them."""
        user = scope.get("state", {}).get("user")
        sender = f"user {user.name}" if user is not None else address_of(scope)
        free = self._held.total() < AT_ONCE and self._held[sender] < OF_ONE
        self._held[sender] += free
        try:
            yield free
        finally:
            self._held[sender] -= free
            self._held += Counter()  # drops who holds none

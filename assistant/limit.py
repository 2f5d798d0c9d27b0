"""`Limit`: how often someone may do something."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Limit:
    """At most `burst` at once and `per_second` on the long run, for each key. Safe to use from several threads.

    Of more than 10,000 keys those that were not seen for longest are forgotten, so that memory is bounded.
    """

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Use one: 0 where that is allowed, else the seconds until it will be."""
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(key, (self._burst, now))
            left = min(self._burst, left + max(0.0, now - at) * self._per_second)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, now)
            if len(self._left) > _MOST:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second

    def forget(self, key: str) -> None:
        """As if this key had never been seen."""
        with self._lock:
            self._left.pop(key, None)

"""Sessions: a signed cookie that says who signed in, and for how long."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from assistant.users import User, Users

COOKIE = "notice_session"
LIFETIME = 12 * 3600
"""Seconds after which someone signs in again."""
_MOST_ENDED = 10_000


def steady_clock() -> Callable[[], float]:
    """The time of day as it is now, and from here on as time goes by.

    A clock that is set neither ends nor lengthens sessions. Cookies outlive a restart, so a mere count would not do.
    """
    ahead = time.time() - time.monotonic()
    return lambda: ahead + time.monotonic()


class Sessions:
    """Starts, reads and ends sessions. Safe to use from several threads.

    A session ends with its time, with signing out, and with a change of the user's password or its removal. Sessions
    outlive a restart; what was signed out before it is forgotten, so that a stolen cookie would live to its end.
    """

    def __init__(self, users: Users, lifetime: int = LIFETIME, clock: Callable[[], float] | None = None) -> None:
        """`clock` gives seconds since 1970, by default those of `steady_clock`."""
        self._users = users
        self._lifetime = lifetime
        self._clock = clock or steady_clock()
        self._lock = threading.Lock()
        self._ended: dict[str, float] = {}

    def start(self, user: User) -> str:
        """The value of the cookie."""
        return self._signer().dumps([user.name, user.stamp, secrets.token_urlsafe(12), int(self._clock())])

    def user_of(self, value: str) -> User | None:
        """Who is signed in by this cookie, if anyone is."""
        content = self._content(value)
        if content is None:
            return None
        name, stamp, number, _ = content
        user = self._users.named(str(name))
        with self._lock:
            ended = number in self._ended
        return user if user is not None and not ended and secrets.compare_digest(user.stamp, str(stamp)) else None

    def end(self, value: str) -> None:
        """Sign out."""
        content = self._content(value)
        if content is None:
            return
        now = self._clock()
        with self._lock:
            if len(self._ended) >= _MOST_ENDED:
                self._ended = {key: until for key, until in self._ended.items() if until > now}
            while len(self._ended) >= _MOST_ENDED:
                del self._ended[next(iter(self._ended))]
            self._ended[str(content[2])] = now + self._lifetime

    def _content(self, value: str) -> list[Any] | None:
        try:
            content = self._signer().loads(value)
        except BadData:
            return None
        if not isinstance(content, list) or len(content) != 4 or not isinstance(content[3], int):
            return None
        age = self._clock() - content[3]
        # A clock set back a little must not sign everyone out.
        return content if -300 <= age <= self._lifetime else None

    def _signer(self) -> URLSafeSerializer:
        secret = self._users.secret
        if not secret:
            raise BadData("there is no secret yet")
        return URLSafeSerializer(
            secret, salt="notice-assistant.session", signer_kwargs={"digest_method": hashlib.sha256}
        )

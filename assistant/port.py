"""How a port is taken, so that a restarted service has its port back and no second one shares it."""

from __future__ import annotations

import socket


def reuse_option() -> int:
    """The option of a socket that is to listen.

    Elsewhere SO_REUSEADDR gives a port back while old connections still end; on Windows it would let two services
    listen on one port, which SO_EXCLUSIVEADDRUSE forbids, and ports come back at once without it.
    """
    return int(getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR))

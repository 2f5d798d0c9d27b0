"""Serving the web application at an address of this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.access import Access, is_loopback
from assistant.app import Asked

if TYPE_CHECKING:
    from assistant.api import Checked


class AddressTaken(OSError):
    """The address to serve at is not free, or not this machine's; the message says what to do."""


def serve(
    answerer: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    ready: Callable[[str], None] | None = None,
    examples: Sequence[str] | None = None,
    checker: Checked | None = None,
    access: Access | None = None,
) -> None:
    """Serve until interrupted. `ready` is called with the address once it can be opened.

    Without `access` everyone on this machine may use it, and nobody else where `host` is a loopback address.
    Port 0 takes any free port. Raises AddressTaken before anything is built where the address cannot be had.
    """
    with open_socket(host, port) as listening:
        import uvicorn

        from assistant.application import create_app

        taken = listening.getsockname()[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
        access = access or Access(local=is_loopback(host))
        application = create_app(answerer, examples, checker=checker, access=access)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if ready is not None and self.started:
                    ready(f"http://{shown}:{taken}/")

        config = uvicorn.Config(
            application,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,
            # Whoever is not a proxy of ours could otherwise choose the address that limits count by.
            proxy_headers=access.behind_proxy,
            forwarded_allow_ips="127.0.0.1,::1",
        )
        Server(config).run(sockets=[listening])


def open_socket(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not yet listening; raises AddressTaken."""
    if not 0 <= port <= 65535:
        raise AddressTaken(f"没有 {port} 这个端口，--port 请用 1 到 65535。")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressTaken(f"找不到地址 {host}:{port}，请检查 --host 和 --port。") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise AddressTaken(
            f"端口 {port} 用不了（可能已被占用），请用 --port 换一个，例如 --port {_next(port)}。"
        ) from error
    return bound


def _next(port: int) -> int:
    return port + 1 if port < 65535 else port - 1

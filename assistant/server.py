"""Serving the web application at an address of this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.access import Access, is_loopback
from assistant.batching import BatchingEncoder
from assistant.check_desk import Checks
from assistant.current import Asked, Dressed, in_use
from assistant.logs import LoggedAnswers, LoggedChecks
from assistant.memory import memory_given_back
from assistant.port import reuse_option
from assistant.remembered import RememberedAnswers
from assistant.tab import Tab

if TYPE_CHECKING:
    from types import FrameType

    from assistant.metrics import Metrics


class AddressTaken(OSError):
    """The address to serve at is not free, or not this machine's; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve.

    `access` None means everyone on this machine; `finish` are the seconds that requests in flight get when the service
    is stopped; `root_path` is the path ("/notices") below which a proxy serves it.
    """

    access: Access | None = None
    log_questions: bool = False
    finish: int = 30
    root_path: str = ""

    @property
    def may_change_library(self) -> bool:
        """Whether documents may be changed on the page: not by whoever comes from anywhere."""
        return self.access is None or self.access.local or self.access.users is not None


def serve(
    answerer: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    ready: Callable[[str], None] | None = None,
    examples: Sequence[str] | None = None,
    checker: Checks | None = None,
    tabs: Sequence[Tab] = (),
    serving: Serving | None = None,
) -> None:
    """Serve until interrupted or told to stop (SIGTERM), then finish what is being answered.

    With a `checker` claims can be checked; `tabs` are further tabs of the page. `ready` is called with the
    address once it can be opened. Port 0 takes any free port. Raises AddressTaken before anything is built where the
    address cannot be had.
    """
    with open_socket(host, port) as listening:
        import uvicorn

        from assistant.application import create_app
        from assistant.metrics import Metrics
        from assistant.observer import Rest

        serving = serving or Serving()
        access = serving.access or Access(local=is_loopback(host))
        metrics, rest = Metrics(), Rest()
        taken = listening.getsockname()[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
        answers, close = share(answerer, metrics)
        if serving.log_questions:
            answers = Dressed(answers, LoggedAnswers)
            checker = LoggedChecks(checker) if checker else None
        application = create_app(
            answers,
            examples,
            checker=checker,
            tabs=tabs,
            access=access,
            metrics=metrics,
            rest=rest,
            root_path=serving.root_path,
        )

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if ready is not None and self.started:
                    ready(f"http://{shown}:{taken}/")

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                rest.announce()
                super().handle_exit(sig, frame)

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                rest.begin()
                await super().shutdown(sockets)

        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=serving.finish,
            # Whoever is not a proxy of ours could otherwise choose the address that limits count by.
            proxy_headers=access.behind_proxy,
            forwarded_allow_ips="127.0.0.1,::1",
        )
        try:
            with memory_given_back():
                Server(config).run(sockets=[listening])
        finally:
            close()


def share(answerer: Asked, metrics: Metrics) -> tuple[Asked, Callable[[], None]]:
    """An answerer for many at once: questions encoded together, answers to repeated ones remembered; and its end.

    One that has no retriever is given back as it is. The retriever keeps the encoder that is put into it here. A
    `Current` may be renewed: what is remembered is remembered of one answerer alone.
    """
    from assistant.answerer import Answerer
    from index.encoder import SentenceEncoder

    first = in_use(answerer)
    if not isinstance(first, Answerer):
        return answerer, lambda: None
    plain = first.retriever.encoder
    if isinstance(plain, SentenceEncoder):
        threading.Thread(target=plain.prepare, name="prepare", daemon=True).start()
    together = BatchingEncoder(plain, seen=lambda size: metrics.batch.observe(size))

    def dress(one: Asked) -> Asked:
        if not isinstance(one, Answerer):
            return one
        if one.retriever.encoder is plain:
            one.retriever.encoder = together
        return RememberedAnswers(one, seen=lambda known: metrics.asked.labels(str(known).lower()).inc())

    return Dressed(answerer, dress), together.close


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
        bound.setsockopt(socket.SOL_SOCKET, reuse_option(), 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise AddressTaken(
            f"端口 {port} 用不了（可能已被占用），请用 --port 换一个，例如 --port {_next(port)}。"
        ) from error
    return bound


def _next(port: int) -> int:
    return port + 1 if port < 65535 else port - 1

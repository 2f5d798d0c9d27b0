"""`Observer`: counts and logs every request, and lets the service come to rest."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import TYPE_CHECKING

from assistant.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("assistant.requests")
_ENDLESS = "/gradio_api/heartbeat/"
"""Gradio keeps one of these open for every page; it must not keep the service from coming to rest."""
STOPPING = "服务正在停止，这次没有答完，请稍后再试。"


class Rest:
    """Whether the service is coming to rest. `begin` is called in the event loop."""

    def __init__(self) -> None:
        self.begun = False
        self._event = asyncio.Event()

    def announce(self) -> None:
        """From now on not ready, so that nothing new is sent here."""
        self.begun = True

    def begin(self) -> None:
        """End what would go on for ever; what is being answered goes on to its end."""
        self.begun = True
        self._event.set()

    async def wait(self) -> None:
        """Until `begin`."""
        await self._event.wait()


class Observer:
    """ASGI middleware around everything else.

    The log has a request's path and never its query, where the question stands, nor its body.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, rest: Rest) -> None:
        self.app = app
        self.metrics = metrics
        self.rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = {"status": 500, "done": False, "begun": False}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                state["begun"] = True
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                state["done"] = True
            await send(message)

        endless = scope["path"].startswith(_ENDLESS)
        self.metrics.open.inc()
        try:
            if endless:
                await self._until_rest(scope, receive, noting)
                if state["begun"] and not state["done"]:
                    await send({"type": "http.response.body", "body": b""})
            else:
                await self.app(scope, receive, noting)
        except asyncio.CancelledError:  # stopped, and the time to finish is over: whoever waits is told so
            if self.rest.begun and not state["begun"]:
                await _say_stopping(noting)
            raise
        finally:
            seconds = time.perf_counter() - started
            self.metrics.open.dec()
            if not endless:
                self.metrics.met(scope["path"], scope["method"], int(state["status"]), seconds)
            _log.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": state["status"],
                    "milliseconds": round(1000 * seconds, 1),
                    "address": (scope.get("client") or ("", 0))[0],
                },
            )

    async def _until_rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        going, rest = asyncio.ensure_future(self.app(scope, receive, send)), asyncio.ensure_future(self.rest.wait())
        try:
            await asyncio.wait({going, rest}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            going.cancel()
            await asyncio.gather(going, rest, return_exceptions=True)


async def _say_stopping(send: Send) -> None:
    body = json.dumps({"detail": STOPPING}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"5"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})

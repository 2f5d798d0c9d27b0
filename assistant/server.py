"""The web application: the page at "/", the API at /api, tools at /mcp, /healthz and /readyz; and serving it."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from assistant.app import Asked, build_app, page_i18n, page_script, page_style, page_theme
from assistant.guard import PageGuard
from assistant.plain import plain_style
from assistant.view import STRINGS

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from assistant.api import Checked

_ABOUT = "用自己的话提问，得到通知的原文和出处；核对一句话与通知是否一致。接口只给出通知的原文，不生成文字。"


class AddressTaken(OSError):
    """The address to serve at is not free, or not this machine's; the message says what to do."""


def create_app(
    answerer: Asked,
    examples: Sequence[str] | None = None,
    k: int = 5,
    concurrency: int = 2,
    waiting: int = 64,
    checker: Checked | None = None,
    page: bool = True,
) -> FastAPI:
    """The whole web application over one answerer; parameters as for `build_app`.

    Without a `checker` claims cannot be checked, and whoever asks is told so. Without the `page` there is the API
    alone, and Gradio is not loaded.
    """
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse, Response
    from starlette.routing import Route

    from assistant.api import Api, add_api
    from assistant.tools import ToolServer

    files = {
        "page.js": (page_script(), "text/javascript"),
        "page.css": (page_style(), "text/css"),
        "plain.css": (plain_style(), "text/css"),
    }
    api = Api(answerer, checker)
    tools = ToolServer(api, product_version())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.run():
            yield

    app = FastAPI(
        title=STRINGS["zh"]["title"],
        description=_ABOUT,
        version=product_version(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, Any]:
        """That the service answers, and over how much."""
        corpus = answerer.corpus
        return {"status": "ok", "notices": len(corpus.notices), "passages": len(corpus.passages)}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        """That questions can be put now."""
        return JSONResponse({"status": "ready"})

    @app.get("/page/{name}", include_in_schema=False)
    async def page_file(name: str) -> Response:
        """A script or style of the pages."""
        if name not in files:
            return Response(status_code=404)
        text, media_type = files[name]
        return Response(text, media_type=media_type)

    add_api(app, api)
    app.router.routes.append(Route("/mcp", tools))
    if page:
        _mount_page(app, build_app(answerer, examples, k, concurrency, waiting))
    app.add_middleware(PageGuard, version=_digest(*(text for text, _ in files.values())))
    return app


def _mount_page(app: FastAPI, blocks: gr.Blocks) -> None:
    import gradio as gr

    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        i18n=page_i18n(),
        theme=page_theme(),
        max_file_size=1,
    )


def product_version() -> str:
    """The version of the installation, "0" where it runs from its files alone."""
    try:
        return version("notice-assistant")
    except PackageNotFoundError:
        return "0"


def serve(
    answerer: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    ready: Callable[[str], None] | None = None,
    examples: Sequence[str] | None = None,
    checker: Checked | None = None,
) -> None:
    """Serve until interrupted. `ready` is called with the address once it can be opened.

    Port 0 takes any free port. Raises AddressTaken before anything is built where the address cannot be had.
    """
    with open_socket(host, port) as listening:
        import uvicorn

        taken = listening.getsockname()[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
        application = create_app(answerer, examples, checker=checker)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if ready is not None and self.started:
                    ready(f"http://{shown}:{taken}/")

        config = uvicorn.Config(application, log_level="warning", server_header=False, timeout_graceful_shutdown=3)
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


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]

"""The web application: the page at "/", its script and style, /healthz, and what every response must carry."""

from __future__ import annotations

import hashlib
import html
import re
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.app import Asked, build_app, keep_gradio_offline, page_i18n, page_script, page_style, page_theme
from assistant.check_desk import Checks, Desk
from assistant.check_routes import LARGEST_UPLOAD, UPLOAD, add_check_routes
from assistant.view import STRINGS

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 2_000_000
"""Bytes of a request, files to check apart. The longest question people may paste is far smaller."""

_FOREVER = b"public, max-age=31536000, immutable"
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cross-origin-opener-policy": b"same-origin",
}
# Gradio's own doors that this page does not use: files and proxying by address, uploads, stored page states.
_SHUT = re.compile(r"/+(?:gradio_api/+)?(?:openapi\.json|file|proxy|upload|deep_link|runs|monitoring)\b", re.I)
_SOCIAL = re.compile(r"""<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>\s*""")
_SCRIPT = re.compile(r"<script(?=[\s>])")
# Gradio takes its own words from the browser's language: everyone but readers of English gets Chinese.
_LANGUAGE = (
    "if(!/^en\\b/i.test(navigator.language))Object.defineProperty(navigator,'language',{get:()=>'zh-CN'});"
    "else document.documentElement.lang='en'"
)


class AddressTaken(OSError):
    """The address to serve at is not free, or not this machine's; the message says what to do."""


def create_app(
    answerer: Asked,
    examples: Sequence[str] | None = None,
    k: int = 5,
    concurrency: int = 2,
    waiting: int = 64,
    checker: Checks | None = None,
) -> FastAPI:
    """The whole web application over one answerer; parameters as for `build_app`.

    Only with a `checker` is there a tab for checking, and are there the routes that it needs.
    """
    keep_gradio_offline()
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import Response

    files = {"page.js": (page_script(), "text/javascript"), "page.css": (page_style(), "text/css")}
    app = FastAPI(title=STRINGS["zh"]["title"], docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        """That the service answers, and over how much."""
        corpus = answerer.corpus
        return {"status": "ok", "notices": len(corpus.notices), "passages": len(corpus.passages)}

    @app.get("/page/{name}")
    def page_file(name: str) -> Response:
        """The page's script or style."""
        if name not in files:
            return Response(status_code=404)
        text, media_type = files[name]
        return Response(text, media_type=media_type)

    desk = None if checker is None else Desk(checker)
    if desk is not None:
        add_check_routes(app, desk)
    blocks = build_app(answerer, examples, k, concurrency, waiting, desk)
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
    app.add_middleware(PageGuard, version=_digest(*(text for text, _ in files.values())))
    return app


def serve(
    answerer: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    ready: Callable[[str], None] | None = None,
    examples: Sequence[str] | None = None,
    checker: Checks | None = None,
) -> None:
    """Serve until interrupted. `ready` is called with the address once it can be opened.

    With a `checker` the page can check too.

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


class PageGuard:
    """ASGI middleware: shuts unused doors, and gives pages their language, title, scripts and security headers."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self.app = app
        self.version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        refused = _refusal(scope)
        if refused:
            await send({"type": "http.response.start", "status": refused, "headers": list(_HEADERS.items())})
            await send({"type": "http.response.body", "body": b""})
            return
        if not path.startswith(("/assets/", "/static/", "/page/", "/gradio_api/")):
            # A page is changed on its way out, so it must not come compressed.
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, _Outgoing(send, path, self.version))


def _refusal(scope: Scope) -> int:
    if _SHUT.match(scope["path"]):
        return 404
    if scope["method"] not in ("POST", "PUT", "PATCH"):
        return 0
    length = dict(scope["headers"]).get(b"content-length", b"")
    if not length.isdigit():
        return 411
    return 413 if int(length) > (LARGEST_UPLOAD if scope["path"] == UPLOAD else LARGEST_BODY) else 0


class _Outgoing:
    """Sends one response on; an HTML page is held back until it is whole."""

    def __init__(self, send: Send, path: str, version: str) -> None:
        self.send = send
        self.path = path
        self.version = version
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            named = [(name.lower(), value) for name, value in message["headers"] if name.lower() not in _HEADERS]
            named += _HEADERS.items()
            if self.path.startswith(("/assets/", "/page/")) and message["status"] == 200:
                named = [pair for pair in named if pair[0] != b"cache-control"] + [(b"cache-control", _FOREVER)]
            message = {**message, "headers": named}
            if headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers:
                self.start = message
                return
            await self.send(message)
        elif self.start is None or message["type"] != "http.response.body":
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self.start)

    async def _send_page(self, start: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        body = dress_page(self.body.decode("utf-8"), nonce, self.version).encode("utf-8")
        headers = [pair for pair in start["headers"] if pair[0] not in (b"content-length", b"cache-control")]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", content_policy(nonce).encode()),
        ]
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def content_policy(nonce: str) -> str:
    """The Content-Security-Policy of a page. Gradio compiles its listeners in the browser: hence unsafe-eval."""
    return (
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


def dress_page(page: str, nonce: str, version: str) -> str:
    """Gradio's HTML page with our language, title, script and style, and the nonce on every script tag.

    Data in the page (the notice's text too) has its < escaped by Gradio, so only real script tags match.
    """
    page = _SOCIAL.sub("", page).replace('lang="en"', 'lang="zh-CN"', 1)
    title = html.escape(STRINGS["zh"]["title"])
    ours = (
        f"<title>{title}</title>\n"
        f"<script>{_LANGUAGE}</script>\n"
        f'<link rel="stylesheet" href="page/page.css?{version}">\n'
        f'<script src="page/page.js?{version}"></script>\n'
    )
    page = page.replace("</head>", ours + "</head>", 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)

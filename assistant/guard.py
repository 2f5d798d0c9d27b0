"""What every request must pass and every response carry: doors shut, sizes bounded, headers, the dressed page."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.check_routes import LARGEST_UPLOAD, UPLOAD
from assistant.view import STRINGS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.users import User

LARGEST_BODY = 2_000_000
"""Bytes of a request, files to check apart. The longest question people may paste is far smaller."""
LARGEST_CALL = 200_000
"""Bytes of a request to the API or the tools."""

_NO_UPLOADS: Mapping[str, int] = MappingProxyType({})
_FOREVER = b"public, max-age=31536000, immutable"
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cross-origin-opener-policy": b"same-origin",
}
# Gradio's own doors that this page does not use: files and proxying by address, uploads, stored page states; and those
# of its editors, one of which writes what it is sent to the disk, and one of which never ends its answer.
_SHUT = re.compile(
    r"/+(?:gradio_api/+)?(?:openapi\.json|file|proxy|upload|deep_link|runs|monitoring)\b"
    r"|/+gradio_api/+(?:process_recording|upload_progress|stream|dev|profiling|run-history|(?:undo-)?vibe-\w+)\b",
    re.I,
)
_REFUSALS = {404: "没有这个地址。", 411: "请求没有说明长度（Content-Length）。", 413: "请求太大。"}
_SOCIAL = re.compile(r"""<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>\s*""")
_SCRIPT = re.compile(r"<script(?=[\s>])")
# Gradio takes its own words from the browser's language: everyone but readers of English gets Chinese.
_LANGUAGE = (
    "if(!/^en\\b/i.test(navigator.language))Object.defineProperty(navigator,'language',{get:()=>'zh-CN'});"
    "else document.documentElement.lang='en'"
)


class PageGuard:
    """ASGI middleware: shuts unused doors, and gives pages their language, title, scripts and security headers."""

    def __init__(
        self,
        app: ASGIApp,
        version: str,
        without: Callable[[User | None], Sequence[str]] = lambda _: (),
        uploads: Mapping[str, int] = _NO_UPLOADS,
    ) -> None:
        """`without` names the tabs that the page of a user leaves out.

        `uploads` are the addresses of further tabs that take files, with the bytes of the largest.
        """
        self.app = app
        self.version = version
        self.without = without
        self.uploads = {UPLOAD: LARGEST_UPLOAD, **uploads}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        refused = _refusal(scope, self.uploads)
        if refused:
            body = json.dumps({"detail": _REFUSALS[refused]}, ensure_ascii=False).encode()
            headers = [*_HEADERS.items(), (b"content-type", b"application/json"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": refused, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        if not path.startswith(("/assets/", "/static/", "/page/", "/gradio_api/")):
            # A page is changed on its way out, so it must not come compressed.
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        state = {**scope.get("state", {})}  # the access guard puts the user in, and the page is dressed by that

        def dress(page: str, nonce: str) -> str:
            user: User | None = state.get("user")
            return dress_page(page, nonce, self.version, self.without(user), user.name if user else "")

        outgoing = _Outgoing(send, path, dress, scope["scheme"] == "https")
        await self.app({**scope, "state": state}, receive, outgoing)


class Below:
    """ASGI middleware for a service below a path: what is answered names it, whether the proxy cuts it off or not."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] == "http" and self.root_path:
            path = scope["path"]
            # As often as it is there: the router cuts it off once more, and would find what rights were not asked for.
            while path == self.root_path or path.startswith(f"{self.root_path}/"):
                path = path[len(self.root_path) :] or "/"
            scope = {**scope, "root_path": self.root_path, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


def _refusal(scope: Scope, uploads: Mapping[str, int]) -> int:
    if _SHUT.match(scope["path"]):
        return 404
    if scope["method"] not in ("POST", "PUT", "PATCH"):
        return 0
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    # Where there is a transfer encoding the server goes by that, whatever the length says.
    if b"transfer-encoding" in headers or not length.isdigit():
        return 411
    largest = uploads.get(scope["path"], 0)
    if not largest:
        largest = LARGEST_CALL if scope["path"].startswith(("/api/", "/mcp", "/sign-in")) else LARGEST_BODY
    return 413 if len(length) > 12 or int(length) > largest else 0


class _Outgoing:
    """Sends one response on; an HTML page is held back until it is whole."""

    def __init__(self, send: Send, path: str, dress: Callable[[str, str], str], secure: bool) -> None:
        self.send = send
        self.path = path
        self.dress = dress
        self.secure = secure
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            # Gradio lets every origin read its answers unless it is served at localhost: no origin but ours may.
            named = [
                (name.lower(), value)
                for name, value in message["headers"]
                if name.lower() not in _HEADERS and not name.lower().startswith(b"access-control-")
            ]
            named += _HEADERS.items()
            if self.secure:
                named.append((b"strict-transport-security", b"max-age=31536000"))
            if self.path.startswith(("/assets/", "/page/")) and message["status"] == 200:
                named = [pair for pair in named if pair[0] != b"cache-control"] + [(b"cache-control", _FOREVER)]
            elif b"cache-control" not in headers and not self.path.startswith(("/static/", "/gradio_api/")):
                named.append((b"cache-control", b"no-store"))
            message = {**message, "headers": named}
            page = headers.get(b"content-type", b"").startswith(b"text/html")
            # A page with a policy of its own is our own, and finished.
            if page and b"content-encoding" not in headers and b"content-security-policy" not in headers:
                self.start = message
                return
            if not page and b"content-security-policy" not in headers:
                named.append((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"))
            await self.send(message)
        elif self.start is None or message["type"] != "http.response.body":
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self.start)

    async def _send_page(self, start: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        body = self.dress(self.body.decode("utf-8"), nonce).encode("utf-8")
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
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def dress_page(page: str, nonce: str, version: str, without: Sequence[str] = (), user: str = "") -> str:
    """Gradio's HTML page with our language, title, script and style, and the nonce on every script tag.

    `without` names the tabs that the page is to leave out, `user` whoever has signed in.

    Data in the page (the notice's text too) has its < escaped by Gradio, so only real script tags match.
    """
    left_out = f' data-np-without="{html.escape(" ".join(without))}"' if without else ""
    left_out += f' data-np-user="{html.escape(user)}"' if user else ""
    page = _SOCIAL.sub("", page).replace('lang="en"', f'lang="zh-CN"{left_out}', 1)
    title = html.escape(STRINGS["zh"]["title"])
    ours = (
        f"<title>{title}</title>\n"
        f"<script>{_LANGUAGE}</script>\n"
        f'<link rel="stylesheet" href="page/page.css?{version}">\n'
        f'<script src="page/page.js?{version}"></script>\n'
    )
    page = page.replace("</head>", ours + "</head>", 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)

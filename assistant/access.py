"""Who may do what: `Access` says how the service is open, `AccessGuard` holds every request to it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.requests import cookie_parser

from assistant.limit import Limit
from assistant.plain import PLAIN_POLICY, plain_page
from assistant.session import COOKIE, Sessions
from assistant.users import Role, User, Users, UsersError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ONE_MINUTE = 60
UNREADABLE = "请求读不懂。"
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN_TO_ALL = frozenset({"/healthz", "/readyz", "/sign-in", "/page/plain.css"})
# Everything that is not named here needs an asker.
_ADMIN = ("/metrics",)
_TRAINER = ("/train", "/api/train", "/trainer")
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded")
_NO_TABS: Mapping[str, Role] = MappingProxyType({})
_ADDRESS_SHARE = 5
"""An office behind one address asks as often as this many people."""


class AccessError(ValueError):
    """A way of serving that would let in whoever comes; the message says what to add."""


@dataclass(frozen=True, slots=True)
class Access:
    """How the service is open.

    `users` are those who may sign in, None where nobody has to. `local` is true where it is meant for this machine
    alone. `behind_proxy` says that a proxy on this machine hands requests on. `per_minute` is how many requests one
    user (one address, where nobody signs in) may make, 0 for any number.
    """

    users: Users | None = None
    local: bool = True
    behind_proxy: bool = False
    per_minute: int = 0

    @property
    def strangers(self) -> bool:
        """Whether anybody comes, from anywhere, without signing in."""
        return self.users is None and not self.local

    @classmethod
    def decide(
        cls,
        host: str,
        users_file: Path,
        sign_in: bool = False,
        everyone: bool = False,
        behind_proxy: bool = False,
        per_minute: int | None = None,
    ) -> Access:
        """How to serve at `host`: open on this machine, else by sign-in, unless `everyone` is let in on purpose.

        Raises AccessError where sign-in is needed and there are no users, UsersError for a faulty users file.
        """
        if everyone and sign_in:
            raise AccessError("--open 和 --users 只能用一个：前者不用登录，后者要登录。")
        local = is_loopback(host) and not behind_proxy
        rate = per_minute if per_minute is not None else 0 if local and not sign_in else ONE_MINUTE
        if everyone or (local and not sign_in):
            return cls(None, local, behind_proxy, rate)
        users = Users(users_file)
        if not users.all():
            raise AccessError(
                f"别的机器能连到这个地址，所以要登录，可是还没有用户（{users_file}）。"
                "请先运行 notice-assistant user add 用户名；确实不要登录，请加 --open。"
            )
        return cls(users, local, behind_proxy, rate)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what is served at `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def right_for(path: str, tabs: Mapping[str, Role] = _NO_TABS) -> Role | None:
    """The role that an address needs, None where everyone may open it.

    `tabs` are the roles that addresses of further tabs need, and everything below these; the longest one holds.
    """
    if path in _OPEN_TO_ALL:
        return None
    for prefix in sorted(tabs, key=len, reverse=True):
        if _below(path, prefix):
            return tabs[prefix]
    for prefixes, role in ((_ADMIN, Role.ADMIN), (_TRAINER, Role.TRAINER)):
        if any(_below(path, prefix) for prefix in prefixes):
            return role
    return Role.ASKER


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


class AccessGuard:
    """ASGI middleware: lets a request through only where it comes from our own pages and has the right to.

    Puts the user into `scope["state"]["user"]`, None where nobody has signed in.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        sessions: Sessions | None,
        tabs: Mapping[str, Role] = _NO_TABS,
        closed: Sequence[str] = (),
    ) -> None:
        """`tabs` are the roles that addresses need (see `right_for`), `closed` those that strangers do not get."""
        self.app = app
        self.access = access
        self.sessions = sessions
        self.tabs = tabs
        self.closed = closed
        rate = access.per_minute / 60
        burst = max(10, access.per_minute / 2)
        share = 1 if access.users is None else _ADDRESS_SHARE
        self.of_user = Limit(burst, rate) if rate else None
        self.of_address = Limit(burst * share, rate * share) if rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or refuse it with one sentence."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = _foreign(scope, self.access)
        user = None
        if refusal is None:
            try:
                user = self._user(scope)
            except UsersError:
                refusal = (503, "用户文件读不出，请联系管理员。")
        scope.setdefault("state", {})["user"] = user
        if refusal is None and self.access.users is not None:
            refusal = _without_right(scope, user, self.tabs)
        if refusal is None and self._closed(scope["path"]):
            refusal = (403, "这里要登录才能用，而服务是不用登录的（--open）。")
        wait = 0
        if refusal is None and scope["method"] not in _SAFE and not scope["path"].startswith("/sign-"):
            wait = self._wait(scope, user)
            refusal = (429, f"问得太快了，请过 {wait} 秒再试。") if wait else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await _refuse(scope, send, *refusal, wait)

    def _closed(self, path: str) -> bool:
        needed = right_for(path, self.tabs) if any(_below(path, prefix) for prefix in self.closed) else None
        return needed is not None and not Role.ASKER.may(needed)

    def _user(self, scope: Scope) -> User | None:
        if self.access.users is None or self.sessions is None:
            return None
        headers = dict(scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            return self.access.users.by_token(token.strip())
        cookie = session_cookie(scope)
        return self.sessions.user_of(cookie) if cookie else None

    def _wait(self, scope: Scope, user: User | None) -> int:
        wait = 0.0
        if self.of_user is not None and user is not None:
            wait = self.of_user.take(user.name)
        # One who is refused takes nothing from the others at the same address.
        if self.of_address is not None and not wait:
            wait = self.of_address.take(address_of(scope))
        return int(wait) + 1 if wait > 0 else 0


def address_of(scope: Scope) -> str:
    """The address a request comes from; of IPv6 the network, since one machine has many addresses in it.

    A socket for both sorts names a reader with IPv4 ::ffff:10.1.2.3: that is one address, not a network.
    """
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def session_cookie(scope: Scope) -> str | None:
    """The value of the session's cookie, if one was sent."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            # Other applications on this host set cookies, too: as browsers do, one that is odd is no end of the others.
            found = cookie_parser(value.decode("latin-1")).get(COOKIE)
            if found is not None:
                return found
    return None


def _foreign(scope: Scope, access: Access) -> tuple[int, str] | None:
    """Why a request is not one of our own pages or programs."""
    headers = dict(scope["headers"])
    host, origin = (headers.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
    try:
        host_name, origin_host = urlsplit(f"//{host}").hostname or "", urlsplit(origin).netloc
    except ValueError:
        return 400, UNREADABLE
    # The router takes /metrics with a line feed behind it for /metrics; whoever asks for rights must not.
    if any(ord(character) < 32 for character in scope["path"]):
        return 400, UNREADABLE
    if access.local:
        # A page elsewhere can give its own name this machine's address, and then read what is served here.
        if not is_loopback(host_name):
            return 403, "这里只对本机开放，请用 127.0.0.1 或 localhost 打开。"
        if any(name in headers for name in _FORWARDED):
            return 403, "请求是代理转来的，而服务只对本机开放；请让管理员加上 --behind-proxy。"
    if scope["method"] in _SAFE:
        return None
    site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
    if site and site not in ("same-origin", "none"):
        return 403, "请求来自别的网站。"
    if origin and not site and origin_host.lower() != host.lower():
        return 403, "请求来自别的网站。"
    return None


def _without_right(scope: Scope, user: User | None, tabs: Mapping[str, Role]) -> tuple[int, str] | None:
    needed = right_for(scope["path"], tabs)
    if needed is None or scope["path"] == "/sign-out":
        return None
    if user is None:
        return 401, "请先登录。"
    return None if user.role.may(needed) else (403, "您没有这个权限。")


async def _refuse(scope: Scope, send: Send, status: int, sentence: str, wait: int) -> None:
    headers = [(b"cache-control", b"no-store")]
    wants_page = scope["method"] == "GET" and b"text/html" in dict(scope["headers"]).get(b"accept", b"")
    if status == 401 and wants_page:
        asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        location = f"{scope.get('root_path', '')}/sign-in?next={quote(asked, safe='')}"
        status, body, kind = 303, b"", b"text/plain"
        headers.append((b"location", location.encode("latin-1")))
    elif wants_page:
        body = plain_page("通知问答", f'<h1>通知问答</h1>\n<p role="alert">{sentence}</p>\n').encode()
        kind = b"text/html; charset=utf-8"
        headers.append((b"content-security-policy", PLAIN_POLICY.encode()))
    else:
        body, kind = json.dumps({"detail": sentence}, ensure_ascii=False).encode(), b"application/json"
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if wait:
        headers.append((b"retry-after", str(wait).encode()))
    headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

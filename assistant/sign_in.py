"""The sign-in page, and signing in and out."""

from __future__ import annotations

import asyncio
import html
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.access import Access, address_of, session_cookie
from assistant.limit import Limit
from assistant.plain import PLAIN_POLICY, plain_page
from assistant.session import COOKIE, LIFETIME, Sessions
from assistant.users import UsersError

_AT_ONCE = 2
"""Passwords that are checked at a time: each takes 64 MiB and a processor for a moment."""
_WORDS = {
    "zh": {
        "title": "通知问答",
        "head": "登录",
        "name": "用户名",
        "password": "密码",
        "enter": "登录",
        "help": "没有账号或忘了密码，请找管理员。",
        "wrong": "用户名或密码不对。",
        "often": "试得太多了，请过 {wait} 秒再试。",
        "broken": "现在无法登录，请联系管理员。",
    },
    "en": {
        "title": "Notice Q&A",
        "head": "Sign in",
        "name": "User name",
        "password": "Password",
        "enter": "Sign in",
        "help": "No account, or the password forgotten? Please ask your administrator.",
        "wrong": "The user name or the password is not right.",
        "often": "Too many attempts. Please try again in {wait} seconds.",
        "broken": "Signing in does not work now. Please tell your administrator.",
    },
}


class Attempts:
    """Slows down who tries passwords: five at once for a name from an address, then one in half a minute.

    An address may try twenty in a row whatever the names, a name forty whatever the addresses. A name is not shut to
    the address that it last signed in from, however many others try it: else strangers could lock anybody out.
    """

    def __init__(self) -> None:
        self._of_pair = Limit(5, 1 / 30)
        self._of_address = Limit(20, 1 / 10)
        self._of_name = Limit(40, 1 / 5)
        self._known: dict[str, str] = {}
        """The address that each name last signed in from; only right passwords come here, so it stays small."""

    def wait(self, address: str, name: str) -> int:
        """Count one attempt: 0 where it may be made, else the seconds to wait.

        An attempt that is refused for its address counts against no name: so one address alone shuts no name.
        """
        limits = [(self._of_address, address), (self._of_pair, f"{address}\0{name}")]
        if self._known.get(name) != address:
            limits.append((self._of_name, name))
        for limit, key in limits:
            if (wait := limit.take(key)) > 0:
                return int(wait) + 1
        return 0

    def succeeded(self, address: str, name: str) -> None:
        """A right password: what was mistyped before it is forgiven."""
        self._of_pair.forget(f"{address}\0{name}")
        self._known[name] = address


def add_sign_in(app: FastAPI, access: Access, sessions: Sessions) -> None:
    """Lay the page and the two actions under /sign-in and /sign-out."""
    attempts = Attempts()
    turns = asyncio.Semaphore(_AT_ONCE)
    users = access.users
    assert users is not None

    @app.get("/sign-in", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        return _page(request, local_address(request.query_params.get("next", "")))

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        fields = _fields(await request.body())
        name, password = fields.get("name", [""])[0].strip()[:100], fields.get("password", [""])[0]
        target = local_address(fields.get("next", [""])[0])
        address = address_of(request.scope)
        if wait := attempts.wait(address, name):
            return _page(request, target, 429, "often", wait)
        try:
            async with turns:
                user = await run_in_threadpool(users.by_password, name, password)
        except UsersError:
            return _page(request, target, 503, "broken")
        if user is None:
            return _page(request, target, 401, "wrong")
        attempts.succeeded(address, name)
        response = RedirectResponse(request.scope.get("root_path", "") + target, 303)
        response.set_cookie(
            COOKIE,
            sessions.start(user),
            max_age=LIFETIME,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        if cookie := session_cookie(request.scope):
            sessions.end(cookie)
        response = RedirectResponse(request.scope.get("root_path", "") + "/sign-in", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return response


def _fields(body: bytes) -> dict[str, list[str]]:
    """The fields of a form that was sent; none where it is not our form, which has three."""
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=20, keep_blank_values=True)
    except ValueError:
        return {}


def local_address(address: str) -> str:
    """`address` where it is a path of this service, else "/": signing in never leads elsewhere."""
    plain = all(32 < ord(character) < 127 for character in address) and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def _page(request: Request, target: str, status: int = 200, problem: str = "", wait: int = 0) -> HTMLResponse:
    english = request.headers.get("accept-language", "").strip().lower().startswith("en")
    words = {key: html.escape(word) for key, word in _WORDS["en" if english else "zh"].items()}
    alert = f'<p role="alert">{words[problem].format(wait=wait)}</p>\n' if problem else ""
    body = (
        f"<h1>{words['title']}</h1>\n{alert}"
        f'<form method="post" action="sign-in" aria-label="{words["head"]}">\n'
        f'<input type="hidden" name="next" value="{html.escape(target)}">\n'
        f'<label for="name">{words["name"]}</label>\n'
        '<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64"'
        " required autofocus>\n"
        f'<label for="password">{words["password"]}</label>\n'
        '<input id="password" name="password" type="password" autocomplete="current-password" maxlength="500" required>'
        f'\n<button type="submit">{words["enter"]}</button>\n</form>\n<p class="quiet">{words["help"]}</p>\n'
    )
    title = f"{_WORDS['en' if english else 'zh']['head']} · {_WORDS['en' if english else 'zh']['title']}"
    headers = {"content-security-policy": PLAIN_POLICY, "cache-control": "no-store", "vary": "accept-language"}
    if wait:
        headers["retry-after"] = str(wait)
    return HTMLResponse(plain_page(title, body, "en" if english else "zh-CN"), status, headers)

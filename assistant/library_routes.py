"""The addresses that the tab 通知库 asks: the documents, a file going in, a document going out."""

# No `from __future__ import annotations` here: FastAPI reads the annotations of routes, and its names are not names of
# this module, since it is imported only when an application is made.

import asyncio
import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.library_desk import LibraryDesk, clean_name
from assistant.turns import Turns
from content.library import Added, LibraryError
from content.notice import Notice, NoticeError
from content.source.registry import LARGEST

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.responses import Response

UPLOAD = "/library/file"
"""Where files are taken; the one address of the tab to which a request may be as large as a file."""
_READ_AT_ONCE = 2
_KEPT_OUT = {"cache-control": "no-store"}
_log = logging.getLogger(__name__)


def add_library_routes(app: "FastAPI", desk: LibraryDesk) -> None:
    """Add the routes to an application."""
    from fastapi import Request
    from fastapi.responses import JSONResponse, Response
    from starlette.concurrency import run_in_threadpool

    reading = asyncio.Semaphore(_READ_AT_ONCE)
    turns = Turns()

    def documents() -> Response:
        """Every document, and how far the index is."""
        return _answer(lambda: library_view(desk))

    def state() -> Response:
        """How far the index is."""
        return _answer(lambda: state_view(desk))

    async def add(request: Request, name: str = "") -> Response:
        """Take one file (`?name=`), its bytes as they are."""
        try:
            desk.check()  # before anything of it is received
        except LibraryError as error:
            return _failure(error)
        with turns.held(request.scope) as free:
            if not free:
                return JSONResponse({"error": "正在读别的文件，请稍后再试。"}, 503, _KEPT_OUT)
            try:
                with tempfile.TemporaryDirectory(prefix="notice-assistant-") as scratch:
                    place = Path(scratch) / clean_name(name)
                    await _receive(request, place)
                    async with reading:
                        return await run_in_threadpool(_answer, lambda: added_view(desk.add(place), desk))
            except (LibraryError, OSError) as error:
                return _failure(error)

    async def remove(request: Request) -> Response:
        """Take a document out."""
        found = await _data(request)
        if found is None or not isinstance(found.get("id"), str):
            return Response(status_code=400)
        return await run_in_threadpool(_answer, lambda: _removed(desk, found["id"]))

    async def refresh(request: Request) -> Response:
        """Read the folder anew."""
        if await _data(request) is None:
            return Response(status_code=400)
        return await run_in_threadpool(_answer, lambda: _refreshed(desk))

    routes: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", "/library/documents", documents),
        ("GET", "/library/state", state),
        ("POST", UPLOAD, add),
        ("POST", "/library/remove", remove),
        ("POST", "/library/refresh", refresh),
    ]
    for method, path, route in routes:
        app.add_api_route(path, route, methods=[method], response_model=None, include_in_schema=False)


def _answer(act: Callable[[], Any]) -> "Response":
    from fastapi.responses import JSONResponse

    try:
        return JSONResponse(act(), headers=_KEPT_OUT)
    except (LibraryError, NoticeError, OSError) as error:
        return _failure(error)


def _failure(error: Exception) -> "Response":
    """One sentence; what the machine said of its files is for the log."""
    from fastapi.responses import JSONResponse

    if not isinstance(error, OSError):
        return JSONResponse({"error": str(error)}, 422, _KEPT_OUT)
    _log.error("the library could not be changed", exc_info=error)
    return JSONResponse({"error": "写不进通知库，请管理员检查目录权限和磁盘空间。"}, 507, _KEPT_OUT)


def library_view(desk: LibraryDesk) -> dict[str, Any]:
    """The documents that are answered from, those left out, and how far the index is."""
    corpus = desk.current.corpus
    own = desk.library.own()
    passages: dict[str, int] = {}
    for passage in corpus.passages:
        passages[passage.notice_id] = passages.get(passage.notice_id, 0) + 1
    return state_view(desk) | {
        "may_change": desk.may_change,
        "documents": [document_view(one, passages.get(one.id, 0), one.id in own) for one in corpus.notices],
        "skipped": [{"file": one.file, "reason": one.reason} for one in corpus.skipped],
    }


def document_view(notice: Notice, passages: int, own: bool) -> dict[str, Any]:
    """One document as a line; `own` says that it may be removed."""
    return {
        "id": notice.id,
        "title": notice.title,
        "issuer": notice.issuer,
        "date": notice.date,
        "number": notice.number,
        "kind": notice.genre,
        "passages": passages,
        "own": own,
    }


def state_view(desk: LibraryDesk) -> dict[str, Any]:
    """How far the index is behind the documents."""
    now = desk.renewing
    return {"state": str(now.state), "done": now.done, "total": now.total, "seconds": round(now.seconds, 1)}


def added_view(added: Added, desk: LibraryDesk) -> dict[str, Any]:
    """What became of a file."""
    known = {"title": added.notice.title, "new": added.is_new, "notes": list(added.notes)}
    return known | {"index": state_view(desk)}


def _removed(desk: LibraryDesk, notice_id: str) -> dict[str, Any]:
    desk.remove(notice_id)
    return state_view(desk)


def _refreshed(desk: LibraryDesk) -> dict[str, Any]:
    desk.renew()
    return state_view(desk)


async def _receive(request: "Request", place: Path) -> None:
    """Write what is sent to a file, as it comes. Raises LibraryError where it is too large, OSError."""
    size = 0
    with place.open("wb") as file:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                raise LibraryError(f"文件超过 {LARGEST // 2**20} MB 的上限，请拆分或只留正文后再试。")
            file.write(part)


async def _data(request: "Request") -> dict[str, Any] | None:
    """The JSON object that was sent; another site cannot send one without the browser asking first."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        data = await request.json()
        json.dumps(data, ensure_ascii=False).encode()  # half a character could not be sent back in an answer
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None

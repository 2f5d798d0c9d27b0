"""The doors of checking: a file or text goes in, results and downloads come out. Nothing is kept on disk."""

# No `from __future__ import annotations` here: FastAPI reads the annotations of routes, and its names are not names of
# this module, since it is imported only when an application is made.

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_address

from assistant.check_desk import Desk, Job
from assistant.check_view import job_view, problem_view, rows_view
from assistant.citation import QuotationError
from assistant.sheet import LARGEST_FILE, SheetError, read_sheet, read_text
from assistant.sheet_text import decode
from assistant.turns import Turns

if TYPE_CHECKING:
    from fastapi import FastAPI

UPLOAD = "/check/sheet"
"""Where files and texts are taken; the one address to which a request may be as large as a file."""
LARGEST_UPLOAD = LARGEST_FILE + 1000
_READ_AT_ONCE = 2
_KEPT_OUT = {"cache-control": "no-store"}
_REPLACED = (KeyError, QuotationError)
"""A document that was checked against was taken out, or replaced by another, since."""
_KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add_check_routes(app: "FastAPI", desk: Desk) -> None:
    """Add the routes to an application."""
    from fastapi import Request
    from fastapi.responses import JSONResponse, Response
    from starlette.concurrency import run_in_threadpool

    reading = asyncio.Semaphore(_READ_AT_ONCE)
    turns = Turns()

    def failure(error: SheetError, status: int = 422) -> JSONResponse:
        return JSONResponse({"error": problem_view(error)}, status, _KEPT_OUT)

    async def sheet(request: Request) -> Response:
        """Take a file (`?name=`) or a text (no name) for checking."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Response(status_code=403)
        with turns.held(request.scope) as free:
            if not free:
                return failure(SheetError("busy"), 503)
            try:
                data = await request.body()
                async with reading:
                    job = await run_in_threadpool(_take, desk, data, request.query_params.get("name"))
            except SheetError as error:
                return failure(error)
        shown = job_view(job) | {"problems": [problem_view(problem) for problem in job.sheet.problems]}
        return JSONResponse(shown, headers=_KEPT_OUT)

    def rows(job_id: str, start: int = 0) -> Response:
        """The rows that have been checked, from `start`."""
        try:
            return JSONResponse(_rows(desk.job(job_id), start, desk), headers=_KEPT_OUT)
        except SheetError as error:
            return failure(error, 404)

    def stop(job_id: str) -> Response:
        """Stop after the batch that is under way."""
        try:
            desk.stop(job_id)
        except SheetError as error:
            return failure(error, 404)
        return Response(status_code=204)

    def download(job_id: str, kind: str) -> Response:
        """The results as a file."""
        if kind not in _KINDS:
            return Response(status_code=404)
        try:
            body = _file(desk.job(job_id), kind, desk)
        except SheetError as error:
            return failure(error, 404)
        name = f"attachment; filename=\"check.{kind}\"; filename*=UTF-8''{quote_address('核对结果')}.{kind}"
        return Response(body, media_type=_KINDS[kind], headers=_KEPT_OUT | {"content-disposition": name})

    app.add_api_route(UPLOAD, sheet, methods=["POST"], response_model=None, include_in_schema=False)
    app.add_api_route("/check/{job_id}/rows", rows, methods=["GET"], response_model=None, include_in_schema=False)
    app.add_api_route("/check/{job_id}/stop", stop, methods=["POST"], response_model=None, include_in_schema=False)
    app.add_api_route(
        "/check/{job_id}/results.{kind}", download, methods=["GET"], response_model=None, include_in_schema=False
    )


def _take(desk: Desk, data: bytes, name: str | None) -> Job:
    if name is not None:
        return desk.take(read_sheet(data, name))
    return desk.take(read_text(decode(data)))


def _rows(job: Job, start: int, desk: Desk) -> dict[str, Any]:
    try:
        return rows_view(job, max(0, start), desk.corpus)
    except _REPLACED as error:
        raise SheetError("gone") from error


def _file(job: Job, kind: str, desk: Desk) -> bytes:
    from assistant.sheet_document import write_docx
    from assistant.sheet_export import write_xlsx

    checked: Any = list(job.checked)
    try:
        return (write_docx if kind == "docx" else write_xlsx)(checked, desk.corpus)
    except _REPLACED as error:
        raise SheetError("gone") from error

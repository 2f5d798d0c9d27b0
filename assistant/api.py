"""What programs ask of the service: `Api` does it, and `add_api` lays it under /api. MCP tools use the same object."""

from __future__ import annotations

import logging
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from assistant.answer import Answer
from assistant.api_page import api_page
from assistant.batching import BusyError
from assistant.check_desk import Checks
from assistant.current import Asked
from assistant.plain import PLAIN_POLICY
from assistant.schema import (
    AnswerModel,
    AskRequest,
    CheckRequest,
    DocumentModel,
    DocumentsModel,
    PartModel,
    Problem,
    VerdictModel,
    WholeDocumentModel,
)
from assistant.scope import WORDS, ScopeError, asked_with
from assistant.view import QuestionRefused, clean_question
from content.notice import Notice
from content.passage import cut
from index.engine import EngineError

Model = TypeVar("Model")

UNEXPECTED = "出错了，请稍后再试。"
ENGINE_AWAY = "检索服务暂时连不上，请稍后再试。"
BUSY = "现在提问的人太多，请稍后再试。"
NO_CHECKER = "这里没有开通核对功能。"
NO_DOCUMENT = "没有这份通知。"
_FIELDS = {
    "question": "question（问题）",
    "claim": "claim（要核对的话）",
    "k": "k（段落个数）",
    "as_typed": "as_typed",
    **{facet: f"{facet}（{word}）" for facet, word in WORDS.items()},
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_log = logging.getLogger(__name__)


class Refused(ValueError):
    """A request that is not met; `status` is the HTTP status, the message one sentence for a person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Api:
    """Answers, checks and hands out documents as typed JSON. Safe to use from several threads.

    Every method raises Refused, and nothing else, where it cannot do what was asked; what broke inside goes to the
    log alone.
    """

    def __init__(self, answerer: Asked, checker: Checks | None = None) -> None:
        self._answerer = answerer
        self._checker = checker

    @property
    def can_check(self) -> bool:
        return self._checker is not None

    def ask(self, request: AskRequest) -> AnswerModel:
        """The answer to a question."""
        try:
            question = clean_question(request.question)
        except QuestionRefused as refused:
            raise Refused(422, str(refused)) from refused
        return _guarded(lambda: AnswerModel.model_validate(self._ask(question, request).to_json()))

    def _ask(self, question: str, request: AskRequest) -> Answer:
        return self._answerer.ask(question, request.k, **asked_with(request.as_typed, request.scope()))

    def check(self, request: CheckRequest) -> VerdictModel:
        """The verdict on a claim."""
        if self._checker is None:
            raise Refused(503, NO_CHECKER)
        checker, claim = self._checker, clean_claim(request.claim)
        return _guarded(lambda: VerdictModel.model_validate(checker.check(claim).to_json()))

    def documents(self) -> DocumentsModel:
        """Every notice, without its text."""
        corpus = self._answerer.corpus  # once, so that a renewal in between mixes nothing
        passages = Counter(passage.notice_id for passage in corpus.passages)
        found = [DocumentModel(**_about(notice, passages[notice.id])) for notice in corpus.notices]
        return DocumentsModel(documents=found)

    def document(self, notice_id: str) -> WholeDocumentModel:
        """One notice with its text."""
        corpus = self._answerer.corpus
        try:
            notice = corpus.notice(notice_id)
        except KeyError as error:
            raise Refused(404, NO_DOCUMENT) from error
        parts = [
            PartModel(kind=str(p.kind), section=list(p.section), start=p.start, end=p.end, text=p.text)
            for p in cut(notice)
        ]
        passages = sum(passage.notice_id == notice.id for passage in corpus.passages)
        return WholeDocumentModel(**_about(notice, passages), text=notice.text, parts=parts)


def _about(notice: Notice, passages: int) -> dict[str, Any]:
    return {
        "id": notice.id,
        "title": notice.title,
        "issuer": notice.issuer,
        "date": notice.date,
        "number": notice.number,
        "sha256": notice.sha256,
        "characters": len(notice.text),
        "passages": passages,
    }


def clean_claim(typed: str) -> str:
    """A claim without control characters (line breaks stay) and outer white space; raises Refused (422)."""
    kept = "".join(c for c in typed if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if not any(character.isalnum() for character in kept):
        raise Refused(422, "要核对的话是空的，请写下来再试。")
    return kept


def _guarded(act: Callable[[], Model]) -> Model:
    try:
        return act()
    except Refused:
        raise
    except ScopeError as error:
        raise Refused(422, error.plain) from error
    except BusyError as error:
        raise Refused(503, BUSY) from error
    except EngineError as error:
        _log.error("%s", error)
        raise Refused(503, ENGINE_AWAY) from error
    except Exception as error:  # whatever broke, a caller gets one sentence and the log the rest
        _log.exception("a request of the API could not be met")
        raise Refused(500, UNEXPECTED) from error


def invalid_sentence(errors: list[dict[str, Any]]) -> str:
    """What is wrong with a request, by the names of its fields alone: what was sent is never repeated."""
    for error in errors:
        if error.get("type") == "string_too_long":
            return f"{_FIELDS.get(str(error['loc'][-1]), '有一项')}太长，请控制在 {error['ctx']['max_length']} 字以内。"
    named = [_FIELDS.get(str(part), "") for error in errors for part in error.get("loc", ())[1:2]]
    known = "、".join(dict.fromkeys(filter(None, named)))
    return f"请求的内容不对：请检查 {known}。" if known else "请求的内容不对：应是一个 JSON 对象，只含说明中列出的项。"


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in {
        400: "请求读不懂",
        401: "没有登录",
        403: "没有权限",
        404: "没有这份通知",
        411: "没有说明长度",
        413: "请求太大",
        422: "内容不对",
        429: "太频繁",
        500: "出错了",
        503: "暂时不能",
    }.items()
}
_READING: dict[int | str, dict[str, Any]] = {status: _PROBLEMS[status] for status in (400, 401, 403, 429)}
_WRITING = {status: problem for status, problem in _PROBLEMS.items() if status != 404}


def add_api(app: FastAPI, api: Api) -> None:
    """Lay the API under /api, its description at /api/openapi.json, and a page about it at /api."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _unreadable)
    app.add_exception_handler(Exception, _broken)

    @app.post("/api/ask", summary="提问", tags=["问答"], responses=_WRITING)
    async def ask(request: Annotated[AskRequest, Body()]) -> AnswerModel:
        """用自己的话提问，得到通知的原文和出处。"""
        return await run_in_threadpool(api.ask, request)

    @app.post("/api/check", summary="核对", tags=["核对"], responses=_WRITING)
    async def check(request: Annotated[CheckRequest, Body()]) -> VerdictModel:
        """核对一句话与通知是否一致，给出依据和不同之处。"""
        return await run_in_threadpool(api.check, request)

    @app.get("/api/documents", summary="通知目录", tags=["通知"], responses=_READING)
    async def documents() -> DocumentsModel:
        """能查的通知，不含正文。"""
        return await run_in_threadpool(api.documents)

    @app.get(
        "/api/documents/{notice_id:path}",
        summary="通知全文",
        tags=["通知"],
        responses=_READING | {status: _PROBLEMS[status] for status in (404, 422)},
    )
    async def document(notice_id: str) -> WholeDocumentModel:
        """一份通知的存档原文和各部分的位置。"""
        return await run_in_threadpool(api.document, notice_id)

    described = {f"/api{path}" for path in ("", "/", "/openapi.json")}
    methods = {"/api/ask": "POST", "/api/check": "POST"} | dict.fromkeys(described, "GET")

    @app.get("/api/openapi.json", include_in_schema=False)
    async def description() -> JSONResponse:
        return JSONResponse(app.openapi())

    @app.get("/api/", include_in_schema=False)
    async def without_slash() -> RedirectResponse:
        return RedirectResponse("../api", 308)

    @app.get("/api", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi()), headers={"content-security-policy": PLAIN_POLICY})

    # Before the page's own routes, which would answer everything else below /api with a page.
    @app.api_route("/api{rest:path}", methods=[*_METHODS], include_in_schema=False)
    async def nothing(request: Request, rest: str) -> JSONResponse:
        known = methods.get(f"/api{rest}") or ("GET" if rest.startswith("/documents") else None)
        if known is None or request.method == known:
            return JSONResponse({"detail": "没有这个接口，说明见 /api。"}, 404)
        return JSONResponse({"detail": f"这个接口请用 {known}。"}, 405, {"allow": known})


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    headers = {"retry-after": "1"} if error.status == 503 else None
    return JSONResponse({"detail": str(error)}, error.status, headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return JSONResponse({"detail": invalid_sentence(list(error.errors()))}, 422)


async def _broken(_: Request, error: Exception) -> JSONResponse:
    """Whatever broke where nobody expected it, as where memory is at its end; the server writes the log."""
    return JSONResponse({"detail": UNEXPECTED}, 500, {"cache-control": "no-store"})


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sentence = "请求读不懂，请发送 JSON。" if error.status_code == 400 else "没有这个地址。"
    return JSONResponse({"detail": sentence}, error.status_code, error.headers)

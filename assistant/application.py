"""The web application: the page at "/", the API at /api, tools at /mcp, signing in, /healthz and /readyz."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.routing import Route

from assistant.access import Access, AccessGuard
from assistant.api import Api, Refused, add_api, invalid_sentence
from assistant.app import ASKED_AT_ONCE, build_app, page_i18n, page_script, page_style, page_theme
from assistant.check_desk import Checks, Desk
from assistant.check_routes import add_check_routes
from assistant.current import Asked
from assistant.guard import Below, PageGuard
from assistant.metrics import CONTENT_TYPE, Metrics
from assistant.observer import Observer, Rest
from assistant.plain import plain_style
from assistant.schema import AskRequest, CheckRequest
from assistant.session import Sessions
from assistant.sign_in import add_sign_in
from assistant.tab import Tab
from assistant.tools import ToolServer
from assistant.users import Role, User
from assistant.view import STRINGS

if TYPE_CHECKING:
    import gradio as gr

_ABOUT = "用自己的话提问，得到通知的原文和出处；核对一句话与通知是否一致。接口只给出通知的原文，不生成文字。"


def create_app(
    answerer: Asked,
    examples: Sequence[str] | None = None,
    k: int = 5,
    concurrency: int = ASKED_AT_ONCE,
    waiting: int = 64,
    checker: Checks | None = None,
    tabs: Sequence[Tab] = (),
    page: bool = True,
    access: Access | None = None,
    metrics: Metrics | None = None,
    rest: Rest | None = None,
    root_path: str = "",
) -> FastAPI:
    """The whole web application over one answerer; parameters as for `build_app`.

    Without a `checker` claims cannot be checked, the page has no tab for it, and whoever asks is told so. `tabs` are
    further tabs, for those whose role they need. Without the `page` Gradio is not loaded, and the rest is there.
    `access` says who may use it, by default everyone on this machine. `metrics` counts what is done, and once `rest`
    has begun the service is not ready any more. `root_path` is the path below which a proxy serves it. Raises
    ValueError for a tab whose addresses are not below its name.
    """
    access, metrics, rest = access or Access(), metrics or Metrics(), rest or Rest()
    metrics.index.labels("notices").set_function(lambda: len(answerer.corpus.notices))
    metrics.index.labels("passages").set_function(lambda: len(answerer.corpus.passages))
    sessions = Sessions(access.users) if access.users is not None else None
    files = {
        "page.js": (page_script(tabs), "text/javascript"),
        "page.css": (page_style(tabs), "text/css"),
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
    async def healthz(request: Request) -> dict[str, Any]:
        """That the service answers, and over how much."""
        if access.users is not None and request.state.user is None:
            return {"status": "ok"}
        corpus = answerer.corpus
        return {"status": "ok", "notices": len(corpus.notices), "passages": len(corpus.passages)}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        """That questions can be put now."""
        return JSONResponse({"status": "stopping"}, 503) if rest.begun else JSONResponse({"status": "ready"})

    @app.get("/metrics", include_in_schema=False)
    async def numbers() -> Response:
        """The numbers for Prometheus."""
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    @app.get("/page/{name}", include_in_schema=False)
    async def page_file(name: str) -> Response:
        """A script or style of the pages."""
        if name not in files:
            return Response(status_code=404)
        text, media_type = files[name]
        return Response(text, media_type=media_type)

    if sessions is not None:
        add_sign_in(app, access, sessions)
    add_api(app, api)
    app.router.routes.append(Route("/mcp", tools))
    desk = None if checker is None else Desk(checker)
    if desk is not None:
        add_check_routes(app, desk)
    for tab in tabs:
        _add_tab_routes(app, tab)
    if page:
        blocks = build_app(answerer, examples, k, concurrency, waiting, desk, tabs)
        _add_client_calls(blocks, api, concurrency)
        _mount_page(app, blocks, root_path)

    closed = [tab.name for tab in tabs if access.strangers and not (tab.looked_at or Role.ASKER.may(tab.needs))]

    def without(user: User | None) -> list[str]:
        """The tabs that the page of this user leaves out."""
        if access.users is None:
            return closed
        return [tab.name for tab in tabs if user is None or not user.role.may(tab.needs)]

    # The one added last meets a request first.
    roles = {f"/{tab.name}": tab.needs for tab in tabs} | {
        path: role for tab in tabs for path, role in tab.also_open.items()
    }
    uploads = {path: size for tab in tabs for path, size in tab.uploads.items()}
    prefixes = [f"/{name}" for name in closed]
    app.add_middleware(AccessGuard, access=access, sessions=sessions, tabs=roles, closed=prefixes)
    version = _digest(*(text for text, _ in files.values()))
    app.add_middleware(PageGuard, version=version, without=without, uploads=uploads)
    app.add_middleware(Observer, metrics=metrics, rest=rest)
    app.add_middleware(Below, root_path=root_path)
    return app


def _add_tab_routes(app: FastAPI, tab: Tab) -> None:
    """Add the addresses of a tab; only those below its name are its own, since its role is asked for there."""
    before = len(app.router.routes)
    tab.add_routes(app)
    for route in app.router.routes[before:]:
        path = str(getattr(route, "path", ""))
        if not path.startswith(f"/{tab.name}/"):
            raise ValueError(f"the tab {tab.name} adds {path or route}, wanted addresses below /{tab.name}/")


def _add_client_calls(blocks: gr.Blocks, api: Api, concurrency: int) -> None:
    """The API for `gradio_client`, through the page's own queue."""
    import gradio as gr
    from gradio.events import api as add_call

    def met(act: Callable[[], BaseModel]) -> dict[str, Any]:
        try:
            return act().model_dump(mode="json")
        except (Refused, ValidationError) as error:
            sentence = str(error) if isinstance(error, Refused) else invalid_sentence([])
            raise gr.Error(sentence, print_exception=False) from error

    def ask(question: str, k: int = 5) -> dict:  # type: ignore[type-arg]
        """用自己的话提问，得到通知的原文和出处。"""
        return met(lambda: api.ask(AskRequest(question=question, k=k)))

    def check(claim: str) -> dict:  # type: ignore[type-arg]
        """核对一句话与通知是否一致。"""
        return met(lambda: api.check(CheckRequest(claim=claim)))

    with blocks:
        for call in (ask, check) if api.can_check else (ask,):
            add_call(call, api_name=call.__name__, concurrency_id="ask", concurrency_limit=concurrency)


def _mount_page(app: FastAPI, blocks: gr.Blocks, root_path: str) -> None:
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
        root_path=root_path or None,
    )


def product_version() -> str:
    """The version of the installation, "0" where it runs from its files alone."""
    try:
        return version("notice-assistant")
    except PackageNotFoundError:
        return "0"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]

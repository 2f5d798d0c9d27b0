"""The API as tools of the Model Context Protocol, at /mcp: the same requests, the same JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api import Api, Refused, invalid_sentence
from assistant.schema import (
    AnswerModel,
    AskRequest,
    CheckRequest,
    DocumentsModel,
    Strict,
    VerdictModel,
    WholeDocumentModel,
)

LARGEST_MESSAGE = 200_000
"""Bytes of one message to the tools."""


class NoArguments(Strict):
    """Nothing is asked for."""


class ReadRequest(Strict):
    """Which notice to read."""

    notice_id: str = Field(min_length=1, max_length=500, description="通知的 id，见 list_documents。")


@dataclass(frozen=True, slots=True)
class ApiTool:
    """One tool: what it takes, what it gives, and who does it."""

    name: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    act: Callable[[Any], BaseModel]


def api_tools(api: Api) -> tuple[ApiTool, ...]:
    """The tools over a api; `check_claim` is there only where claims can be checked."""
    tools = [
        ApiTool("ask_notice", "用自己的话提问，得到通知的原文和出处。", AskRequest, AnswerModel, api.ask),
        ApiTool(
            "list_documents",
            "能查的通知，不含正文。",
            NoArguments,
            DocumentsModel,
            lambda _: api.documents(),
        ),
        ApiTool(
            "read_document",
            "一份通知的存档原文和各部分的位置。",
            ReadRequest,
            WholeDocumentModel,
            lambda request: api.document(request.notice_id),
        ),
    ]
    if api.can_check:
        tools.insert(
            1,
            ApiTool("check_claim", "核对一句话与通知是否一致，给出依据。", CheckRequest, VerdictModel, api.check),
        )
    return tuple(tools)


def call(tools: tuple[ApiTool, ...], name: str, arguments: dict[str, Any]) -> CallToolResult:
    """The result of a tool: the object as structured content, and as JSON in text; a refusal is one sentence."""
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        return _failed("没有这个工具。")
    try:
        found = tool.act(tool.takes.model_validate(arguments)).model_dump(mode="json")
    except ValidationError as error:
        return _failed(invalid_sentence([dict(item) | {"loc": ("body", *item["loc"])} for item in error.errors()]))
    except Refused as refused:
        return _failed(str(refused))
    return CallToolResult(
        content=[TextContent(type="text", text=json.dumps(found, ensure_ascii=False))], structured_content=found
    )


def _failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)


class ToolServer:
    """The ASGI endpoint of the tools; `run()` must be open while it is served.

    No state is kept between messages. Who may call it, and from which host names, the server around it decides.
    """

    def __init__(self, api: Api, version: str) -> None:
        self._tools = api_tools(api)
        self._server: Server[Any] = Server(
            "notice-assistant", version=version, on_list_tools=self._on_list, on_call_tool=self._on_call
        )
        self._server.middleware.clear()  # no tracing of what was asked
        self._endpoint: ASGIApp | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Open for as long as messages are to be met."""
        manager = StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            max_request_body_size=LARGEST_MESSAGE,
        )
        async with manager.run():
            self._endpoint = StreamableHTTPASGIApp(manager)
            yield
        self._endpoint = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Meet one message; there is nothing to listen to, so that GET is refused."""
        if self._endpoint is None or scope["method"] != "POST":
            response = JSONResponse({"detail": "工具接口请用 POST。"}, 405, {"allow": "POST"})
            await response(scope, receive, send)
            return
        await self._endpoint(scope, receive, send)

    async def _on_list(self, _: Any, __: Any) -> ListToolsResult:
        listed = [
            Tool(
                name=tool.name,
                description=tool.description,
                input_schema=tool.takes.model_json_schema(),
                output_schema=tool.gives.model_json_schema(),
                annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
            )
            for tool in self._tools
        ]
        return ListToolsResult(tools=listed)

    async def _on_call(self, _: Any, params: Any) -> CallToolResult:
        return await run_in_threadpool(call, self._tools, params.name, params.arguments or {})

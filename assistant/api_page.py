"""The page about the API: written from its OpenAPI description, plain HTML without a script, nothing from elsewhere."""

from __future__ import annotations

import html
import json
from typing import Any

from assistant.plain import plain_page

_KINDS = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是/否", "array": "列表", "object": "对象"}


def api_page(description: dict[str, Any]) -> str:
    """The HTML page for an OpenAPI 3.1 description."""
    info = description["info"]
    schemas = description.get("components", {}).get("schemas", {})
    operations = [
        _operation(method.upper(), path, operation, schemas)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    models = [_model(name, schema) for name, schema in schemas.items()]
    title = f"{info['title']}：接口"
    return plain_page(
        title,
        f"<h1>{_text(title)}</h1>\n<p>{_text(info.get('description', ''))}</p>\n"
        '<p>机器可读的说明：<a href="api/openapi.json">openapi.json</a></p>\n'
        + "".join(operations)
        + "<h2>数据</h2>\n"
        + "".join(models),
        wide=True,
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [
        f"<section>\n<h2><code>{method} {_text(path)}</code> {_text(operation.get('summary', ''))}</h2>\n",
        f"<p>{_text(operation.get('description', ''))}</p>\n",
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body is not None:
        example = _example(schemas.get(_name(body), {}))
        parts.append(f"<p>请求：{_kind(body)}</p>\n<pre tabindex=0>{_text(_command(method, path, example))}</pre>\n")
    else:
        parts.append(f"<pre tabindex=0>{_text(_command(method, path, None))}</pre>\n")
    rows = []
    for status, response in operation.get("responses", {}).items():
        kind = _kind(response.get("content", {}).get("application/json", {}).get("schema", {}))
        meaning = _text(response.get("description", ""))
        rows.append(f"<tr><td>{_text(status)}</td><td>{meaning}</td><td>{kind}</td></tr>")
    parts.append(f"<table>\n<tr><th>状态</th><th>意思</th><th>内容</th></tr>\n{''.join(rows)}</table>\n</section>\n")
    return "".join(parts)


def _model(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><td><code>{_text(key)}</code></td><td>{_kind(value)}</td><td>{'必填' if key in required else ''}</td>"
        f"<td>{_text(value.get('description', ''))}</td></tr>\n"
        for key, value in schema.get("properties", {}).items()
    )
    return (
        f'<h3 id="{_text(name)}">{_text(name)}</h3>\n<table>\n'
        f"<tr><th>项</th><th>类型</th><th></th><th>说明</th></tr>\n{rows}</table>\n"
    )


def _kind(schema: dict[str, Any]) -> str:
    """The type of a value in words, with a link where it is described below."""
    if name := _name(schema):
        return f'<a href="#{_text(name)}">{_text(name)}</a>'
    if "anyOf" in schema:
        kinds = [_kind(option) for option in schema["anyOf"] if option.get("type") != "null"]
        empty = any(option.get("type") == "null" for option in schema["anyOf"])
        return " 或 ".join(kinds) + ("，可为空" if empty else "")
    if "enum" in schema:
        return " | ".join(f"<code>{_text(str(value))}</code>" for value in schema["enum"])
    kind = _KINDS.get(str(schema.get("type", "")), "")
    if "items" in schema:
        return f"{kind}：{_kind(schema['items'])}"
    bounds = [str(schema[key]) for key in ("minimum", "maximum") if key in schema]
    return kind + (f"（{'–'.join(bounds)}）" if len(bounds) == 2 else "")


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _example(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value["examples"][0] for key, value in schema.get("properties", {}).items() if value.get("examples")}


def _command(method: str, path: str, body: dict[str, Any] | None) -> str:
    if body is None:
        return f"curl http://127.0.0.1:7860{path}"
    sent = json.dumps(body, ensure_ascii=False)
    return f"curl -X {method} http://127.0.0.1:7860{path} -H 'content-type: application/json' \\\n     -d '{sent}'"


def _text(value: object) -> str:
    return html.escape(str(value))

"""Batches: questions or claims from a file or stdin, a line or a JSON object each, and JSON lines out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from assistant.command import Failure

AT_ONCE = 64
"""Rows of a batch that are encoded together."""


def clean(question: str) -> str:
    """Lone surrogates of a broken terminal encoding cannot be encoded again."""
    return question.encode("utf-8", "replace").decode("utf-8")


def read_rows(batch: str, key: str) -> Iterator[dict[str, Any]]:
    """Objects with `key`, from lines of plain text or of JSON; raises Failure with the line's number."""
    if batch == "-":
        with click.open_file("-", encoding="utf-8", errors="replace") as lines:
            yield from _parse(lines, "标准输入", key)
        return
    try:
        with Path(batch).open(encoding="utf-8-sig") as file:
            yield from _parse(file, batch, key)
    except UnicodeDecodeError as error:
        raise Failure(f"{batch}：不是 UTF-8 文本，请另存为 UTF-8 编码后再试。") from error
    except OSError as error:
        raise Failure(f"{batch}：打不开（{error.strerror}）。") from error


def _parse(lines: Iterable[str], source: str, key: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        text = line.lstrip("\ufeff").strip()  # Windows shells put a mark before what they pipe
        if not text:
            continue
        if not text.startswith("{"):
            yield {key: text}
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "数字太长或嵌套太深"
            raise Failure(f"{source}:{number}：不是有效的 JSON（{reason}）。") from error
        if not isinstance(row.get(key), str):
            raise Failure(f"{source}:{number}：缺少 {key} 这一项（应是文字）。")
        yield row


def write_row(row: dict[str, Any]) -> None:
    """One object as a line of JSON on stdout."""
    # Bytes: a Windows console would refuse characters outside its own code page.
    click.echo(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))

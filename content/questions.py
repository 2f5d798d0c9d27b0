"""The question bank: questions that people ask of a notice, each tied to the exact words that answer it.

One JSONL file a notice, one object a line: `{"question": str, "style": str, "quotes": [str, ...]}`. A question
without quotes is one that the notice does not answer; it teaches when to say no.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.span import Span


class QuestionError(ValueError):
    """A faulty line of a question file; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the spans of the notice that answer it (none when the notice does not)."""

    text: str
    style: str
    answers: tuple[Span, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


def read_questions(path: Path, notice_text: str) -> tuple[Question, ...]:
    """All questions of a bank file, every quote found in `notice_text`; none when there is no such file.

    Raises QuestionError for a line that is not of the form, or a quote that is not in the notice word for word.
    """
    if not path.is_file():
        return ()
    found: list[Question] = []
    for number, row in read_jsonl(path):
        try:
            text, style, quotes = row["question"], row["style"], row["quotes"]
            if not (isinstance(text, str) and text.strip() and isinstance(style, str) and isinstance(quotes, list)):
                raise TypeError
            answers = tuple(find_quote(quote, notice_text) for quote in quotes)
        except (KeyError, TypeError) as error:
            raise QuestionError(f"{path}:{number}：需要 question、style 和 quotes 三项。") from error
        except ValueError as error:
            raise QuestionError(f"{path}:{number}：{error}") from error
        found.append(Question(text, style, answers))
    return tuple(found)


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of every line that is not blank; raises QuestionError for one that is no object."""
    with path.open(encoding="utf-8-sig") as file:
        try:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise QuestionError(f"{path}:{number}：不是有效的 JSON（{error.msg}）。") from error
                if not isinstance(row, dict):
                    raise QuestionError(f"{path}:{number}：每行应是一个 JSON 对象。")
                yield number, row
        except UnicodeDecodeError as error:
            raise QuestionError(f"{path}：不是 UTF-8 文本。") from error


def find_quote(quote: str, notice_text: str) -> Span:
    """Where a quote stands in the notice; raises ValueError when it does not stand there word for word."""
    start = notice_text.find(quote)
    if not quote or start < 0:
        raise ValueError(f"通知原文里没有这句引文：{quote[:40]!r}。")
    return Span(start, start + len(quote))

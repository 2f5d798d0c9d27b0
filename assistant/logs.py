"""What the service writes down: lines of text, or JSON lines; questions only where the operator says so."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import IO, Protocol

from assistant.answer import Answer
from assistant.check_desk import Checks
from assistant.scope import Selection, asked_with
from assistant.verdict import Verdict
from content.corpus import Corpus

_EXTRA = (
    "method",
    "path",
    "status",
    "milliseconds",
    "address",
    "question",
    "claim",
    "answered",
    "confidence",
    "verdict",
)
_asked = logging.getLogger("assistant.asked")


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, where, message, what else was said, and what broke."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
            "message": record.getMessage(),
        }
        line |= {name: record.__dict__[name] for name in _EXTRA if name in record.__dict__}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


class TextLines(logging.Formatter):
    """A line for people: time, level, message, what else was said."""

    def format(self, record: logging.LogRecord) -> str:
        said = " ".join(f"{name}={record.__dict__[name]!r}" for name in _EXTRA if name in record.__dict__)
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        line = f"{time} {record.levelname.lower()} {record.name}: {record.getMessage()} {said}".rstrip()
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def write_logs(stream: IO[str], as_json: bool = False, requests: bool = False, questions: bool = False) -> None:
    """Write warnings and errors to `stream`, every request with `requests`, what is asked with `questions`.

    Replaces what was set up before.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("assistant.requests").setLevel(logging.INFO if requests else logging.WARNING)
    _asked.setLevel(logging.INFO if questions else logging.WARNING)


class _Answers(Protocol):
    @property
    def corpus(self) -> Corpus: ...
    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer: ...


class LoggedAnswers:
    """An answerer whose questions are written down. Only where the operator asks for it (`--log-questions`)."""

    def __init__(self, answerer: _Answers) -> None:
        self._answerer = answerer

    @property
    def corpus(self) -> Corpus:
        return self._answerer.corpus

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        """As the answerer's own."""
        answer = self._answerer.ask(question, k, **asked_with(as_typed, scope))
        said = {"question": question, "answered": answer.answered, "confidence": answer.confidence}
        _asked.info("question", extra=said)
        return answer


class LoggedChecks:
    """A checker whose claims are written down, likewise."""

    def __init__(self, checker: Checks) -> None:
        self._checker = checker

    @property
    def corpus(self) -> Corpus:
        return self._checker.corpus

    def check(self, claim: str) -> Verdict:
        """As the checker's own."""
        return _noted(self._checker.check(claim))

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        """As the checker's own."""
        return [_noted(verdict) for verdict in self._checker.check_many(claims, progress)]


def _noted(verdict: Verdict) -> Verdict:
    said = {"claim": verdict.claim, "verdict": str(verdict.finding), "confidence": verdict.confidence}
    _asked.info("claim", extra=said)
    return verdict

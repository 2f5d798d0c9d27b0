"""What the tests of the server share: the application in this process, over answerers without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from page_fixture import EXAMPLES, OverlapAnswerer
from starlette.testclient import TestClient

from assistant.answer import Answer
from assistant.application import create_app
from assistant.verdict import Difference, DifferenceKind, Finding, Statement, Verdict
from content.corpus import Corpus, load_corpus
from content.span import Span

BASE = "http://127.0.0.1:7860"


class PlainChecker:
    """Supported where the claim stands in a notice, else contradicted with one difference; 「测试出错」 breaks."""

    def __init__(self, answerer: OverlapAnswerer) -> None:
        self._answerer = answerer

    @property
    def corpus(self) -> Corpus:
        return self._answerer.corpus

    def check_many(self, claims: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Verdict]:
        return [self.check(claim) for claim in claims]

    def check(self, claim: str) -> Verdict:
        if "测试出错" in claim:
            raise RuntimeError("secret /internal/path")
        stands = any(claim in notice.text for notice in self._answerer.corpus.notices)
        finding = Finding.SUPPORTED if stands else Finding.CONTRADICTED
        differences = () if stands else (Difference(DifferenceKind.NUMBER, "三个", "八个"),)
        evidence = self._answerer.ask(claim, 1).passages
        span = Span(0, len(claim))
        statement = Statement(span, claim, finding, 0.9, True, evidence, differences, ())
        return Verdict(claim, finding, 0.9, True, (statement,))


class CountingAnswerer(OverlapAnswerer):
    """Counts what it was really asked."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus)
        self.asked: list[str] = []

    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
        self.asked.append(question)
        return super().ask(question, k, as_typed)


def real_notice() -> Corpus:
    return load_corpus(with_bank=False)


def make(answerer: OverlapAnswerer | None = None, checked: bool = True, **options: Any) -> Any:
    """The application without Gradio, which leaves threads behind; `options` as for `create_app`."""
    answerer = answerer or OverlapAnswerer(real_notice())
    return create_app(answerer, EXAMPLES, checker=PlainChecker(answerer) if checked else None, page=False, **options)


@contextmanager
def opened(app: Any, base: str = BASE, address: str = "127.0.0.1", **headers: str) -> Iterator[TestClient]:
    """An HTTP client of the application within its lifespan; redirects are not followed."""
    with TestClient(
        app,
        base_url=base,
        raise_server_exceptions=False,
        client=(address, 50000),
        headers=headers,
        follow_redirects=False,
    ) as http:
        yield http

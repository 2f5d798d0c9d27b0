import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from page_fixture import OverlapAnswerer

from assistant.app import _answer, page_script
from content.corpus import Corpus


def test_gradio_is_imported_only_when_a_page_is_built() -> None:
    heavy = {"gradio", "fastapi", "torch"}
    code = f"import sys, assistant.app, assistant.server; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


BUILD = """
import json, sys
sys.path[:0] = {paths!r}
from assistant.app import build_app
from content.corpus import load_corpus
from page_fixture import OverlapAnswerer
app = build_app(OverlapAnswerer(load_corpus()), {examples!r}, concurrency=3, waiting=7)
config = app.get_config_file()
queue = app._queue
built = [app.title, queue.default_concurrency_limit, queue.max_size, app.api_open, config]
print(json.dumps(built, default=str))
"""


def _build(examples: list[str] | None) -> list[Any]:
    """The page as built in a process of its own, since Gradio leaves event loops behind."""
    tests = Path(__file__).parent
    code = BUILD.format(paths=[str(tests.parent), str(tests)], examples=examples)
    result = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    built: list[Any] = json.loads(result.stdout)
    return built


def _examples(config: dict[str, Any]) -> list[str]:
    parts = [part["props"] for part in config["components"] if part["props"].get("elem_id") == "np-start-part"]
    offered: list[str] = parts[0]["value"]["examples"]
    return offered


def test_the_page_has_a_queue_with_bounds_and_no_public_door() -> None:
    title, concurrency, waiting, api_open, config = _build(["谁发的？"])
    assert (title, concurrency, waiting, api_open) == ("通知问答", 3, 7, False)
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}
    assert _examples(config) == ["谁发的？"]


def test_the_examples_come_from_the_bank_by_default(corpus: Corpus) -> None:
    offered = _examples(_build(None)[-1])
    assert 4 <= len(offered) <= 6
    assert set(offered) <= {question.text for question in corpus.questions[0]}


def test_what_breaks_inside_stays_inside(corpus: Corpus, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = _answer(OverlapAnswerer(corpus), "测试出错", False, 5)
    assert shown == {"state": "error", "reason": "unexpected", "question": "测试出错"}
    assert "secret /internal/path" in caplog.text


@pytest.mark.parametrize("typed", ["字" * 100_000, "\ud800" * 9, "", None, ["x"], "\x00"])
def test_whatever_is_typed_can_be_sent_back(corpus: Corpus, typed: object) -> None:
    shown = _answer(OverlapAnswerer(corpus), typed, False, 5)
    assert shown["state"] == "error"
    json.dumps(shown, ensure_ascii=False).encode("utf-8")


def test_as_typed_and_the_number_of_passages_reach_the_answerer(corpus: Corpus) -> None:
    answerer = OverlapAnswerer(corpus)
    assert _answer(answerer, "测试改写", False, 2)["reading"] == "八个坚持是哪八个？"
    shown = _answer(answerer, "测试改写", True, 2)
    assert (shown["reading"], shown["as_typed"], len(shown["cards"])) == (None, True, 2)


def test_the_script_writes_text_and_never_markup() -> None:
    script = page_script()
    for door in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://"):
        assert door not in script

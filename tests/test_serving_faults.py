"""What becomes of answers when index and encoder change or go away while the service runs, and when it is stopped."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import outing
import pytest
from bigram import BigramEncoder
from page_fixture import OverlapAnswerer
from test_faults import synthetic
from tiny_weights import write_weights
from web_fixture import opened

from assistant import opening
from assistant.answerer import Answerer
from assistant.app import _answer
from assistant.application import create_app
from assistant.current import Asked, Current
from assistant.metrics import Metrics
from assistant.observer import STOPPING
from assistant.server import share
from assistant.settings import Settings
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from index.build import build_index
from index.encoder import EncoderError, load_encoder
from index.retriever import Retriever
from index.store import load_index, save_index

NEWER = (
    outing.TEXT.replace("各班：\n\n", "各班：\n\n本通知有改动。\n\n")
    .replace("八点", "九点")
    .replace("不收费", "收十元")
)
QUESTIONS = ("几点出发？", "要交钱吗", "过马路怎么办", "谁发的通知")


def corpora() -> tuple[Corpus, Corpus]:
    return tuple(make_corpus((parse_notice(text, "春游"),)) for text in (outing.TEXT, NEWER))  # type: ignore[return-value]


def whole(passages: list[dict[str, Any]], texts: dict[str, str]) -> str:
    """The digest of the one text that every quotation of an answer comes from."""
    [digest] = {found["citation"]["sha256"] for found in passages}
    for found in passages:
        cited = found["citation"]
        assert texts[digest][cited["start"] : cited["end"]] == found["text"]
        assert all(texts[digest][mark["start"] : mark["end"]] == mark["text"] for mark in found["highlights"])
    return digest


def test_an_index_replaced_while_serving_gives_answers_old_or_new_and_never_mixed() -> None:
    versions = [outing.answerer(corpus) for corpus in corpora()]
    old, new = (one.corpus.notices[0].sha256 for one in versions)
    texts = {one.corpus.notices[0].sha256: one.corpus.notices[0].text for one in versions}
    encoder = versions[0].retriever.encoder
    turns = iter(range(1, 10_000))

    def renew(_: Asked) -> Asked:
        corpus = versions[next(turns) % 2].corpus
        return Answerer(Retriever(build_index(corpus, encoder), encoder, outing.FUSION))

    current = Current(versions[0], renew)
    answers, close = share(current, Metrics())
    ended, seen = threading.Event(), []

    def ask_on(way: Callable[[str], list[dict[str, Any]]]) -> int:
        asked = 0
        while not ended.is_set():
            seen.append(whole(way(QUESTIONS[asked % len(QUESTIONS)]), texts))
            asked += 1
        return asked

    def on_page(question: str) -> list[dict[str, Any]]:
        view = _answer(answers, question, False, 5)
        assert view["state"] == "answer", view  # which has held every quotation against its own notice
        cards = view["cards"]
        digests = [d for d, text in texts.items() if all(text[c["start"] : c["end"]] == c["text"] for c in cards)]
        assert digests, cards
        return [{"citation": c | {"sha256": digests[0]}, "text": c["text"], "highlights": []} for c in cards]

    with opened(create_app(answers, [], page=False)) as http:

        def by_api(question: str) -> list[dict[str, Any]]:
            response = http.post("/api/ask", json={"question": question})
            assert response.status_code == 200, response.text
            found: list[dict[str, Any]] = response.json()["passages"]
            return found

        with ThreadPoolExecutor(6) as pool:
            asking = [pool.submit(ask_on, way) for way in (by_api, by_api, by_api, by_api, on_page, on_page)]
            for _ in range(30):
                current.renew()
                documents = http.get("/api/documents").json()["documents"]
                assert documents[0]["passages"] == {old: 9, new: 10}[documents[0]["sha256"]]
            ended.set()
            assert all(task.result() for task in asking)
        assert {old, new} == set(seen)
        current.renew()
        assert whole(by_api(QUESTIONS[0]), texts) == new
    close()


@pytest.mark.parametrize("below", [10_000, 40])
def test_an_index_that_another_process_replaced_is_answered_from_to_the_end(
    below: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With 40 the vectors are a memory map of a file that goes away.
    monkeypatch.setattr("index.scaled.EXACT_BELOW", below)
    encoder, folder = BigramEncoder(), tmp_path / "索引"
    old, new = synthetic("甲", 20), synthetic("乙", 20)
    questions = [passage.text[3:9] for passage in old.passages[:4]]
    save_index(build_index(old, encoder), encoder, folder)
    serving = Answerer(Retriever(load_index(old, encoder, folder), encoder, outing.FUSION))
    before = [serving.ask(question) for question in questions]
    save_index(build_index(new, encoder), encoder, folder)
    assert [serving.ask(question) for question in questions] == before
    shutil.rmtree(folder)
    assert [serving.ask(question) for question in questions] == before


def test_an_encoder_folder_deleted_while_serving_and_before_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = write_weights(tmp_path / "weights.bin")
    monkeypatch.setattr("index.bundled.weights_file", lambda: weights)
    content = outing.write(tmp_path / "通知")
    settings = Settings(content, tmp_path / "索引", tmp_path / "缓存", None, None, True)
    serving = opening.open_answerer(settings)
    before = serving.ask("几点出发？")
    [folder] = settings.cache_dir.iterdir()
    for name in ("model.safetensors", "tokenizer.json", "config.json", "modules.json"):
        (folder / name).unlink()
        assert serving.ask("几点出发？") == before
        assert opening.open_answerer(settings).ask("几点出发？") == before  # what is missing is made anew
    shutil.rmtree(folder)
    assert serving.ask("几点出发？") == before
    assert opening.open_answerer(settings).ask("几点出发？") == before

    named = folder.rename(tmp_path / "编码器")
    load_encoder(str(named), tmp_path)
    shutil.rmtree(named)
    with pytest.raises(EncoderError, match=r"编码器 .*编码器 无法载入"):
        load_encoder(str(named), tmp_path)


SERVE = """
import sys, time
sys.path[:0] = {paths!r}
from page_fixture import OverlapAnswerer
from web_fixture import real_notice
import assistant.application as application
from assistant.server import Serving, serve
whole = application.create_app
application.create_app = lambda *a, **o: whole(*a, **(o | {{"page": {page}}}))
class Slow(OverlapAnswerer):
    def ask(self, *a, **o):
        print("asked", flush=True)
        time.sleep({seconds})
        return super().ask(*a, **o)
serve(Slow(real_notice()), port=0, ready=lambda address: print(address, flush=True), serving=Serving(finish={finish}))
"""
stoppable = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")


@contextmanager
def slow(page: bool, seconds: float, finish: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    tests = Path(__file__).parent
    code = SERVE.format(paths=[str(tests.parent), str(tests)], page=page, seconds=seconds, finish=finish)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def post(address: str, body: dict[str, Any]) -> tuple[int, Any]:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def said_while_stopping(process: subprocess.Popen[str], act: Callable[[], Any]) -> Any:
    """What someone is told who asked before the service was told to stop."""
    assert process.stdout is not None
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(act)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        return asking.result(60)


@stoppable
def test_told_to_stop_the_page_gets_its_answer() -> None:
    with slow(page=True, seconds=1.5, finish=30) as (process, address):
        with urllib.request.urlopen(f"{address}config", timeout=30) as response:
            parts = json.load(response)
        [box] = [part["id"] for part in parts["components"] if part["props"].get("elem_id") == "np-question"]
        [event] = [one["id"] for one in parts["dependencies"] if [box, "submit"] in one["targets"]]

        def ask() -> str:
            body = {"data": ["八个坚持是哪八个？"], "fn_index": event, "session_hash": "abc"}
            assert post(f"{address}gradio_api/queue/join", body)[0] == 200
            with urllib.request.urlopen(f"{address}gradio_api/queue/data?session_hash=abc", timeout=60) as stream:
                found: str = stream.read().decode()
            return found

        told = said_while_stopping(process, ask)
        assert '"process_completed"' in told and "即坚持党对工会工作的领导" in json.dumps(told, ensure_ascii=False)
        assert process.wait(60) in (0, -signal.SIGTERM)


@stoppable
def test_told_to_stop_whoever_cannot_be_answered_in_time_is_told_so() -> None:
    with slow(page=False, seconds=5, finish=1) as (process, address):
        began = time.monotonic()
        told = said_while_stopping(process, lambda: post(f"{address}api/ask", {"question": "八个坚持是哪八个？"}))
        assert told == (503, {"detail": STOPPING})
        assert process.wait(60) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 60


def test_what_breaks_where_nobody_expects_it_is_one_sentence() -> None:
    class Broken(OverlapAnswerer):
        @property
        def corpus(self) -> Corpus:
            raise MemoryError("secret")

        @corpus.setter
        def corpus(self, _: Corpus) -> None: ...

    with opened(create_app(Broken(corpora()[0]), [], page=False)) as http:
        response = http.get("/api/documents")
        assert (response.status_code, response.json()) == (500, {"detail": "出错了，请稍后再试。"})

"""What the tests of the page share: an answerer without a model, and a server of the page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answer import Answer, Found, Highlight
from assistant.check_desk import Checks
from assistant.citation import cite
from assistant.current import Asked
from assistant.scope import Catalogue, Selection
from content.corpus import Corpus, load_corpus, make_corpus
from content.notice import parse_notice
from content.passage import Passage

HOSTILE = (
    "关于测试</script><script>window.hit=1</script>的通知\n\n各村：\n"
    "𠮷村<img src=x onerror=window.hit=2>防汛😀要备足沙袋，${window.hit=3}{{window.hit=4}}都要。"
    "各组`${(window.hit=5)}`要有人值班。\n甲镇政府\n2024年6月1日"
)
"""A notice that would run as a script wherever it is taken for markup or a template, with characters beyond UTF-16's
first plane before every place that can be cited."""

EXAMPLES = ["八个坚持是哪八个？", "这份通知是哪个单位发的？"]


def _hostile_corpus() -> Corpus:
    return make_corpus((*load_corpus(with_bank=False).notices, parse_notice(HOSTILE, "hostile")))


def _library() -> Corpus:
    from test_register import LIBRARY

    return LIBRARY


_CORPORA: dict[str, Callable[[], Corpus]] = {
    "real notice": lambda: load_corpus(with_bank=False),
    "two notices": _hostile_corpus,
    "library": _library,
}


class OverlapAnswerer:
    """Answers by the share of a question's characters and pairs that a sentence has."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def ask(self, question: str, k: int = 5, as_typed: bool = False, scope: Selection | None = None) -> Answer:
        """The passages with the best sentences; 「测试出错」 breaks, 「测试改写」 is read as another question."""
        if "测试出错" in question:
            raise RuntimeError("secret /internal/path")
        reading = "八个坚持是哪八个？" if "测试改写" in question and not as_typed else None
        scored = []
        among = Catalogue(self.corpus).select(scope or Selection())
        for passage in self.corpus.passages:
            if passage.notice_id not in among:
                continue
            best = max(passage.sentences, key=lambda span: _overlap(reading or question, span.of(self._text(passage))))
            scored.append((_overlap(reading or question, best.of(self._text(passage))), passage, best))
        scored.sort(key=lambda item: -item[0])
        found = []
        for rank, (score, passage, best) in enumerate(scored[:k], 1):
            notice = self.corpus.notice(passage.notice_id)
            highlight = Highlight(best.start, best.end, best.of(notice.text))
            found.append(Found(rank, score, passage.text, cite(notice, passage), (highlight,)))
        confidence = min(1.0, found[0].score) if found else 0.0
        return Answer(question, confidence >= 0.4, confidence, tuple(found), reading)

    def _text(self, passage: Passage) -> str:
        return self.corpus.notice(passage.notice_id).text


def _overlap(question: str, sentence: str) -> float:
    grams = {a + b for a, b in pairwise(question)} | set(question)
    return sum(gram in sentence for gram in grams) / max(len(grams), 1)


@contextmanager
def serving(kind: str = "real notice") -> Iterator[str]:
    """The page in a process of its own on a free port of this machine; gives its address without the last slash.

    A process, since Gradio leaves threads and sockets behind. `kind` is "real encoder", or a key of `_CORPORA` for an
    OverlapAnswerer; with ", checker" after it the page can check, by a FakeChecker.
    """
    tests = Path(__file__).parent
    paths = [str(tests.parent), str(tests)]
    code = f"import sys; sys.path[:0] = {paths!r}; import page_fixture; page_fixture.main({kind!r})"
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the page did not start"
            yield address.rstrip("/")
        finally:
            process.terminate()


def main(kind: str) -> None:
    """Serve until killed; prints the address."""
    from assistant.server import serve

    with TemporaryDirectory() as folder:
        notices, _, checks = kind.partition(", ")
        if notices == "versions":
            import test_copies

            answerer: Asked = test_copies.ANSWERER
        else:
            answerer = _real(Path(folder)) if kind == "real encoder" else OverlapAnswerer(_CORPORA[notices]())
        serve(answerer, port=0, ready=print, examples=EXAMPLES, checker=_checker(answerer) if checks else None)


def _checker(answerer: Asked) -> Checks:
    from check_fixture import FakeChecker

    return FakeChecker(answerer.corpus)


def _real(folder: Path) -> Asked:
    """The product's own answerer over the real notice, its index made in this folder, without the bank."""
    from assistant.opening import open_answerer
    from assistant.settings import Settings

    return open_answerer(replace(Settings.from_environment(with_bank=False), index_dir=folder / "built"))

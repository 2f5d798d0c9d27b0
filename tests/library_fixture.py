"""A small product over a folder of its own, with the tab 通知库, for tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import outing
from bigram import BigramEncoder

from assistant.answerer import Answerer
from assistant.current import Asked, Current
from assistant.library_desk import IndexState, LibraryDesk
from assistant.library_tab import library_tab
from content.corpus import load_corpus
from content.library import Library
from index.build import build_index
from index.encoder import Progress
from index.retriever import Retriever

DUTY = (
    "关于假期值班的通知\n\n各班：\n\n"
    "假期由门卫老周值班，电话是传达室的分机。贵重物品请带回家。\n\n光明小学\n2024年9月28日\n"
)
"""Another notice, which says what the outing does not."""


def desk(folder: Path, may_change: bool = True) -> LibraryDesk:
    """The product over `folder`, which holds the outing at first; its index is made in memory."""
    outing.write(folder)
    encoder = BigramEncoder()

    def over(_: Asked | None, step: Progress | None = None) -> Answerer:
        index = build_index(load_corpus(folder, with_bank=False), encoder, step)
        return Answerer(Retriever(index, encoder, outing.FUSION))

    current = Current(over(None))
    return LibraryDesk(Library(folder), current, over, may_change, calm=0.05)


def settled(own: LibraryDesk) -> IndexState:
    """Wait until the index has followed; how it came out."""
    for _ in range(3000):
        if own.renewing.state is not IndexState.RENEWING:
            return own.renewing.state
        time.sleep(0.01)
    raise AssertionError("the index did not follow")


@contextmanager
def serving(many: int = 0) -> Iterator[str]:
    """The page in a process of its own, over `many` further notices; gives its address without the last slash."""
    tests = Path(__file__).parent
    paths = [str(tests.parent), str(tests)]
    code = f"import sys; sys.path[:0] = {paths!r}; import library_fixture; library_fixture.main({many!r})"
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the page did not start"
            yield address.rstrip("/")
        finally:
            process.terminate()


def main(many: int) -> None:
    """Serve until killed; prints the address."""
    from assistant.server import serve

    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number in range(many):
            name = f"第{number}次大扫除"
            text = f"关于{name}的通知\n\n各班：\n\n{name}在周{number}。\n\n光明小学\n2023年3月1日\n"
            (folder / f"大扫除{number:03}.txt").write_text(text, encoding="utf-8")
        own = desk(folder)
        serve(own.current, port=0, ready=print, examples=["要交钱吗"], tabs=(library_tab(own),))

"""A small product with the tab 评测, for tests: the spring outing of `outing`, an eval set, a saved run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import outing
from bigram import BigramEncoder
from page_fixture import HOSTILE

from assistant.access import Access
from assistant.answer import Answer
from assistant.answerer import Answerer
from assistant.current import Asked, Current
from assistant.tab import Product, Tab
from assistant.users import Role, Users
from content.candidates import accepted_questions
from content.corpus import make_corpus
from content.notice import parse_notice
from evals.tab import make_tab
from index.build import build_index
from index.retriever import Retriever

SET = [
    {
        "id": "q1",
        "group": "g1",
        "split": "test",
        "category": "everyday",
        "question": "几点出发",
        "quotes": ["周五上午八点"],
    },
    {
        "id": "q2",
        "group": "g2",
        "split": "test",
        "category": "factoid",
        "question": "收不收费",
        "quotes": ["春游不收费"],
    },
    {
        "id": "q3",
        "group": "g3",
        "split": "test",
        "category": "everyday",
        "question": "中饭怎么办",
        "quotes": ["午餐自备"],
    },
    {
        "id": "q4",
        "group": "g4",
        "split": "test",
        "category": "list",
        "question": "光明小学要求带什么",
        "quotes": ["请每人带水和雨衣"],
    },
    {"id": "q5", "group": "g5", "split": "test", "category": "far", "question": "春游照片在哪看", "quotes": []},
    {"id": "q6", "group": "g6", "split": "dev", "category": "far", "question": "股市怎么样", "quotes": []},
]
PASSWORD = "correct horse battery"
SLOW = "慢慢来"
"""A question with these words takes a while, so that a run can be seen under way."""


class SlowAnswerer(Answerer):
    """The product's own, which can be made to take its time."""

    def ask(self, question: str, k: int = 5, as_typed: bool = False) -> Answer:
        if SLOW in question:
            time.sleep(0.4)
        return super().ask(question, k, as_typed)


def write_set(folder: Path, slow: int = 0) -> Path:
    """The eval set as a folder of sets; with `slow` questions more in dev that take their time."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*SET]
    for at in range(slow):
        row = {
            "id": f"s{at}",
            "group": f"s{at}",
            "split": "dev",
            "category": "far",
            "question": f"{SLOW}{at}",
            "quotes": [],
        }
        rows.append(row)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "春游.jsonl").write_text(text, encoding="utf-8")
    return folder


def current(data_dir: Path, hostile: bool = False) -> Current:
    """The product over the outing, which takes what is accepted into the bank."""
    encoder = BigramEncoder()
    notices = (parse_notice(outing.TEXT, "春游"), *([parse_notice(HOSTILE, "hostile")] if hostile else []))
    bare = make_corpus(notices, (outing.bank(), *([()] if hostile else [])))

    def over(_: Asked | None) -> Answerer:
        banks = tuple(
            own + accepted_questions(data_dir, notice) for notice, own in zip(bare.notices, bare.questions, strict=True)
        )
        index = build_index(replace(bare, questions=banks), encoder)
        return SlowAnswerer(Retriever(index, encoder, outing.FUSION))

    return Current(over(None), over)


def tab(folder: Path, slow: int = 0, hostile: bool = False) -> tuple[Current, Tab]:
    """The product and its tab, everything of theirs in `folder`."""
    product = current(folder / "data", hostile)
    (folder / "saved").mkdir(parents=True, exist_ok=True)
    return product, make_tab(Product(product, folder / "data"), write_set(folder / "sets", slow), folder / "saved")


@contextmanager
def serving(hostile: bool = False, asker: str = "") -> Iterator[str]:
    """The page with the tab in a process of its own; gives its address without the last slash.

    With the name of an `asker` people sign in: this one, and a trainer called 老师, both with PASSWORD.
    """
    tests = Path(__file__).parent
    paths = [str(tests.parent), str(tests)]
    code = f"import sys; sys.path[:0] = {paths!r}; import tab_fixture; tab_fixture.main({hostile!r}, {asker!r})"
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the page did not start"
            yield address.rstrip("/")
        finally:
            process.terminate()


def main(hostile: bool, asker: str = "", port: int = 0) -> None:
    """Serve until killed; prints the address."""
    from assistant.server import Serving, serve

    with TemporaryDirectory() as folder:
        product, own = tab(Path(folder), slow=60, hostile=hostile)
        serving = None
        if asker:
            users = Users(Path(folder) / "users.json")
            users.add(asker, PASSWORD, Role.ASKER)
            users.add("老师", PASSWORD, Role.TRAINER)
            serving = Serving(Access(users, local=True))
        serve(product, port=port, ready=print, examples=["要交钱吗"], tabs=(own,), serving=serving)

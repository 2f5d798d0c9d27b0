"""A build that is killed at any step goes on where it was: whole indexes only, and nothing encoded twice."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bigram import BigramEncoder

from content.corpus import Corpus, make_plain_corpus
from index import build as build_module
from index.build import build_index, vector_keys, vector_maker
from index.kept import Kept, text_key
from index.store import IndexMissingError, load_index, save_index


def library() -> Corpus:
    chance = random.Random(5)
    words = "春游费用安全队伍学校雨衣马路午餐出发排队"
    return make_plain_corpus((str(i), "".join(chance.choices(words, k=9)) + "。") for i in range(40))


class Logging(BigramEncoder):
    """Writes down what it encodes, before it does."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Any = None) -> Any:
        with self._log.open("a", encoding="utf-8") as file:
            file.write("".join(f"{text_key(text, 'query' if as_queries else 'passage').hex()}\n" for text in texts))
        return super().encode_entries(texts, as_queries, progress)


def build(folder: Path, log: Path) -> None:
    encoder = Logging(log)
    kept = Kept(folder / "vectors", vector_maker(encoder))
    index = build_index(library(), encoder, kept=kept)
    save_index(index, encoder, folder)
    kept.compact(dict.fromkeys(vector_keys(index.entries)))


def _build_until_killed(folder: Path, log: Path, after: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = after

    def count(event: str, _: tuple[Any, ...]) -> None:
        nonlocal left
        if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    status = 1
    try:
        build(folder, log)
        status = 0
    finally:
        os._exit(status)


def kill_builds(base: Path) -> None:
    """Build again and again, killed a few steps later each time; prints (signal, texts kept, texts encoded anew).

    Run in a process of its own, since it forks. Raises AssertionError where a kept text is encoded again.
    """
    os.fsync = lambda _: None  # a killed process loses nothing that was written; only a power cut would
    build_module._PORTION = 4
    folder, log = base / "索引", base / "log"
    folder.mkdir()
    log.touch()
    encoder, corpus = BigramEncoder(), library()
    build_index(corpus, encoder)  # everything is imported before the first fork
    seen = []
    after, ended = 3, -signal.SIGKILL
    while ended == -signal.SIGKILL:
        before = set(Kept(folder / "vectors", vector_maker(encoder))._places)
        log.write_text("", encoding="utf-8")
        ended = _build_until_killed(folder, log, after)
        encoded = [bytes.fromhex(line) for line in log.read_text(encoding="utf-8").split()]
        assert not before & set(encoded)
        assert len(encoded) == len(set(encoded))
        try:
            found = load_index(corpus, encoder, folder)
            assert np.array_equal(found.store.at(range(40)), build_index(corpus, encoder).store.at(range(40)))
        except IndexMissingError:
            assert ended != 0
        seen.append([ended, len(before), len(encoded)])
        after += 2
    print(json.dumps(seen))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_build_killed_at_any_step_encodes_nothing_twice(tmp_path: Path) -> None:
    tests = Path(__file__).parent
    code = (
        f"import sys; sys.path[:0] = {[str(tests.parent), str(tests)]!r}\n"
        "import pathlib, test_killed_builds\ntest_killed_builds.kill_builds(pathlib.Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen[-1][0] == 0
    assert len(seen) > 10
    assert seen[0][1] == 0
    assert [kept for _, kept, _ in seen] == sorted(kept for _, kept, _ in seen)  # every build gets further
    assert seen[-1][2] == 0  # the last one had nothing left to encode

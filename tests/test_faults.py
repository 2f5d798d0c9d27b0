"""What becomes of an index when files break, builds are killed and builds meet."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import outing
import pytest
from bigram import BigramEncoder

from content.corpus import Corpus, make_plain_corpus
from index.build import Index, build_index
from index.retriever import Retrieval, Retriever
from index.store import IndexMissingError, IndexStaleError, IndexUnusableError, load_index, save_index

ENCODER = BigramEncoder()
QUESTIONS = ["几点出发？", "要交钱吗"]


def search(corpus: Corpus, folder: Path) -> list[Retrieval]:
    return Retriever(load_index(corpus, ENCODER, folder), ENCODER).search_many(QUESTIONS, 5)


def _flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _truncate(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(max(1, path.stat().st_size))])


def _delete(path: Path, _: random.Random) -> None:
    path.unlink()


def _overwrite(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(chance.choice([0, 1, 100, path.stat().st_size])))


def _append(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randrange(1, 50)))


def _swap(path: Path, chance: random.Random) -> None:
    other = chance.choice(sorted(p for p in path.parent.parent.rglob("*") if p.is_file()))
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def _make_a_folder_of_it(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


HARMS: list[Callable[[Path, random.Random], None]] = [
    _flip, _truncate, _delete, _overwrite, _append, _swap, _make_a_folder_of_it
]  # fmt: skip


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intact") / "索引"
    corpus = outing.corpus()
    save_index(build_index(corpus, ENCODER), ENCODER, folder)
    return folder


@pytest.mark.parametrize("batch", range(4))
def test_200_random_corruptions(batch: int, intact: Path, tmp_path: Path) -> None:
    corpus = outing.corpus()
    wanted = search(corpus, intact)
    said: list[str] = []
    for seed in range(50 * batch, 50 * batch + 50):
        chance = random.Random(seed)
        folder = tmp_path / str(seed)
        shutil.copytree(intact, folder)
        for _ in range(chance.choice([1, 1, 1, 3])):
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            # The pointer and the manifest are two files of sixty: hit them more often than chance would.
            few = [path for path in files if path.name in {"current", "manifest.json", "vectors.faiss"}]
            chance.choice(HARMS)(chance.choice(few if few and chance.random() < 0.4 else files), chance)
        try:
            found = search(corpus, folder)
        except IndexUnusableError as error:
            said.append(str(error))
        else:
            assert found == wanted, seed
        shutil.rmtree(folder)
    assert all("请运行 notice-assistant build" in sentence for sentence in said)
    assert len(said) >= 40  # a swap of equal files and the like do no harm


def synthetic(mark: str, size: int = 60) -> Corpus:
    """A corpus big enough that saving it takes many steps; `mark` tells two of them apart."""
    chance = random.Random(7)
    words = "春游费用安全队伍学校雨衣马路午餐出发排队"
    return make_plain_corpus(
        (f"{mark}-{i}", mark + "。".join("".join(chance.choices(words, k=12)) for _ in range(4))) for i in range(size)
    )


def state(folder: Path, corpora: tuple[Corpus, Corpus]) -> str:
    """Which of two corpora a whole index is found of: a, b or none. Anything else raises."""
    found = []
    for name, corpus in zip("ab", corpora, strict=True):
        try:
            index = load_index(corpus, ENCODER, folder)
        except (IndexMissingError, IndexStaleError):
            continue
        hit = Retriever(index, ENCODER).search(corpus.passages[7].text, 1).hits[0]
        assert hit.passage == 7
        found.append(name)
    assert len(found) < 2
    return found[0] if found else "none"


def _save_until_killed(folder: Path, indexes: list[Index], after: int) -> int:
    """Fork a process that saves the two indexes in turn and kills itself at its `after`-th step on files.

    Returns the signal that ended it, or 0 when it came to the end of both saves.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = after

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    status = 1
    try:
        for index in indexes:
            save_index(index, ENCODER, folder)
        status = 0
    finally:
        os._exit(status)


def kill_saves(folder: Path, stride: int) -> None:
    """Kill a process that saves at one step after the other; prints what is found after each kill.

    Run in a process of its own, since it forks.
    """
    os.fsync = lambda _: None  # a killed process loses nothing that was written; only a power cut would
    corpora = (synthetic("甲", 8), synthetic("乙", 8))
    indexes = [build_index(corpus, ENCODER) for corpus in corpora]
    after, ended, seen = 1, -signal.SIGKILL, []
    while ended == -signal.SIGKILL:
        ended = _save_until_killed(folder, indexes, after)
        seen.append([after, ended, state(folder, corpora)])
        after += stride
    print(json.dumps(seen))


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    tests = Path(__file__).parent
    paths = [str(tests.parent), str(tests)]
    head = f"import sys; sys.path[:0] = {paths!r}\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_save_killed_at_any_step_leaves_a_whole_index_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "索引"
    code = "import pathlib, test_faults\ntest_faults.kill_saves(pathlib.Path(sys.argv[1]), 5)"
    with run(code, str(folder)) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    seen = json.loads(out)
    killed = [found for _, ended, found in seen if ended == -signal.SIGKILL]
    assert len(killed) == len(seen) - 1 > 20
    assert killed[0] == "none"
    # Once there is an index there always is one; the last save that came to its end is the one that is found.
    first = killed.index("a")
    assert "none" not in killed[first:]
    assert {"a", "b"} <= set(killed)
    assert seen[-1][1:] == [0, "b"]


_BUILDING = """
import pathlib, test_faults
from index.build import build_index
from index.store import save_index
corpora = (test_faults.synthetic("甲"), test_faults.synthetic("乙"))
print("ready", flush=True)
while True:
    for corpus in corpora:
        save_index(build_index(corpus, test_faults.ENCODER), test_faults.ENCODER, pathlib.Path(sys.argv[1]))
"""


def test_a_build_killed_at_any_moment(tmp_path: Path) -> None:
    corpora = (synthetic("甲"), synthetic("乙"))
    for seconds in (0.05, 0.4, 0.9):
        folder = tmp_path / str(seconds)
        with run(_BUILDING, str(folder)) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
        assert state(folder, corpora) in {"a", "b", "none"}
        save_index(build_index(corpora[0], ENCODER), ENCODER, folder)
        assert state(folder, corpora) == "a"
        assert len(list(folder.iterdir())) == 2


_OPENING = """
import pathlib, outing
from bigram import BigramEncoder
import assistant.opening
from assistant.settings import Settings
assistant.opening.load_encoder = lambda *_: BigramEncoder()
content, index = map(pathlib.Path, sys.argv[1:])
for _ in range(3):
    built = assistant.opening.build(Settings.from_environment(content, index))
    answer = assistant.opening.open_answerer(Settings.from_environment(content, index)).ask("几点出发？")
    assert answer.passages[0].text == "春游在周五上午八点出发。请每人带水和雨衣。", answer
    (index / "current").unlink(missing_ok=True)  # so that the next build has work to do
"""


def test_two_builds_at_once(tmp_path: Path) -> None:
    content = outing.write(tmp_path / "通知")
    folder = tmp_path / "索引"
    processes = [run(_OPENING, str(content), str(folder)) for _ in range(2)]
    for process in processes:
        with process:
            _, err = process.communicate()
        assert process.returncode == 0, err
    corpus = outing.corpus(with_bank=False)
    save_index(build_index(corpus, ENCODER), ENCODER, folder)
    assert search(corpus, folder)

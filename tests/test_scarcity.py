"""A disk that is full, memory at its end, a clock that is set, a machine that goes out: nothing kept is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder
from test_candidates import marked, proposed
from test_faults import run, synthetic
from test_users import CHEAP, PASSWORD
from web_fixture import opened

from assistant.application import create_app
from assistant.limit import Limit
from assistant.session import LIFETIME, Sessions
from assistant.users import Users
from content.candidate import CandidateError
from content.candidates import CandidateStore
from index.build import build_index
from index.store import load_index, save_index

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits or signals")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 600 KB; only root may make one."""
    folder = tmp_path / "小盘"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("no right to mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """A file that leaves so many bytes free."""
    filler = folder / "filler"
    free = os.statvfs(folder)
    filler.write_bytes(b"\0" * (free.f_bavail * free.f_frsize - leave))
    return filler


@posix
@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_a_full_disk_while_feedback_is_appended(small_disk: Path) -> None:
    store = CandidateStore(small_disk / "data")
    kept = [proposed(store).id]
    filler = fill(small_disk, 4096)
    said = ""
    while not said:
        try:
            kept.append(store.propose("春游", "长" * 700, "小王", [marked("春游不收费")]).id)
        except CandidateError as error:
            said = str(error)
    assert said.startswith("没有记下：数据文件写不进去（No space left on device）")
    assert len(kept) > 1
    assert [one.id for one in CandidateStore(store.path.parent).all()] == kept
    assert store.path.read_bytes().endswith(b"}\n")  # no half line stayed
    filler.unlink()
    kept.append(proposed(store).id)
    assert [one.id for one in store.all()] == kept


@posix
@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_a_full_disk_while_building(small_disk: Path) -> None:
    encoder, folder = BigramEncoder(), small_disk / "索引"
    save_index(build_index(synthetic("甲", 4), encoder), encoder, folder)
    with pytest.raises(OSError, match="No space left"):
        save_index(build_index(synthetic("乙", 60), encoder), encoder, folder)
    assert load_index(synthetic("甲", 4), encoder, folder).corpus.passages
    assert len(list(folder.glob("generation-*"))) == 1
    save_index(build_index(synthetic("丙", 4), encoder), encoder, folder)


_APPEND = """
import pathlib, resource, signal
from content.candidate import CandidateError
from content.candidates import CandidateStore
store = CandidateStore(pathlib.Path(sys.argv[1]))
store.propose("春游", "第一题", "小王")
size = store.path.stat().st_size
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for more in range(0, 600, 7):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + more, resource.RLIM_INFINITY))
    try:
        store.propose("春游", "第二题", "小王")
    except CandidateError as error:
        assert store.path.stat().st_size == size, more
        assert len(store.all()) == 1
    else:
        break
print(more)
"""


@posix
def test_a_line_that_the_disk_takes_in_part_is_taken_back(tmp_path: Path) -> None:
    with run(_APPEND, str(tmp_path)) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert int(out) > 50
    assert len(CandidateStore(tmp_path).all()) == 2


@posix
def test_a_full_disk_is_one_sentence_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tab_fixture

    current, tab = tab_fixture.tab(tmp_path)
    start = outing.TEXT.index("春游不收费")
    data = {"kind": "right", "question": "要钱吗", "notice": "春游", "by": "王", "quote": "春游不收费"}
    data |= {"start": start, "end": start + 5}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(create_app(current, [], tabs=(tab,), page=False)) as http:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("content.candidates.os.fsync", full)
            response = http.post("/evals/propose", json=data)
            assert response.status_code == 422
            assert response.json()["error"].startswith("没有记下：数据文件写不进去")
            assert str(tmp_path) not in response.text
        assert http.get("/evals/candidates").json()["candidates"] == []
        assert http.post("/evals/propose", json=data).status_code == 200
        assert len(http.get("/evals/candidates").json()["candidates"]) == 1


_ACCEPT = """
import os, pathlib, signal
import tab_fixture, outing
from starlette.testclient import TestClient
from assistant.application import create_app
current, tab = tab_fixture.tab(pathlib.Path(sys.argv[1]))
with TestClient(create_app(current, [], tabs=(tab,), page=False), base_url="http://127.0.0.1:7860") as http:
    start = outing.TEXT.index("春游不收费")
    data = {"kind": "right", "question": "这趟出门花钱吗", "notice": "春游", "by": "王", "quote": "春游不收费",
            "start": start, "end": start + 5, "category": "everyday"}
    one = http.post("/evals/propose", json=data).json()
    done = http.post(f"/evals/candidates/{one['id']}/accept", json={"by": "李", "target": "bank"})
    print(one["id"], done.status_code, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
def test_a_restart_after_a_kill_keeps_what_was_accepted(tmp_path: Path) -> None:
    import tab_fixture

    with run(_ACCEPT, str(tmp_path)) as process:
        out, err = process.communicate()
    candidate_id, status = out.split()
    assert (status, process.returncode) == ("200", -signal.SIGKILL), err
    store = CandidateStore(tmp_path / "data")
    assert [(one.id, one.question, one.state) for one in store.all()] == [(candidate_id, "这趟出门花钱吗", "accepted")]
    assert store.cut_off() is None
    with store.path.open("ab") as file:  # and then the power went while another was written
        file.write('{"event": "proposed", "id": "半'.encode())
    said = store.cut_off()
    assert said is not None and f"{store.path}:3：最后一条记录没有写完" in said
    again = tab_fixture.current(tmp_path / "data")
    assert "这趟出门花钱吗" in {question.text for bank in again.corpus.questions for question in bank}
    assert again.ask("这趟出门花钱吗").passages[0].text == "春游不收费，午餐自备。"
    assert len(CandidateStore(tmp_path / "data").all()) == 1


@posix
def test_what_was_cut_off_is_named_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from assistant import cli, opening, server

    outing.write(tmp_path / "通知")
    (tmp_path / "数据").mkdir()
    (tmp_path / "数据" / "candidates.jsonl").write_bytes(b'{"event": "pro')
    monkeypatch.setenv("NOTICE_ASSISTANT_DATA", str(tmp_path / "数据"))
    monkeypatch.setattr(opening, "load_encoder", lambda *_: BigramEncoder())
    monkeypatch.setattr(cli, "_checker", lambda *_: None)
    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    places = ["--content", str(tmp_path / "通知"), "--index-dir", str(tmp_path / "索引"), "--model", "x"]
    found = CliRunner().invoke(cli.main, ["serve", *places])
    assert found.exit_code == 0, found.output
    assert "candidates.jsonl:1：最后一条记录没有写完" in found.output


def test_a_clock_that_is_set_neither_ends_nor_lengthens_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall, ticks = [1.7e9], [50.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    monkeypatch.setattr(time, "monotonic", lambda: ticks[0])
    users = Users(tmp_path / "users.json", CHEAP)
    users.add("a", PASSWORD)
    sessions, limit = Sessions(users), Limit(1, 1 / 60, time.monotonic)
    cookie = sessions.start(users.all()[0])
    assert limit.take("a") == 0
    for set_to in (0.0, 1.7e9 - 10**6, 4e9):
        wall[0] = set_to
        assert sessions.user_of(cookie) is not None
        assert limit.take("a") > 0
    ticks[0] += 61
    assert limit.take("a") == 0
    ticks[0] += LIFETIME
    assert sessions.user_of(cookie) is None
    # A restart reads the time of day again.
    wall[0] = 1.7e9 + 100
    assert Sessions(users).user_of(cookie) is not None


_STARVED = """
import resource
from page_fixture import OverlapAnswerer
from web_fixture import opened, real_notice
from assistant.application import create_app

class Greedy(OverlapAnswerer):
    def ask(self, question, *a, **o):
        return len(bytearray(1 << 33)) if "大" in question else super().ask(question, *a, **o)

with opened(create_app(Greedy(real_notice()), [], page=False)) as http:
    def ask(question):
        response = http.post("/api/ask", json={"question": question})
        return response.status_code, response.json().get("detail")
    print(ask("八个坚持是哪八个？"))
    pages = int(open("/proc/self/statm").read().split()[0])
    held = pages * resource.getpagesize() + (1 << 28)
    resource.setrlimit(resource.RLIMIT_AS, (held, held))
    print(ask("要大很多的内存"))
    print(ask("八个坚持是哪八个？"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS and /proc")
def test_a_question_that_memory_does_not_suffice_for_is_one_sentence_and_the_next_is_answered() -> None:
    with run(_STARVED) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert out.splitlines() == ["(200, None)", "(500, '出错了，请稍后再试。')", "(200, None)"]


_SMALL = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
from assistant.cli import main
main(["ask", "几点出发？", "--content", sys.argv[1], "--index-dir", sys.argv[2]])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
@pytest.mark.real
def test_a_machine_that_is_too_small_is_one_line(tmp_path: Path) -> None:
    with run(_SMALL, str(outing.write(tmp_path / "通知")), str(tmp_path / "索引")) as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "内存" in err.splitlines()[-1]


@pytest.mark.parametrize("error", [MemoryError(), ImportError("libtorch: failed to map"), RecursionError()])
def test_what_memory_does_not_suffice_for_is_one_line_of_the_command(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from assistant import cli, opening

    def starved(*_: object) -> None:
        raise error

    monkeypatch.setattr(opening, "load_encoder", starved)
    places = ["--content", str(outing.write(tmp_path / "通知")), "--index-dir", str(tmp_path / "索引")]
    found = CliRunner().invoke(cli.main, ["ask", "几点出发？", *places])
    assert found.exit_code == 1
    assert ("内存" in found.output) is not isinstance(error, RecursionError)  # a fault of ours keeps its traceback

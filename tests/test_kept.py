import errno
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from index import kept
from index.kept import Kept, text_key

KEYS = [text_key(str(i)) for i in range(9)]
VALUES = [str(i).encode() * i for i in range(9)]


def filled(folder: Path, maker: str = "甲", blocks: int = 3) -> Kept:
    """`KEYS` and `VALUES` in blocks of three."""
    found = Kept(folder, maker)
    for at in range(0, 3 * blocks, 3):
        found.put(KEYS[at : at + 3], VALUES[at : at + 3])
    return found


def held(folder: Path, maker: str = "甲") -> dict[bytes, bytes]:
    found = Kept(folder, maker)
    there = [key for key in KEYS if key in found]
    assert len(found) == len(there)
    return dict(zip(there, found.take(there), strict=True))


def everything(count: int = 9) -> dict[bytes, bytes]:
    return dict(zip(KEYS[:count], VALUES[:count], strict=True))


def test_what_was_put_is_found_again_in_any_order(tmp_path: Path) -> None:
    first = filled(tmp_path)
    assert list(first.take(KEYS[::-1])) == VALUES[::-1]
    assert held(tmp_path) == everything()
    assert text_key("0") in first
    assert text_key("9") not in first


def test_a_key_hangs_on_the_text_and_on_what_it_is_for() -> None:
    assert len({text_key("甲"), text_key("乙"), text_key("甲", "query"), text_key("\ud800")}) == 4
    assert text_key("甲") == text_key("甲")
    assert {len(key) for key in KEYS} == {16}


def test_nothing_is_there_at_first_and_nothing_is_written_for_nothing(tmp_path: Path) -> None:
    found = Kept(tmp_path / "没有", "甲")
    assert (len(found), list(found.take([]))) == (0, [])
    found.put([], [])
    assert not (tmp_path / "没有").exists()
    with pytest.raises(KeyError):
        list(found.take(KEYS[:1]))
    with pytest.raises(ValueError, match="2 keys but 1 values"):
        found.put(KEYS[:2], VALUES[:1])


def test_every_writer_has_a_segment_of_its_own(tmp_path: Path) -> None:
    filled(tmp_path, blocks=1)
    again = Kept(tmp_path, "甲")
    again.put(KEYS[3:], VALUES[3:])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000001.kept", "00000002.kept"]
    assert held(tmp_path) == everything()


def test_another_maker_finds_nothing_of_this_one(tmp_path: Path) -> None:
    filled(tmp_path, "甲")
    assert held(tmp_path, "乙") == {}
    Kept(tmp_path, "乙").put(KEYS[:1], [b"other"])
    assert held(tmp_path, "甲") == everything()
    assert held(tmp_path, "乙") == {KEYS[0]: b"other"}


def test_a_segment_cut_at_any_byte_keeps_its_whole_blocks(tmp_path: Path) -> None:
    filled(tmp_path / "a")
    data = (tmp_path / "a" / "00000001.kept").read_bytes()
    (tmp_path / "b").mkdir()
    seen = set()
    for size in range(len(data) + 1):
        (tmp_path / "b" / "00000001.kept").write_bytes(data[:size])
        found = held(tmp_path / "b")
        assert found == everything(len(found))
        seen.add(len(found))
    assert seen == {0, 3, 6, 9}


def test_a_bit_flipped_anywhere_never_gives_a_wrong_value(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "00000001.kept"
    data = path.read_bytes()
    for at in range(len(data)):
        harmed = bytearray(data)
        harmed[at] ^= 4
        path.write_bytes(harmed)
        found = held(tmp_path)
        assert len(found) < 9
        assert found.items() <= everything().items()


def test_values_in_the_middle_can_be_lost_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "00000001.kept"
    data = bytearray(path.read_bytes())
    data[data.index(VALUES[4])] ^= 1
    path.write_bytes(data)
    assert set(held(tmp_path)) == {*KEYS[:3], *KEYS[6:]}


def test_a_full_disk_keeps_what_was_put_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = filled(tmp_path, blocks=2)

    def full(out: Any, data: bytes) -> None:
        out.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(kept, "_write", full)
        with pytest.raises(OSError, match="No space left"):
            found.put(KEYS[6:], VALUES[6:])
    assert held(tmp_path) == everything(6)
    found.put(KEYS[6:], VALUES[6:])
    assert list(found.take(KEYS)) == VALUES
    assert held(tmp_path) == everything()


def big(folder: Path, maker: str = "甲") -> Kept:
    found = Kept(folder, maker)
    for key in KEYS:
        found.put([key], [key * 4096])
    return found


def test_compaction_drops_what_no_text_uses(tmp_path: Path) -> None:
    found = big(tmp_path)
    assert found.compact(KEYS[:3])
    assert [path.name for path in tmp_path.iterdir()] == ["00000002.kept"]
    for again in (found, Kept(tmp_path, "甲")):
        assert len(again) == 3
        assert list(again.take(KEYS[:3])) == [key * 4096 for key in KEYS[:3]]
    found.put(KEYS[3:4], [b"new"])
    assert list(Kept(tmp_path, "甲").take(KEYS[3:4])) == [b"new"]


def test_it_knows_what_was_asked_for_and_put(tmp_path: Path) -> None:
    big(tmp_path)
    found = Kept(tmp_path, "甲")
    assert not found.asked
    assert KEYS[0] in found and text_key("x") not in found
    found.put(KEYS[1:2], [b"new"])
    assert found.asked == {KEYS[0], text_key("x"), KEYS[1]}
    assert found.compact(found.asked) and len(found) == 2


def test_compaction_waits_until_it_is_worth_it(tmp_path: Path) -> None:
    found = big(tmp_path)
    assert not found.compact(KEYS[:5])
    assert not found.compact([*KEYS, text_key("x")])
    assert len(Kept(tmp_path, "甲")) == 9


def test_many_small_segments_become_one(tmp_path: Path) -> None:
    for _ in range(17):
        Kept(tmp_path, "甲").put(KEYS, VALUES)
    assert Kept(tmp_path, "甲").compact(KEYS)
    assert [path.name for path in tmp_path.iterdir()] == ["00000018.kept"]
    assert held(tmp_path) == everything()


def test_another_makers_values_go_when_they_are_most_of_it(tmp_path: Path) -> None:
    big(tmp_path, "乙")
    big(tmp_path, "乙")
    assert big(tmp_path, "甲").compact(KEYS)
    assert len(Kept(tmp_path, "乙")) == 0
    assert len(Kept(tmp_path, "甲")) == 9


def test_a_compaction_that_fails_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = big(tmp_path)
    for step in ("os.replace", "os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(step, lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
            with pytest.raises(OSError, match="No space left"):
                found.compact(KEYS[:1])
        assert [path.name for path in tmp_path.iterdir()] == ["00000001.kept"]
        assert len(Kept(tmp_path, "甲")) == 9


def _compact_until_killed(folder: Path, after: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = after

    def count(event: str, _: tuple[Any, ...]) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.remove"}:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    status = 1
    try:
        big(folder)
        Kept(folder, "甲").compact(KEYS[:3])
        status = 0
    finally:
        os._exit(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_killed_at_any_step(tmp_path: Path) -> None:
    after, ended = 1, -signal.SIGKILL
    while ended == -signal.SIGKILL:
        folder = tmp_path / str(after)
        folder.mkdir()
        filled(folder)
        ended = _compact_until_killed(folder, after)
        again = Kept(folder, "甲")
        there = [key for key in KEYS if key in again]
        assert set(KEYS[:3]) <= set(there)
        for key, value in zip(there, again.take(there), strict=True):
            assert value in {key * 4096, VALUES[KEYS.index(key)]}
        again.put(KEYS[:1], [b"goes on"])
        after += 1
    assert ended == 0
    assert after > 6

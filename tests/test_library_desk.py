import threading
from pathlib import Path

import library_fixture
import pytest
from library_fixture import DUTY, settled

from assistant.current import Asked
from assistant.library_desk import IndexState, LibraryDesk, clean_name
from content.library import Library, LibraryError
from index.encoder import Progress


def write(folder: Path, name: str = "值班.txt", text: str = DUTY) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def ids(desk: LibraryDesk) -> list[str]:
    return [notice.id for notice in desk.current.corpus.notices]


def test_what_is_added_is_answered_from_and_what_is_removed_is_not(tmp_path: Path) -> None:
    desk = library_fixture.desk(tmp_path / "库")
    assert desk.add(write(tmp_path / "来")).is_new
    assert settled(desk) is IndexState.READY
    assert sorted(ids(desk)) == ["值班", "春游"]
    assert desk.current.ask("假期谁值班").passages[0].citation.notice_id == "值班"
    desk.remove("值班")
    assert settled(desk) is IndexState.READY
    assert ids(desk) == ["春游"]
    assert (tmp_path / "库" / ".removed" / "值班.txt").read_text(encoding="utf-8") == DUTY
    assert not desk.add(tmp_path / "库" / "春游.txt").is_new


def test_files_that_come_together_renew_the_index_once_and_the_old_one_answers_meanwhile(tmp_path: Path) -> None:
    plain = library_fixture.desk(tmp_path / "库")
    made: list[int] = []
    go = threading.Event()

    def slowly(now: Asked, step: Progress) -> Asked:
        made.append(1)
        assert go.wait(10)
        return plain._reopen(now, step)

    desk = LibraryDesk(plain.library, plain.current, slowly, calm=0.2)
    for number in range(5):
        desk.add(write(tmp_path / "来", f"值班{number}.txt", DUTY.replace("老周", f"{number}号")))
    assert desk.renewing.state is IndexState.RENEWING
    assert desk.current.ask("要交钱吗").passages[0].citation.notice_id == "春游"
    go.set()
    assert settled(desk) is IndexState.READY
    assert (len(made), len(ids(desk))) == (1, 6)


def test_a_change_while_the_index_is_renewed_is_not_forgotten(tmp_path: Path) -> None:
    plain = library_fixture.desk(tmp_path / "库")
    begun, go = threading.Event(), threading.Event()

    def slowly(now: Asked, step: Progress) -> Asked:
        made = plain._reopen(now, step)
        begun.set()
        assert go.wait(10)
        return made

    desk = LibraryDesk(plain.library, plain.current, slowly, calm=0.01)
    desk.add(write(tmp_path / "来"))
    assert begun.wait(10)
    desk.remove("值班")
    go.set()
    assert settled(desk) is IndexState.READY
    assert ids(desk) == ["春游"]


def test_what_breaks_leaves_the_old_index_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plain = library_fixture.desk(tmp_path / "库")

    def breaks(now: Asked, step: Progress) -> Asked:
        raise MemoryError

    desk = LibraryDesk(plain.library, plain.current, breaks, calm=0.01)
    desk.add(write(tmp_path / "来"))
    assert settled(desk) is IndexState.FAILED
    assert ids(desk) == ["春游"]
    assert "could not follow" in caplog.text


def test_the_last_document_stays(tmp_path: Path) -> None:
    desk = library_fixture.desk(tmp_path / "库")
    with pytest.raises(LibraryError, match="这是最后一份"):
        desk.remove("春游")
    assert (tmp_path / "库" / "春游.txt").is_file()


def test_what_cannot_be_read_or_is_named_otherwise_does_not_let_the_last_one_go(tmp_path: Path) -> None:
    desk = library_fixture.desk(tmp_path / "库")
    (tmp_path / "库" / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(LibraryError, match="这是最后一份"):
        desk.remove("春游")
    for name in ("春游.txt", "库/春游", "", "没有"):
        with pytest.raises(LibraryError, match="库里没有编号为"):
            desk.remove(name)
    assert (tmp_path / "库" / "春游.txt").is_file()
    desk.remove("坏")
    assert settled(desk) is IndexState.READY
    assert ids(desk) == ["春游"]


def test_what_has_just_come_in_lets_the_one_before_it_go(tmp_path: Path) -> None:
    plain = library_fixture.desk(tmp_path / "库")
    go = threading.Event()

    def slowly(now: Asked, step: Progress) -> Asked:
        assert go.wait(10)
        return plain._reopen(now, step)

    desk = LibraryDesk(plain.library, plain.current, slowly, calm=0.01)
    desk.add(write(tmp_path / "来"))
    desk.remove("春游")
    with pytest.raises(LibraryError, match="这是最后一份"):
        desk.remove("值班")
    go.set()
    assert settled(desk) is IndexState.READY
    assert ids(desk) == ["值班"]


def test_beside_the_packaged_documents_the_last_own_one_may_go(tmp_path: Path) -> None:
    plain = library_fixture.desk(tmp_path / "库")
    desk = LibraryDesk(Library(tmp_path / "库", frozenset({"附带"})), plain.current, lambda now, _: now, calm=0.01)
    with pytest.raises(LibraryError, match="附带 是随产品附带的，不能移除"):
        desk.remove("附带")
    desk.remove("春游")
    assert settled(desk) is IndexState.READY


def test_a_desk_that_is_closed_takes_and_gives_nothing(tmp_path: Path) -> None:
    desk = library_fixture.desk(tmp_path / "库", may_change=False)
    for act in (lambda: desk.add(write(tmp_path / "来")), lambda: desk.remove("春游"), desk.renew):
        with pytest.raises(LibraryError, match="在服务器上用 add 和 remove"):
            act()


def test_names_of_files_are_made_harmless() -> None:
    assert clean_name("../../etc/通知.txt") == "通知.txt"
    assert clean_name("C:\\文件\\通知.docx") == "通知.docx"
    assert clean_name("a\x00b\u202ec?.txt") == "abc_.txt"
    assert clean_name("e\u0301.txt") == "\u00e9.txt"
    for name in ("", "..", ".hidden.txt", "~$通知.docx", "库/"):
        with pytest.raises(LibraryError, match="文件名不能为空"):
            clean_name(name)
    with pytest.raises(LibraryError, match="文件名太长"):
        clean_name("长" * 80 + ".txt")

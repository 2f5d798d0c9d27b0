import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from test_source import TEXT, word

from assistant.cli import main
from content import library
from content.corpus import LIBRARY, PACKAGED, SAME_NAME, load_corpus, own_folder
from content.library import Library, LibraryError, add_document, remove_document
from content.source.registry import LARGEST


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_document_is_added_once_and_taken_out_without_loss(tmp_path: Path) -> None:
    file, folder = write(tmp_path / "来文" / "培训.txt"), tmp_path / "库"
    assert add_document(file, folder).is_new
    assert not add_document(file, folder).is_new
    assert [notice.id for notice in load_corpus(folder).notices] == ["培训"]
    place = remove_document("培训", folder)
    assert place.read_text(encoding="utf-8") == TEXT
    assert place.parent.name == ".removed"
    with pytest.raises(LibraryError, match="库里没有编号为 培训 的文件"):
        remove_document("培训", folder)


def test_another_document_of_that_name_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    add_document(write(tmp_path / "甲" / "培训.txt"), folder)
    with pytest.raises(LibraryError, match=r"库里已有另一份 培训\.txt"):
        add_document(write(tmp_path / "乙" / "培训.txt", TEXT.replace("五月", "六月")), folder)
    assert "五月" in (folder / "培训.txt").read_text(encoding="utf-8")


def test_a_new_document_does_not_take_the_id_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    (folder / "notices").mkdir(parents=True)
    (tmp_path / "培训.docx").write_bytes(word(*TEXT.split())[0])
    assert add_document(tmp_path / "培训.docx", folder).notice.id == "培训"
    write(folder / "questions" / "培训.jsonl", '{"question": "什么时候培训", "style": "everyday", "quotes": []}\n')
    other = write(tmp_path / "培训.txt", TEXT.replace("五月", "六月"))
    with pytest.raises(LibraryError, match=r"^库里已有编号为 培训 的文件（培训\.docx），请先移除它，或改名后再加入。$"):
        add_document(other, folder)
    assert [path.name for path in (folder / "notices").iterdir() if not path.name.startswith(".")] == ["培训.docx"]
    assert not add_document(tmp_path / "培训.docx", folder).is_new
    # By hand both may be there: the text has the id then, and either may be added once more.
    write(folder / "notices" / "培训.txt")
    assert not add_document(tmp_path / "培训.docx", folder).is_new
    with pytest.raises(LibraryError, match="库里已有编号为 培训 的文件"):
        add_document(write(tmp_path / "培训.md"), folder)


@pytest.mark.parametrize("name", [".培训.txt", "~$培训.txt"])
def test_what_would_not_be_read_is_not_added(tmp_path: Path, name: str) -> None:
    with pytest.raises(LibraryError, match=r"以 \. 或 ~\$ 开头"):
        add_document(write(tmp_path / name), tmp_path / "库")
    assert not (tmp_path / "库").exists()


def test_a_file_whose_name_is_no_text_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    write(folder / "培训.txt")
    gbk = os.fsdecode("清明.txt".encode("gbk"))
    write(folder / gbk)
    write(folder / "二〇二四" / gbk)
    corpus = load_corpus(folder)
    assert [notice.id for notice in corpus.notices] == ["培训"]
    assert sorted(str(one) for one in corpus.skipped) == [
        "二〇二四/清明.txt：文件名不是 UTF-8（多半是 GBK），没有收入，请改名后再试。",
        "清明.txt：文件名不是 UTF-8（多半是 GBK），没有收入，请改名后再试。",
    ]
    with pytest.raises(LibraryError, match="文件名不是 UTF-8"):
        add_document(folder / gbk, tmp_path / "别的库")


def test_a_folder_that_may_not_be_entered_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "库"
    write(folder / "培训.txt"), write(folder / "锁着" / "别的.txt")
    real = Path.stat

    def stat(path: Path, **options: Any) -> os.stat_result:
        if path.parent.name == "锁着":
            raise PermissionError(13, "Permission denied")
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    corpus = load_corpus(folder)
    assert [notice.id for notice in corpus.notices] == ["培训"]
    assert [str(one) for one in corpus.skipped] == [
        "锁着/别的.txt：打不开（Permission denied），请检查文件和权限后再试。"
    ]


@pytest.mark.parametrize("fault", ["large", "gone"])
def test_removing_hangs_on_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    folder = tmp_path / "库"
    for name in ("培训", "别的"):
        (tmp_path / f"{name}.docx").write_bytes(word(*TEXT.split(), name)[0])
        add_document(tmp_path / f"{name}.docx", folder)
    if fault == "large":
        with (folder / "大.txt").open("wb") as large:
            large.truncate(LARGEST + 1)
    else:  # another process takes it out at the same moment
        real = library.document_ids
        monkeypatch.setattr(library, "document_ids", lambda base: [*real(base), (base / "没有.txt", "没有")])
    place = remove_document("培训", folder)
    assert place.is_file() and not (folder / "培训.docx").exists()
    texts = {"large": 1, "gone": 2}  # a text that may still be another's stays
    assert len(list((folder / ".extracted").iterdir())) == texts[fault]


def test_only_files_of_the_same_size_are_read_for_removing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "库"
    write(folder / "培训.txt"), write(folder / "又.txt"), write(folder / "长.txt", TEXT * 2)
    read: list[str] = []
    real = library.read_bytes
    monkeypatch.setattr(library, "read_bytes", lambda path: read.append(path.name) or real(path))
    remove_document("培训", folder)
    assert read == ["培训.txt", "又.txt"]


def test_the_text_of_two_files_alike_stays_until_both_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    for name in ("培训", "又"):
        (tmp_path / f"{name}.docx").write_bytes(word(*TEXT.split())[0])
        add_document(tmp_path / f"{name}.docx", folder)
    remove_document("培训", folder)
    assert len(list((folder / ".extracted").iterdir())) == 1
    remove_document("又", folder)
    assert not list((folder / ".extracted").iterdir())


def test_a_file_is_taken_out_by_its_name_only_where_that_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    for place in ("甲/培训.txt", "乙/培训.txt", "丙/通知.txt", "通知.txt", "通知.md", "丁/通知.md"):
        write(folder / place)
    with pytest.raises(LibraryError, match=r"库里有 2 份文件叫 培训\.txt"):
        remove_document("培训.txt", folder)
    assert remove_document("甲/培训", folder) == folder / ".removed" / "甲" / "培训.txt"
    assert remove_document("培训.txt", folder) == folder / ".removed" / "乙" / "培训.txt"
    # An id goes before a name: 通知.md is the id of the file beside 通知.txt.
    assert remove_document("通知.md", folder) == folder / ".removed" / "通知.md"


def test_documents_go_where_the_notices_are(tmp_path: Path) -> None:
    (tmp_path / "库" / "notices").mkdir(parents=True)
    add_document(write(tmp_path / "培训.txt"), tmp_path / "库")
    assert (tmp_path / "库" / "notices" / "培训.txt").is_file()


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_add_list_and_remove_on_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "库"
    (tmp_path / "通知.docx").write_bytes(word(*TEXT.split())[0])
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4")
    good, bad = write(tmp_path / "培训.txt"), tmp_path / "坏.pdf"
    code, out, said = run("add", good, bad, tmp_path / "通知.docx", tmp_path / "没有.txt", "--content", folder)
    assert code == 1
    assert out.splitlines() == ["已加入  培训.txt：《关于开展培训的通知》", "已加入  通知.docx：《关于开展培训的通知》"]
    assert said.splitlines() == [
        "没有加入  坏.pdf：文件不完整或已损坏（PDF 没有结尾），请重新取得完整的文件后再试。",
        "没有加入  没有.txt：没有这个文件，请检查路径。",
    ]
    code, out, _ = run("list", "--content", folder)
    assert (code, out.splitlines()) == (
        0,
        [
            "培训  《关于开展培训的通知》（2018-11-13，武进区总工会）",
            "通知  《关于开展培训的通知》（2018-11-13，武进区总工会）",
        ],
    )
    assert '"notice_id": "培训"' in run("list", "--json", "--content", folder)[1]
    assert run("remove", "通知", "--content", folder)[0] == 0
    assert not list((folder / ".extracted").iterdir())
    assert run("remove", "通知", "--content", folder)[2].startswith("错误：库里没有编号为 通知 的文件")


def test_beside_the_packaged_documents_there_is_a_folder_of_ones_own(tmp_path: Path) -> None:
    data = tmp_path / "数据"
    assert own_folder(PACKAGED, data) == data / LIBRARY
    assert own_folder(PACKAGED, None) == PACKAGED
    assert own_folder(tmp_path / "库", data) == tmp_path / "库"
    before = load_corpus(PACKAGED, data_dir=data)
    library = Library.of(PACKAGED, data)
    library.add(write(tmp_path / "培训.txt"))
    after = load_corpus(PACKAGED, data_dir=data)
    assert [notice.id for notice in after.notices] == [*(notice.id for notice in before.notices), "培训"]
    assert (after.questions[:-1], after.questions[-1]) == (before.questions, ())
    assert load_corpus(PACKAGED) == before
    assert library.own() == {"培训"}
    assert library.packaged == {notice.id for notice in before.notices}
    library.remove("培训")
    assert load_corpus(PACKAGED, data_dir=data) == before


def test_a_packaged_document_is_neither_taken_out_nor_hidden_by_another_of_its_name(tmp_path: Path) -> None:
    data = tmp_path / "数据"
    library = Library.of(PACKAGED, data)
    (name,) = library.packaged
    with pytest.raises(LibraryError, match="随产品附带的，不能移除"):
        library.remove(name)
    with pytest.raises(LibraryError, match="已有同名的一份"):
        library.add(write(tmp_path / f"{name}.txt"))
    write(data / LIBRARY / f"{name}.txt")  # by hand
    corpus = load_corpus(PACKAGED, data_dir=data)
    assert [notice.id for notice in corpus.notices] == [name]
    assert "五月" not in corpus.notices[0].text
    assert [(one.file, one.reason) for one in corpus.skipped] == [(f"{name}.txt", SAME_NAME)]
    assert library.own() == frozenset()


def test_documents_of_ones_own_have_a_bank_of_their_own(tmp_path: Path) -> None:
    data = tmp_path / "数据"
    write(data / LIBRARY / "notices" / "培训.txt")
    bank = '{"question": "什么时候培训", "style": "everyday", "quotes": []}\n'
    write(data / LIBRARY / "questions" / "培训.jsonl", bank)
    assert [question.text for question in load_corpus(PACKAGED, data_dir=data).questions[-1]] == ["什么时候培训"]


def test_without_a_content_folder_the_commands_keep_to_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "数据"
    monkeypatch.setenv("NOTICE_ASSISTANT_DATA", str(data))
    assert run("add", write(tmp_path / "培训.txt"))[0] == 0
    assert (data / LIBRARY / "培训.txt").is_file()
    assert run("list")[1].splitlines()[-1].startswith("培训  《关于开展培训的通知》")
    (name,) = Library.of(PACKAGED, data).packaged
    code, _, said = run("remove", name)
    assert (code, "不能移除" in said) == (1, True)
    assert run("remove", "培训")[0] == 0
    assert (data / LIBRARY / ".removed" / "培训.txt").is_file()

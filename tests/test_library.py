from pathlib import Path

import pytest
from click.testing import CliRunner
from test_source import TEXT, word

from assistant.cli import main
from content.corpus import load_corpus
from content.library import LibraryError, add_document, remove_document


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

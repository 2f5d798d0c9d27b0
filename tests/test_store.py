import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import outing
import pytest
from bigram import BigramEncoder

from content.corpus import make_corpus
from content.notice import parse_notice
from content.questions import Question
from index import store
from index.build import Index, build_index
from index.lexical import LexicalIndex
from index.retriever import Retrieval, Retriever
from index.store import (
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    load_index,
    manifest_of,
    save_index,
)
from index.vectors import FlatStore

ENCODER = BigramEncoder()
CORPUS = outing.corpus()
REBUILD = "请运行 notice-assistant build"
QUESTIONS = ["几点出发？", "要钱吗", "发给谁", "带什么", "天气", ""]


def search(index: Index) -> list[Retrieval]:
    return Retriever(index, ENCODER).search_many(QUESTIONS, 9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved index of the small corpus, below a Chinese path that does not exist before."""
    path = tmp_path / "索引·工会" / "第一个"
    save_index(build_index(CORPUS, ENCODER), ENCODER, path)
    return path


def generation(folder: Path) -> Path:
    [path] = folder.glob("generation-*")
    return path


def test_a_loaded_index_finds_what_the_built_one_finds(folder: Path) -> None:
    built, loaded = build_index(CORPUS, ENCODER), load_index(CORPUS, ENCODER, folder)
    assert loaded.entries == built.entries
    assert loaded.rows == built.rows
    assert np.array_equal(loaded.store.vectors(), built.store.vectors())
    assert search(loaded) == search(built)


def test_what_the_manifest_holds(folder: Path) -> None:
    manifest = json.loads((generation(folder) / "manifest.json").read_text(encoding="utf-8"))
    wanted = manifest_of(CORPUS, ENCODER)
    assert {key: manifest[key] for key in wanted} == wanted
    assert wanted["documents"] == {"春游": CORPUS.notices[0].sha256}
    assert list(wanted["banks"]) == ["春游"]
    assert (wanted["encoder"], wanted["fingerprint"], wanted["dim"]) == ("bigram", "bigram-1", 256)
    assert manifest["entries"] == len(build_index(CORPUS, ENCODER).entries)
    assert set(manifest["files"]) == {
        path.relative_to(generation(folder)).as_posix()
        for path in generation(folder).rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_no_index_yet(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "没有"):
        with pytest.raises(IndexMissingError, match=REBUILD) as caught:
            load_index(CORPUS, ENCODER, place)
        assert str(place) in str(caught.value)


def renamed(name: str) -> BigramEncoder:
    encoder = BigramEncoder()
    encoder.name = name
    return encoder


@pytest.mark.parametrize(
    ("encoder", "what"),
    [
        (renamed("别的"), "编码器是 bigram，现在用的是 别的"),
        (BigramEncoder(fingerprint="bigram-2"), "编码器内容不同"),
        (BigramEncoder(dim=128), "向量维数是 256，现在用的是 128"),
    ],
)
def test_another_encoder(folder: Path, encoder: BigramEncoder, what: str) -> None:
    with pytest.raises(IndexStaleError, match=REBUILD) as caught:
        load_index(CORPUS, encoder, folder)
    assert what in str(caught.value)


def test_a_document_that_was_changed(folder: Path) -> None:
    changed = make_corpus((parse_notice(outing.TEXT.replace("八点", "九点"), "春游"),), (outing.bank()[:1],))
    with pytest.raises(IndexStaleError, match=f"通知有改动：春游），{REBUILD}"):
        load_index(changed, ENCODER, folder)


def test_a_document_that_came_and_one_that_went(folder: Path) -> None:
    more = make_corpus((*CORPUS.notices, parse_notice("关于秋游的通知\n去爬山。", "秋游")), (outing.bank(), ()))
    with pytest.raises(IndexStaleError, match="通知有改动：秋游）"):
        load_index(more, ENCODER, folder)
    other = make_corpus((parse_notice("关于秋游的通知\n去爬山。", "秋游"),))
    with pytest.raises(IndexStaleError, match="通知有改动：春游 等 2 份"):
        load_index(other, ENCODER, folder)


@pytest.mark.parametrize(
    "bank",
    [
        (),
        outing.bank()[1:],
        outing.bank()[::-1],
        (*outing.bank(), Question("还有吗", "everyday", ())),
        (replace(outing.bank()[0], answers=()), *outing.bank()[1:]),
    ],
)
def test_a_bank_that_was_changed(folder: Path, bank: tuple[Question, ...]) -> None:
    changed = make_corpus(CORPUS.notices, (bank,))
    with pytest.raises(IndexStaleError, match=f"题库有改动：春游），{REBUILD}"):
        load_index(changed, ENCODER, folder)


@pytest.mark.parametrize(
    ("name", "what"),
    [("FOLDING_VERSION", "文字归一规则是 1，现在用的是 99"), ("FORMAT_VERSION", "索引格式是 2，现在用的是 99")],
)
def test_another_version_of_the_product(folder: Path, name: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"index.store.{name}", 99)
    with pytest.raises(IndexStaleError, match=REBUILD) as caught:
        load_index(CORPUS, ENCODER, folder)
    assert what in str(caught.value)


def vectors_of_another_corpus(folder: Path) -> None:
    FlatStore(np.zeros((3, 256), np.float32)).write(generation(folder))


def pointer(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "current").write_text(text, encoding="utf-8") and None


def drop_a_file(folder: Path) -> None:
    (generation(folder) / "vectors.faiss").unlink()


def add_a_file(folder: Path) -> None:
    (generation(folder) / "extra").write_bytes(b"")


def edit_the_manifest(folder: Path) -> None:
    path = generation(folder) / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("bigram-1", "bigram-2"), encoding="utf-8")


@pytest.mark.parametrize(
    "harm",
    [
        vectors_of_another_corpus,
        drop_a_file,
        add_a_file,
        edit_the_manifest,
        pointer(""),
        pointer("generation-0 0"),
        pointer("../generation-0 0"),
        pointer("generation-/../../etc 0"),
        pointer("索引 0"),
        pointer("generation-\0 0"),
        pointer("<html>not ours</html>"),
    ],
)
def test_a_foreign_or_damaged_index_is_named(folder: Path, harm: Callable[[Path], None]) -> None:
    harm(folder)
    with pytest.raises(IndexDamagedError, match=rf"索引文件已损坏.*{REBUILD}") as caught:
        load_index(CORPUS, ENCODER, folder)
    assert "\n" not in str(caught.value)


def test_a_new_index_replaces_the_old_one_and_sweeps_it(folder: Path) -> None:
    old = generation(folder)
    other = outing.corpus(with_bank=False)
    save_index(build_index(other, ENCODER), ENCODER, folder)
    assert generation(folder) != old
    assert sorted(path.name for path in folder.iterdir()) == ["current", generation(folder).name]
    assert load_index(other, ENCODER, folder).entries
    with pytest.raises(IndexStaleError):
        load_index(CORPUS, ENCODER, folder)


def test_what_a_killed_build_left_is_swept(folder: Path) -> None:
    (folder / "generation-left").mkdir()
    (folder / "current.left").write_text("generation-left 0\n", encoding="ascii")
    assert load_index(CORPUS, ENCODER, folder).entries
    save_index(build_index(CORPUS, ENCODER), ENCODER, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["current", generation(folder).name]


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_after(count: int, real: Callable[..., None]) -> Callable[..., None]:
    left = [count]

    def save(*args: Any) -> None:
        left[0] -= 1
        full() if left[0] < 0 else real(*args)

    return save


@pytest.mark.parametrize("step", ["vectors", "first lexical", "fifth lexical", "manifest", "flush", "replace"])
def test_the_old_index_stays_when_the_disk_is_full(folder: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    index = build_index(outing.corpus(with_bank=False), ENCODER)
    with monkeypatch.context() as patch:
        if step == "vectors":
            patch.setattr(FlatStore, "write", full)
        elif step.endswith("lexical"):
            patch.setattr(LexicalIndex, "save", full_after(0 if step == "first lexical" else 4, LexicalIndex.save))
        elif step == "manifest":
            patch.setattr(Path, "write_text", full)
        else:
            patch.setattr("os.fsync" if step == "flush" else "os.replace", full)
        with pytest.raises(OSError, match="No space left"):
            save_index(index, ENCODER, folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert len(list(folder.iterdir())) == 2
    assert search(load_index(CORPUS, ENCODER, folder)) == search(build_index(CORPUS, ENCODER))


def test_a_large_file_is_read_through_once_and_again_when_it_was_touched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = store._digest_of
    monkeypatch.setattr(store, "_LARGE", 1)
    monkeypatch.setattr(store, "_digest_of", lambda path: read.append(path.name) or real(path))
    files = len(json.loads((generation(folder) / "manifest.json").read_text(encoding="utf-8"))["files"])
    for wanted in (files, 0):
        read.clear()
        load_index(CORPUS, ENCODER, folder)
        assert len(read) == wanted
    load_index(CORPUS, ENCODER, folder, check_all=True)
    assert len(read) == files
    path = generation(folder) / "vectors.faiss"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexDamagedError):
        load_index(CORPUS, ENCODER, folder)
    data[-1] ^= 1
    path.write_bytes(data)
    (generation(folder) / "checked.json").write_bytes(b"[")
    assert load_index(CORPUS, ENCODER, folder).entries

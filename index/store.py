"""Saving and loading an index: atomic, checked by digest, and in step with what it was made from.

A folder holds generations and a file `current` that names one. A new generation is written whole beside the old
one, flushed to disk, and `current` is replaced by rename: a build killed at any moment leaves the old index usable.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from content.corpus import Corpus
from content.text import FOLDING_VERSION
from index.build import LEXICAL_CHANNELS, Index, entry_rows
from index.encoder import Encoder
from index.engine import LOCAL, CollectionMissingError, Place
from index.entries import make_entries
from index.lexical import LexicalIndex
from index.milvus import open_store, place_of
from index.reading import Lexicon

FORMAT_VERSION = 2
_CURRENT = "current"
_MANIFEST = "manifest.json"
_CHECKED = "checked.json"
_READING = "reading"
_LARGE = 1 << 25
"""Bytes of a file from which on its digest is taken once, and not again while the file is untouched."""


class IndexUnusableError(RuntimeError):
    """There is no index that fits; the message says in one sentence what is wrong and what to run.

    `reason` is what is wrong alone, for whoever mends it at once.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}，请运行 notice-assistant build 建立索引。")
        self.reason = reason


class IndexMissingError(IndexUnusableError):
    """No index was built yet."""


class IndexStaleError(IndexUnusableError):
    """The index was made from other documents, another encoder or by another version."""


class IndexDamagedError(IndexUnusableError):
    """Files of the index are missing or not as they were written."""


def manifest_of(corpus: Corpus, encoder: Encoder) -> dict[str, Any]:
    """What an index of this corpus by this encoder is made from; two that are equal are interchangeable."""
    return {
        "format": FORMAT_VERSION,
        "folding": FOLDING_VERSION,
        "encoder": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dim": encoder.dim,
        "documents": {notice.id: notice.sha256 for notice in corpus.notices},
        "banks": {
            notice.id: _digest(repr(questions).encode("utf-8", "surrogatepass"))
            for notice, questions in zip(corpus.notices, corpus.questions, strict=True)
            if questions
        },
    }


def save_index(index: Index, encoder: Encoder, folder: Path) -> None:
    """Write a new generation and make it the current one. Raises OSError; the old index stays as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex[:12]
    generation = folder / f"generation-{name}"
    try:
        generation.mkdir()
        index.store.write(generation)
        for (analyzer, kind), lexical in index.lexical.items():
            lexical.save(generation / f"{analyzer}-{kind}")
        index.lexicon.save(generation / _READING)
        manifest = manifest_of(index.corpus, encoder) | {
            "entries": len(index.entries),
            "files": {
                path.relative_to(generation).as_posix(): _digest_of(path)
                for path in sorted(generation.rglob("*"))
                if path.is_file()
            },
        }
        (generation / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        for path in generation.rglob("*"):
            if path.is_file():
                _flush(path)
        pointer = folder / f"{_CURRENT}.{name}"
        digest = _digest((generation / _MANIFEST).read_bytes())
        pointer.write_text(f"{generation.name} {digest}\n", encoding="ascii")
        _flush(pointer)
        os.replace(pointer, folder / _CURRENT)
    except BaseException:
        shutil.rmtree(generation, ignore_errors=True)
        (folder / f"{_CURRENT}.{name}").unlink(missing_ok=True)
        raise
    _sweep(folder, generation.name)


def load_index(
    corpus: Corpus, encoder: Encoder, folder: Path, check_all: bool = False, place: Place | None = None
) -> Index:
    """The current index, if it was made from exactly this corpus by exactly this encoder.

    With a `place` its vectors must be there. Where they are in an engine, that is held against them.

    Every file is held against its digest; one of more than 32 MiB only when it was touched since that was last done,
    unless `check_all`: so a large index opens in milliseconds.

    Raises IndexMissingError, IndexStaleError or IndexDamagedError, and EngineError while the engine is away.
    """
    generation, manifest = _read_manifest(folder)
    wanted = manifest_of(corpus, encoder)
    for key, value in wanted.items():
        if manifest.get(key) != value:
            raise IndexStaleError(f"索引已过期（{_difference(key, manifest.get(key), value)}）")
    try:
        _check_files(generation, manifest["files"], check_all)
        found = place_of(generation)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(f"索引文件已损坏（{folder}）") from error
    if place is not None and (found.uri, found.replicas) != (place.uri, place.replicas):
        raise IndexStaleError(f"向量在 {_place_words(found)}，现在要放在 {_place_words(place)}")
    try:
        entries = make_entries(corpus)
        rows = entry_rows(entries)
        store = open_store(generation, place.token if place else "", check_all)
        lexical = {
            (name, kind): LexicalIndex.load(generation / f"{name}-{kind}", len(rows[kind]))
            for name, kind in LEXICAL_CHANNELS
        }
        if store.dim != encoder.dim:
            raise ValueError(f"vectors of dimension {store.dim}, wanted {encoder.dim}")
        reading = generation / _READING
        lexicon = Lexicon.load(reading) if reading.is_dir() else Lexicon.of(corpus)
        return Index(corpus, entries, store, lexical, rows, lexicon)
    except CollectionMissingError as error:
        raise IndexDamagedError(str(error).partition("，")[0]) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(f"索引文件已损坏（{folder}）") from error


def recorded_place(folder: Path) -> Place:
    """Where the vectors of the current index are; `LOCAL` where there is none that can be read."""
    try:
        return place_of(_read_manifest(folder)[0])
    except (IndexUnusableError, OSError, ValueError, KeyError, TypeError):
        return Place(LOCAL)


def _place_words(place: Place) -> str:
    return "本机（FAISS）" if place.is_local else f"{place.uri}（{place.replicas} 个副本）"


def _read_manifest(folder: Path) -> tuple[Path, dict[str, Any]]:
    pointer = folder / _CURRENT
    if not pointer.is_file():
        raise IndexMissingError(f"还没有索引（{folder}）")
    try:
        name, digest = pointer.read_text(encoding="ascii").split()
        if not name.startswith("generation-") or "/" in name or "\\" in name:
            raise ValueError(name)
        data = (folder / name / _MANIFEST).read_bytes()
        if _digest(data) != digest:
            raise ValueError("manifest digest")
        manifest = json.loads(data)
        if not isinstance(manifest, dict):
            raise TypeError("manifest is no object")
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamagedError(f"索引文件已损坏（{folder}）") from error
    return folder / name, manifest


def _difference(key: str, found: Any, wanted: Any) -> str:
    if key in {"documents", "banks"}:
        found = found if isinstance(found, dict) else {}
        changed = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        what = "通知" if key == "documents" else "题库"
        return f"{what}有改动：{changed[0]}" + (f" 等 {len(changed)} 份" if len(changed) > 1 else "")
    words = {
        "format": "索引格式",
        "folding": "文字归一规则",
        "encoder": "编码器",
        "fingerprint": "编码器内容",
        "dim": "向量维数",
    }
    return f"{words[key]}不同" if key == "fingerprint" else f"{words[key]}是 {found}，现在用的是 {wanted}"


def _check_files(generation: Path, files: dict[str, str], check_all: bool) -> None:
    found = {p.relative_to(generation).as_posix() for p in generation.rglob("*") if p.is_file()}
    found -= {_MANIFEST, _CHECKED}
    if found != set(files):
        raise ValueError(f"files differ: {sorted(found ^ set(files))}")
    checked = {} if check_all else _read_checked(generation)
    large = {}
    for name, digest in files.items():
        path = generation / name
        mark = [digest, *_touched(path)]
        if path.stat().st_size >= _LARGE:
            large[name] = mark
            if checked.get(name) == mark:
                continue
        if _digest_of(path) != digest:
            raise ValueError(f"digest differs: {name}")
    if large and large != checked:
        _write_checked(generation, large)


def _touched(path: Path) -> list[int]:
    """Changes with every write to a file, and with every copy of it."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _read_checked(generation: Path) -> dict[str, Any]:
    try:
        found = json.loads((generation / _CHECKED).read_bytes())
    except (OSError, ValueError):
        return {}  # everything is checked again
    return found if isinstance(found, dict) else {}


def _write_checked(generation: Path, marks: dict[str, list[Any]]) -> None:
    path = generation / f"{_CHECKED}.{uuid.uuid4().hex}"
    with suppress(OSError):  # of a folder that may only be read; it is checked again next time
        path.write_text(json.dumps(marks), encoding="ascii")
        os.replace(path, generation / _CHECKED)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sweep(folder: Path, keep: str) -> None:
    """Remove older generations; one that another process still reads on Windows stays until the next build."""
    for path in folder.glob("generation-*"):
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f"{_CURRENT}.*"):  # of a build that was killed
        path.unlink(missing_ok=True)

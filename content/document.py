"""Reading the documents of a folder: each file by its format, its text kept beside the file's hash."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from content.notice import Notice, NoticeError, Source, parse_notice, text_digest
from content.source.extract import Extract, UnreadableError
from content.source.registry import READER_VERSION, SUFFIXES, extract, file_digest, format_of, read_bytes

STORE = ".extracted"
"""The folder, beside the documents, of the texts taken from files that are no plain text."""
NO_NAME = "文件名不是 UTF-8（多半是 GBK），没有收入，请改名后再试。"
_PLAIN_FIRST = (".txt", ".md")
_ABOUT = ("readme", "读我", "license", "changelog")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and the one Chinese sentence that says why."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}：{self.reason}"


def document_paths(folder: Path) -> tuple[Path, ...]:
    """The files of a folder and its subfolders that may be documents, in a fixed order; hidden ones are none."""
    if not folder.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and not is_hidden(path.relative_to(folder)) and _is_file(path)
    )


def read_folder(folder: Path) -> tuple[tuple[Notice, ...], tuple[Skipped, ...]]:
    """Every document of a folder, by id, and what was left out; a bad file never keeps the others out."""
    notices: list[Notice] = []
    skipped: list[Skipped] = []
    for path, notice_id in document_ids(folder):
        place = path.relative_to(folder)
        file = shown_place(place)
        if file != place.as_posix():
            skipped.append(Skipped(file, NO_NAME))
            continue
        try:
            notice, notes = read_document(path, notice_id, folder)
        except NoticeError as error:
            skipped.append(Skipped(file, str(error)))
        except OSError as error:
            skipped.append(Skipped(file, f"打不开（{error.strerror or error}），请检查文件和权限后再试。"))
        else:
            notices.append(notice)
            skipped += [Skipped(file, note) for note in notes]
    return tuple(notices), tuple(skipped)


def read_notice(path: Path, notice_id: str | None = None) -> Notice:
    """Read one file. Raises NoticeError, whose message names it, where it gives no text; OSError."""
    try:
        return read_document(path, notice_id or path.stem)[0]
    except NoticeError as error:
        raise NoticeError(f"{path}：{error}") from error


def read_document(path: Path, notice_id: str, folder: Path | None = None) -> tuple[Notice, tuple[str, ...]]:
    """A document and notes on what could not be taken along; `folder` is where texts are kept, None for nowhere.

    Raises NoticeError (its message does not name the file), OSError.
    """
    if path.stem.lower().startswith(_ABOUT):
        raise UnreadableError("是说明文件，没有收入。")
    form = format_of(path)
    data = read_bytes(path)
    digest = file_digest(data)
    kept = folder / STORE / f"{digest}.json" if folder is not None and not form.is_plain else None
    known = _read_kept(kept) if kept is not None else None
    found = known or extract(data, path)
    notice = parse_notice(found.text, notice_id, Source(path.name, digest, found.pages))
    if kept is not None and known is None:
        _keep(kept, found, path.name, digest)
    return notice, found.notes


def document_ids(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every document with its id: the path without the suffix, which stays on where two would share one."""
    paths = document_paths(folder)
    taken: set[str] = set()
    named: dict[Path, str] = {}
    order = {suffix: place for place, suffix in enumerate((*_PLAIN_FIRST, *SUFFIXES))}
    for path in sorted(paths, key=lambda path: (order[path.suffix.lower()], path)):
        place = path.relative_to(folder)
        short = place.with_suffix("").as_posix()
        named[path] = place.as_posix() if short in taken else short
        taken.add(named[path])
    return ((path, named[path]) for path in paths)


def _is_file(path: Path) -> bool:
    """Whether a file is there; one that may not even be looked at counts, so that whoever reads it says so."""
    try:
        return path.is_file()
    except OSError:
        return True


def shown_place(place: Path) -> str:
    """A file's place as text that can be shown, stored and sent; another than its own where its name is no UTF-8."""
    return "/".join(_shown(part) for part in place.parts)


def _shown(part: str) -> str:
    try:
        part.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(part).decode("gb18030", "replace")
    return part


def is_hidden(place: Path) -> bool:
    """Whether a file is none of the documents, by its name or a folder's: hidden, or the shadow of one that is open."""
    return any(part.startswith((".", "~$")) for part in place.parts)


def _read_kept(path: Path) -> Extract | None:
    """The text as it was stored, None where there is none or it is not what was written."""
    try:
        row = json.loads(path.read_bytes())
        found = Extract(row["text"], tuple(row["pages"]), tuple(row["notes"]))
        well = row["reader"] == READER_VERSION and row["text_sha256"] == text_digest(found.text)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if well else None


def _keep(path: Path, found: Extract, file: str, digest: str) -> None:
    """Store a text whole or not at all; a folder that cannot be written to does without."""
    row = {
        "file": file,
        "sha256": digest,
        "reader": READER_VERSION,
        "text_sha256": text_digest(found.text),
        "pages": found.pages,
        "notes": found.notes,
        "text": found.text,
    }
    scratch = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(exist_ok=True)
        scratch.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        os.replace(scratch, path)
    except OSError:
        scratch.unlink(missing_ok=True)

"""Adding documents to a content folder and taking them out; nothing is ever lost on the way."""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from content.corpus import documents_folder
from content.document import STORE, document_ids, read_document
from content.notice import Notice
from content.source.registry import file_digest, read_bytes

REMOVED = ".removed"
"""Where files go that are taken out, beside the documents."""


class LibraryError(ValueError):
    """A document that cannot be added or taken out; the message is one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was added, with notes on what could not be taken along; `is_new` False where it was there."""

    notice: Notice
    notes: tuple[str, ...]
    is_new: bool = True


def add_document(file: Path, folder: Path) -> Added:
    """Read a file and put a copy into the content folder, whole or not at all.

    Raises NoticeError where it gives no text, LibraryError where another document has its name, OSError.
    """
    base = documents_folder(folder)
    if not file.is_file():
        raise LibraryError("没有这个文件，请检查路径。")
    base.mkdir(parents=True, exist_ok=True)
    notice, notes = read_document(file, file.stem, base)
    digest = file_digest(read_bytes(file))
    place = base / file.name
    if place.is_file():
        if file_digest(place.read_bytes()) == digest:
            return Added(notice, notes, is_new=False)
        raise LibraryError(f"库里已有另一份 {file.name}，请先用 remove 移除它，或改名后再加入。")
    scratch = base / f".{uuid.uuid4().hex[:12]}.part"
    try:
        shutil.copyfile(file, scratch)
        if file_digest(scratch.read_bytes()) != digest:
            raise LibraryError("文件在复制时变了，请等它写完后再试。")
        with scratch.open("rb+") as copied:
            os.fsync(copied.fileno())
        os.replace(scratch, place)
    finally:
        scratch.unlink(missing_ok=True)
    return Added(notice, notes)


def remove_document(notice_id: str, folder: Path) -> Path:
    """Take a document out of the content folder; its file is moved, not deleted. Returns where it is now.

    Raises LibraryError where there is no such document, OSError.
    """
    base = documents_folder(folder)
    found = [path for path, known in document_ids(base) if known == notice_id or path.name == notice_id]
    if not found:
        raise LibraryError(f"库里没有编号为 {notice_id} 的文件，请用 list 查看编号。")
    place = base / REMOVED / found[0].relative_to(base)
    if place.exists():
        place = place.with_name(f"{place.stem}-{uuid.uuid4().hex[:6]}{place.suffix}")
    place.parent.mkdir(parents=True, exist_ok=True)
    digest = file_digest(found[0].read_bytes())
    os.replace(found[0], place)
    if not any(file_digest(read_bytes(path)) == digest for path, _ in document_ids(base)):
        (base / STORE / f"{digest}.json").unlink(missing_ok=True)
    return place

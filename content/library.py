"""Adding documents to a content folder and taking them out; nothing is ever lost on the way."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from content.corpus import documents_folder, own_folder, packaged_ids
from content.document import NO_NAME, STORE, document_ids, is_hidden, read_document, shown_place
from content.notice import Notice, NoticeError
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


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of one content folder, for whoever adds and removes them.

    `folder` is where they lie. `packaged` are ids of documents that come with the product and stay.
    """

    folder: Path
    packaged: frozenset[str] = frozenset()

    @classmethod
    def of(cls, content_dir: Path, data_dir: Path | None) -> Library:
        """The library behind a content folder: beside the packaged one the user's own folder takes what is added."""
        return cls(own_folder(content_dir, data_dir), packaged_ids(content_dir, data_dir))

    def add(self, file: Path) -> Added:
        """As `add_document`; raises LibraryError too where a packaged document has the name."""
        if file.stem in self.packaged:
            raise LibraryError("随产品附带的通知里已有同名的一份，请改名后再加入。")
        return add_document(file, self.folder)

    def remove(self, notice_id: str) -> Path:
        """As `remove_document`; raises LibraryError too for a packaged document."""
        if notice_id in self.packaged:
            raise LibraryError(f"{notice_id} 是随产品附带的，不能移除；只要自己的文件，请用 --content 指定文件夹。")
        return remove_document(notice_id, self.folder)

    def own(self) -> frozenset[str]:
        """Ids of the documents that may be removed."""
        return frozenset(name for _, name in document_ids(documents_folder(self.folder))) - self.packaged


def add_document(file: Path, folder: Path) -> Added:
    """Read a file and put a copy into the content folder, whole or not at all.

    Raises NoticeError where it gives no text, LibraryError where another document has its name, OSError.
    """
    base = documents_folder(folder)
    if not file.is_file():
        raise LibraryError("没有这个文件，请检查路径。")
    place = base / file.name
    _check_name(place, base)
    base.mkdir(parents=True, exist_ok=True)
    notice, notes = read_document(file, file.stem, base)
    digest = file_digest(read_bytes(file))
    if place.is_file():
        if file_digest(place.read_bytes()) == digest:
            return Added(notice, notes, is_new=False)
        raise LibraryError(f"库里已有另一份 {file.name}，请先移除它，或改名后再加入。")
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


def _check_name(place: Path, base: Path) -> None:
    """Raises LibraryError where a new file at `place` would not be read, or would take the id of another document."""
    name = Path(place.name)
    if shown_place(name) != place.name:
        raise LibraryError(NO_NAME)
    if is_hidden(name):
        raise LibraryError("文件名以 . 或 ~$ 开头的文件不会读，没有收入，请改名后再加入。")
    if place.is_file():
        return
    # The bank, the candidates and the links of the older one are kept by its id.
    older = next((path for path, known in document_ids(base) if known == place.stem), None)
    if older is not None:
        raise LibraryError(f"库里已有编号为 {place.stem} 的文件（{older.name}），请先移除它，或改名后再加入。")


def remove_document(notice_id: str, folder: Path) -> Path:
    """Take a document out of the content folder; its file is moved, not deleted. Returns where it is now.

    The name of a file does for its id where it is the only one of that name. Raises LibraryError where there is no such
    document, OSError; nothing has changed then.
    """
    base = documents_folder(folder)
    known = [(path, name) for path, name in document_ids(base) if notice_id in (name, path.name)]
    found = [path for path, name in known if name == notice_id] or [path for path, _ in known]
    if not found:
        raise LibraryError(f"库里没有编号为 {notice_id} 的文件，请用 list 查看编号。")
    if len(found) > 1:
        raise LibraryError(f"库里有 {len(found)} 份文件叫 {notice_id}，请用 list 查看编号，按编号移除。")
    place = base / REMOVED / found[0].relative_to(base)
    if place.exists():
        place = place.with_name(f"{place.stem}-{uuid.uuid4().hex[:6]}{place.suffix}")
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(found[0], place)
    with suppress(OSError, NoticeError):  # it is out by now, whatever is the matter with this or with other files
        _drop_text(place, base)
    return place


def _drop_text(removed: Path, base: Path) -> None:
    """Delete the stored text of a file that was taken out, unless another has its bytes; raises as they do."""
    size, digest = removed.stat().st_size, file_digest(read_bytes(removed))
    alike = (path for path, _ in document_ids(base) if path.stat().st_size == size)
    if not any(file_digest(read_bytes(path)) == digest for path in alike):
        (base / STORE / f"{digest}.json").unlink(missing_ok=True)

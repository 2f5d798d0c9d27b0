"""Which reader reads which file, and what a file must be before any reader sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from content.source.extract import DamagedError, DisguisedError, EncryptedError, Extract, UnreadableError

LARGEST = 100 * 2**20
"""Bytes of a file that is read."""
LONGEST = 20_000_000
"""Characters of a text that is taken."""
READER_VERSION = 2
"""Raised whenever a reader gives another text for the same file, so that stored texts are taken anew."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_HEADS = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "压缩包或 Office 文档"),
    (b"PK\x05\x06", "空的压缩包"),
    (_OLE, "旧版 Office 文档"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"\x7fELF", "程序"),
    (b"MZ\x90", "程序"),
)


@dataclass(frozen=True, slots=True)
class Format:
    """A family of files: the suffixes of their names, the kinds of content they may have, and their reader.

    `heads` None stands for text. Files of plain text are their own stored text.
    """

    suffixes: tuple[str, ...]
    heads: tuple[str, ...] | None
    read: Callable[[bytes, str], Extract]
    is_plain: bool = False


def _plain(data: bytes, suffix: str) -> Extract:
    from content.source.plain import read_plain

    return read_plain(data)


def _page(data: bytes, suffix: str) -> Extract:
    from content.source.page import read_page

    return read_page(data)


def _word(data: bytes, suffix: str) -> Extract:
    from content.source.word import read_word

    return read_word(data)


def _portable(data: bytes, suffix: str) -> Extract:
    from content.source.portable import read_portable

    return read_portable(data)


def _office(data: bytes, suffix: str) -> Extract:
    from content.source.office import read_office

    return read_office(data, suffix)


FORMATS = (
    Format((".txt", ".md", ".markdown"), None, _plain, is_plain=True),
    Format((".html", ".htm"), None, _page),
    Format((".docx",), ("压缩包或 Office 文档",), _word),
    Format((".pdf",), ("PDF",), _portable),
    Format((".doc", ".wps", ".ofd", ".odt", ".rtf"), ("旧版 Office 文档", "压缩包或 Office 文档", "RTF 文档"), _office),
)
SUFFIXES = tuple(suffix for form in FORMATS for suffix in form.suffixes)


def format_of(path: Path) -> Format:
    """The family that a file's name says it is of; raises UnreadableError for one that is not read."""
    for form in FORMATS:
        if path.suffix.lower() in form.suffixes:
            return form
    raise UnreadableError(f"不支持 {path.suffix or '没有扩展名的'} 文件，可以用 {' '.join(SUFFIXES)}。")


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that is small enough and at rest. Raises UnreadableError, OSError."""
    before = path.stat()
    if before.st_size > LARGEST:
        raise UnreadableError(
            f"文件有 {before.st_size / 2**20:.0f} MB，超过 {LARGEST // 2**20} MB 的上限，请拆分或只留正文后再试。"
        )
    data = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise DamagedError("还在写入")
    return data


def extract(data: bytes, path: Path) -> Extract:
    """The text of a file's bytes, by the reader of its name. Raises UnreadableError; never anything else."""
    form, suffix = format_of(path), path.suffix.lower()
    if not data:
        raise UnreadableError("文件里没有文字，是空的，请放入全文后再试。")
    _check_head(data, suffix, form)
    try:
        found = form.read(data, suffix)
    except UnreadableError:
        raise
    except RecursionError as error:
        raise DamagedError("嵌套太深") from error
    except MemoryError as error:
        raise UnreadableError("文件展开后太大，本机内存装不下，没有打开。") from error
    except Exception as error:  # readers of other people's formats meet files that nobody thought of
        raise DamagedError(type(error).__name__) from error
    if len(found.text) > LONGEST:
        raise UnreadableError(f"文字有 {len(found.text)} 字，超过 {LONGEST} 字的上限，请拆分后再试。")
    return found


def file_digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _check_head(data: bytes, suffix: str, form: Format) -> None:
    found = next((name for head, name in _HEADS if data.startswith(head)), None)
    if found is None and b"%PDF-" in data[:1024]:
        found = "PDF"
    if found == "旧版 Office 文档" and _ENCRYPTED_PACKAGE in data:
        raise EncryptedError
    if form.heads is None:
        if found is not None:
            raise DisguisedError(suffix, found)
        return
    if found is None:
        if not data.strip(b"\x00"):
            raise DamagedError("全是空字节")
        raise DisguisedError(suffix, "别的东西" if b"\x00" in data[:4096] else "文本")
    if found not in form.heads:
        raise DisguisedError(suffix, found)

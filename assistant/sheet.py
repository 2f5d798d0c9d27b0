"""Reads a file of answers for checking: .xlsx, .csv, .docx, .txt. The name serves to hold it against the content."""

from __future__ import annotations

from pathlib import PurePosixPath

from assistant.sheet_office import kind_of_archive, read_docx, read_xlsx
from assistant.sheet_row import Row, Sheet, SheetError
from assistant.sheet_text import decode, read_csv, read_text

__all__ = ["LARGEST_FILE", "Row", "Sheet", "SheetError", "read_sheet", "read_text"]

LARGEST_FILE = 20_000_000
"""Bytes."""
_ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "text", ".tsv": "text", ".docx": "docx", ".txt": "text"}
_OLD = (".xls", ".doc", ".et", ".wps", ".rtf", ".ods", ".odt")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_sheet(data: bytes, name: str) -> Sheet:
    """The answers in a file of this name.

    Raises SheetError, whose message is one Chinese sentence, for everything that cannot be read.
    """
    if len(data) > LARGEST_FILE:
        raise SheetError("large", megabytes=LARGEST_FILE // 1_000_000)
    ending = PurePosixPath(name.replace("\\", "/")).suffix.casefold()[:6]
    kind = _kind(data, ending)
    if ending not in _ENDINGS:
        raise SheetError("old" if ending in _OLD else "unknown")
    if kind != _ENDINGS[ending]:
        raise SheetError("name", ending=ending, kind=kind)
    if kind == "xlsx":
        return read_xlsx(data)
    if kind == "docx":
        return read_docx(data)
    text = decode(data)
    return read_text(text) if ending == ".txt" else read_csv(text)


def _kind(data: bytes, ending: str) -> str:
    """What a file is by its content: xlsx, docx, zip, html or text. Raises SheetError for what is never read."""
    if not data.strip(b" \t\r\n\0"):
        raise SheetError("empty")
    if data.startswith(_PICTURES) or _is_modern_picture(data) or _is_bitmap(data):
        raise SheetError("picture")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        raise SheetError("pdf")
    if data.startswith(_OLE):
        raise SheetError("encrypted" if _ENCRYPTED in data else "old")
    if data.startswith(b"{\\rtf"):
        raise SheetError("old")
    if data.startswith(b"PK\x03\x04"):
        return kind_of_archive(data)
    start = data[:300].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if ending in (".xlsx", ".xlsm", ".docx") and not _is_text(data):
        raise SheetError("broken")
    return "text"


def _is_modern_picture(data: bytes) -> bool:
    """WebP, HEIC and AVIF say what they are a few bytes in."""
    return (data.startswith(b"RIFF") and data[8:12] == b"WEBP") or (
        data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"msf1")
    )


def _is_bitmap(data: bytes) -> bool:
    """BM may begin a text; a bitmap goes on with its own size."""
    return data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data)


def _is_text(data: bytes) -> bool:
    try:
        decode(data)
    except SheetError:
        return False
    return True

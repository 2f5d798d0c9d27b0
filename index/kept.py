"""`Kept`: what was worked out for a text once, kept beside the index by what it was worked out from.

A folder of append-only segments. A segment is a header and blocks; a block is its size, the digest of what it holds,
keys and values. A block that was not written to its end, or is not as it was written, is as if it had never been:
its texts are worked out anew. So a process may be killed at any moment, and nothing is repaired in place.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import uuid
import zlib
from collections.abc import Collection, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import BinaryIO

_MAGIC = b"notice-kept 1\n"
_BLOCK = b"NKB1"
_HEAD = struct.Struct("<4sIQ32s")
"""Of a block: mark, number of values, bytes of the payload, SHA-256 of the payload; a CRC-32 of these follows."""
_CRC = struct.Struct("<I")
_LENGTH = struct.Struct("<I")
_KEY = 16
_COPIED = 1 << 24
_SLACK = 1 << 16
_MOST_SEGMENTS = 16

Place = tuple[int, int, int]
"""Segment, offset and length of a value."""


def text_key(text: str, what: str = "") -> bytes:
    """The key of a text and of what else the value hangs on, 16 bytes."""
    data = f"{what}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_KEY).digest()


class Kept:
    """Values by key, of one `maker` (whose name changes with whatever would make it give other values).

    One process at a time may write to a folder (the index folder's lock sees to that); others may read meanwhile.
    """

    def __init__(self, folder: Path, maker: str) -> None:
        """Open what is there; raises OSError. Blocks that are not whole are left out."""
        self._folder = folder
        self._maker = maker
        self._paths: list[Path] = []
        self._places: dict[bytes, Place] = {}
        self._asked: set[bytes] = set()
        self._own: Path | None = None  # the segment that this process appends to
        self._foreign = 0
        for path in sorted(folder.glob("*.kept")) if folder.is_dir() else ():
            self._read(path)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: bytes) -> bool:
        self._asked.add(key)
        return key in self._places

    @property
    def asked(self) -> frozenset[bytes]:
        """The keys that were asked for or put since this was opened: after a build those that it uses."""
        return frozenset(self._asked)

    def put(self, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Append values, flushed to disk when this returns. Raises OSError, with everything before it still there."""
        if not keys:
            return
        if len(keys) != len(values):
            raise ValueError(f"{len(keys)} keys but {len(values)} values")
        self._asked.update(keys)
        path = self._own or self._start()
        start = path.stat().st_size
        try:
            with FileIO(path, "ab") as out:
                self._note(_write_block(out, keys, values), len(self._paths) - 1)
        except OSError:
            os.truncate(path, start)
            raise

    def take(self, keys: Sequence[bytes]) -> Iterator[bytes]:
        """The values of keys, in their order. Raises KeyError for a key that is not kept, OSError."""
        # Mapped: a library has hundreds of thousands of small values, and a call to read each takes seconds.
        maps: dict[int, mmap.mmap] = {}
        try:
            for key in keys:
                segment, offset, length = self._places[key]
                if segment not in maps:
                    with self._paths[segment].open("rb") as file:
                        maps[segment] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                yield maps[segment][offset : offset + length]
        finally:
            for each in maps.values():
                each.close()

    def compact(self, used: Collection[bytes]) -> bool:
        """Drop what is not `used`, and other makers' values, once that is more than half of everything.

        What stays is copied to a new segment, flushed and renamed before the old ones go. Whether it was done.
        Raises OSError; everything is still there then.
        """
        keys = [key for key in used if key in self._places]
        size = sum(self._places[key][2] + _KEY + _LENGTH.size for key in keys)
        there = sum(path.stat().st_size for path in self._paths) + self._foreign
        if there <= 2 * size + _SLACK and len(self._paths) <= _MOST_SEGMENTS:
            return False
        old = sorted(self._folder.glob("*.kept"))
        keys.sort(key=lambda key: self._places[key])
        path = self._folder / f"{uuid.uuid4().hex}.part"
        try:
            with FileIO(path, "xb") as out:
                self._write_header(out)
                for part in self._portions(keys):
                    _write_block(out, part, list(self.take(part)))
                os.fsync(out.fileno())
            os.replace(path, new := self._next_path())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        _flush_folder(self._folder)
        for each in old:
            each.unlink(missing_ok=True)
        self._paths, self._places, self._foreign, self._own = [], {}, 0, None
        self._read(new)
        return True

    def _portions(self, keys: Sequence[bytes]) -> Iterator[list[bytes]]:
        part: list[bytes] = []
        size = 0
        for key in keys:
            part.append(key)
            size += self._places[key][2]
            if size >= _COPIED:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _start(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob("*.part"):  # of a compaction that was killed
            left.unlink(missing_ok=True)
        path = self._next_path()
        try:
            with FileIO(path, "xb") as out:
                self._write_header(out)
                os.fsync(out.fileno())
            _flush_folder(self._folder)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        self._paths.append(path)
        self._own = path
        return path

    def _next_path(self) -> Path:
        numbers = [int(path.stem) for path in self._folder.glob("*.kept") if path.stem.isdecimal()]
        return self._folder / f"{max(numbers, default=0) + 1:08d}.kept"

    def _write_header(self, out: FileIO) -> None:
        line = json.dumps({"maker": self._maker}, ensure_ascii=True).encode() + b"\n"
        _write(out, _MAGIC + line)

    def _read(self, path: Path) -> None:
        size = path.stat().st_size
        with path.open("rb") as file:
            if not self._is_ours(file):
                self._foreign += size
                return
            self._paths.append(path)
            while (found := _read_block(file, size)) is not None:
                self._note(found, len(self._paths) - 1)

    def _is_ours(self, file: BinaryIO) -> bool:
        if file.read(len(_MAGIC)) != _MAGIC:
            return False
        try:
            header = json.loads(file.readline(1 << 16))
        except ValueError:
            return False
        return isinstance(header, dict) and header.get("maker") == self._maker

    def _note(self, block: list[tuple[bytes, int, int]], segment: int) -> None:
        for key, offset, length in block:
            self._places[key] = (segment, offset, length)


def _write_block(out: FileIO, keys: Sequence[bytes], values: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """Key, offset and length of what was written and flushed."""
    lengths = b"".join(_LENGTH.pack(len(value)) for value in values)
    payload = b"".join((*keys, lengths, *values))
    head = _HEAD.pack(_BLOCK, len(keys), len(payload), hashlib.sha256(payload).digest())
    start = out.seek(0, os.SEEK_END) + len(head) + _CRC.size
    _write(out, head + _CRC.pack(zlib.crc32(head)) + payload)
    os.fsync(out.fileno())
    return _places(keys, [len(value) for value in values], start)


def _write(out: FileIO, data: bytes) -> None:
    """All of it: an unbuffered file may take a part only when the disk fills up."""
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]


def _read_block(file: BinaryIO, size: int) -> list[tuple[bytes, int, int]] | None:
    """Key, offset and length of the next block's values: none where its digest is wrong, None at the end.

    A head that is not whole is the end too: nothing behind it can be found.
    """
    head = file.read(_HEAD.size + _CRC.size)
    if len(head) < _HEAD.size + _CRC.size or zlib.crc32(head[: _HEAD.size]) != _CRC.unpack(head[_HEAD.size :])[0]:
        return None
    mark, count, length, digest = _HEAD.unpack(head[: _HEAD.size])
    start = file.tell()
    if mark != _BLOCK or start + length > size:
        return None
    payload = file.read(length)
    if hashlib.sha256(payload).digest() != digest:
        return []
    keys = [payload[at : at + _KEY] for at in range(0, count * _KEY, _KEY)]
    lengths = [n for (n,) in _LENGTH.iter_unpack(payload[count * _KEY : count * (_KEY + _LENGTH.size)])]
    return _places(keys, lengths, start)


def _places(keys: Sequence[bytes], lengths: Sequence[int], start: int) -> list[tuple[bytes, int, int]]:
    offset = start + len(keys) * (_KEY + _LENGTH.size)
    found = []
    for key, length in zip(keys, lengths, strict=True):
        found.append((key, offset, length))
        offset += length
    return found


def _flush_folder(folder: Path) -> None:
    """A new name is on disk once its folder is flushed; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

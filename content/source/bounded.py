"""The streams of a PDF, unpacked to so many bytes and no more: a few kilobytes may hold gigabytes.

pdfminer.six unpacks each stream whole and has no limit of its own, so its decoders are held to one while a document is
read here; at other times they do as they always did.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any

from content.source.extract import UnreadableError

LARGEST_UNPACKED = 300 * 2**20
"""Bytes of all streams of one document together."""
_PIECE = 1 << 16
_CHECKSUM = 3
"""Bytes at the end of a stream that may be wrong: the checksum is told to be so at its last byte at the earliest."""
_RUN_LENGTH, _LZW = 64, 2_600
"""How many times its size a stream can become at the most (a run is 2 bytes for 128; a code of LZW 12 bits)."""

Decoder = Callable[[bytes], bytes]


class TooLargeError(UnreadableError):
    """Streams that unpack to more than is taken."""

    def __init__(self) -> None:
        super().__init__(
            f"PDF 里的内容展开后超过 {LARGEST_UNPACKED // 2**20} MB，可能是压缩炸弹，没有打开，请用原稿另存后再试。"
        )


class _Room:
    """Bytes that a document may still unpack to; below 0 once it asked for more."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooLargeError


_room: ContextVar[_Room | None] = ContextVar("room", default=None)


@contextmanager
def bounded(most: int | None = None) -> Iterator[None]:
    """Within it, what pdfminer unpacks in this thread comes to `most` bytes at the most (None: LARGEST_UNPACKED).

    Raises TooLargeError at its end too, where a reader within it went on regardless.
    """
    _hold_decoders()
    room = _Room(LARGEST_UNPACKED if most is None else most)
    token = _room.set(room)
    try:
        yield
    finally:
        _room.reset(token)
        if room.left < 0:
            raise TooLargeError


@cache
def _hold_decoders() -> None:
    from pdfminer import pdftypes

    held: Any = pdftypes
    held.zlib = _Zlib(zlib)
    held.lzwdecode = _at_most(held.lzwdecode, _LZW)
    held.rldecode = _at_most(held.rldecode, _RUN_LENGTH)
    held.decompress_corrupted = _salvage
    held.ccittfaxdecode = _no_fax(held.ccittfaxdecode)


class _Zlib:
    """The module `zlib` but for a `decompress` that stops."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def decompress(self, data: bytes) -> bytes:
        """As `zlib.decompress`; raises TooLargeError."""
        room = _room.get()
        if room is None:
            return zlib.decompress(data)
        unpacking = zlib.decompressobj()
        out = unpacking.decompress(data, max(room.left, 0) + 1)
        room.take(len(out))
        if not unpacking.eof:
            room.left += len(out)
            raise zlib.error("incomplete stream")
        return out


def _salvage(data: bytes) -> bytes:
    """What a stream holds whose checksum is wrong or cut off; raises zlib.error for worse, TooLargeError."""
    unpacking = zlib.decompressobj()
    room = _room.get() or _Room(LARGEST_UNPACKED)
    parts: list[bytes] = []
    most = max(0, len(data) - _CHECKSUM)
    pieces = [data[at : min(at + _PIECE, most)] for at in range(0, most, _PIECE)]
    for rest in pieces:
        while rest:
            parts.append(unpacking.decompress(rest, _PIECE))
            room.take(len(parts[-1]))
            rest = unpacking.unconsumed_tail
    with suppress(zlib.error):
        parts.extend(unpacking.decompress(data[at : at + 1], _PIECE) for at in range(most, len(data)))
    return b"".join(parts)


def _at_most(decode: Decoder, factor: int) -> Decoder:
    """A decoder that is only called where even the worst stream of this size fits."""

    @wraps(decode)
    def decoding(data: bytes) -> bytes:
        room = _room.get()
        if room is not None and factor * len(data) > room.left:
            room.take(factor * len(data))
        out = decode(data)
        if room is not None:
            room.take(len(out))
        return out

    return decoding


def _no_fax(decode: Callable[[bytes, Any], bytes]) -> Callable[[bytes, Any], bytes]:
    """A picture sent by fax holds no text, and says itself how large it is to become."""

    @wraps(decode)
    def decoding(data: bytes, params: Any) -> bytes:
        return decode(data, params) if _room.get() is None else b""

    return decoding

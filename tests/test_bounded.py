import zlib

import pytest
from pdfminer import pdftypes

from content.source.bounded import TooLargeError, bounded

DATA = b"0123456789" * 1000
PACKED = zlib.compress(DATA)


def unpacked(data: bytes, kind: str) -> bytes:
    stream = pdftypes.PDFStream({"Filter": pdftypes.LIT(kind)}, data)
    return stream.get_data()


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        ("FlateDecode", PACKED, DATA),
        ("FlateDecode", PACKED[:-1] + b"?", DATA),  # its checksum is wrong
        ("FlateDecode", PACKED[:-2], DATA),  # or cut off
        ("FlateDecode", PACKED + b"\r\n", DATA),
        ("FlateDecode", b"no stream", b""),
        ("RunLengthDecode", b"\xf7a\x80", b"a" * 10),
        ("LZWDecode", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", b"-----A---B"),
    ],
)
def test_streams_are_unpacked_as_ever(kind: str, data: bytes, wanted: bytes) -> None:
    assert unpacked(data, kind) == wanted
    with bounded():
        assert unpacked(data, kind) == wanted
    assert unpacked(data, kind) == wanted


@pytest.mark.parametrize(
    ("kind", "data"),
    [("FlateDecode", PACKED), ("FlateDecode", PACKED[:-1] + b"?"), ("RunLengthDecode", b"\x81a" * 100)],
)
def test_no_more_than_is_taken(kind: str, data: bytes) -> None:
    with pytest.raises(TooLargeError, match="压缩炸弹"), bounded(5_000):
        unpacked(data, kind)


def test_all_streams_of_a_document_count() -> None:
    with bounded(20_000):
        assert len([unpacked(PACKED, "FlateDecode") for _ in range(2)]) == 2
    with pytest.raises(TooLargeError), bounded(20_000):
        [unpacked(PACKED, "FlateDecode") for _ in range(3)]


def test_a_reader_that_goes_on_regardless_is_told_at_the_end() -> None:
    def regardless() -> None:
        with bounded(5_000):
            try:
                unpacked(PACKED, "FlateDecode")
            except TooLargeError:
                return

    with pytest.raises(TooLargeError):
        regardless()


def test_a_fax_is_a_picture() -> None:
    with bounded():
        assert unpacked(b"\x00\x01", "CCITTFaxDecode") == b""


@pytest.mark.parametrize(("kind", "data"), [("FlateDecode", PACKED), ("RunLengthDecode", b"\x81a" * 100)])
def test_unpacking_itself_stops(kind: str, data: bytes) -> None:
    stopped = []

    def regardless() -> None:
        with bounded(5_000):
            try:
                unpacked(data, kind)
            except TooLargeError:
                stopped.append(kind)

    with pytest.raises(TooLargeError):
        regardless()
    assert stopped == [kind]  # not at the end alone, when all of it is in memory

"""Small PDF files written by hand, with a Chinese font that every reader knows and none of them embeds."""

from __future__ import annotations

import zlib

WIDTH, HEIGHT = 595, 842
Placed = tuple[float, float, float, str]
"""Left and base line in points, size, words."""


def pdf(*pages: list[Placed], encrypted: bool = False) -> bytes:
    """A file with these pages; each is a list of (left, base line, size, words)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    objects += font
    kids = []
    for page in pages:
        drawn = "".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, size, words in page
        ).encode()
        packed = zlib.compress(drawn)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >>"
            b" >> >>" % (WIDTH, HEIGHT, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    trailer = b""
    if encrypted:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"41" * 32, b"42" * 32))
        trailer = b"/Encrypt %d 0 R /ID [<00> <00>]" % len(objects)
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, trailer, len(data))
    )


def typeset(paragraphs: list[str], per_line: int = 28, size: float = 16.0) -> list[Placed]:
    """Paragraphs set as official documents are: two characters indented, lines full to the right edge."""
    placed: list[Placed] = []
    y = 740.0
    for paragraph in paragraphs:
        rest, left = paragraph, 2
        while rest:
            line, rest = rest[: per_line - left], rest[per_line - left :]
            placed.append((72 + left * size, y, size, line))
            y, left = y - 28, 0
    return placed

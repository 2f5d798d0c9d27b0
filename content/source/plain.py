"""Plain text and Markdown: UTF-8, GB18030 and UTF-16, told apart by strict decoding."""

from __future__ import annotations

import codecs

from content.source.extract import DamagedError, Extract, UnreadableError

_MARKS = (
    # The mark of UTF-8 stays in the text, as it always did: offsets count it.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』…—·～－％＋＝／　"
_COMMON_SHARE = 0.75
_SAMPLE = 20_000


def read_plain(data: bytes) -> Extract:
    """The text as it stands, every character of it. Raises UnreadableError where no encoding fits."""
    return Extract(decode(data))


def decode(data: bytes) -> str:
    """Bytes as text. Raises DamagedError where the last character is cut in two, UnreadableError for no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise DamagedError("编码标记与内容不符") from error
    if b"\x00" in data:
        return _decode_wide(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and "end of data" in error.reason and _is_multibyte(data[: error.start]):
            raise DamagedError("末尾的字不完整") from error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and _is_official(data[: error.start].decode("gb18030", "replace")):
            raise DamagedError("末尾的字不完整") from error
        raise UnreadableError("认不出文字编码，请另存为 UTF-8 编码的文本后再试。") from error
    if not _is_official(text):
        raise UnreadableError("认不出文字编码，请另存为 UTF-8 编码的文本后再试。")
    return text


def _decode_wide(data: bytes) -> str:
    """UTF-16 without a mark: its line ends and Latin letters hold zero bytes."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_official(text):
            return text
    raise UnreadableError("内容不是文字，请检查文件后再试。")


def _is_multibyte(data: bytes) -> bool:
    return any(byte >= 0x80 for byte in data)


def _is_official(text: str) -> bool:
    """Whether the characters are those of Chinese official texts, and not what a wrong encoding makes of bytes."""
    sample = text[:_SAMPLE]
    wide = [c for c in sample if c > "\x7f"]
    if any(c < " " and c not in "\t\n\r\f\v\x1a" for c in sample):
        return False
    return not wide or sum(map(_is_common, wide)) >= _COMMON_SHARE * len(wide)


def _is_common(character: str) -> bool:
    """Whether GB 2312 has the character among its marks or its most common ideographs."""
    if character in _PUNCTUATION:
        return True
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and (0xA1 <= code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7)

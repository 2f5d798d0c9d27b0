"""`Extract`: the text that a file gave, and the errors of files that give none."""

from __future__ import annotations

from dataclasses import dataclass

from content.notice import NoticeError


class UnreadableError(NoticeError):
    """A file that gives no text; the message is one Chinese sentence: what is wrong and what to do."""


class EncryptedError(UnreadableError):
    """A file that asks for a password."""

    def __init__(self) -> None:
        super().__init__("文件已加密，请解除密码保护后再试。")


class DamagedError(UnreadableError):
    """A file that ends too early or is not built as its format wants."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"文件不完整或已损坏{f'（{detail}）' if detail else ''}，请重新取得完整的文件后再试。")


class DisguisedError(UnreadableError):
    """A file whose content is of another kind than its name says."""

    def __init__(self, suffix: str, found: str) -> None:
        super().__init__(f"文件名以 {suffix} 结尾，内容却是{found}，请改正文件名或另存后再试。")


@dataclass(frozen=True, slots=True)
class Extract:
    """`text` is what is stored and quoted. `pages` are the offsets at which pages begin, empty without pages.

    `notes` are Chinese sentences about what could not be taken along.
    """

    text: str
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def clean(text: str) -> str:
    """A text without control characters, its lines ended by a line feed alone; for formats that hold no plain text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return "".join(c for c in text if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f"))


def table_row(cells: list[str]) -> str:
    """A row of a table as a line: | cell | cell |."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "｜") for cell in cells) + " |"

"""Where the words of a Chinese text begin and end, by the dictionary of rjieba."""

from __future__ import annotations

from collections.abc import Sequence


def words(text: str) -> list[tuple[int, int]]:
    """Start and end of each word in a text, one after the other; what the dictionary lacks falls into characters."""
    import rjieba

    found = []
    at = 0
    for word in rjieba.cut(text, False):
        found.append((at, at + len(word)))
        at += len(word)
    return found


def stands_whole(text: str, start: int, end: int, cut: Sequence[tuple[int, int]] | None = None) -> bool:
    """Whether words begin and end where a stretch of a text does; 工会 is whole in 中国工会, 工时 is not in 职工时.

    Inside a longer word a stretch may begin or end where what it has of that word is a word itself. `cut` are the
    words of the text, where they are known.
    """
    if not start < end:
        return False
    for first, last in words(text) if cut is None else cut:
        own = max(first, start), min(last, end)
        if own[0] < own[1] and own != (first, last) and not is_word(text[own[0] : own[1]]):
            return False
    return True


def is_word(text: str) -> bool:
    """Whether a text of two characters or more is a word of the dictionary."""
    return len(text) > 1 and len(words(text)) == 1

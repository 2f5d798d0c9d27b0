"""`Sheet`: answers to check, row by row, and which column of a table holds them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.check_words import KIND_NAMES, SHEET_SENTENCES

MOST_ROWS = 5000
MOST_CHARACTERS = 1_000_000
LONGEST_CLAIM = 2000
"""Characters that are checked at once; what is longer is cut at the end of a sentence."""
MOST_COLUMNS = 64
HEADER_ROWS = 10
"""How far down a header is looked for."""
_SHORT_ANSWER = 12
_LONGEST_HEADER = {True: 8, False: 24}
"""Characters of a header in Chinese and in other letters."""

_ANSWERS = ("答案", "回答", "作答", "答复", "陈述", "内容", "说法", "表述", "claim", "answer", "statement", "response")
_QUESTIONS = ("问题", "题目", "题干", "试题", "提问", "question")
_OF_PEOPLE = re.compile(r"学员|考生|学生|员工|职工|个人|我的|提交|作答|user|student|trainee")
_OF_THE_BOOK = re.compile(r"标准|参考|正确|官方|原文|standard|correct|reference|key")
_MADE_OF_SENTENCES = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]*")


class SheetError(ValueError):
    """A file that cannot be checked; the message is one Chinese sentence. `reason` is a key of SHEET_SENTENCES."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.values = values
        super().__init__(self.sentence("zh"))

    def sentence(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        values = dict(self.values)
        if "kind" in values:
            values["kind"] = KIND_NAMES[language][str(values["kind"])]
        return SHEET_SENTENCES[language][self.reason].format(**values)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer; `number` is its row, line or paragraph in the file, from 1. A long answer makes several rows."""

    number: int
    question: str
    answer: str

    @property
    def claim(self) -> str:
        """What is checked: the answer; a short one with its question, since 八个 says nothing by itself."""
        if not self.question or sum(c.isalnum() for c in self.answer) > _SHORT_ANSWER:
            return self.answer
        asked = " ".join(self.question.split()).rstrip("？?。：: ")
        joined = f"{re.sub('[。！？!?]', '，', asked)}：{self.answer}"
        return joined if len(joined) <= LONGEST_CLAIM else self.answer


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows to check, and `problems`: what could not be taken along, a sentence each."""

    rows: tuple[Row, ...]
    problems: tuple[SheetError, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table's answers and questions stand, and the row of its headers (-1 where it has none)."""

    answer: int
    question: int | None
    header: int


def clean(text: str) -> str:
    """Text without control characters, lone surrogates and outer white space; lines stay lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\ufeff", "")
    kept = (c for c in text if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff"))
    return "".join(kept).strip()


def make_sheet(rows: Iterable[Row], problems: Sequence[SheetError] = ()) -> Sheet:
    """The sheet of these rows, cleaned, long answers cut in pieces; rows without words are left out.

    Raises SheetError for none, for more than MOST_ROWS rows, or more than MOST_CHARACTERS characters.
    """
    kept: list[Row] = []
    characters = 0
    for row in rows:
        answer, question = clean(row.answer), clean(row.question)[:LONGEST_CLAIM]
        if not any(c.isalnum() for c in answer):
            continue
        characters += len(answer)
        if characters > MOST_CHARACTERS:
            raise SheetError("long", characters=MOST_CHARACTERS)
        kept += [Row(row.number, question, piece) for piece in pieces(answer)]
        if len(kept) > MOST_ROWS:
            raise SheetError("rows", rows=MOST_ROWS)
    if not kept:
        if problems and all(problem.reason in ("formula", "error") for problem in problems):
            raise SheetError("formulas")
        raise SheetError("empty")
    return Sheet(tuple(kept), tuple(problems))


def pieces(answer: str) -> Iterator[str]:
    """An answer in pieces of at most LONGEST_CLAIM characters, cut where a sentence ends if one does."""
    piece = ""
    for sentence in _MADE_OF_SENTENCES.findall(answer):
        if len(piece) + len(sentence) > LONGEST_CLAIM and piece:
            yield piece
            piece = ""
        while len(sentence) > LONGEST_CLAIM:
            yield sentence[:LONGEST_CLAIM]
            sentence = sentence[LONGEST_CLAIM:]
        piece += sentence
    if piece:
        yield piece


def find_columns(table: Sequence[Sequence[str]]) -> Columns:
    """Which columns hold answers and questions: by a header among the first rows, else by their text."""
    for at, cells in enumerate(table[:HEADER_ROWS]):
        answers = {column: _answer_score(cell) for column, cell in enumerate(cells)}
        best = max(answers, key=lambda column: answers[column], default=-1)
        if best < 0 or answers[best] <= 0:
            continue
        asked = [c for c, cell in enumerate(cells) if c != best and _is_header(cell, _QUESTIONS)]
        return Columns(best, asked[0] if asked else None, at)
    return _columns_by_text(table)


def _answer_score(cell: str) -> float:
    name = _header(cell)
    if not _is_header(cell, _ANSWERS):
        return 0
    score = 3.0 if name in _ANSWERS else 2.0
    score += bool(_OF_PEOPLE.search(name)) * 2 - bool(_OF_THE_BOOK.search(name)) * 1.5
    # 问题内容 is a question.
    return score - 1.75 * any(word in name for word in _QUESTIONS)


def _is_header(cell: str, words: Sequence[str]) -> bool:
    name = _header(cell)
    chinese = any("\u4e00" <= c <= "\u9fff" for c in name)
    named = any(word in name for word in words)
    return named and len(name) <= _LONGEST_HEADER[chinese] and not re.search("[。?,;!]", name)


def _header(cell: str) -> str:
    name = unicodedata.normalize("NFKC", cell).casefold()
    return re.sub(r"[\s:*_\-]|[(（].*?[)）]", "", name)


def _columns_by_text(table: Sequence[Sequence[str]]) -> Columns:
    width = max((len(cells) for cells in table), default=0)
    looked = table[:500]
    columns = [[cells[c] for cells in looked if c < len(cells) and cells[c]] for c in range(width)]
    questions = [
        bool(own) and sum(cell.rstrip().endswith(("？", "?")) for cell in own) > len(own) / 2 for own in columns
    ]
    weight = [sum(map(len, own)) for own in columns]
    answers = [c for c in range(width) if not questions[c]] or list(range(width))
    best = max(answers, key=lambda c: weight[c], default=0)
    asked = [c for c in range(width) if questions[c] and c != best]
    return Columns(best, asked[0] if asked else None, -1)


def rows_of(table: Sequence[tuple[int, Sequence[str]]], columns: Columns) -> Iterator[Row]:
    """The rows below the header; each comes with its number in the file."""
    for number, cells in table[columns.header + 1 :]:
        answer = cells[columns.answer] if columns.answer < len(cells) else ""
        question = cells[columns.question] if columns.question is not None and columns.question < len(cells) else ""
        yield Row(number, question, answer)

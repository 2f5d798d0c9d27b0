"""Eval sets: questions about one notice with the words that answer them.

An eval set is one JSONL file a notice, `evals/data/<notice id>.jsonl`, one question a line:

    {"id": "q0001", "group": "g012", "split": "dev", "category": "factoid", "question": "...", "quotes": ["..."]}

`quotes` are words of the notice, verbatim; all of them together answer, unless `"any": true` says that each alone
does. Questions of the categories near and far have no quotes: the notice does not answer them. Questions of one
group (one question in several wordings) stand in one split.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.notice import Notice
from content.questions import QuestionError, read_jsonl
from content.span import Span

DATA = Path(__file__).parent / "data"
"""The eval sets that come with the product."""
_NO_QUESTIONS = ("claims", "structure")

ANSWERABLE = (
    "factoid",
    "list",
    "definition",
    "paraphrase",
    "everyday",
    "keyword",
    "typo",
    "traditional",
    "english",
    "several",
)
UNANSWERABLE = ("near", "far")
CATEGORIES = (*ANSWERABLE, *UNANSWERABLE)
SPLITS = ("dev", "test")


class DatasetError(ValueError):
    """An eval set or BEIR folder that cannot be used; the message names file, line, what was found and wanted."""


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question. `places[i]` are all the places where `quotes[i]` stands in the notice, in reading order.

    `places_suffice` is True when any one quote answers, False when it takes all of them. `source` says where the
    question was read from.
    """

    id: str
    group: str
    split: str
    category: str
    text: str
    quotes: tuple[str, ...]
    places: tuple[tuple[Span, ...], ...]
    places_suffice: bool = False
    source: str = ""

    @property
    def answerable(self) -> bool:
        return bool(self.quotes)

    def is_place(self, span: Span) -> bool:
        """Whether `span` shares a character with any quote, wherever in the notice the quote stands."""
        return any(span.overlaps(place) for places in self.places for place in places)

    def all_places(self, spans: Sequence[Span]) -> bool:
        """Whether `spans` together reach every quote (any one quote, where one suffices)."""
        reached = [any(span.overlaps(place) for span in spans for place in places) for places in self.places]
        return any(reached) if self.places_suffice else bool(reached) and all(reached)


@dataclass(frozen=True, slots=True)
class EvalSet:
    """The questions about one notice. `digest` is the SHA-256 of the file they were read from."""

    name: str
    notice_id: str
    digest: str
    questions: tuple[EvalQuestion, ...]

    def of_split(self, split: str) -> tuple[EvalQuestion, ...]:
        """The questions of dev, test or (split "all") both; raises DatasetError when there are none."""
        found = tuple(question for question in self.questions if split in ("all", question.split))
        if not found:
            raise DatasetError(f"题集 {self.name} 里没有 {split} 部分的题目。可选：dev、test、all。")
        return found


def read_set(path: Path, notice: Notice) -> EvalSet:
    """Read and check an eval set about `notice`; raises DatasetError at the first fault, with file and line."""
    found, faults = scan_set(path, notice)
    if faults:
        raise DatasetError(faults[0])
    return found


def scan_set(path: Path, notice: Notice) -> tuple[EvalSet, tuple[str, ...]]:
    """The sound questions of an eval set, and every fault with file and line; raises DatasetError without a file."""
    if not path.is_file():
        raise DatasetError(f"没有找到题集 {path}。")
    questions: list[EvalQuestion] = []
    faults: list[str] = []
    lines: dict[str, int] = {}
    texts: dict[str, int] = {}
    splits: dict[str, str] = {}
    try:
        for number, row in read_jsonl(path):
            try:
                question = parse_question(row, notice, path.stem)
                _first(lines, question.id, number, "编号")
                _first(texts, question.text.strip(), number, "题目")
                if splits.setdefault(question.group, question.split) != question.split:
                    raise DatasetError(f"同组 {question.group!r} 的题目分在 dev 和 test 两边，同组应在一边。")
            except DatasetError as error:
                faults.append(f"{path}:{number}：{error}")
                continue
            questions.append(question)
    except QuestionError as error:
        faults.append(str(error))
    if not questions and not faults:
        faults.append(f"{path}：题集里没有题目。")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return EvalSet(path.stem, notice.id, digest, tuple(questions)), tuple(faults)


def set_files(folder: Path = DATA) -> list[Path]:
    """The files of all eval sets; what stands in `structure` and `claims` asks nothing."""
    return sorted(path for path in folder.rglob("*.jsonl") if path.relative_to(folder).parts[0] not in _NO_QUESTIONS)


def find_set(name: str | None, folder: Path = DATA) -> Path:
    """The file of the eval set called `name` (a notice id, or the path of a file); None means the only one.

    Raises DatasetError when there is no such set, or none, or several to choose from.
    """
    known = [path.relative_to(folder).with_suffix("").as_posix() for path in set_files(folder)]
    if name is None:
        if len(known) != 1:
            found = "、".join(known) if known else f"{folder} 里一个也没有"
            raise DatasetError(f"请用 --set 指明题集（现有：{found}）。")
        name = known[0]
    if name in known:
        return folder / f"{name}.jsonl"
    if Path(name).is_file():
        return Path(name)
    raise DatasetError(f"没有名为 {name} 的题集（现有：{'、'.join(known) or '无'}）。")


def _first(seen: dict[str, int], value: str, number: int, what: str) -> None:
    if value in seen:
        raise DatasetError(f"{what} {value!r} 与第 {seen[value]} 行重复。")
    seen[value] = number


def parse_question(row: Mapping[str, Any], notice: Notice, source: str) -> EvalQuestion:
    """A question from its JSON object; raises DatasetError, which names the fault but no file."""
    for key in ("id", "group", "split", "category", "question"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise DatasetError(f"缺少 {key}，或它不是文字。需要 id、group、split、category、question、quotes。")
    if row["split"] not in SPLITS:
        raise DatasetError(f"split 是 {row['split']!r}，应是 {' 或 '.join(SPLITS)}。")
    category, quotes, any_one = row["category"], row.get("quotes", []), row.get("any", False)
    if category not in CATEGORIES:
        raise DatasetError(f"category 是 {category!r}，应是 {'、'.join(CATEGORIES)} 之一。")
    if not isinstance(quotes, list) or not all(isinstance(quote, str) and quote.strip() for quote in quotes):
        raise DatasetError("quotes 应是一串原文引文，每条都不为空。")
    if not isinstance(any_one, bool):
        raise DatasetError(f"any 是 {any_one!r}，应是 true 或 false。")
    if category in UNANSWERABLE and quotes:
        raise DatasetError(f"{category} 类是通知没有回答的题目，不应有引文。")
    if category in ANSWERABLE and not quotes:
        raise DatasetError(f"{category} 类的题目至少要有一条引文。")
    places = tuple(_places(quote, notice) for quote in quotes)
    return EvalQuestion(
        row["id"], row["group"], row["split"], category, row["question"], tuple(quotes), places, any_one, source
    )


def _places(quote: str, notice: Notice) -> tuple[Span, ...]:
    found: list[Span] = []
    at = notice.text.find(quote)
    while at >= 0:
        found.append(Span(at, at + len(quote)))
        at = notice.text.find(quote, at + 1)
    if not found:
        raise DatasetError(f"通知 {notice.id} 的原文里没有这句引文：{quote[:40]!r}。")
    return tuple(found)

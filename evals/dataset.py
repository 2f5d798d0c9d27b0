"""Eval sets: questions about one notice, or about the documents of a library, with the words that answer them.

An eval set is one JSONL file a notice, `evals/data/<notice id>.jsonl`, one question a line:

    {"id": "q0001", "group": "g012", "split": "dev", "category": "factoid", "question": "...", "quotes": ["..."]}

`quotes` are words of the notice, verbatim; all of them together answer, unless `"any": true` says that each alone
does. Questions of the categories near and far have no quotes: the notice does not answer them. Questions of one
group (one question in several wordings) stand in one split.

A row with `"notice": "<document id>"` is about that document. A set all of whose rows say so is about a library,
`evals/data/library-<name>.jsonl`; its documents lie wherever `--content` says. The same words in another version of
the same law answer as well, and so does what readers have found to, elsewhere:
`"also": [{"notice": "<document id>", "quotes": ["..."]}]`, each of whose quotes answers alone (see evals/pool.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from content.notice import Notice
from content.questions import QuestionError, read_jsonl
from content.span import Span

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


Places = tuple[tuple[Span, ...], ...]
"""For each quote all the places where it stands in one document, in reading order."""


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question. `places[i]` are all the places where `quotes[i]` stands in the notice, in reading order.

    `places_suffice` is True when any one quote answers, False when it takes all of them. `source` says where the
    question was read from, `notice_id` which document it is about ("" for none). `versions` are the other versions of
    that law which hold the same quotes, each an id with its places; `also` are documents that answer as well, each with
    where it does, any of which stands for the first quote.
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
    notice_id: str = ""
    versions: tuple[tuple[str, Places], ...] = ()
    also: tuple[tuple[str, tuple[Span, ...]], ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.quotes)

    @property
    def documents(self) -> frozenset[str]:
        """The ids of all documents that answer."""
        return frozenset({self.notice_id, *dict(self.versions), *dict(self.also)})

    def unanswered(self) -> EvalQuestion:
        """The same question where none of its documents is asked."""
        return replace(self, category="far", quotes=(), places=(), versions=(), also=())

    def is_place(self, span: Span) -> bool:
        """Whether `span` shares a character with any quote, wherever in the notice the quote stands."""
        return any(span.overlaps(place) for places in self.places for place in places)

    def all_places(self, spans: Sequence[Span]) -> bool:
        """Whether `spans` together reach every quote (any one quote, where one suffices)."""
        reached = [any(span.overlaps(place) for span in spans for place in places) for places in self.places]
        return any(reached) if self.places_suffice else bool(reached) and all(reached)

    def at_home(self, notice_id: str, span: Span) -> Span | None:
        """A stretch of a document as one of the question's own document; None where it cannot stand for one.

        In another version of the law what reaches a quote is moved to where the quote stands at home; so is what
        answers elsewhere, to the first quote.
        """
        if notice_id == self.notice_id and self.is_place(span):
            return span
        for place in dict(self.also).get(notice_id, ()):
            if span.overlaps(place):
                home = self.places[0][0]
                # As much beside the words, and as much of them cut off, as there.
                start = min(home.end - 1, max(0, home.start + span.start - place.start))
                return Span(start, max(home.start + 1, start + 1, home.end + span.end - place.end))
        if notice_id == self.notice_id:
            return span
        pairs = zip(dict(self.versions).get(notice_id, ()), self.places, strict=False)
        for place, home in ((place, here[0]) for there, here in pairs for place in there):
            if span.overlaps(place):
                shift = home.start - place.start
                return Span(max(0, span.start + shift), max(0, span.end + shift))
        return None

    def answers(self, notice_id: str, span: Span) -> bool:
        """Whether a stretch of a document shares a character with any quote, there or in its own document."""
        home = self.at_home(notice_id, span)
        return home is not None and self.is_place(home)


@dataclass(frozen=True, slots=True)
class EvalSet:
    """The questions about one notice, or about many (`notice_id` is "" then).

    `digest` is the SHA-256 of the file they were read from.
    """

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


class Documents:
    """What the rows of a set may be about: those without `notice` about `own`, the others about any of `notices`."""

    def __init__(self, own: Notice | None, notices: Iterable[Notice] = ()) -> None:
        self.own = own
        self._by_id = {notice.id: notice for notice in notices} | ({own.id: own} if own else {})
        self._laws: dict[str, list[Notice]] = {}
        for notice in self._by_id.values():
            if notice.is_law:
                self._laws.setdefault(notice.title, []).append(notice)

    def of(self, row: Mapping[str, Any]) -> Notice | None:
        """The document of a row, None for none; raises DatasetError for one that is not there."""
        name = row.get("notice", self.own.id if self.own else None)
        if not isinstance(name, str):
            raise DatasetError("缺少 notice（这道题问的是哪份文件），或它不是文字；没有文件回答的题写空字符串。")
        if name and name not in self._by_id:
            raise DatasetError(f"文件 {name} 不在通知目录里，请用 --content 指明题集所问的文件库。")
        return self._by_id[name] if name else None

    def versions(self, notice: Notice) -> list[Notice]:
        """Other versions of a law: laws of the same title."""
        return [one for one in self._laws.get(notice.title, ()) if notice.is_law and one.id != notice.id]


def read_set(path: Path, notice: Notice | None, notices: Iterable[Notice] = ()) -> EvalSet:
    """Read and check an eval set about `notice` (None: every row names its own, of `notices`).

    Raises DatasetError at the first fault, with file and line.
    """
    found, faults = scan_set(path, notice, notices)
    if faults:
        raise DatasetError(faults[0])
    return found


def scan_set(path: Path, notice: Notice | None, notices: Iterable[Notice] = ()) -> tuple[EvalSet, tuple[str, ...]]:
    """The sound questions of an eval set, and every fault with file and line; raises DatasetError without a file."""
    if not path.is_file():
        raise DatasetError(f"没有找到题集 {path}。")
    documents = Documents(notice, notices)
    questions: list[EvalQuestion] = []
    faults: list[str] = []
    lines: dict[str, int] = {}
    texts: dict[str, int] = {}
    splits: dict[str, str] = {}
    try:
        for number, row in read_jsonl(path):
            try:
                question = parse_question(row, documents, path.stem)
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
    return EvalSet(path.stem, notice.id if notice else "", digest, tuple(questions)), tuple(faults)


def _first(seen: dict[str, int], value: str, number: int, what: str) -> None:
    if value in seen:
        raise DatasetError(f"{what} {value!r} 与第 {seen[value]} 行重复。")
    seen[value] = number


def parse_question(row: Mapping[str, Any], notice: Notice | Documents, source: str) -> EvalQuestion:
    """A question from its JSON object, about a notice or one of some documents.

    Raises DatasetError, which names the fault but no file.
    """
    documents = notice if isinstance(notice, Documents) else Documents(notice)
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
    if row.get("also") and not quotes:
        raise DatasetError("没有引文的题目不应有 also。")
    about = documents.of(row)
    if quotes and about is None:
        raise DatasetError("有引文的题要用 notice 写明是哪份文件的。")
    places = tuple(_places(quote, about) for quote in quotes) if about else ()
    for quote, found in zip(quotes, places, strict=True):
        if about and not found:
            raise DatasetError(f"通知 {about.id} 的原文里没有这句引文：{quote[:40]!r}。")
    return EvalQuestion(
        id=row["id"],
        group=row["group"],
        split=row["split"],
        category=category,
        text=row["question"],
        quotes=tuple(quotes),
        places=places,
        places_suffice=any_one,
        source=source,
        notice_id=about.id if about else "",
        versions=_versions(quotes, about, documents) if about else (),
        also=tuple(_also(row.get("also", []), documents)) if about else (),
    )


def _versions(quotes: Sequence[str], notice: Notice, documents: Documents) -> tuple[tuple[str, Places], ...]:
    """Only those with every quote: where one has changed, the old law gives another answer."""
    found = ((one.id, tuple(_places(quote, one) for quote in quotes)) for one in documents.versions(notice))
    return tuple((name, places) for name, places in found if places and all(places))


def _also(rows: Any, documents: Documents) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Other documents that answer; raises DatasetError for one that is not there, or twice."""
    if not isinstance(rows, list):
        raise DatasetError("also 应是一串文件，各有 notice 和 quotes。")
    taken: set[str] = set()
    for row in rows:
        other = documents.of(row) if isinstance(row, dict) else None
        quotes = row.get("quotes") if other else None
        own = quotes if isinstance(quotes, list) and all(isinstance(q, str) and q.strip() for q in quotes) else []
        if other is None or not own:
            raise DatasetError("also 里的每份文件都要有 notice 和 quotes。")
        if other.id in taken:
            raise DatasetError(f"also 里的 {other.id} 写了两次。")
        taken.add(other.id)
        places = [_places(quote, other) for quote in own]
        if not all(places):
            raise DatasetError(f"通知 {other.id} 的原文里没有 also 的引文。")
        yield other.id, tuple(place for found in places for place in found)


def _places(quote: str, notice: Notice) -> tuple[Span, ...]:
    found: list[Span] = []
    at = notice.text.find(quote)
    while at >= 0:
        found.append(Span(at, at + len(quote)))
        at = notice.text.find(quote, at + 1)
    return tuple(found)

"""How much of their form the documents of a library give away: a table, and a sample that was checked by hand.

The sample is `evals/data/structure/laws.jsonl`, one document a line: `{"document": id, "issuer": str|null,
"date": "YYYY-MM-DD"|null, "number": str|null, "articles": int}`, written down from reading the documents' own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.corpus import Corpus
from content.heading import read_article
from content.notice import Notice
from content.passage import Passage
from content.questions import read_jsonl
from evals.sets import DATA

SAMPLE = DATA / "structure" / "laws.jsonl"
FIELDS = ("issuer", "date", "number", "articles")


@dataclass(frozen=True, slots=True)
class Structure:
    """What one document gave: `articles` counts the articles of its own, 0 where it has none."""

    document: str
    issuer: str | None
    date: str | None
    number: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class Share:
    """Of `documents`, how many gave a field."""

    field: str
    given: int
    documents: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A field of a document that was read otherwise than by hand."""

    document: str
    field: str
    found: str
    right: str


def structures(corpus: Corpus) -> tuple[Structure, ...]:
    """What each document of a corpus gave, in the corpus's order."""
    articles: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for passage in corpus.passages:
        mark = article_of(passage)
        if mark and not passage.attachment and (passage.notice_id, mark) not in seen:
            seen.add((passage.notice_id, mark))
            articles[passage.notice_id] += 1
    return tuple(structure_of(notice, articles[notice.id]) for notice in corpus.notices)


def structure_of(notice: Notice, articles: int) -> Structure:
    """The fields of one document."""
    return Structure(notice.id, notice.issuer, notice.date, notice.number, articles)


def article_of(passage: Passage) -> str:
    """第十九条 where a passage belongs to an article, else nothing."""
    last = passage.section[-1] if passage.section else ""
    article = read_article(last)
    return last if article and article.mark == last else ""


def shares(found: Sequence[Structure]) -> tuple[Share, ...]:
    """For each field, how many documents gave it."""
    return tuple(Share(name, sum(bool(getattr(one, name)) for one in found), len(found)) for name in FIELDS)


def read_sample(path: Path = SAMPLE) -> tuple[Structure, ...]:
    """The documents that were checked by hand."""
    return tuple(
        Structure(row["document"], row["issuer"], row["date"], row["number"], row["articles"])
        for _, row in read_jsonl(path)
    )


def misses(found: Iterable[Structure], sample: Iterable[Structure]) -> Iterator[Miss]:
    """Where what was found is not what the sample has; documents that were not found are left out."""
    by_id = {one.document.rsplit("/", 1)[-1]: one for one in found}
    for right in sample:
        one = by_id.get(right.document)
        if one is None:
            continue
        for name in FIELDS:
            if getattr(one, name) != getattr(right, name):
                yield Miss(right.document, name, str(getattr(one, name)), str(getattr(right, name)))

"""Which documents a question is asked of: by document, issuer, year and kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from assistant.citation import short_title
from content.corpus import Corpus
from content.facets import issuers_of, kinds_of, plain_issuer, year_of
from content.names import names_of
from content.notice import Notice
from content.reference import number_of, numbers_in, plain_name, same_number
from content.text import fold_text

FACETS = ("document", "issuer", "year", "kind")
WORDS = {"document": "文件", "issuer": "发文机关", "year": "年份", "kind": "种类"}
_YEARS = re.compile(r"(\d{4})\s*年?(?:\s*[-~—–至到]\s*(\d{4})\s*年?)?")
_MOST = 200
_BETWEEN = "|"
_NOTHING = "这个范围里没有文件，请放宽范围再问。"


class ScopeError(ValueError):
    """A scope that holds no document, or that cannot be read; the message is one sentence for a person.

    `plain` is the same without what was typed.
    """

    def __init__(self, sentence: str, plain: str) -> None:
        super().__init__(sentence)
        self.plain = plain


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person narrows the library to. Values of one facet are alternatives; facets hold together.

    A `document` is an id, a title, a law's short title or a 发文字号; an `issuer` a name or, where no body has just
    that, a part of one; a `year` 2018 or 2015-2018; a `kind` 通知, 法律, 行政法规.
    """

    document: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, facet) for facet in FACETS)

    def words(self) -> str:
        """The scope in words: 发文机关“国务院”，年份“2018”."""
        return "，".join(
            WORDS[facet] + "、".join(f"“{value}”" for value in getattr(self, facet))
            for facet in FACETS
            if getattr(self, facet)
        )

    def to_json(self) -> dict[str, list[str]]:
        """The facets that are set, by name."""
        return {facet: list(getattr(self, facet)) for facet in FACETS if getattr(self, facet)}


def read_selection(values: Mapping[str, Any]) -> Selection:
    """The scope that a row, a request or an event holds, other keys left aside.

    A facet is a text, a number (a year), or a list of these. Raises ScopeError.
    """
    return Selection(**{field.name: _texts(field.name, values.get(field.name)) for field in fields(Selection)})


def selection_of_address(values: Mapping[str, str]) -> Selection:
    """The scope that the page's address holds, several values of a facet with | between them."""
    return read_selection({facet: values[facet].split(_BETWEEN) for facet in FACETS if values.get(facet)})


def asked_with(as_typed: bool, scope: Selection | None) -> dict[str, Any]:
    """The arguments of `ask` that are not what they are without saying: whoever answers need know no others."""
    return ({"as_typed": True} if as_typed else {}) | ({"scope": scope} if scope else {})


def scope_view(corpus: Corpus) -> dict[str, Any]:
    """What the page chooses a scope from.

    `issuers` and `kinds` with the most documents first; `documents` are [id, name, year or 0, issuers, kinds], the last
    two as places in those lists.
    """
    issuers = {notice.id: issuers_of(notice) for notice in corpus.notices}
    kinds = {notice.id: kinds_of(notice) for notice in corpus.notices}
    issuer_names, kind_names = _by_number(issuers.values()), _by_number(kinds.values())
    issuer_place = {name: place for place, name in enumerate(issuer_names)}
    kind_place = {name: place for place, name in enumerate(kind_names)}
    return {
        "issuers": issuer_names,
        "kinds": kind_names,
        "documents": [
            [
                notice.id,
                short_title(notice.title) + (f"（{notice.date}）" if notice.is_one_of_several and notice.date else ""),
                year_of(notice) or 0,
                [issuer_place[name] for name in issuers[notice.id]],
                [kind_place[name] for name in kinds[notice.id]],
            ]
            for notice in corpus.notices
        ],
    }


def _by_number(of_each: Iterable[Iterable[str]]) -> list[str]:
    return [name for name, _ in Counter(name for names in of_each for name in names).most_common()]


class Catalogue:
    """The facets of a corpus's documents. Immutable after construction."""

    def __init__(self, corpus: Corpus) -> None:
        self._notices = corpus.notices
        self._issuers = {notice.id: issuers_of(notice) for notice in corpus.notices}
        self._kinds = {notice.id: kinds_of(notice) for notice in corpus.notices}

    def select(self, selection: Selection) -> frozenset[str]:
        """The ids of the documents in a scope; raises ScopeError where there are none, or one named is not there."""
        held = [frozenset(notice.id for notice in self._notices)]
        for facet, find in (
            ("document", self._documents),
            ("issuer", self._issued),
            ("year", self._dated),
            ("kind", self._of_kind),
        ):
            if values := getattr(selection, facet):
                held.append(frozenset(find(values)))
        found = frozenset.intersection(*held)
        if not found:
            raise ScopeError(f"这个范围里没有文件（{selection.words()}），请放宽范围再问。", _NOTHING)
        return found

    def _documents(self, values: Iterable[str]) -> Iterable[str]:
        for value in values:
            found = [notice.id for notice in self._notices if _is_named(notice, value)]
            if not found:
                raise ScopeError(f"这里没有文件“{value}”，请检查名称再问。", "这里没有范围里说的文件，请检查名称再问。")
            yield from found

    def _issued(self, values: Iterable[str]) -> Iterable[str]:
        for value in values:
            name = plain_issuer(value)
            same = [item for item, names in self._issuers.items() if name in names]
            yield from same or [item for item, names in self._issuers.items() if any(name in own for own in names)]

    def _dated(self, values: Iterable[str]) -> Iterable[str]:
        spans = [_years(value) for value in values]
        for notice in self._notices:
            year = year_of(notice)
            if year is not None and any(first <= year <= last for first, last in spans):
                yield notice.id

    def _of_kind(self, values: Iterable[str]) -> Iterable[str]:
        wanted = {fold_text(value) for value in values}
        return (item for item, kinds in self._kinds.items() if wanted & set(kinds))


def _is_named(notice: Notice, value: str) -> bool:
    if value == notice.id or plain_name(value) in names_of(notice):
        return True
    written = number_of(notice.number)
    return written is not None and any(same_number(asked, written) for asked in numbers_in(fold_text(value)))


def _years(value: str) -> tuple[int, int]:
    match = _YEARS.fullmatch(fold_text(value).strip())
    if match is None:
        raise ScopeError(f"年份“{value}”看不懂，请写成 2018 或 2015-2018。", "年份请写成 2018 或 2015-2018。")
    first, last = int(match[1]), int(match[2] or match[1])
    return min(first, last), max(first, last)


def _texts(facet: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    values = list(value) if isinstance(value, list | tuple) else [value]
    if len(values) > _MOST or not all(isinstance(v, str) or (isinstance(v, int) and v is not True) for v in values):
        sentence = f"范围里的{WORDS[facet]}（{facet}）应是文字，或最多 {_MOST} 项文字的列表。"
        raise ScopeError(sentence, sentence)
    texts = (str(item).encode("utf-8", "replace").decode("utf-8").strip() for item in values)
    return tuple(dict.fromkeys(filter(None, texts)))

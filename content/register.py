"""`Register`: the names, numbers and articles of a corpus, and what a question names of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from content.belonging import is_joint, is_of_another, is_of_the_only, joins
from content.corpus import Corpus
from content.heading import heading_mark, read_article
from content.kind import Kind
from content.named import NOTHING, Lane, Named
from content.names import CITED, Name, Names, is_bare, is_like_a_law
from content.notice import Notice
from content.numeral import in_words
from content.passage import Passage
from content.plan import Owner, Plans
from content.reference import (
    ArticleMention,
    NumberMention,
    articles_in,
    number_of,
    numbers_in,
    plain_name,
    same_number,
)
from content.rest import rest_of
from content.span import Span
from content.text import fold_text
from content.version import Versions, versions_in

_STATE = "中华人民共和国"
_BUT = re.compile(r"除[了去开掉]?\s*$")
_OUTSIDE = re.compile(r"\s*[之以]外")
_PAGE = re.compile(r"[(]第\d+页[)]")


class Register:
    """Looks up what questions name. Immutable after construction."""

    def __init__(self, corpus: Corpus) -> None:
        self._notices = {notice.id: notice for notice in corpus.notices}
        self._passages = corpus.passages
        self._numbers: defaultdict[tuple[int | None, int], list[tuple[NumberMention, str]]] = defaultdict(list)
        for notice in corpus.notices:
            if (number := number_of(notice.number)) is not None:
                self._numbers[number.year, number.number].append((number, notice.id))
        self._names = Names(corpus.notices)
        self._articles: dict[str, dict[tuple[int, str], list[int]]] = {}
        self._openings: dict[str, int] = {}
        for row, passage in enumerate(corpus.passages):
            self._enter(row, passage)
        self._plans = Plans(corpus, self._articles)
        lawful = {self._notices[name].title for name in self._articles}
        self._is_on = len(corpus.notices) > 1 or bool(lawful)

    def look_up(self, question: str, among: frozenset[str] | None = None) -> Named:
        """What a question names, of the documents with these ids alone where `among` is given."""
        folded = fold_text(question)
        numbers = list(numbers_in(folded))
        bearers = [(mention, self._bearers(mention, among)) for mention in numbers]
        names = self._names.find(folded, [mention.span for mention, ids in bearers if ids], among)
        versions = versions_in(folded, [name.span for name in names])
        owners = _owners(folded, names, [(mention.span, ids) for mention, ids in bearers if ids])
        asked = self._bind(_without(folded, versions.spans), owners, among) if self._is_on else []
        if not asked:
            owners = [owner for owner in owners if not _is_left_out(folded, owner[0])]
            placed = self._plans.look_up(folded, owners, among)
            if placed is not None or not self._is_on:
                return placed or NOTHING
            names = [name for name in names if not _is_left_out(folded, name.span)]
        named = [ids for _, ids in bearers] + [name.ids for name in names]
        everything = [item for ids in named for item in ids]
        spans = [mention.span for mention, ids in bearers if ids] + [name.span for name in names if name.ids]
        spans += versions.spans
        if asked:
            own = [article.span for article, _, _ in asked]
            between = [Span(one.end, next_.start) for one, next_ in pairwise(own) if one.end < next_.start]
            spans += own + [span for span in between if is_joint(span.of(folded))]
            spans += [Span(*match.span()) for match in _PAGE.finditer(folded)]
            return self._by_article(asked, rest_of(folded, spans), versions, everything)
        rest = rest_of(folded, spans)
        found = [item for _, ids in bearers for item in self._of_version(ids, versions)]
        if found:
            rows = [self._openings[item] for item in found] if not rest else []
            return Named(Lane.NUMBER, tuple(rows), frozenset(found), rest)
        missing = next((mention for mention, ids in bearers if not ids and _is_plain(mention, folded)), None)
        remark = f"这里没有文号为{_clean_number(missing, question)}的文件。" if missing else None
        # What implements a law is often told of in that law.
        everything += [item for name in names for item in name.derives_from]
        if not names or not everything:
            return Named(rest=rest, remark=remark, is_missing=remark is not None)
        return Named(None, (), frozenset(self._of_version(everything, versions)), rest, remark, (), remark is not None)

    def _enter(self, row: int, passage: Passage) -> None:
        opening = self._openings.get(passage.notice_id)
        if opening is None or (passage.kind is Kind.TITLE and self._passages[opening].kind is not Kind.TITLE):
            self._openings[passage.notice_id] = row
        article = read_article(passage.section[-1]) if passage.section and not passage.attachment else None
        if article is not None and passage.kind in (Kind.PARAGRAPH, Kind.ROW):
            more = article.mark.rpartition("条")[2]
            own = self._articles.setdefault(passage.notice_id, {})
            own.setdefault((article.number, more), []).append(row)

    def _of_version(self, ids: Sequence[str], versions: Versions) -> list[str]:
        """Those of the day, else of the year, that the question names, where there are any; else all."""
        fits = [versions.of(self._notices[item].date) for item in ids]
        return [item for item, fit in zip(ids, fits, strict=True) if fit == max(fits)]

    def _bearers(self, mention: NumberMention, among: frozenset[str] | None) -> tuple[str, ...]:
        known = self._numbers.get((mention.year, mention.number), ())
        return self._names.newest_first(
            item for own, item in known if same_number(mention, own) and (among is None or item in among)
        )

    def _bind(
        self, folded: str, owners: Sequence[Owner], among: frozenset[str] | None
    ) -> list[tuple[ArticleMention, tuple[str, ...], str]]:
        """Each article with the documents it is asked of (none for a law that is not here) and the law's name.

        It belongs to the name before it, to the one behind it where there is none, else to the only law. What is
        asked of a notice, or of a law without a name that is known, is no article.
        """
        bound: list[tuple[ArticleMention, tuple[str, ...], str]] = []
        end = 0
        for article in articles_in(folded):
            before = [owner for owner in owners if owner[0].end <= article.span.start]
            owner = before[-1] if before else next(iter(owners), None)
            between = folded[max(end, before[-1][0].end if before else 0) : article.span.start]
            if not article.marked and not (before and joins(between, article.number)):
                continue
            if owner is not None:
                ids, written = owner[1:]
                is_of_articles = any(item in self._articles for item in ids) if ids else is_like_a_law(written)
                if not is_of_articles or (before and is_of_another(between)):
                    continue
                bound.append((article, ids, written))
            elif (only := self._only_law(among)) and is_of_the_only(
                between, folded[article.span.end :], self._notices[only[0]].genre or "法", article.number
            ):
                bound.append((article, only, ""))
            else:
                continue
            end = article.span.end
        return bound

    def _only_law(self, among: frozenset[str] | None) -> tuple[str, ...]:
        """All versions of the one law that there is, nothing where there are several."""
        laws = [item for item in self._articles if among is None or item in among]
        return self._names.newest_first(laws) if len({self._notices[item].title for item in laws}) == 1 else ()

    def _by_article(
        self,
        asked: Sequence[tuple[ArticleMention, tuple[str, ...], str]],
        rest: str,
        versions: Versions,
        everything: Sequence[str],
    ) -> Named:
        rows: list[int] = []
        marks: list[tuple[int, Span]] = []
        remark: str | None = None
        there = False
        notices: list[str] = [*everything]
        for article, ids, written in asked:
            ids = tuple(item for item in self._of_version(ids, versions) if item in self._articles)
            notices += ids
            holding = [item for item in ids if (article.number, article.more) in self._articles[item]]
            if not holding:
                remark = remark or self._missing(article, ids, written)
                continue
            for item in holding:
                own, note, mark = self._within(article, self._articles[item][article.number, article.more])
                rows += own
                marks += mark
                if item is holding[0]:
                    remark = remark or note
                    there |= note is None
            if holding[0] != ids[0]:
                remark = remark or (
                    f"{_title(self._notices[ids[0]])}现有版本（{self._notices[ids[0]].date}）没有"
                    f"{_mark(article)}，下面是旧版本的条文。"
                )
        lane = Lane.ARTICLE if rows else None
        return Named(lane, tuple(dict.fromkeys(rows)), frozenset(notices), rest, remark, tuple(marks), not there)

    def _missing(self, article: ArticleMention, ids: Sequence[str], written: str) -> str | None:
        if not ids:
            return f"这里没有《{written}》的条文。" if written else None
        numbers = [number for number, _ in self._articles[ids[0]]]
        return (
            f"{_title(self._notices[ids[0]])}没有{_mark(article)}，最后一条是第{in_words(max(numbers))}条。"
            if article.number > max(numbers) or article.more
            else f"{_title(self._notices[ids[0]])}没有{_mark(article)}。"
        )

    def _within(
        self, article: ArticleMention, rows: Sequence[int]
    ) -> tuple[list[int], str | None, list[tuple[int, Span]]]:
        """Rows of an article, those of the 款 and 项 first; a sentence where there is no such; the 项's own words."""
        chosen, note, marks = list(rows), None, []
        if article.clause is not None:
            own = [row for row in rows if self._passages[row].paragraph == article.clause]
            count = max(self._passages[row].paragraph for row in rows)
            if not own:
                note = f"{_mark(article)}没有第{in_words(article.clause)}款，共{in_words(count)}款。"
            chosen = own or chosen
        if article.item is not None and note is None:
            found = [(row, span) for row in chosen if (span := _item(self._passages[row], article.item)) is not None]
            if found:
                marks = found[:1]
                chosen = [found[0][0], *(row for row in chosen if row != found[0][0])]
            else:
                note = f"{_mark(article)}没有第（{in_words(article.item)}）项。"
        return [*chosen, *(row for row in rows if row not in chosen)], note, marks


def _owners(folded: str, names: Sequence[Name], numbers: Sequence[tuple[Span, tuple[str, ...]]]) -> list[Owner]:
    """The documents that a question names, in its order."""
    owners: list[Owner] = [(name.span, name.ids, name.written) for name in names]
    owners += [(span, ids, "") for span, ids in numbers]
    # 《党章》第三条 asks of a document that is neither here nor cited; 《条例》 is whichever is meant.
    owners += [
        (Span(*match.span()), (), plain_name(match[1]))
        for match in CITED.finditer(folded)
        if not any(Span(*match.span()).overlaps(span) for span, _, _ in owners) and not is_bare(plain_name(match[1]))
    ]
    return sorted(owners, key=lambda owner: owner[0])


def _without(folded: str, spans: Sequence[Span]) -> str:
    """The same length, with spaces for what stands in the spans."""
    for span in spans:
        folded = folded[: span.start] + " " * (span.end - span.start) + folded[span.end :]
    return folded


def _is_left_out(folded: str, span: Span) -> bool:
    """Whether a question asks for other documents than the one that it names: 除了劳动法, 劳动法以外."""
    return bool(_BUT.search(folded[: span.start]) or _OUTSIDE.match(folded[span.end :]))


def _is_plain(mention: NumberMention, folded: str) -> bool:
    """Whether a number that no document bears is surely one: with a year in brackets."""
    return mention.year is not None and any(c in mention.span.of(folded) for c in "〔[(【〖")


def _clean_number(mention: NumberMention, question: str) -> str:
    return "".join(mention.span.of(fold_text(question)).split())[-40:]


def _mark(article: ArticleMention) -> str:
    return f"第{in_words(article.number)}条{article.more}"


def _title(notice: Notice) -> str:
    return f"《{notice.title.removeprefix(_STATE)}》"


def _item(passage: Passage, item: int) -> Span | None:
    """The line of a passage that begins with the number of a 项, None where there is none."""
    written = {in_words(item), str(item)}
    at = passage.start
    for line in passage.text.split("\n"):
        stripped = line.strip()
        if stripped and heading_mark(stripped).strip("（()）.．、 ") in written:
            start = at + line.index(stripped)
            return Span(start, start + len(stripped))
        at += len(line) + 1
    return None

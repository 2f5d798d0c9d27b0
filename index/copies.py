"""`Copies`: passages that say the same, in versions of one law or in documents that repeat each other."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from content.corpus import Corpus
from content.kind import Kind
from content.notice import Notice
from content.text import fold_text, numbers
from index.view import Ints

_SAME_ARTICLE = 55.0
"""How alike (0 to 100) two passages of versions of one law are at least that stand for each other."""
_NEAR_COPY = 90.0
_SHORTEST_COPY = 40
"""Shorter passages of different documents are alike because all such documents have them: 自公布之日起施行."""
_TEXTS = 4096
"""Passages whose words are kept at hand."""
_COUNTED = re.compile(
    r"^第?[(（]?[\d〇零一二两三四五六七八九十百千]+(?:条(?:之[一二三四五六七八九十]+)?|[)）、]|[.．](?!\d))"
)
"""What a passage begins with that is counted."""
_LOOK_ON = 4
"""How many times as many passages as are shown are looked through for copies."""


@dataclass(frozen=True, slots=True)
class Group:
    """Passages (indices into `corpus.passages`) that say the same: the one that is shown, and the others."""

    leader: int
    copies: tuple[int, ...] = ()


class Copies:
    """Which passages say the same. Versions of a law are laid beside each other when they are first asked about."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._places = {notice.id: place for place, notice in enumerate(corpus.notices)}
        self._lock = threading.Lock()
        self._text = lru_cache(_TEXTS)(partial(_plain, corpus))
        self._clusters: dict[int, tuple[int, ...]] = {}
        self._laid: set[str] = set()
        titles: defaultdict[str, list[Notice]] = defaultdict(list)
        for notice in corpus.notices:
            if notice.is_one_of_several:
                titles[notice.title].append(notice)
        self._versions = {
            notice.id: tuple(sorted(own, key=lambda version: version.date or "", reverse=True))
            for own in titles.values()
            for notice in own
        }
        self._rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(corpus.passages):
            if passage.notice_id in self._versions:
                self._rows[passage.notice_id].append(row)

    def family(self, row: int) -> int:
        """The document of a passage, of versions the newest, as its place in `corpus.notices`."""
        notice_id = self._corpus.passages[row].notice_id
        versions = self._versions.get(notice_id)
        return self._places[versions[0].id if versions else notice_id]

    def newest(self, rows: Iterable[int]) -> Ints:
        """For each passage the one that stands for it in the newest version that has one, else itself."""
        return np.array([self._cluster_of(int(row))[0] for row in rows], np.int64)

    def newer(self, row: int) -> str | None:
        """The date of the newest version where that has nothing in a passage's place, else None."""
        passages = self._corpus.passages
        versions = self._versions.get(passages[row].notice_id)
        if versions is None or passages[self._cluster_of(row)[0]].notice_id == versions[0].id:
            return None
        return versions[0].date

    def fold(
        self, rows: Iterable[int], k: int, kept: frozenset[int] = frozenset(), among: Ints | None = None
    ) -> list[Group]:
        """The first `k` passages, best first, each with those that say the same.

        Of versions the newest is shown, but of the passages `kept` the one that was asked for. With `among`, ascending,
        passages that are not there are left out.
        """
        groups: list[tuple[int, list[int]]] = []
        taken: set[int] = set()
        for looked, row in enumerate(map(int, rows)):
            if len(groups) >= k and looked >= _LOOK_ON * k:
                break
            if row in taken:
                continue
            own = [member for member in self._cluster_of(row) if among is None or _holds(among, member)]
            taken.update(own)
            leader = row if row in kept or not own else own[0]
            others = [member for member in own if member != leader]
            host = next((group for group in groups if self._repeats(group[0], leader)), None)
            if host is not None and leader not in kept:
                host[1].extend([leader, *others])
            elif len(groups) < k:
                groups.append((leader, others))
        return [Group(leader, tuple(copies)) for leader, copies in groups]

    def _cluster_of(self, row: int) -> tuple[int, ...]:
        """A passage with those that stand for it in other versions, the newest first."""
        notice_id = self._corpus.passages[row].notice_id
        versions = self._versions.get(notice_id)
        if versions is None:
            return (row,)
        with self._lock:
            if versions[0].id not in self._laid:
                self._lay([self._rows[version.id] for version in versions])
                self._laid.add(versions[0].id)
        return self._clusters.get(row, (row,))

    def _lay(self, versions: Sequence[Sequence[int]]) -> None:
        """Lay the passages of versions, the newest first, beside each other."""
        clusters: list[list[int]] = [[row] for row in versions[0]]
        for rows in versions[1:]:
            found = self._pairs(rows, [cluster[0] for cluster in clusters])
            for place, row in enumerate(rows):
                if place in found:
                    clusters[found[place]].append(row)
                else:
                    clusters.append([row])
        for cluster in clusters:
            if len(cluster) > 1:
                self._clusters |= dict.fromkeys(cluster, tuple(cluster))

    def _pairs(self, rows: Sequence[int], heads: Sequence[int]) -> dict[int, int]:
        """Places in `rows` with the place in `heads` where each is the other's nearest."""
        from rapidfuzz import fuzz, process

        if not rows or not heads:
            return {}
        kinds = list(Kind)
        alike = process.cdist(
            [self._text(row) for row in rows],
            [self._text(head) for head in heads],
            scorer=fuzz.ratio,
            score_cutoff=_SAME_ARTICLE,
        )
        own, other = (np.array([kinds.index(self._corpus.passages[r].kind) for r in side]) for side in (rows, heads))
        alike[own[:, None] != other[None, :]] = 0
        back = alike.argmax(axis=0)
        return {
            place: int(head)
            for place, head in enumerate(alike.argmax(axis=1))
            if alike[place, head] > 0 and back[head] == place
        }

    def _repeats(self, one: int, other: int) -> bool:
        """Whether two passages of different documents have nearly the same words, and the same numbers.

        What is alike but for a year or an amount is of another year: whoever reads one must not take it for the other.
        """
        from rapidfuzz import fuzz

        passages = self._corpus.passages
        if passages[one].notice_id == passages[other].notice_id:
            return False
        a, b = self._text(one), self._text(other)
        if min(len(a), len(b)) < _SHORTEST_COPY or abs(len(a) - len(b)) * 4 > max(len(a), len(b)):
            return False
        return fuzz.ratio(a, b, score_cutoff=_NEAR_COPY) > 0 and _amounts(a) == _amounts(b)


def _plain(corpus: Corpus, row: int) -> str:
    return "".join(fold_text(corpus.passages[row].text).split())


def _amounts(text: str) -> list[float]:
    """The numbers in a folded text, but not the one that it is counted by: 第三条 may be 第二条 elsewhere."""
    return [value for _, _, value in numbers(_COUNTED.sub("", text))]


def _holds(rows: Ints, row: int) -> bool:
    at = int(np.searchsorted(rows, row))
    return at < rows.size and int(rows[at]) == row

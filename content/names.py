"""`Names`: the titles that the documents of a corpus go by, and where a text names them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.notice import Notice
from content.opening import TITLE_WORDS
from content.reference import plain_characters, plain_name
from content.span import Span

_STATE = "中华人民共和国"
CITED = re.compile(r"《([^《》\n]{2,40})》")
_LAW = re.compile(r"(?:法|法典|条例|规定|办法|细则|规则|决定|章程)$")
_TRIAL = re.compile(r"[(](?:试行|暂行|草案|修订)[)]$")
_NOT_A_LAW = re.compile(
    r"[律院官盲庭治]|典(?!型)|纪(?!念)|人(?![事员民力数才身为均])|规(?!定)|制(?![定作])|学(?:[专院会家者硕博理位科界]|学生(?!适)|教授|$)|案(?![例件子])"
    r"|定(?:代表|[职义节假标程权情休期责最]|条件|年龄|任务|形式|人数)"
)
"""What follows a name that ends with 法 where it is another word: 劳动法律, 劳动法规, 工会法治, 劳动法庭."""
_KINDS = "条例|规定|办法|细则|规则|决定|章程|法典|法"
_BARE = re.compile(
    rf"(?:本|该|原|新|旧|暂行|试行|管理|实施|若干|有关|相关|补充|具体|修订|修改)*(?:{_KINDS})(?:[(].{{2}}[)])?"
)
"""What a document calls another for short, which is nobody's name: （以下简称《规定》）."""
_DERIVED = re.compile(r"的?(?:(?:实施|施行)(?:条例|细则|办法|若干规定|规定(?![了的])|意见)|司法解释|若干问题的解释)")
_IMPLEMENTING, _IMPLEMENTED = "实施", re.compile(r"的?(?:若干规定|条例|细则|办法|规定(?![了的]))")
"""劳动合同法实施条例 and 江苏省实施工会法办法 are no laws of the name within them."""
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a folded text; `ids` are the documents that bear it, the newest first; none for one only cited.

    `derives_from` are those of the law that it implements or explains.
    """

    span: Span
    ids: tuple[str, ...]
    written: str
    derives_from: tuple[str, ...] = ()


class Names:
    """Finds the names of documents. Immutable after construction."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        self._dates = {notice.id: (notice.date or "", -place) for place, notice in enumerate(notices)}
        names: defaultdict[str, set[str]] = defaultdict(set)
        for notice in notices:
            for name in names_of(notice):
                names[name].add(notice.id)
        self._names = {name: self.newest_first(ids) for name, ids in names.items()}
        # A law that is only cited is known by name, so that 社会保险法 is not taken for 保险法.
        cited = {plain_name(title) for notice in notices for title in CITED.findall(notice.text)}
        self._names |= {
            name: () for name in cited if _LAW.search(name) and not _BARE.fullmatch(name) and name not in self._names
        }
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self._names, key=len, reverse=True):
            self._by_start[name[:_SHORTEST]].append(name)

    def newest_first(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Documents by their dates, of one date as they stand in the corpus."""
        return tuple(sorted(ids, key=self._dates.__getitem__, reverse=True))

    def find(self, folded: str, taken: Sequence[Span], among: frozenset[str] | None) -> list[Name]:
        """The longest names from left to right, none inside a number.

        What only derives from a named law, 劳动合同法实施条例, is a name that no document bears.
        """
        characters = plain_characters(folded)
        plain = "".join(character for character, _ in characters)
        found: list[Name] = []
        at = 0
        while at < len(plain):
            known = self._by_start.get(plain[at : at + _SHORTEST], ())
            name = next((name for name in known if plain.startswith(name, at)), None)
            end = at + len(name) if name else at + 1
            if name and not (name.endswith("法") and _NOT_A_LAW.match(plain, end)):
                derived = _derived(plain, at, end)
                start, end = derived or (at, end)
                span = _with_brackets(folded, characters[start][1], characters[end - 1][1] + 1)
                if not any(span.overlaps(other) for other in taken):
                    ids = tuple(item for item in self._names[name] if among is None or item in among)
                    found.append(Name(span, (), plain[start:end], ids) if derived else Name(span, ids, name))
                at = end
            else:
                at += 1
        return found


def names_of(notice: Notice) -> set[str]:
    """The names that a document goes by, as `plain_name` gives them."""
    name = plain_name(notice.title)
    whole_names = {name, _TRIAL.sub("", name)}
    names = set(whole_names)
    issuer = plain_name(notice.issuer or "")
    for whole in whole_names:
        begins = whole.find("关于")
        if begins > 0 and (whole.startswith(issuer) or begins <= 3):
            names.add(whole[begins:])
    return {name for name in names if len(name) >= _SHORTEST + (not name.endswith("法"))}


def is_bare(name: str) -> bool:
    """Whether a cited name is only what sort of document it is: 《条例》, 《暂行办法》, 《通知》."""
    return bool(_BARE.fullmatch(name) or name in TITLE_WORDS)


def is_like_a_law(name: str) -> bool:
    """Whether a cited name ends as those of laws and charters do."""
    return name.endswith("党章") or bool(_LAW.search(_TRIAL.sub("", name)))


def _derived(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the name of a document that implements or explains the law named from `start` to `end` stands."""
    if match := _DERIVED.match(plain, end):
        return start, match.end()
    if plain.endswith(_IMPLEMENTING, 0, start) and (match := _IMPLEMENTED.match(plain, end)):
        return start - len(_IMPLEMENTING), match.end()
    return None


def _with_brackets(folded: str, start: int, end: int) -> Span:
    start -= len(_STATE) if folded.endswith(_STATE, 0, start) else 0
    while start and folded[start - 1] in "《〈":
        start -= 1
    while end < len(folded) and folded[end] in "》〉":
        end += 1
    return Span(start, end)

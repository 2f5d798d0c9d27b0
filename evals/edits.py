"""Claims made from the sentences of official texts: lightly edited, which stay true, and falsified, with what differs.

They teach a reader of pairs to compare; how people reword is learned from claims written by hand.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from content.span import Span
from content.text import numbers
from index.pair_training import Pair

_ALIKE = [
    ("应当", "要", "应该"), ("必须", "一定要"), ("不得", "不能", "不可以"), ("可以", "能够"), ("以及", "和"),
    ("进行", "开展"), ("按照", "依照", "根据"), ("加强", "强化"), ("推动", "推进"), ("发挥", "起到"), ("应", "要"),
    ("认真", "用心"), ("切实", "真正"), ("深入", "深刻"), ("指出", "强调", "提出"), ("明确", "说明"), ("职工", "工人"),
    ("广大", "全体"), ("各级", "每一级"), ("有关", "相关"), ("及时", "马上"), ("并", "并且"), ("的", ""), ("了", ""),
    ("进一步", ""), ("努力", ""), ("充分", ""), ("全面", ""), ("给予", "给"), ("负责", "管"), ("设立", "建立"),
    ("单位", "机构"), ("规定", "要求"), ("制定", "拟定"), ("完成", "做完"), ("超过", "多于"), ("书面", "纸面"),
]  # fmt: skip
_AGAINST = [
    ("应当", "不得"), ("应当", "可以不"), ("应当", "不必"), ("应", "不应"), ("必须", "不必"), ("必须", "可以不"),
    ("不得", "可以"), ("不得", "应当"), ("可以", "不得"), ("可以", "必须"), ("禁止", "允许"), ("鼓励", "禁止"),
    ("以上", "以下"), ("以下", "以上"), ("以内", "以外"), ("之前", "之后"), ("前", "后"), ("不超过", "超过"),
    ("加强", "减弱"), ("增强", "削弱"), ("提高", "降低"), ("扩大", "缩小"), ("支持", "反对"), ("充分", "部分"),
    ("有权", "无权"), ("不能", "能"), ("是", "不是"), ("要", "不要"), ("有", "没有"), ("积极", "消极"),
    ("全面", "局部"), ("高度", "不太"), ("始终", "有时"), ("主要", "次要"), ("优先", "最后"), ("公开", "秘密"),
    ("批准", "否决"), ("肯定", "否定"), ("符合", "违背"), ("一致", "分歧"), ("重要", "次要"), ("关键", "根本"),
    ("根本", "重点"), ("重点", "关键"), ("国务院", "全国人民代表大会"), ("省级", "县级"), ("县级", "省级"),
]  # fmt: skip
_CONTENT = ("n", "nr", "ns", "nt", "nz", "v", "vn", "a", "an", "j", "l", "i")
_NAMES = ("nr", "ns", "nt", "nz", "j")
_CLAUSE = re.compile(r"[^，；：]+[，；：]?")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    differs: bool = False


def _words(text: str) -> list[tuple[str, str, int]]:
    """(word, part of speech, offset)."""
    import rjieba

    out, at = [], 0
    for word, tag in rjieba.tag(text):
        out.append((word, tag, at))
        at += len(word)
    return out


class Editor:
    """Makes pairs from one document's sentences (each of a dozen characters or more)."""

    def __init__(self, sentences: Sequence[str], strange: Sequence[str]) -> None:
        self.sentences = sentences
        self.words = [_words(sentence) for sentence in sentences]
        self.by_tag: dict[str, list[str]] = {}
        for words in self.words:
            for word, tag, _ in words:
                if len(word) > 1:
                    self.by_tag.setdefault(tag, []).append(word)
        self.strange = strange
        self._pairs = [frozenset(s[i : i + 2] for i in range(len(s) - 1)) for s in sentences]

    def pair(self, chance: random.Random) -> Pair:
        """A pair of a random verdict."""
        at = chance.randrange(len(self.sentences))
        roll = chance.random()
        if roll < 0.36:
            return self._true(at, chance)
        if roll < 0.80:
            for _ in range(4):
                found = self._false(at, chance)
                if found is not None:
                    return found
                at = chance.randrange(len(self.sentences))
            return self._true(at, chance)
        return self._absent(at, chance)

    def _evidence(self, at: int, chance: random.Random) -> tuple[str, int]:
        """The sentence, sometimes with one beside it; and how far it is shifted by that."""
        own, roll = self.sentences[at], chance.random()
        if roll < 0.15 and at:
            before = self.sentences[at - 1]
            return before + own, len(before)
        if roll < 0.3 and at + 1 < len(self.sentences):
            return own + self.sentences[at + 1], 0
        return own, 0

    def _true(self, at: int, chance: random.Random) -> Pair:
        evidence, _ = self._evidence(at, chance)
        pieces = [_Piece(word) for word, _, _ in self.words[at]]
        return Pair(_write(self._soften(pieces, chance, drop=True)), evidence, "supported")

    def _false(self, at: int, chance: random.Random) -> Pair | None:
        edit: Callable[[int, random.Random], tuple[list[_Piece], list[Span]] | None] = chance.choices(
            [self._number, self._against, self._swap, self._other_word, self._item], [3, 3, 3, 3, 1.5]
        )[0]
        found = edit(at, chance)
        if found is None:
            return None
        pieces, source = found
        evidence, shift = self._evidence(at, chance)
        if chance.random() < 0.7:
            pieces = self._soften(pieces, chance, drop=True)
        claim = _write(pieces)
        spans, place = [], 0
        for piece in pieces:
            if piece.differs and piece.text:
                spans.append(Span(place, place + len(piece.text)))
            place += len(piece.text)
        if claim in evidence:
            return None
        moved = tuple(Span(span.start + shift, span.end + shift) for span in source)
        spans = [Span(s.start, min(s.end, len(claim))) for s in spans if s.start < len(claim)]
        return Pair(claim, evidence, "contradicted", tuple(spans), moved)

    def _absent(self, at: int, chance: random.Random) -> Pair:
        """A claim of another sentence, near where there is one, or one that adds what is not there."""
        evidence, _ = self._evidence(at, chance)
        roll = chance.random()
        if roll < 0.2:
            other = chance.choice(self.strange)
        else:
            some = chance.sample(range(len(self.sentences)), min(60, len(self.sentences)))
            far = [i for i in some if abs(i - at) > 1] or some
            near = sorted(far, key=lambda i: -len(self._pairs[i] & self._pairs[at]) / (8 + len(self._pairs[i])))
            other = self.sentences[near[0] if roll < 0.8 else near[-1]]
        pieces = self._soften([_Piece(word) for word, _, _ in _words(other)], chance, drop=True)
        claim = _write(pieces)
        if roll > 0.75:
            clauses = _CLAUSE.findall(self.sentences[at])
            claim = chance.choice(clauses).rstrip("，；：。") + "，" + claim
        return Pair(claim, evidence, "not_mentioned", (), (), marked=False)

    # Edits that keep a sentence true.

    def _soften(self, pieces: list[_Piece], chance: random.Random, drop: bool) -> list[_Piece]:
        out: list[_Piece] = []
        much = chance.choice((0.0, 0.3, 0.6))
        for piece in pieces:
            groups = [group for group in _ALIKE if piece.text and piece.text in group[:2]]
            if groups and not piece.differs and chance.random() < much:
                piece = replace(piece, text=chance.choice([w for w in groups[0] if w != piece.text]))
            out.append(piece)
        if drop and chance.random() < 0.55:
            out = _drop_clause(out, chance)
        if chance.random() < 0.3:
            out = _reorder(out, chance)
        while out and not out[-1].differs and not (last := out[-1].text.rstrip("。；，：")):
            out.pop()
        if out and not out[-1].differs:
            out[-1] = replace(out[-1], text=last)
        if chance.random() < 0.5:
            out.append(_Piece("。"))
        return out

    # Edits that make it false: the pieces of the claim, and what differs in the sentence.

    def _number(self, at: int, chance: random.Random) -> tuple[list[_Piece], list[Span]] | None:
        text = self.sentences[at]
        found = [
            (s, e, v) for s, e, v in numbers(text) if v == int(v) and (e == s + 1 or v > 1) and text[s] not in "一"
        ]
        if not found:
            return None
        start, end, value = chance.choice(found)
        step = max(1, int(value // 10))
        other = int(value) + chance.choice([-2, -1, 1, 2, 3, 5]) * step
        if other <= 0 or other == value:
            other = int(value) + 1
        import cn2an

        old = text[start:end]
        as_digits = old[0].isdigit() != (chance.random() < 0.2) or other > 99_999_999
        new = str(other) if as_digits else cn2an.an2cn(str(other), "low")
        return [_Piece(text[:start]), _Piece(new, True), _Piece(text[end:])], [Span(start, end)]

    def _against(self, at: int, chance: random.Random) -> tuple[list[_Piece], list[Span]] | None:
        options = []
        for place, (word, _, start) in enumerate(self.words[at]):
            options += [(place, start, new) for old, new in _AGAINST if word == old]
        if not options:
            return None
        place, start, new = chance.choice(options)
        words = self.words[at]
        pieces = [_Piece(word) for word, _, _ in words]
        pieces[place] = _Piece(new, True)
        return pieces, [Span(start, start + len(words[place][0]))]

    def _swap(self, at: int, chance: random.Random) -> tuple[list[_Piece], list[Span]] | None:
        """Two words or two parts change places: who did what, what is which."""
        words = self.words[at]
        tag = chance.choice(("n", "n", "nr", "nt", "ns", "v", "vn", "j"))
        places = [i for i, (word, t, _) in enumerate(words) if t == tag and len(word) > 1]
        # Words listed side by side may change places without harm.
        options = [
            (i, j) for i in places for j in places if i < j and words[i][0] != words[j][0] and self._apart(at, i, j)
        ]
        if not options:
            return None
        i, j = chance.choice(options)
        pieces = [_Piece(word) for word, _, _ in words]
        pieces[i], pieces[j] = _Piece(words[j][0], True), _Piece(words[i][0], True)
        return pieces, [Span(words[k][2], words[k][2] + len(words[k][0])) for k in (i, j)]

    def _apart(self, at: int, i: int, j: int) -> bool:
        between = [word for word, _, _ in self.words[at][i + 1 : j]]
        return any(word in "，；：。" for word in between) or (
            len(between) > 1 and not any(word in "、和与及或" for word in between)
        )

    def _other_word(self, at: int, chance: random.Random) -> tuple[list[_Piece], list[Span]] | None:
        words = self.words[at]
        tags = _NAMES if chance.random() < 0.4 else _CONTENT
        places = [i for i, (word, tag, _) in enumerate(words) if tag in tags and len(word) > 1]
        if not places:
            return None
        place = chance.choice(places)
        old, tag, start = words[place]
        others = [w for w in self.by_tag[tag] if w != old and w not in self.sentences[at] and not set(w) & set(old)]
        if not others:
            return None
        pieces = [_Piece(word) for word, _, _ in words]
        pieces[place] = _Piece(chance.choice(others), True)
        return pieces, [Span(start, start + len(old))]

    def _item(self, at: int, chance: random.Random) -> tuple[list[_Piece], list[Span]] | None:
        """One item of a list becomes one of another list."""
        marks = [i for i, (word, _, _) in enumerate(self.words[at]) if word == "、"]
        other = self.sentences[chance.randrange(len(self.sentences))]
        foreign = [p for p in re.findall(r"(?<=、)[^、，。；：和或]{2,8}(?=、)", other) if p not in self.sentences[at]]
        if len(marks) < 2 or not foreign:
            return None
        k = chance.randrange(len(marks) - 1)
        words = self.words[at]
        start, end = words[marks[k]][2] + 1, words[marks[k + 1]][2]
        if end - start > 14:
            return None
        text = self.sentences[at]
        return [_Piece(text[:start]), _Piece(chance.choice(foreign), True), _Piece(text[end:])], [Span(start, end)]


def _write(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _clauses(pieces: list[_Piece]) -> list[list[_Piece]]:
    out: list[list[_Piece]] = [[]]
    for piece in pieces:
        out[-1].append(piece)
        if piece.text in ("，", "；") and not piece.differs:
            out.append([])
    return [clause for clause in out if clause]


def _drop_clause(pieces: list[_Piece], chance: random.Random) -> list[_Piece]:
    """Leave out one to three clauses after the first that hold nothing that differs."""
    clauses = _clauses(pieces)
    for _ in range(chance.choice((1, 1, 1, 2))):
        spare = [i for i, clause in enumerate(clauses) if i and not any(piece.differs for piece in clause)]
        if len(clauses) < 3 or not spare:
            break
        clauses.pop(chance.choice(spare))
    return [piece for clause in clauses for piece in clause]


def _reorder(pieces: list[_Piece], chance: random.Random) -> list[_Piece]:
    """Two items of one list change places."""
    marks = [i for i, piece in enumerate(pieces) if piece.text == "、"]
    if len(marks) < 2:
        return pieces
    k = chance.randrange(len(marks) - 1)
    first, second = marks[k], marks[k + 1]
    end = next((i for i in range(second + 1, len(pieces)) if pieces[i].text in "、，。；和以及等"), len(pieces))
    if end - first > 12:
        return pieces
    return pieces[: first + 1] + pieces[second + 1 : end] + [pieces[second]] + pieces[first + 1 : second] + pieces[end:]

"""The parts of a question that plainly asks for several things, and which of the passages answers which part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.retriever import Hit

MOST_PARTS = 3
_ASKS = re.compile(
    r"什[么麼]|甚麼|啥|[谁誰哪何]|(?<!的)[几幾]|多[少久大长長]|怎|咋|如何|是否|有没有|有沒有|[吗嗎]$"
    r"|\b(?:who|whom|whose|what|when|where|which|why|how)\b",
    re.IGNORECASE,
)
_FEW = r"[几幾](?:年|[个個]?月|天|日|周|[个個]?星期|[个個]?小[时時]|次|[个個]人|户|戶)"
# Words of asking that ask nothing: 谁都不管, 说什么都不给钱, 无论干多久, 干了几年, 任何事故.
_STATES = re.compile(
    r"任何(?![职職])|哪怕|(?:[无無][论論]|不[论論]|甭管)[^都也]*[都也]?"
    r"|不管[^都也]{0,6}?(?:什[么麼]|啥|[谁誰哪何几幾]|多[少久大长長]|怎|如何)[^都也]{0,12}[都也]"
    r"|不管(?:是|因[为為]?)?(?:什[么麼]|何|啥|哪[种種个個])[^怎谁誰吗嗎]{0,6}$"
    r"|(?:[谁誰啥哪]|什[么麼]|怎[么麼]|哪[里裡儿兒个個])[^,，]{0,2}?[都也]|(?<![有])[没沒]有?(?:什[么麼]|啥|怎[么麼](?!办|辦))"
    r"|(?<![共罚罰判赔賠])[几幾][十百千万萬亿億]|[这這那近好十][几幾]|(?<![里裡外])[头頭][几幾]|[们們][几幾][个個]"
    rf"|(?:(?<!提)前|[后後过過]|[就只才仅僅没沒剩]有?[\u3400-\u9fff]?){_FEW}"
    rf"|了{_FEW}(?=[还還也都才就没沒]|.{{0,6}}了)"
)
_PAUSES = re.compile(r"[，,；;：:？?。！!\n]+(?:\s*and\b)?", re.IGNORECASE)
_QUOTED = re.compile(r"[“「『《（(][^“”「」『』《》（）()]*[”」』》）)]")
_LEAD = re.compile(
    r"^(?:请问|請問|麻烦问|麻煩問|想问|想問|我想问|我想問|我想知道|想知道|请告诉我|請告訴我|告诉我|告訴我"
    r"|[帮幫]我(?:看看?|查查?))(?:一下)?[，,：:\s]*"
)
_COURTESY = re.compile(r"^(?:我|请(?!假)|請(?!假)|麻烦|麻煩|帮|幫|你)|告[诉訴]我")
# What is asked in a clause about who asks is only told: 我问哪里不一样, 我就想弄清楚要写几个部分.
_TOLD = re.compile(r"[问問说說听聽]|知道|不[清懂明晓曉]|弄|[晓曉]得|告[诉訴]|明白|想[请請看查了]")
_TAG = re.compile(r"(?:这样|這樣|[你您])?(?:可以|好|行|知道|是|对|對)[吗嗎]")
# 各级, 各地 and 各有关部门 are words of the notice, and 的分别 asks for a difference.
_MARK = re.compile(r"(?<![的有])分[别別]|各自|各(?=[讲講说說谈談提要是做指占]|有(?![关關]))|[对對]照")
_COMPARES = re.compile(r"不同|相同|异同|異同|共同|[区區]别|[区區]別|差[别別异異]|[关關][系係]|一[样樣]")
_AND = re.compile(r"[、和与與跟及]")
_TOWARDS = re.compile(r"[对對在向给給]")
_LITTLE = re.compile(r"[又也还還再都要靠用在从從由是被向以拿于]|[^\u3400-\u9fff]")
_SHORTEST = 2


def split_question(question: str) -> tuple[str, ...]:
    """The 2 or 3 parts of a question, each a question that can be asked alone; nothing where it asks for one thing.

    王沪宁和王东明分别讲了什么 has the parts 王沪宁讲了什么？ and 王东明讲了什么？ What is asked in other ways than with
    分别, 各 or 对照, or clause by clause with a question word in each, is left whole.
    """
    if any(_PAUSES.search(quoted) for quoted in _QUOTED.findall(question)):
        return ()
    topic = ""
    parts: list[str] = []
    for piece in _pieces(_LEAD.sub("", question.strip())):
        shared = _shared(piece)
        if shared:
            parts += [_about(topic, part) for part in shared]
        elif _TAG.fullmatch(piece) or (_COURTESY.search(piece) and _TOLD.search(piece)):
            continue
        elif _asks(piece):
            parts.append(_about(topic, _with_subject(piece.lstrip("又"), parts)))
        elif not parts and not _COURTESY.search(piece):
            topic = _about(topic, piece)
    parts = [part for part in dict.fromkeys(parts) if len(part) >= _SHORTEST]
    return tuple(map(_asked, parts)) if 1 < len(parts) <= MOST_PARTS else ()


def part_of_each(hits: Sequence[Hit], best: Mapping[str, int]) -> dict[int, str]:
    """By passage, among the first three hits, the part that it answers; nothing unless they answer two parts apart.

    `best` is the best passage of each part of the question. A passage that is the best for two of three parts gets
    both, one after the other.
    """
    near = {hit.passage for hit in hits[:MOST_PARTS]}
    found: dict[int, str] = {}
    for part, passage in best.items():
        if passage in near:
            found[passage] = found.get(passage, "") + part
    return found if len(found) > 1 else {}


def _pieces(question: str) -> list[str]:
    """The question at its pauses; at 、 only where all that it separates asks; else it is a list."""
    pieces: list[str] = []
    for piece in _PAUSES.split(question):
        listed = piece.split("、")
        pieces += listed if all(_asks(item) for item in listed) else [piece]
    return [piece.strip() for piece in pieces if piece.strip()]


def _asks(piece: str) -> re.Match[str] | None:
    """The first word of a clause that asks, None where it states."""
    return _ASKS.search(_STATES.sub(lambda stated: "＿" * len(stated.group()), piece))


def _asked(part: str) -> str:
    return part + ("?" if part.isascii() else "？")


def _about(topic: str, part: str) -> str:
    return f"{topic}，{part}" if topic else part


def _with_subject(piece: str, before: Sequence[str]) -> str:
    """A later part without a subject of its own gets that of the first: 大会哪天开的，在哪开 gives 大会在哪开."""
    asked = _asks(piece)
    if not before or asked is None or _LITTLE.sub("", piece[: asked.start()]) or piece[0].isascii():
        return piece
    first = _asks(before[0])
    # Before 吗 stands the whole question, not its subject.
    subject = before[0][: first.start()].rstrip("是在于又都要为為") if first and first.group() not in "吗嗎" else ""
    return subject + piece if len(subject) >= _SHORTEST and "，" not in subject else piece


def _shared(piece: str) -> list[str]:
    """The parts of A和B分别… with what they share: before A, between B and the mark, and after the mark."""
    mark = _MARK.search(piece)
    if mark is None or not _ASKS.search(piece[mark.end() :]) or _COMPARES.search(piece):
        return []
    rest = piece[mark.end() :]
    items = [item.strip() for item in _AND.split(piece[: mark.start()].rstrip("都又"))]
    if not 1 < len(items) <= MOST_PARTS or not all(items) or any(_ASKS.search(item) for item in items):
        return []
    head = tail = ""
    first, last = _TOWARDS.search(items[0], 1), _TOWARDS.search(items[-1], 1)
    if first and all(_TOWARDS.match(item) for item in items[1:]):
        head, items[0] = items[0][: first.start()], items[0][first.start() :]
    elif first:
        head, items[0] = items[0][: first.end()], items[0][first.end() :]
    elif last and not _TOWARDS.match(items[-1]):
        tail, items[-1] = items[-1][last.start() :], items[-1][: last.start()]
    return [f"{head}{item}{tail}{rest}" for item in items if item]

"""`Slot`: a number, a date, a name or a term that a text holds, and which slots of a claim its evidence contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from content.span import Span
from content.text import fold, numbers


class SlotKind(StrEnum):
    """What a slot holds."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Slot:
    """`value` is what is compared: of a number (value, unit), of a date (year, month, day), of a name its letters."""

    kind: SlotKind
    span: Span
    value: tuple[float | None, ...] | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A slot of the claim that the evidence fills otherwise (`theirs`), or does not hold at all (`theirs` None)."""

    ours: Slot
    theirs: Slot | None


_DATE = re.compile(
    r"(?:(?P<y>\d{4})年(?:(?P<m>\d{1,2})月(?:份|(?P<d>\d{1,2})[日号])?)?|(?P<m2>\d{1,2})月(?:份|(?P<d2>\d{1,2})[日号])?"
    r"|(?P<d3>\d{1,2})[日号](?!线|楼|文))"
)
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
_PERSON, _NAME_TAGS = ("nr", "nrt", "nrfg"), ("nr", "ns", "nt", "nrt", "nrfg")
_BODY = re.compile(
    r".*(?:工会|常委会|政府|委员会|办公室|党委|电视台|日报|公众号|部门|局|院|厅|部|省委|市委|区委|大会)$"
)
_SURNAMES = set(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳鲍"
    "史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣"
    "贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳段富巫乌焦巴谷车侯班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘"
    "景詹束龙叶幸司韶黎薄印宿白怀蒲邰从鄂索赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀"
    "浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越隆师巩聂晁勾敖融冷辛阚那"
    "简饶曾沙养鞠须丰巢关蒯相查后荆红游竺权盖益桓公肖"
)
_MEASURES = set("个项条次位名人年月日天届章节款种类家期场周点批套部级")
_MARKER = re.compile(
    r"(?:(?<=[。;:\n])|^)\s*(?:[一二三四五六七八九十]+(?:是|、)|\d{1,2}[.、](?!\d)|\([一二三四五六七八九十]+\))"
)
"""一是, 二、, 3. and （四）: the place of a point in its list."""
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,2}")
_NOT_A_NUMBER = ("一定", "一致", "一直", "一样", "一般", "一切", "一起", "一旦", "一线", "万一", "千万", "十分", "统一",
                 "进一步", "唯一", "一律", "一道", "百姓", "三农", "一级", "一层", "一并", "一流", "一把手", "一是",
                 "二是", "三是", "四是", "五是", "六是", "七是", "八是", "九是", "一方面", "一系列", "一些", "一边",
                 "第一时间", "之一", "一员", "一点")  # fmt: skip


def slots(text: str) -> tuple[Slot, ...]:
    """Dates, numbers and names of a text, each with its span, in order."""
    folded = fold(text)
    found: list[Slot] = []
    taken: list[Span] = []
    arabic, starts = _arabic(folded.text)
    for pattern in (_ISO, _DATE):
        for match in pattern.finditer(arabic):
            own = Span(starts[match.start()], starts[match.end()])
            if any(own.overlaps(other) for other in taken):
                continue
            parts = match.groupdict()
            day = tuple(
                float(v) if (v := next((parts[n] for n in names if parts.get(n)), None)) else None
                for names in (("y",), ("m", "m2"), ("d", "d2", "d3"))
            )
            # 5年 is a length of time and 11日 a day; a year alone has four digits here.
            taken.append(own)
            found.append(Slot(SlotKind.DATE, Span(*folded.source_span(own.start, own.end)), day))
    for match in _MARKER.finditer(folded.text):
        start, _, value = numbers(match.group())[0]
        own = Span(match.start() + start, match.end())
        if not any(own.overlaps(other) for other in taken):
            taken.append(own)
            found.append(Slot(SlotKind.NUMBER, Span(*folded.source_span(own.start, own.end)), (value,), "第"))
    idle = [Span(m.start(), m.end()) for word in _NOT_A_NUMBER for m in re.finditer(word, folded.text)]
    for start, end, value in numbers(folded.text):
        own = Span(start, end)
        if any(own.overlaps(other) for other in (*taken, *idle)):
            continue
        unit_match = _UNIT.match(folded.text, end)
        unit = unit_match.group() if unit_match else ""
        if folded.text[start:end] == "一" and unit[:1] not in _MEASURES:
            continue
        shown = end + 1 if unit[:1] in _MEASURES else end
        if start and folded.text[start - 1] == "第":
            start, unit = start - 1, "第" + unit
        found.append(Slot(SlotKind.NUMBER, Span(*folded.source_span(start, shown)), (value,), unit))
    found += [Slot(SlotKind.NAME, span, name, sort) for span, name, sort in _names(text)]
    return tuple(sorted(found, key=lambda slot: slot.span))


def conflicts(claim: Sequence[Slot], evidence: Sequence[Slot], elsewhere: str = "") -> tuple[Conflict, ...]:
    """Slots of the claim that the evidence does not hold, with what it holds in their stead where that is plain.

    `elsewhere` is the evidence's text: a name may stand in it as part of a longer one.
    """
    found = []
    free = [slot for slot in evidence if not any(_agree(slot, other) for other in claim)]
    for slot in claim:
        if any(_agree(slot, other) for other in evidence) or (
            slot.kind is SlotKind.NAME and str(slot.value) in elsewhere
        ):
            continue
        rivals = [other for other in free if _rivalry(slot, other)]
        found.append(Conflict(slot, max(rivals, key=lambda other: _rivalry(slot, other), default=None)))
    return tuple(found)


def _agree(a: Slot, b: Slot) -> bool:
    if a.kind is not b.kind:
        return False
    if a.kind is SlotKind.DATE:
        assert isinstance(a.value, tuple) and isinstance(b.value, tuple)
        return all(x is None or y is None or x == y for x, y in zip(a.value, b.value, strict=True)) and any(
            x is not None and x == y for x, y in zip(a.value, b.value, strict=True)
        )
    if a.kind is SlotKind.NUMBER:
        return a.value == b.value
    return str(a.value) in str(b.value) or str(b.value) in str(a.value)


def _rivalry(ours: Slot, theirs: Slot) -> int:
    """How likely `theirs` is what `ours` should have been; 0 for not at all."""
    if ours.kind is not theirs.kind:
        return 0
    if ours.kind is SlotKind.DATE:
        return 1 + sum(x is not None and x == y for x, y in zip(ours.value, theirs.value, strict=True))
    if ours.kind is SlotKind.NUMBER:
        if ours.unit[:1] == theirs.unit[:1] == "第":
            return 2 + (ours.unit[1:2] == theirs.unit[1:2])
        same = ours.unit.removeprefix("第"), theirs.unit.removeprefix("第")
        return 0 if not all(same) else 2 * (same[0][0] == same[1][0]) + (same[0] == same[1])
    return 1 + (ours.unit == theirs.unit)


def _arabic(folded: str) -> tuple[str, list[int]]:
    """The folded text with Arabic numerals, and for every character where it stood, one more for the end."""
    text: list[str] = []
    starts: list[int] = []
    at = 0
    for start, end, value in numbers(folded):
        shown = folded[start:end] if folded[start:end].isdigit() else f"{value:.15g}"
        for place in range(at, start):
            text.append(folded[place])
            starts.append(place)
        text += shown
        starts += [start] * len(shown)
        at = end
    for place in range(at, len(folded)):
        text.append(folded[place])
        starts.append(place)
    return "".join(text), [*starts, len(folded)]


@cache
def _tagger() -> object:
    import rjieba

    return rjieba


def _names(text: str) -> Iterable[tuple[Span, str, str]]:
    """People, places and bodies, as word segmentation knows them, with their sort; neighbours are one name."""
    at = 0
    start, name, sort = 0, "", ""
    for word, tag in [*_tagger().tag(text), ("", "")]:  # type: ignore[attr-defined]
        person = tag in _PERSON
        known = tag in _NAME_TAGS and len(word) > 1 and (not person or (word[0] in _SURNAMES and len(word) < 5))
        if known or (name and sort != "person" and _BODY.match(word)):
            if name and (sort == "person") != person:
                yield Span(start, at), name, sort
                name = ""
            start, name = (at, word) if not name else (start, name + word)
            sort = "person" if person else "body"
        elif name:
            yield Span(start, at), name, sort
            name = ""
        at += len(word)

"""Names of people, places and bodies in a text, as word segmentation knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from content.span import Span


class NameKind(StrEnum):
    """Whose name it is; places and bodies are told apart by nothing that word segmentation knows for sure."""

    PERSON = "person"
    BODY = "body"


_PERSON_TAGS, _TAGS = ("nr", "nrt", "nrfg"), ("nr", "ns", "nt", "nrt", "nrfg")
_PLACE = re.compile(r".+[省市区县镇乡村州盟旗]$")
_BODY = re.compile(
    r".*(?:工会|常委会|政府|委员会|办公室|党委|电视台|日报|公众号|部门|局|院|厅|部|委|大会|网)$(?<![干全内外局]部)"
)
_COVERBS = tuple("为向在对同与和")
"""What word segmentation takes for the end of a name: 韩正为 for 韩正, who does something for someone."""
_NOUNS = ("n", "vn", "j")
_SHORTEST_PERSON, _LONGEST_PERSON = 2, 3
_DOUBLE = tuple("欧阳 司马 上官 诸葛 东方 尉迟 公孙 慕容 司徒 夏侯 皇甫 令狐 端木 独孤 南宫 呼延".split())
_NO_NAMES = frozenset(
    "东西 礼拜 里列 大同 和平 团结 新建 建设 段时间 福利 时代 上台 弘扬 明白 关怀 党执政 华章 申请人 许可证 养老金"
    " 之日起 国家有关 党组织 上门 入园 万分之 常见病 安全性 通知书 非营利 公开栏 普及 上岗".split()
)
"""Words that word segmentation takes for places or times of feasts."""
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳鲍"
    "史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣"
    "贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳段富巫乌焦巴谷车侯班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘"
    "景詹束龙叶幸司韶黎薄印宿白怀蒲邰从鄂索赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀"
    "浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越隆师巩聂晁勾敖融冷辛阚那"
    "简饶曾沙养鞠须丰巢关蒯相查后荆红游竺权盖益桓公肖"
)


def names(folded: str) -> Iterator[tuple[Span, str, NameKind]]:
    """(span, name, kind) in order; words of one name that stand side by side (常州市武进区总工会) are one."""
    words = _tagged(folded)
    start, end, kind = 0, 0, NameKind.BODY
    at = 0
    for place, (word, tag) in enumerate(words):
        own = _kind(word, tag)
        if own is NameKind.PERSON and len(word) == _SHORTEST_PERSON and _leads(words[place + 1 :]):
            own = NameKind.BODY
        follows = end == at and end > start
        if own is None and follows and kind is NameKind.BODY and _leads(words[place:]):
            own = NameKind.BODY
        if follows and own is not kind:
            yield Span(start, end), folded[start:end], kind
            start = end = at
        if own is not None:
            start = start if end == at and end > start else at
            end, kind = at + len(word), own
        at += len(word)
    if end > start:
        yield Span(start, end), folded[start:end], kind


def _tagged(folded: str) -> list[tuple[str, str]]:
    """Words with their tags, names of people mended: 丁 and 薛祥 are one, 韩正为 is a name and what it does."""
    import rjieba

    out: list[tuple[str, str]] = []
    for word, tag in rjieba.tag(folded):
        if tag in _PERSON_TAGS and len(word) == _LONGEST_PERSON and word.endswith(_COVERBS):
            out += [(word[:-1], tag), (word[-1], "p")]
        elif (
            tag in _PERSON_TAGS
            and len(word) == _SHORTEST_PERSON
            and out
            and out[-1][1] in _PERSON_TAGS
            and out[-1][0] in _SURNAMES
        ):
            out[-1] = (out[-1][0] + word, tag)
        else:
            out.append((word, tag))
    return out


def _leads(words: Sequence[tuple[str, str]]) -> bool:
    """Whether these words go on with the name of a body: 总工会, or 职工 and 网."""
    own, *rest = words[:2] or [("", "")]
    if _BODY.match(own[0]):
        return True
    return own[1] in _NOUNS and bool(rest) and len(rest[0][0]) <= 3 and bool(_BODY.match(rest[0][0]))


def _kind(word: str, tag: str) -> NameKind | None:
    if tag not in _TAGS or len(word) < 2 or word in _NO_NAMES:
        return None
    if tag not in _PERSON_TAGS or _PLACE.match(word) or _BODY.match(word):
        return NameKind.BODY
    longest = _LONGEST_PERSON + word.startswith(_DOUBLE)
    return NameKind.PERSON if (word[0] in _SURNAMES or longest > _LONGEST_PERSON) and len(word) <= longest else None

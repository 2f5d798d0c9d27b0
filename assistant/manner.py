"""What is typed without asking anything of a notice: a greeting, thanks, an order to the machine, a run of keys."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.need import is_distress
from content.text import fold_text


class Manner(StrEnum):
    """How something that is no question is meant."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABOUT = "about"
    ORDER = "order"
    NOISE = "noise"
    DISTRESS = "distress"


_END = r"[\s,.!?~。，！？、…啊呀哦噢嘛吗呢了的哈]*"
_NO_QUESTION = r"(?!了?[吗么])"
_MACHINE = r"(?:一?个)?(?:机器人?|人工智能|ai|真人|人|程序|电脑)"
# In the order of what counts where someone says several: 你好，你是谁.
_COURTESIES = {
    Manner.ABOUT: (
        # Of whoever issued the notice people ask as 你 too: 你是什么时候发的通知, 您是人大代表吗.
        r"(?:你|您)(?:到底|究竟)?(?:是|叫)(?:谁(?:开发|做|造|创造)?|哪位"
        rf"|(?:什么)?{_MACHINE}(?:还是{_MACHINE})?|(?:什么|啥)(?:名字|东西|模型|系统|软件|助手)?)"
        rf"|(?<=,)是{_MACHINE}"
        r"|(?:你|您)(?:能|会|可以)(?:做|干|帮我做|帮我干)(?:什么|啥|些什么)(?:事情?)?"
        r"|who are you|what are you|what can you do|are you (?:a )?(?:robot|human|bot|ai)"
    ),
    Manner.THANKS: (
        r"(?:(?:非常|十分|太|多)?(?:感谢|谢谢)(?:你|您|大家)?|谢啦|多谢|辛苦|再见|拜拜|好的|明白|知道|收到|嗯|行"
        rf"|bye(?: bye)?|thanks?(?: you)?|thank you(?: very much)?|thx|ok(?:ay)?){_NO_QUESTION}"
    ),
    Manner.GREETING: (
        r"(?:(?:你|您|大家|各位)好|好(?!的?了?[吗么])|您?早上好|上午好|中午好|下午好|晚上好|早安|晚安|早|在|有人|在不在|喂|哈喽|嗨"
        r"|hi|hello|hey|hello there|good (?:morning|afternoon|evening))"
    ),
}
_COURTESY_PATTERNS = {manner: re.compile(rf"(?:{pattern}){_END}") for manner, pattern in _COURTESIES.items()}
# What nobody but a machine is told, whatever else is asked.
_TO_THE_MACHINE = re.compile(
    r"(?:请|麻烦)?(?:你|您)?(?:忽略|无视|忘记|忘掉)(?:掉)?(?:以上|上面|之前|前面|所有|一切).{0,30}(?:指令|提示词?|设定).*"
    r"|.{0,12}(?:系统提示词|system prompt).*|.*\bignore (?:all |the |any )?(?:previous|above|prior) .*"
)
_PLEASE = r"(?:请|麻烦|帮忙)?(?:你|您)?(?:帮我|给我|替我|帮忙)?"
_WHOLE = r"(?:这个|这份|整个|本)?(?:通知|文件|全文)?"
_ORDER = re.compile(
    r"(?:请|麻烦)?(?:你|您)?(?:忽略|无视|忘记|忘掉)(?:掉)?(?:以上|上面|之前|前面|所有|一切).{0,30}(?:规则|要求|内容).*"
    rf"|{_PLEASE}(?:写|作|编|创作)(?:一?(?:首|篇|份|个(?![人体别])|段|点|封|则|句|副|幅)|一下|一写).{{0,30}}"
    rf"|{_PLEASE}(?:讲|说|来)(?:一?个|一?段)(?:笑话|故事|段子).{{0,6}}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我|请(?![问假]))(?:把)?.{0,16}(?:翻译成|翻译一下|改写|润色|缩写).{0,14}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)(?:总结|归纳|概括)(?:一下)?(?:这个|这份|整个|本)?(?:通知|文件|全文|内容)?"
    rf"|{_PLEASE}(?:用.{{1,4}}(?:句话|段话|个字|字)|一句话|简单|简要)来?"
    rf"(?:总结|归纳|概括)(?:一下)?{_WHOLE}(?:的?(?:主要)?(?:内容|精神|大意))?[。.!！]?"
    r"|(?:请|麻烦)?(?:你|您)?(?:总结|归纳|概括)(?:一下|下)(?:这个|这份|整个|本)?(?:通知|文件|全文|内容)?[。.!！]?"
    r"|(?:please )?(?:write|compose|translate|tell me a joke)\b.*"
)
# 写一份学习计划要包括什么 asks of the notice; what an essay is about may be a question: 写一篇关于如何学习的文章.
_ASKS = re.compile(
    r"[吗么?]\s*$|什么|啥|怎|咋|如何|多[少久大长]|[几哪谁]|[是能可]否|(.)不\1|有没有|有无|不[\s。.]*$"
    r"|的(?:要求|条件|标准|期限|时限|时间|字数|格式)$"
)
_FOR_ME = re.compile(r"(?:请|麻烦)?(?:你|您)?(?:帮我|替我|帮忙)")
_ON_A_SUBJECT = re.compile(
    r"关于.+的(?:诗|文章|作文|稿|.{0,3}稿子?|心得(?:体会)?|总结|报告|文案|材料|故事|笑话)[\s。.!]*$"
)
_POLITELY = re.compile(r"[\s,]*(?:好吗|好不好|好么|行吗|行不行|可以吗|可不可以|谢谢[你您]?)[\s?.!。]*$")
_WORD = re.compile(r"[\u3400-\u9fffa-z0-9]")
_REPEATED = re.compile(r"(.{1,3})\1{3,}|([\u3400-\u9fff])\2+")
_VOWEL = re.compile(r"[aeiouyü]")
_HOME_ROW = re.compile(r"[asdfghjkl]{5,}")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{4}")
_KEYS = "qwertyuiop asdfghjkl zxcvbnm 1234567890"
_KEYS += " " + _KEYS[::-1]
_SHORTEST_RUN, _LONGEST_RUN = 3, 10
_ABBREVIATION = re.compile(r"[a-z]{2,4}|(?=.*[a-z])(?=.*\d).+")
"""GDP, VPN, 5G, PM2.5."""
_FEWEST_DIGITS, _MOST_DIGITS = 3, 6
"""Of what may be a year or a hotline: 2018, 12345, 12351."""
_HOTLINE = 5
"""Digits of a hotline, though they lie side by side: 12345."""
_DATE = re.compile(r"(?:19|20)\d\d(?P<mark>[-/.年\s]?)\d\d?(?:(?P=mark)\d\d?)?[\s?.!。]*")


def manner_of(question: str) -> Manner | None:
    """How a text that asks nothing of a notice is meant; None for everything that may be a question.

    Who does not want to live is met before anything else, even where there is a question beside it.
    """
    text = fold_text(question).strip()
    if is_distress(text):
        return Manner.DISTRESS
    if (courtesy := _courtesy(text)) is not None:
        return courtesy
    if _is_order(text):
        return Manner.ORDER
    return Manner.NOISE if _is_noise(text) else None


def _is_order(text: str) -> bool:
    """Whether the machine is told to do something, and nothing is asked."""
    if _TO_THE_MACHINE.fullmatch(text):
        return True
    if not _ORDER.fullmatch(text):
        return False
    if _FOR_ME.match(text) or _ON_A_SUBJECT.search(text):
        return True
    return not _ASKS.search(_POLITELY.sub("", text) if text[0] in "请麻给" else text)


def _is_noise(text: str) -> bool:
    """Whether a text is no words and no name, number or date that may stand in a document."""
    bare = "".join(_WORD.findall(text))
    if not bare or _REPEATED.fullmatch(bare):
        return True
    if bare.isdigit():
        if _FEWEST_DIGITS <= len(bare) <= _MOST_DIGITS:
            return len(bare) != _HOTLINE and _lie_side_by_side(bare)
        return not _DATE.fullmatch(text)
    return bare.isascii() and _is_typed_at_random(bare)


def _courtesy(text: str) -> Manner | None:
    """What a text that is nothing but courtesies is, one after the other: 好的，谢谢你，再见."""
    said = set()
    at = 0
    while at < len(text):
        ends = {manner: match.end() for manner, p in _COURTESY_PATTERNS.items() if (match := p.match(text, at))}
        if not ends:
            return None
        longest = max(ends, key=ends.__getitem__)  # of two that are as long, the first of _COURTESIES
        said.add(longest)
        at = ends[longest]
    return next((manner for manner in _COURTESIES if manner in said), None)


def _is_typed_at_random(bare: str) -> bool:
    """Whether a text of letters and digits is nobody's word: no vowel, or keys as they lie side by side."""
    if _ABBREVIATION.fullmatch(bare):
        is_repeated = len(bare) >= _SHORTEST_RUN and len(set(bare)) == 1
        is_word = len(bare) <= _SHORTEST_RUN and _VOWEL.search(bare)
        return not is_word and (is_repeated or _lie_side_by_side(bare))
    if not _VOWEL.search(bare):
        return True
    if _HOME_ROW.fullmatch(bare) and _CONSONANTS.search(bare):
        return True
    return len(bare) > _SHORTEST_RUN and _lie_side_by_side(bare)


def _lie_side_by_side(bare: str) -> bool:
    """Whether all of it is runs of three or more keys as they lie side by side: qweasd, poiuy."""
    at = 0
    while at < len(bare):
        longest = min(_LONGEST_RUN, len(bare) - at)
        run = next((n for n in range(longest, _SHORTEST_RUN - 1, -1) if bare[at : at + n] in _KEYS), 0)
        if not run:
            return False
        at += run
    return True

"""What is typed without asking anything of a notice: a greeting, thanks, an order to the machine, a run of keys."""

from __future__ import annotations

import re
from enum import StrEnum

from content.text import fold_text


class Manner(StrEnum):
    """How something that is no question is meant."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABOUT = "about"
    ORDER = "order"
    NOISE = "noise"


_END = r"[\s,.!?~。，！？、…啊呀哦噢嘛吗呢了的哈]*"
_WHOLE = {
    Manner.GREETING: (
        r"(?:(?:你|您|大家|各位)?好|您?早上好|上午好|中午好|下午好|晚上好|早安|晚安|早|在|有人|在不在|喂|哈喽|嗨"
        r"|hi|hello|hey|hello there|good (?:morning|afternoon|evening))"
    ),
    Manner.THANKS: (
        r"(?:(?:非常|十分|太|多)?(?:感谢|谢谢)(?:你|您|大家)?|谢啦|多谢|辛苦|再见|拜拜|好的|明白|知道|收到|嗯+|行"
        r"|bye(?: bye)?|thanks?(?: you)?|thank you(?: very much)?|ok(?:ay)?)"
    ),
    Manner.ABOUT: (
        r"(?:你|您)(?:是|叫)(?:谁|什么|啥|哪位|机器人|人工智能|ai|真人|人).{0,8}"
        r"|(?:你|您)(?:能|会|可以)(?:做|干|帮我做|帮我干)(?:什么|啥|些什么).{0,4}"
        r"|who are you|what are you|what can you do|are you (?:a )?(?:robot|human|bot|ai)"
    ),
}
_WHOLE_PATTERNS = {manner: re.compile(rf"(?:{pattern}){_END}") for manner, pattern in _WHOLE.items()}
_ORDER = re.compile(
    r"(?:请|麻烦)?(?:你|您)?(?:忽略|无视|忘记|忘掉)(?:掉)?(?:以上|上面|之前|前面|所有|一切).{0,30}(?:指令|提示|规则|要求|设定|内容).*"
    r"|.{0,12}(?:系统提示词|system prompt).*|.*\bignore (?:all |the |any )?(?:previous|above|prior) .*"
    r"|(?:请|麻烦|帮忙)?(?:你|您)?(?:帮我|给我|替我|帮忙)?(?:写|作|编|创作)(?:一|首|篇|份|个|段|点).{0,30}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)?(?:讲|说|来)(?:一?个|一?段)(?:笑话|故事|段子).{0,6}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我|请)(?:把)?.{0,16}(?:翻译成|翻译一下|改写|润色|缩写).{0,14}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)(?:总结|归纳|概括)(?:一下)?(?:这个|这份|整个|本)?(?:通知|文件|全文|内容)?"
    r"|(?:please )?(?:write|compose|translate|tell me a joke)\b.*"
)
_WORD = re.compile(r"[\u3400-\u9fffa-z0-9]")
_REPEATED = re.compile(r"(.{1,3})\1{3,}|([\u3400-\u9fff])\2+")
_VOWEL = re.compile(r"[aeiouyü]")


def manner_of(question: str) -> Manner | None:
    """How a text that asks nothing is meant; None for everything that may be a question."""
    text = fold_text(question).strip()
    for manner, pattern in _WHOLE_PATTERNS.items():
        if pattern.fullmatch(text):
            return manner
    if _ORDER.fullmatch(text):
        return Manner.ORDER
    bare = "".join(_WORD.findall(text))
    if not bare or bare.isdigit() or _REPEATED.fullmatch(bare) or (bare.isascii() and not _VOWEL.search(bare)):
        return Manner.NOISE
    return None

"""What is typed without asking anything of a notice: a greeting, thanks, an order to the machine, a run of keys.

Also: who does not want to live, and where to turn, for a question that no notice answers.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.manner_words import HARM, LOW
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
# In the order of what counts where someone says several: 你好，你是谁.
_COURTESIES = {
    Manner.ABOUT: (
        r"(?:你|您)(?:是|叫)(?:谁|什么|啥|哪位|机器人|人工智能|ai|真人|人).{0,8}"
        r"|(?:你|您)(?:能|会|可以)(?:做|干|帮我做|帮我干)(?:什么|啥|些什么).{0,4}"
        r"|who are you|what are you|what can you do|are you (?:a )?(?:robot|human|bot|ai)"
    ),
    Manner.THANKS: (
        r"(?:(?:非常|十分|太|多)?(?:感谢|谢谢)(?:你|您|大家)?|谢啦|多谢|辛苦|再见|拜拜|好的|明白|知道|收到|嗯|行"
        r"|bye(?: bye)?|thanks?(?: you)?|thank you(?: very much)?|ok(?:ay)?)"
    ),
    Manner.GREETING: (
        r"(?:(?:你|您|大家|各位)?好|您?早上好|上午好|中午好|下午好|晚上好|早安|晚安|早|在|有人|在不在|喂|哈喽|嗨"
        r"|hi|hello|hey|hello there|good (?:morning|afternoon|evening))"
    ),
}
_COURTESY_PATTERNS = {manner: re.compile(rf"(?:{pattern}){_END}") for manner, pattern in _COURTESIES.items()}
_ORDER = re.compile(
    r"(?:请|麻烦)?(?:你|您)?(?:忽略|无视|忘记|忘掉)(?:掉)?(?:以上|上面|之前|前面|所有|一切).{0,30}(?:指令|提示|规则|要求|设定|内容).*"
    r"|.{0,12}(?:系统提示词|system prompt).*|.*\bignore (?:all |the |any )?(?:previous|above|prior) .*"
    r"|(?:请|麻烦|帮忙)?(?:你|您)?(?:帮我|给我|替我|帮忙)?(?:写|作|编|创作)(?:一|首|篇|份|个|段|点).{0,30}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)?(?:讲|说|来)(?:一?个|一?段)(?:笑话|故事|段子).{0,6}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我|请)(?:把)?.{0,16}(?:翻译成|翻译一下|改写|润色|缩写).{0,14}"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)(?:总结|归纳|概括)(?:一下)?(?:这个|这份|整个|本)?(?:通知|文件|全文|内容)?"
    r"|(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我|帮忙)?(?:用.{1,4}(?:句话|段话|个字|字)|一句话|简单|简要)来?"
    r"(?:总结|归纳|概括)(?:一下)?(?:这个|这份|整个|本)?(?:通知|文件|全文)?(?:的?(?:主要)?(?:内容|精神|大意))?[。.!！]?"
    r"|(?:请|麻烦)?(?:你|您)?(?:总结|归纳|概括)(?:一下|下)(?:这个|这份|整个|本)?(?:通知|文件|全文|内容)?[。.!！]?"
    r"|(?:please )?(?:write|compose|translate|tell me a joke)\b.*"
)
_WORD = re.compile(r"[\u3400-\u9fffa-z0-9]")
_REPEATED = re.compile(r"(.{1,3})\1{3,}|([\u3400-\u9fff])\2+")
_VOWEL = re.compile(r"[aeiouyü]")


_HOME_ROW = re.compile(r"[asdfghjkl]{5,}")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{4}")
_KEYS = "qwertyuiop asdfghjkl zxcvbnm 1234567890"
_KEYS += " " + _KEYS[::-1]
_SHORTEST_RUN, _LONGEST_RUN = 3, 10

_WAYS = "自杀|轻生|寻死|寻短见|自尽|自残|自伤|割腕|跳楼|跳河|上吊"
_RULES_ABOUT = r"(?!干预|预防|防|倾向|风险|危机|者|率|的?(?:规定|通知|文件|政策|职工|员工|人|案|事件|问题|念头))"
_DISTRESS = re.compile(
    r"不想再?活(?![动跃泼络成得])"
    r"|(?<![生干做])活(?:不下去|不下了|够了|腻了|着[真好太还也就]?(?:没有?(?:意思|意义|盼头|希望)|有什么(?:意思|意义)))"
    rf"|(?<!不)(?:想|要|打算|准备|决定)去?(?:{_WAYS}){_RULES_ABOUT}|(?:怎么|怎样|如何)(?:才能|去)?(?:{_WAYS}){_RULES_ABOUT}"
    r"|(?<!不)想去?死(?![你您他她它我妈爸家机记守搬磨扛撑灰亡角板])|我.{0,4}去死|死了算了|不如死|一死了之|生不如死|生无可恋"
    r"|(?:结束|了结|了断)(?:自己|我)的?(?:生命|性命|一生|命)|(?:伤害|杀死|杀了|弄死)我?自己"
    r"|没有?(?:勇气)?(?:继续)?活下去"
    rf"|^我?(?:{_WAYS})(?:{_END})$"
    r"|\b(?:(?:want|wanna|going) to die|kill(?:ing)? myself|suicidal|end my life|don'?t want to live|hurt myself)\b"
)
_MYSELF = re.compile(r"我(?![们国厂区市省县会院校部局单公])|\b(?:i|i'm|my|myself)\b")
_OF_RULES = re.compile(
    r"规定|政策|制度|通知|文件|条文|措施|预案|预防|防止|防范|干预|制止|工伤|认定"
    r"|(?:企业|公司|单位|工厂|行业|工会|组织|职工|员工|工人|家庭).{0,12}活不下"
)
# What someone else is told to have said, in a question: 徒弟说活着没意思，拿哪句话劝他.
_REPORTED = re.compile(
    r"(?:徒弟|师傅|同事|朋友|孩子|儿子|女儿|职工|员工|工友|学生|老公|老婆|丈夫|妻子|家人|[他她])[^我]{0,20}[说讲喊][^我]{0,4}$"
)
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_ASKS = re.compile(r"什么|啥|哪|吗|怎么|如何|几|谁")
_HARM = re.compile(
    r"(?:打|揍|踢|骂|威胁|恐吓|骚扰|猥亵|侵犯|强奸|家暴|虐待|欺负)[了过伤]{0,2}我(?!的|电话|手机|卡|账|微信|国|们)"
    r"|我.{0,6}(?:被|遭|挨).{0,8}?(?:殴打|打伤|打了|揍|骂|骚扰|威胁|恐吓|猥亵|强奸|家暴|虐待|欺负)|我挨[打揍骂]"
)
_LOW = re.compile(rf"{_WAYS}|心理(?:援助|咨询|疏导|热线|危机)|我.{{0,8}}(?:抑郁|崩溃|绝望|(?:撑|熬|扛)不(?:下去|住))")


def manner_of(question: str) -> Manner | None:
    """How a text that asks nothing is meant; None for everything that may be a question."""
    text = fold_text(question).strip()
    if _is_distress(text):
        return Manner.DISTRESS
    if (courtesy := _courtesy(text)) is not None:
        return courtesy
    if _ORDER.fullmatch(text):
        return Manner.ORDER
    bare = "".join(_WORD.findall(text))
    if not bare or bare.isdigit() or _REPEATED.fullmatch(bare) or (bare.isascii() and _is_typed_at_random(bare)):
        return Manner.NOISE
    return None


def where_to_turn(question: str) -> str | None:
    """One Chinese sentence for whoever asks in need what no notice answers, else None."""
    text = fold_text(question)
    if _HARM.search(text):
        return HARM
    return LOW if _LOW.search(text) or _DISTRESS.search(text) else None


def _is_distress(text: str) -> bool:
    """Whether someone says that they do not want to live; a question about rules for such cases is none."""
    text = _BETWEEN.sub("", text)
    said = _DISTRESS.search(text)
    if said is None or (_OF_RULES.search(text) and not _MYSELF.search(text)):
        return False
    return not (_REPORTED.search(text[: said.start()]) and _ASKS.search(text))


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
    if not _VOWEL.search(bare):
        return True
    if _HOME_ROW.fullmatch(bare) and _CONSONANTS.search(bare):
        return True
    at = 0
    while at < len(bare):
        longest = min(_LONGEST_RUN, len(bare) - at)
        run = next((n for n in range(longest, _SHORTEST_RUN - 1, -1) if bare[at : at + n] in _KEYS), 0)
        if not run:
            return False
        at += run
    return len(bare) > _SHORTEST_RUN

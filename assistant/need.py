"""Who does not want to live, who is hurt by someone, and where to turn: what no notice answers."""

from __future__ import annotations

import re

from assistant.manner_words import HARM, LOW
from content.text import fold_text

_END = r"[\s,.!?~。，！？、…啊呀哦噢嘛吗呢了的哈]*"
_WAYS = "自杀|轻生|寻死|寻短见|自尽|自残|自伤|割腕|跳楼|跳河|上吊"
_RULES_ABOUT = r"(?!干预|预防|防|救|倾向|风险|危机|者|率|的?(?:规定|通知|文件|政策|职工|员工|人|案|事件|问题|念头))"
# Words that begin with 死 and are about no death of one's own: 死守, 死记硬背, 死心塌地 (思想死气沉沉 is none either).
_OTHER_DEATH = (
    r"(?![你您他她它我妈爸家机记守搬磨扛撑灰亡角板磕缠抠盯啃循刑缓者]"
    r"|心(?:[塌踏眼了吧,.。!?]|$)|气沉|因(?!为)|读书|海(?!里))"
)
_DISTRESS = re.compile(
    r"不想再?活(?![动跃泼络成得])"
    r"|(?<![生干做])活(?:不下去|不下了|够了|腻了|着[真好太还也就]?(?:没有?(?:意思|意义|盼头|希望)|有什么(?:意思|意义)))"
    rf"|(?<!不)(?:想|要|打算|准备|决定)去?(?:{_WAYS}){_RULES_ABOUT}|(?:怎么|怎样|如何)(?:才能|去)?(?:{_WAYS}){_RULES_ABOUT}"
    rf"|(?<![不思理])想去?死{_OTHER_DEATH}|我.{{0,4}}去死{_OTHER_DEATH}|死了算了|不如死|一死了之|生不如死|生无可恋"
    r"|(?:结束|了结|了断)(?:自己|我)的?(?:生命|性命|一生|命)"
    # 不伤害自己、不伤害他人 is a rule of safety at work.
    r"|(?:(?<![不别勿])|(?<=做不到不)|(?<=忍不住不)|(?<=没法不)|(?<=无法不))(?:伤害|杀死|杀了|弄死)我?自己"
    rf"|没有?(?:勇气)?(?:继续)?活下去|(?:^|[我都也真就,.。;!?\s]|真的)不活了|让我(?:去)?死{_OTHER_DEATH}"
    rf"|(?:我(?:就|只[能好有]|宁[愿可])|逼我)去?(?:{_WAYS})|(?:想|要|打算)从.{{1,6}}跳下去"
    r"|(?:想|要|打算|准备|决定)(?:就此|提前)?(?:结束|了结)(?:生命|性命|一生)"
    rf"|^我?(?:{_WAYS})(?:{_END})$"
    r"|\b(?:(?:want|wanna|going) to die|kill(?:ing)? myself|suicidal|end my life|don'?t want to live|hurt myself)\b"
)
_BY_ACCIDENT = re.compile(r"(?:不小心|不慎|意外|失手|失误|无意|误(?=伤))(?:(?![想要会我,.。;!?]).){0,8}?伤害自己")
_MYSELF = re.compile(r"我(?![们国厂区市省县会院校部局单公])|\b(?:i|i'm|my|myself)\b")
_ASKS = re.compile(r"什么|啥|哪|吗|怎么|如何|几|谁")
_OF_RULES = re.compile(r"规定|政策|制度|通知|文件|条文|措施|预案|预防|防止|防范|干预|制止|工伤|认定")
# A business that cannot live on; 公司不发工资活不下去, 在厂里活不下去 are said by a person.
_CANNOT = (
    r"(?:(?![,.。;!?、我]|[不没][发给]|[欠扣逼害辞]|开除|裁|薪|工资|钱|倒闭|破产|停产|下岗|失业|困难).){0,12}"
    r"(?:活不下|没有?(?:勇气)?(?:继续)?活下去)"
)
_BUSINESS = re.compile(rf"(?:企业|公司|单位|[厂店]|饭馆|作坊|商户|合作社|生意|买卖|行业|项目|平台|工会|组织){_CANNOT}")
_PEOPLE = re.compile(rf"(?:职工|员工|工人|家庭){_CANNOT}")
_WITHIN = re.compile(r"[在被让给][^,.。;!?]{0,6}$")
# Outright, and of nobody else: 不想活了，有什么政策. 不想活了的职工 are others.
_OUTRIGHT = re.compile(
    r"(?:^|[,.。!?;\s])(?:真的?|都|实在|已经|好|也|现在|早就|有点)*"
    r"(?:不想再?活(?![动跃泼络成得])|活[够腻]了|活着(?:没有?|有什么)(?:意思|意义|盼头|希望)|生无可恋|生不如死|一死了之)(?!了?的)"
)
_OTHERS = "徒弟|师傅|同事|朋友|孩子|儿子|女儿|职工|员工|工人|农民工|工友|学生|老公|老婆|丈夫|妻子|家人|有人|[他她]"
# What someone else is told to have said, in a question: 徒弟说活着没意思，拿哪句话劝他.
_REPORTED = re.compile(rf"(?:{_OTHERS})[^我]{{0,20}}[说讲喊][^我]{{0,4}}$")
# 有工人要跳楼讨薪怎么办: what is asked is what to do for someone else.
_OF_OTHERS = re.compile(
    rf"(?:{_OTHERS})(?:都|也|又|现在|突然|扬言|威胁|闹着|被[^我,.。;!?]{{1,4}})?(?:想|要|打算|准备|决定)?去?(?:{_WAYS})"
)
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

_HARM = re.compile(
    # 打 is also how money comes: 打我工资, 打我银行卡.
    r"打[了过伤]{0,2}我(?!的|国|们|电话|手机|银行|[卡账帐薪钱款]|户头|微信|支付宝|工资|奖金|补[贴助偿]|提成|绩效|社保|公积金|分数|[欠借白]条)"
    r"|(?:揍|踢|骂|威胁|恐吓|骚扰|猥亵|侵犯|强奸|家暴|虐待|欺负)[了过]{0,2}"
    r"我(?!的|国|们|电话|手机|账|微信|合法|正当|权|利益|隐私|名誉|肖像|知识产权)"
    r"|我.{0,6}(?:被|遭|挨).{0,8}?(?:殴打|打伤|揍|骂|骚扰(?!电话|短信)|威胁|恐吓|猥亵|强奸|家暴|虐待|欺负"
    r"|打了(?!.{0,3}折|[一二三四五六七八九十\d低高]{1,3}分(?!钟)|[叉勾码结包印]|招呼|水漂|回[来去]))|我挨[打揍骂]"
)
_MACHINES = "电脑|系统|手机|网[络站页]|软件|程序|服务器|浏览器|页面|平台|app"
_LOW = re.compile(
    rf"{_WAYS}|心理(?:援助|咨询|疏导|热线|危机)"
    rf"|我(?:(?!{_MACHINES}).){{0,8}}(?:抑郁|崩溃|绝望|(?:撑|熬|扛)不(?:下去|住))"
)


def is_distress(folded: str) -> bool:
    """Whether someone says that they do not want to live.

    A question about rules for such cases is none, nor one about someone else, who is only told of.
    """
    text = _plain(folded)
    said = _DISTRESS.search(text)
    if said is None:
        return False
    asks = bool(_ASKS.search(text))
    if not _MYSELF.search(text) and not _OUTRIGHT.search(text):
        if _OF_RULES.search(text) or _PEOPLE.search(text) or _is_of_a_business(text):
            return False
        if asks and _OF_OTHERS.search(text):
            return False
    return not (asks and _REPORTED.search(text[: said.start()]))


def where_to_turn(question: str) -> str | None:
    """One Chinese sentence for whoever asks in need what no notice answers, else None."""
    text = fold_text(question)
    if _HARM.search(text):
        return HARM
    is_low = _LOW.search(text) or is_distress(text)
    return LOW if is_low or (_DISTRESS.search(_plain(text)) and not _is_of_a_business(text)) else None


def _plain(folded: str) -> str:
    """Without the spaces within Chinese words, and without what befell someone by accident."""
    return _BY_ACCIDENT.sub("", _BETWEEN.sub("", folded))


def _is_of_a_business(text: str) -> bool:
    """Whether it is a business that cannot live on, and nobody within it."""
    found = _BUSINESS.search(text)
    return found is not None and not _WITHIN.search(text[: found.start()])

"""Whoever is in need is met before anything is looked up; whoever asks about rules, money or machines is answered."""

from __future__ import annotations

import pytest

from assistant.manner_words import HARM, LOW
from assistant.need import is_distress, where_to_turn
from content.text import fold_text


@pytest.mark.parametrize(
    "said",
    [
        "小店倒闭了，我不想活了",
        "厂子不发工资，活不下去了",
        "公司不发工资活不下去了怎么办",
        "企业倒闭了，没有活下去的勇气了",
        "被公司逼得活不下去了",
        "在这个厂活不下去了",
        "企业活不下去了，我也不想活了",
        "不想活了，有什么政策能帮忙吗",
        "真的活够了，通知里写了什么",
        "我想跳楼",
        "老板不给钱，我要跳楼讨薪",
        "我是农民工，想跳楼，怎么办",
        "我控制不住伤害自己",
        "我做不到不伤害自己",
        "上班出了意外，我想伤害自己",
        "我想死心里难受",
        "我想死因为没钱",
        "老公打人，不想活了怎么办",
        "孩子病了，想自杀怎么办",
        "想死",
        "不活了",
        "我真的不活了",
        "让我死吧",
        "我想结束生命",
        "想从楼上跳下去",
        "老板逼我跳楼",
        "不发工资我就跳楼",
        "我的小店活不下去了",
        "不要我了，活着还有什么意思",
        "我想去死",
        "让我去死",
    ],
)
def test_whoever_does_not_want_to_live_is_heard(said: str) -> None:
    assert is_distress(fold_text(said))


@pytest.mark.parametrize(
    "asked",
    [
        "不伤害自己、不伤害他人、不被他人伤害是什么",
        "上班不小心伤害自己算谁的",
        "干活失误伤害自己谁负责",
        "小店活不下去了怎么办",
        "厂子活不下去了，工人怎么安置",
        "企业没有活下去的可能了，职工怎么安置",
        "思想死气沉沉怎么改变",
        "想死心塌地干下去",
        "想死磕这道题",
        "想去死海旅游",
        "有工人要跳楼讨薪怎么办",
        "农民工被欠薪要跳楼怎么处理",
        "不想活了的职工有什么措施帮助",
        "要跳河救人吗",
        "树苗种不活了",
        "企业怎么才能活下去",
        "四不伤害指什么",
        "因工死亡我想去死者家里慰问",
        "我要去死亡现场",
        "你让我死心",
        "让我死心塌地跟着干的待遇",
        "老板让我死扛加班",
    ],
)
def test_what_is_asked_of_work_or_of_others_is_no_distress(asked: str) -> None:
    assert not is_distress(fold_text(asked))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("老板打我", HARM),
        ("领导骂了我怎么办", HARM),
        ("我被主管打了", HARM),
        ("有没有心理援助", LOW),
        ("同事说不想活了怎么办", LOW),
        ("职工自杀算工伤吗", LOW),
        ("我快撑不下去了", LOW),
        ("工资打我卡里吗", None),
        ("侵犯我的权益怎么办", None),
        ("我被报告打动了", None),
        ("企业撑不下去了怎么办", None),
        ("八个坚持是哪八个", None),
        ("老板没打我工资", None),
        ("老板没打我工资，还打我", HARM),
        ("补贴什么时候打我银行卡", None),
        ("我的年终奖被打了折扣", None),
        ("我被打了三分钟", HARM),
        ("侵犯我合法权益找谁", None),
        ("主管侵犯我", HARM),
        ("我老被骚扰电话打扰", None),
        ("我在单位被骚扰", HARM),
        ("我电脑系统崩溃了怎么报名", None),
        ("我快崩溃了", LOW),
        ("企业活不下去了工会管吗", None),
        ("工人活不下去了怎么办", LOW),
        ("有工人要跳楼讨薪怎么办", LOW),
    ],
)
def test_whoever_asks_in_need_is_told_where_to_turn(question: str, sentence: str | None) -> None:
    assert where_to_turn(question) == sentence


@pytest.mark.parametrize("said", ["工人" * 1000, "活不下去" * 500, "我" * 2000, "不小心" * 700, "想死" * 1000 + "x"])
def test_long_distress_is_read_in_no_time(said: str) -> None:
    assert is_distress(said) is ("活" in said or "死" in said)
    assert where_to_turn(said) == (LOW if is_distress(said) else None)

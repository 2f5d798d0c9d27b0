import pytest

from assistant.parts import part_of_each, split_question
from index.retriever import Hit


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("王沪宁和王东明分别讲了什么？", ("王沪宁讲了什么？", "王东明讲了什么？")),
        ("王沪宁与王东明各讲了什么", ("王沪宁讲了什么？", "王东明讲了什么？")),
        ("王沪宁和王东明对照讲了什么", ("王沪宁讲了什么？", "王东明讲了什么？")),
        ("请问王沪宁、王东明各自是谁", ("王沪宁是谁？", "王东明是谁？")),
        ("甲、乙、丙分别指什么？", ("甲指什么？", "乙指什么？", "丙指什么？")),
        ("致词对工人和对工会分别提了什么？", ("致词对工人提了什么？", "致词对工会提了什么？")),
        ("谁发的？什么时候发的？", ("谁发的？", "什么时候发的？")),
        ("谁发的；发给谁；哪天发的", ("谁发的？", "发给谁？", "哪天发的？")),
        ("谁发的、发给谁？", ("谁发的？", "发给谁？")),
        ("大会哪天开的，在哪开的？", ("大会哪天开的？", "大会在哪开的？")),
        ("要交钱吗，几点走？", ("要交钱吗？", "几点走？")),
        ("我工伤了赔多少，找谁赔", ("我工伤了赔多少？", "找谁赔？")),
        ("请假几天要批，谁批", ("请假几天要批？", "请假谁批？")),
        ("你们几点上班，电话多少", ("你们几点上班？", "电话多少？")),
        ("谁都能报名吗，找谁报", ("谁都能报名吗？", "找谁报？")),
        ("会一共开了几天，几号开", ("会一共开了几天？", "会一共开了几号开？")),
        ("要提前几天预约，找谁", ("要提前几天预约？", "找谁？")),
        ("报告一共几万字，讲了什么", ("报告一共几万字？", "讲了什么？")),
        ("他在会上任何职，是谁", ("他在会上任何职？", "他在会上任是谁？")),
        ("有没有什么补贴，找谁领", ("有没有什么补贴？", "找谁领？")),
        ("工会不管怎么办，找谁", ("工会不管怎么办？", "找谁？")),
        ("无论干多久都要交吗，交多少", ("无论干多久都要交吗？", "交多少？")),
        ("麻烦问一下谁发的，发给谁", ("谁发的？", "发给谁？")),
        ("who issued it, and when did it open?", ("who issued it?", "when did it open?")),
    ],
)
def test_a_question_for_several_things_has_parts_that_can_be_asked_alone(question: str, parts: tuple[str, ...]) -> None:
    assert split_question(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "",
        "？？？",
        "谁发的",
        "劳动和技能竞赛是什么",
        "学习和宣传怎么抓",
        "学习、宣传、贯彻怎么抓？",
        "三个目的分别是什么？",
        "甲、乙、丙、丁分别是什么",
        "工会和企业各级组织怎么办",
        "工会和企业各有关部门怎么办",
        "八个坚持和五个要求有什么分别",
        "王沪宁和王东明的讲话对照有什么不同",
        "我要对照致词和报告写一份总结",
        "“谁来，怎么来”是什么意思",
        "大会几点开？可以吗",
        "王沪宁讲了什么，王东明呢",
        "要把握的几点里，头一点是什么",
        "谁发的，谁发的",
        "老板说什么都不给钱，怎么办",
        "老闆說什麼都不給錢，怎麼辦",
        "发生任何事故，谁负责",
        "哪怕只干一天，工资怎么算",
        "干了几年了，没签合同怎么办",
        "谁都不管，怎么办",
        "无论干多久，工资怎么算",
        "不管什么原因，谁负责",
        "厂里就几个人，能建工会吗",
        "单位没什么福利，怎么办",
        "欠了几百块，找谁",
        "前几天发的，发给谁",
        "谁发的，你知道吗",
        "我想入会，找谁",
        "我问哪里不一样，他说怎么学",
        "这是谁发的，我得知道找谁去问",
        "谁发的，发给谁，哪天发的，几号收的",
    ],
)
def test_any_other_question_is_left_whole(question: str) -> None:
    assert split_question(question) == ()


@pytest.mark.parametrize("typed", ["不管什么" * 500, "无论" * 1000, "任何几年" * 500, "了几年" * 600, "谁发的，" * 500])
def test_long_nonsense_is_split_in_no_time(typed: str) -> None:
    assert split_question(typed) == ()


def hits(*passages: int) -> list[Hit]:
    return [Hit(passage, 1.0, {}, ()) for passage in passages]


@pytest.mark.parametrize(
    ("best", "labels"),
    [
        ({"a？": 7, "b？": 5}, {7: "a？", 5: "b？"}),
        ({"a？": 7, "b？": 5, "c？": 7}, {7: "a？c？", 5: "b？"}),
        ({"a？": 7, "b？": 5, "c？": 9}, {7: "a？", 5: "b？"}),  # 9 is the fourth
        ({"a？": 7, "b？": 9}, {}),
        ({"a？": 7, "b？": 7}, {}),
        ({"a？": 7}, {}),
        ({}, {}),
    ],
)
def test_labels_are_for_two_parts_apart_among_the_first_three(best: dict[str, int], labels: dict[int, str]) -> None:
    assert part_of_each(hits(5, 6, 7, 9), best) == labels


@pytest.mark.parametrize("question", ["最多罚几万？哪个部门罚？", "判几十年？能缓刑吗", "班里头几个老师带，有没有阿姨"])
def test_a_number_that_is_asked_for_is_no_statement(question: str) -> None:
    assert len(split_question(question)) == 2

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
        "谁发的，发给谁，哪天发的，几号收的",
    ],
)
def test_any_other_question_is_left_whole(question: str) -> None:
    assert split_question(question) == ()


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

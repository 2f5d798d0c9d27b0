import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.restate import restate
from content.span import Span


@pytest.mark.parametrize(
    ("statement", "plain"),
    [
        ("给大家讲安全的，是李建国。", "李建国给大家讲安全。"),
        ("代表家长致词的那位，就是王小红。", "王小红代表家长致词。"),
        ("家长会的报告，是李建国作的。", "李建国作家长会的报告。"),
        ("家长会的报告是由李建国主持讨论的。", "家长会的报告李建国主持讨论。"),
        ("会上作报告的是校长，致词的是书记。", "校长会上作报告，书记致词。"),
        ("李建国致词，替的是家长会。", "李建国致词，替家长会。"),
        ("校长找家长谈话，是10月29号的事。", "校长找家长谈话，10月29号。"),
        ("报告谁来作的？李建国。", "李建国来作报告。"),
        ("问：春游定在第几周？答：第5周。", "春游定在第5周。"),
        ("规定有几个“性”？四个，最末是公益性。", "规定有四个“性”，最末是公益性。"),
        ("春游几月几号去：5月1日", "春游5月1日去"),
        ("午餐谁出钱？张晓明", "午餐张晓明出钱"),
        ("午餐谁出钱？张晓明出钱。", "午餐张晓明出钱。"),  # what the answer repeats is read once
        ("春游5月几号去？5月1号去。", "春游5月1号去。"),
        ("有多少人去？300人。", "有300人去。"),
        ("致词的是王小红。", "王小红致词。"),
    ],
)
def test_in_plain_order(statement: str, plain: str) -> None:
    assert restate(statement).text == plain


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "春游定在周五。",
        "讲安全是第一位的要求。",  # no person
        "春游的目的是增进友谊。",
        "为什么改期？下雨。",  # no place for the answer
        "谁先走？学校说，低年级先走。",  # what leads to an answer
        "春游去哪儿？",
        "报告不是李建国作的。",  # denied
        "家长会的报告，不是李建国作的。",
        "报告谁作的？不是李建国。",
        "开家长会，目的是增进了解。",
        "校长接见的是李建国。",  # whom, not who
        "这是李建国作的。",
        "认真准备，上台讲安全的是李建国。",  # who prepared as well
        "学校提出了几点要求：带好雨衣。",  # a list, not an answer
        "几乎所有人都去：各班。",
        "没有什么要求：自愿参加。",
        "无论谁去：都要带水。",
        "谁作报告，谁致词？李建国。",
        "“给大家讲的，是李建国”",  # a quotation is left whole
    ],
)
def test_what_is_plain_stays(statement: str) -> None:
    assert restate(statement).text == statement


def test_every_character_knows_where_it_stands() -> None:
    said = restate("给大家讲安全的，是李建国，今天来。")
    assert said.text == "李建国给大家讲安全，今天来。"
    assert said.source(Span(0, 3)) == Span(9, 12)
    assert said.source(Span(3, 9)) == Span(0, 6)
    # Over the seam: the longer piece, or the one within a stretch. Nothing: where it stands.
    assert said.source(Span(1, 7)) == Span(0, 4)
    assert said.source(Span(1, 7), within=Span(8, 17)) == Span(10, 12)
    assert said.source(Span(1, 7), within=Span(13, 17)) == Span(0, 4)
    assert said.source(Span(3, 3)) == Span(0, 0)
    assert said.source(Span(len(said.text), len(said.text))) == Span(17, 17)


@given(st.text("给大家讲安全的，是李建国谁几个？：。“”", max_size=40))
def test_nothing_is_made_up(statement: str) -> None:
    said = restate(statement)
    assert len(said.text) == len(said.places)
    assert all(statement[at] == character for at, character in zip(said.places, said.text, strict=True))
    assert len(set(said.places)) == len(said.places)

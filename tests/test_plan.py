"""Places in a notice that a question names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_register import LABOUR
from test_register import NOTICE as SPRING

from content.corpus import Corpus, make_corpus
from content.named import Lane, Named
from content.notice import parse_notice
from content.numeral import in_words
from content.place import PlaceMention, places_in
from content.register import Register
from content.span import Span
from content.text import fold_text

TEXT = (
    "关于秋游的通知\n\n各班：\n\n秋游在周五。\n\n一、费用\n\n秋游不收费。\n\n午餐自备。\n\n"
    "二、安全\n\n（一）排队。过马路要排队。\n\n（二）集合。十点集合，一是带水，二是带伞。\n\n"
    "三、附则。本通知自今日起施行。\n\n光明小学\n2024年10月1日\n"
)
"""开头 1 paragraph; part 1 heading and 2 paragraphs; part 2 heading and 2 points; part 3 a run-in heading."""
CORPUS = make_corpus((parse_notice(TEXT, "秋游"),))
REGISTER = Register(CORPUS)
LIBRARY = make_corpus((parse_notice(TEXT, "秋游"), parse_notice(SPRING, "春游")))
MANY = Register(LIBRARY)
FEE, FREE, LUNCH = "一、费用", "秋游不收费。", "午餐自备。"
SAFETY, QUEUE, MEET = "二、安全", "（一）排队。过马路要排队。", "（二）集合。十点集合，一是带水，二是带伞。"
LAST = "三、附则。本通知自今日起施行。"


def texts(named: Named, corpus: Corpus = CORPUS) -> list[str]:
    return [corpus.passages[row].text for row in named.rows]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("第一部分第2段", [LUNCH]),
        ("第1部分第二段说了什么？", [LUNCH]),
        ("第 １ 部分，第２段", [LUNCH]),
        ("第一個部分的第二個自然段寫了啥", [LUNCH]),
        ("《关于秋游的通知》（2024-10-01）第二部分第1段（第一点）", [QUEUE]),
        ("第二部分", [SAFETY, QUEUE, MEET]),
        ("请问这份通知第二部份主要内容是什么？", [SAFETY, QUEUE, MEET]),
        ("通知的第二大部分都讲了些什么", [SAFETY, QUEUE, MEET]),
        ("第二部分的标题是什么", [SAFETY]),
        ("第三部分", [LAST]),
        ("第二部分第（二）点", [MEET]),
        ("第二点", [MEET]),
        ("第1条", [QUEUE]),
        ("开头第1段", ["秋游在周五。"]),
        ("第一段", ["秋游在周五。"]),
        ("第一部分和第三部分分别讲了什么", [FEE, LAST, FREE, LUNCH]),
        ("第一、三部分", [FEE, LAST, FREE, LUNCH]),
        ("第一部分第1段和第2段", [FREE, LUNCH]),
        ("第一至第三部分标题", [FEE, SAFETY, LAST]),
    ],
)
def test_a_place_is_found(question: str, found: list[str]) -> None:
    named = REGISTER.look_up(question)
    assert texts(named) == found
    assert (named.lane, named.rest, named.remark, named.is_missing) == (Lane.PLACE, "", None, False)


@pytest.mark.parametrize(
    ("question", "remark", "around"),
    [
        ("第九部分讲了什么", "这份通知只有三个部分，没有第九部分。", []),
        ("第4部分要求谁来", "这份通知只有三个部分，没有第四部分。", []),
        ("第二部分第9段", "这份通知的第二部分只有两段，没有第九段。", [SAFETY, QUEUE, MEET]),
        ("第三部分第2段", "这份通知的第三部分只有一段，没有第二段。", [LAST]),
        ("第一部分第1点", "这份通知的第一部分没有分点，没有第一点。", [FEE, FREE, LUNCH]),
        ("第三条", "这份通知的第二部分只有两条，没有第三条。", []),
        ("第五十段", "这份通知只有六段，没有第五十段。", []),
        ("附件2第一部分", "这份通知没有附件2。", []),
    ],
)
def test_what_is_not_there_is_said(question: str, remark: str, around: list[str]) -> None:
    named = REGISTER.look_up(question)
    assert (named.lane, named.remark, named.is_missing) == (None, remark, True)
    assert texts(named) == around


def test_what_is_there_is_found_beside_what_is_not() -> None:
    named = REGISTER.look_up("第三部分和第九部分")
    assert (texts(named), named.is_missing) == ([LAST], False)
    assert named.remark == "这份通知只有三个部分，没有第九部分。"


def test_what_is_asked_of_a_paragraph_is_kept() -> None:
    named = REGISTER.look_up("第二部分第1段里怎么过马路")
    assert (texts(named), named.rest) == ([QUEUE], "怎么过马路")


@pytest.mark.parametrize(
    "question",
    [
        "",
        "第十七次代表大会",
        "第一时间做什么",
        "十七大精神",
        "八个坚持",
        "大部分人去哪",
        "第一条战线是什么",
        "第二点半集合吗",
        "第一项任务是什么",
        "第二段",
        "第二部分要求带什么",
        "校长讲话的第二部分",
        "报告第九部分说了什么",
        "《党章》第三部分",
        "除了秋游的通知",
        "《武进日报》第二部分",
    ],
)
def test_what_is_no_place_or_not_clear(question: str) -> None:
    assert REGISTER.look_up(question) == Named()


def test_of_many_notices_it_must_be_clear_which() -> None:
    assert MANY.look_up("第二部分第1段").rows == ()
    assert texts(MANY.look_up("关于秋游的通知第二部分第1段"), LIBRARY) == [QUEUE]
    assert texts(MANY.look_up("第二部分第1段", frozenset({"秋游"})), LIBRARY) == [QUEUE]
    named = MANY.look_up("武工发〔2018〕12号第二部分")
    assert (named.lane, named.rows) == (None, ())
    assert named.remark == "《武进区总工会关于春游的通知》没有分部分，没有第二部分。"


def test_what_a_document_calls_another_for_short_hides_no_place() -> None:
    cites = LABOUR.replace("制定本法", "依照《春游规定》（以下简称《规定》），制定本法")
    both = make_corpus((parse_notice(TEXT, "秋游"), parse_notice(cites, "劳动法")))
    named = Register(both).look_up("《关于秋游的通知》第二部分规定了什么")
    assert (texts(named, both), named.lane) == ([SAFETY, QUEUE, MEET], Lane.PLACE)


def test_a_law_keeps_its_articles() -> None:
    both = Register(make_corpus((parse_notice(TEXT, "秋游"), parse_notice(LABOUR, "劳动法"))))
    assert both.look_up("第二条").lane is Lane.ARTICLE
    assert both.look_up("劳动法第二条").lane is Lane.ARTICLE
    assert both.look_up("关于秋游的通知第二条").lane is Lane.PLACE
    assert both.look_up("第二部分").lane is Lane.PLACE
    assert both.look_up("第二点").lane is None


def test_points_that_begin_anew_in_every_part_are_all_shown() -> None:
    text = TEXT.replace("秋游不收费。", "（一）秋游不收费。另外。")
    several = make_corpus((parse_notice(text, "秋游"),))
    named = Register(several).look_up("第一点")
    assert texts(named, several) == ["（一）秋游不收费。另外。", QUEUE]
    assert Register(several).look_up("第九点").remark == "这份通知各部分都没有第九点。"


def test_a_notice_that_counts_its_parts_alone() -> None:
    text = (
        "关于秋游的意见\n\n各班：\n\n一、费用\n\n秋游不收费。\n\n"
        "二、安全\n\n要排队，五是带水。\n\n光明小学\n2024年10月1日\n"
    )
    corpus = make_corpus((parse_notice(text, "秋游"),))
    register = Register(corpus)
    assert texts(register.look_up("第二条"), corpus) == ["二、安全", "要排队，五是带水。"]
    assert register.look_up("这个意见第三条").remark == "这份意见只有两条，没有第三条。"
    assert register.look_up("第五点") == Named()  # counted within a sentence


def test_places_within_an_attachment() -> None:
    text = TEXT + "\n附件1\n\n清单\n\n一、食物\n\n面包。\n\n附件2\n\n名单\n\n一、甲班\n\n张三。\n"
    corpus = make_corpus((parse_notice(text, "秋游"),))
    register = Register(corpus)
    assert texts(register.look_up("附件2第一部分第1段"), corpus) == ["张三。"]
    assert register.look_up("附件1第二部分").remark == "这份通知的附件1只有一个部分，没有第二部分。"
    assert texts(register.look_up("第一部分标题"), corpus) == [FEE]
    assert register.look_up("附件第一部分") == Named()


def test_a_mention_is_read_whole() -> None:
    (mention,) = places_in(fold_text("看附件1第二部分第（三）条第2项吧"))
    assert mention == PlaceMention(Span(1, 16), 1, 2, points=(3, 2), word="项")
    assert [(m.part, m.paragraph) for m in places_in("第二部分第1段至第4段")] == [(2, 1), (2, 2), (2, 3), (2, 4)]
    assert len(list(places_in("第一至第九百部分"))) == 10


@given(st.integers(1, 99), st.integers(1, 99), st.booleans(), st.booleans())
def test_numerals_of_either_kind_are_one(part: int, paragraph: int, words: bool, more: bool) -> None:
    written = [in_words(number) if words else str(number) for number in (part, paragraph)]
    (mention,) = places_in(f"第{written[0]}部分{'的' if more else ''}第{written[1]}段")
    assert (mention.part, mention.paragraph, mention.is_exact) == (part, paragraph, True)


@given(st.text("第一二十部分段点条、和至 ()附件开头标题5是", max_size=80))
def test_whatever_is_typed_is_found_or_said(question: str) -> None:
    named = REGISTER.look_up(question)
    assert named.is_missing == (named.remark is not None and named.lane is None)
    assert (named.lane is Lane.PLACE) == (bool(named.rows) and not named.is_missing)


@pytest.mark.parametrize(
    ("typed", "places", "remark"),
    [
        ("第" * 2000, 0, None),
        ("第一、" * 700, 0, None),
        ("第9部分" * 400, 400, "这份通知只有三个部分，没有第九部分。"),
        ("第一点" * 600, 200, None),  # three to a place
        ("附件" * 1000, 0, None),
        ("第" + "一" * 1999, 0, None),
    ],
)
def test_long_nonsense_is_read_in_no_time(typed: str, places: int, remark: str | None) -> None:
    assert len(list(places_in(typed))) == places
    assert REGISTER.look_up(typed).remark == remark

import pytest

from content.reference import ArticleMention, articles_in, number_of, numbers_in, plain_name, same_number
from content.text import fold_text


@pytest.mark.parametrize(
    "typed",
    [
        "苏工发〔2018〕12号",
        "请问苏工发[2018]12号是什么",
        "苏工发（2018）第12号",
        "苏工发【2018】 12 号文",
        "蘇工發〔二〇一八〕十二號",
        "苏工发2018年12号",
        "苏工发2018 12号",
    ],
)
def test_a_number_is_one_in_whatever_brackets(typed: str) -> None:
    written = number_of("苏工发〔2018〕12号")
    (asked,) = numbers_in(fold_text(typed))
    assert written is not None and same_number(asked, written)
    assert (asked.year, asked.number) == (2018, 12)


@pytest.mark.parametrize(
    "typed", ["苏工发〔2018〕13号", "苏工发〔2019〕12号", "武工发〔2018〕12号", "工发〔2018〕12号"]
)
def test_another_number_is_another(typed: str) -> None:
    written = number_of("苏工发〔2018〕12号")
    (asked,) = numbers_in(fold_text(typed))
    assert written is not None and not same_number(asked, written)


@pytest.mark.parametrize(
    "typed", ["国务院令第656号", "看国务院第656号令", "国务院令（第六百五十六号）", "国务院656号令"]
)
def test_orders_go_by_their_body_and_number(typed: str) -> None:
    written = number_of("中华人民共和国国务院令第656号")
    (asked,) = numbers_in(fold_text(typed))
    assert written is not None and same_number(asked, written)


@pytest.mark.parametrize(
    "typed",
    [
        "2018年11月13日",
        "第17次代表大会",
        "12号楼",
        "有8个坚持",
        "",
        "劳动法（2018）第四十一条",
        "安康杯竞赛（2024）三等奖有几个",
        "放假安排（2025）3天怎么调休",
        "劳动法〔2018〕第四十一条",
    ],
)
def test_what_is_no_number(typed: str) -> None:
    assert list(numbers_in(fold_text(typed))) == []


def articles(typed: str) -> list[tuple[int, str, int | None, int | None]]:
    return [(a.number, a.more, a.clause, a.item) for a in articles_in(fold_text(typed))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("第三十九条说了什么", [(39, "", None, None)]),
        ("第19条第2款第（一）项", [(19, "", 2, 1)]),
        ("第十九條第二款", [(19, "", 2, None)]),
        ("第39条第（２）项", [(39, "", None, 2)]),
        ("第十条之一", [(10, "之一", None, None)]),
        ("第八、九条", [(8, "", None, None), (9, "", None, None)]),
        ("第三条和第五条", [(3, "", None, None), (5, "", None, None)]),
        ("第三条至第五条", [(3, "", None, None), (4, "", None, None), (5, "", None, None)]),
        ("条例有几章", []),
        ("二十条例外", []),
        ("两条约定", []),
    ],
)
def test_articles(typed: str, found: list[tuple[int, str, int | None, int | None]]) -> None:
    assert articles(typed) == found


def test_a_range_stops_somewhere() -> None:
    assert len(articles("第一条至第九百条")) == 11


def test_where_an_article_stands() -> None:
    (found,) = articles_in("看第三条吧")
    assert isinstance(found, ArticleMention)
    assert found.span.of("看第三条吧") == "第三条"


def test_names_are_compared_without_the_state_and_brackets() -> None:
    assert plain_name("《中华人民共和国 勞動法》") == "劳动法"
    assert plain_name("实施《中华人民共和国药品管理法》办法") == "实施药品管理法办法"


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ("第" * 2000, 0),
        ("一、" * 1000, 0),
        ("9" * 2000, 0),
        ("第9条" * 600, 600),
        ("〔2018〕" * 300, 0),
        ("国务院令" * 500, 0),
    ],
)
def test_long_nonsense_is_read_in_no_time(typed: str, articles: int) -> None:
    assert len(list(articles_in(typed))) == articles
    assert list(numbers_in(typed)) == []

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import cut_one

from assistant.extent import echoed, extended
from assistant.listing import listings
from content.span import Span

TASKS = "要强化落实。先理清思路。抓好三件事：一是引领，办好教育；二是维权。三是党建，以政治为先。此外照旧。"
STANDS = "报告提出，即立足方位，贡献力量；立足矛盾，担当作为；立足格局，履职尽责。此外照旧。"
BRANCHES = "有下列情形之一的，不予办理：（一）没有材料；（二）超过期限。"
NEVER = 1.1


def marked(text: str, words: str, question: str, echo: float = NEVER) -> str:
    passage = cut_one(text, 7)
    at = text.index(words) + 7
    span = extended(Span(at, at + len(words)), passage, question, echo)
    return text[span.start - 7 : span.end - 7]


WHOLE = "抓好三件事：一是引领，办好教育；二是维权。三是党建，以政治为先。"
STANDING = STANDS.removesuffix("此外照旧。")


@pytest.mark.parametrize(
    ("text", "words", "question", "expected"),
    [
        # A heading, or what announces the list, goes over to the list.
        (TASKS, "要强化落实。", "落实要抓哪些事", WHOLE),
        (TASKS, "要强化落实", "落實要抓好哪三件事，三個方面都要", WHOLE),
        (TASKS, "抓好三件事", "抓哪几件事", WHOLE),
        (BRANCHES, "不予办理", "哪些情形不予办理", "不予办理：（一）没有材料；（二）超过期限。"),
        # An item, where the number is that of the items; not where one of them is asked for, or another number.
        (TASKS, "二是维权。", "三个方面的工作", WHOLE),
        (TASKS, "二是维权。", "三条里哪条讲维权", "二是维权。"),
        (TASKS, "二是维权。", "维权是三条中的一条吗", "二是维权。"),
        (TASKS, "二是维权。", "有哪些事", "二是维权。"),
        (TASKS, "要强化落实。", "四个方面是哪四个", "要强化落实。"),
        (TASKS, "先理清思路。", "三个方面", "先理清思路。"),
        # An item by its place.
        (TASKS, "一是引领", "最后一项讲什么", "三是党建，以政治为先。"),
        (TASKS, "抓好三件事", "头一条是什么", "一是引领，办好教育；"),
        (TASKS, "以政治为先", "第三点讲什么", "以政治为先"),
        (TASKS, "一是引领", "第四点讲什么", "一是引领"),
        (TASKS, "一是引领", "第三个月做什么", "一是引领"),
        # A run of sentences that begin alike.
        (STANDS, "立足矛盾，担当作为；", "三个立足是什么", STANDING),
        (STANDS, "立足矛盾，担当作为；", "第三个立足是什么", "立足格局，履职尽责。"),
        (STANDS, "立足矛盾，担当作为；", "第三条是什么", "立足矛盾，担当作为；"),
        (STANDS, "此外照旧。", "三个立足是什么", "此外照旧。"),
    ],
)
def test_of_a_list_what_is_asked_for(text: str, words: str, question: str, expected: str) -> None:
    assert marked(text, words, question) == expected


@pytest.mark.parametrize(
    "text", ["一是引领。", "甲；乙；丙。", "立足甲；立足乙。", "二是引领。一是维权。", "增长1.5倍，2.5倍。"]
)
def test_what_is_no_list(text: str) -> None:
    assert list(listings(cut_one(text))) == []


def test_the_share_of_words_that_are_the_question_s() -> None:
    # 党建, 建水, 水平: two of the three.
    assert echoed("党建，水平", "党建的建水") == pytest.approx(2 / 3)
    assert echoed("黨建", "党建") == 1.0
    assert echoed("", "党建") == echoed("党", "党") == 0.0


PARTY = "五是提高党建水平，坚决贯彻要求，以政治为统领，严守规矩。此外照旧。"


@pytest.mark.parametrize(
    ("echo", "expected"),
    [
        # 五是 是提 提高 高党 党建 建水 水平: five of seven pairs; then 5 of 13 and 5 of 20.
        (0.8, "五是提高党建水平"),
        (0.7, "五是提高党建水平，坚决贯彻要求，"),
        (0.3, "五是提高党建水平，坚决贯彻要求，以政治为统领，"),
        (0.01, "五是提高党建水平，坚决贯彻要求，以政治为统领，严守规矩。"),
    ],
)
def test_a_mark_goes_on_until_most_of_it_is_new(echo: float, expected: str) -> None:
    assert marked(PARTY, "五是提高党建水平", "提高党建水平用什么", echo) == expected


def test_from_a_heading_into_the_next_sentence() -> None:
    text = "要强化宣传。用好报纸，办好专栏。此外照旧。"
    assert marked(text, "要强化宣传。", "怎么强化宣传", 0.5) == "要强化宣传。用好报纸，"
    assert marked(text, "此外照旧。", "此外照旧", 0.5) == "此外照旧。"


@given(
    st.text("一二三是第，。；：:\n（）1.甲乙立足 ", min_size=1),
    st.integers(0, 30),
    st.integers(1, 30),
    st.text("一二三四个条第最后哪些里甲乙立足", max_size=12),
    st.floats(0, 1.1),
)
def test_every_mark_stays_in_its_passage(text: str, at: int, length: int, question: str, echo: float) -> None:
    passage = cut_one(text, 5)
    start = 5 + min(at, len(text) - 1)
    found = extended(Span(start, min(start + length, passage.end)), passage, question, echo)
    assert passage.span.contains(found)
    assert found.start < found.end

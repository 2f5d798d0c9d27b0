import pytest

from content.corpus import Corpus, make_corpus
from content.named import Lane, Named
from content.notice import parse_notice
from content.register import Register

LABOUR = (
    "中华人民共和国劳动法\n（2018年12月29日第十三届全国人民代表大会常务委员会第七次会议修正）\n"
    "第一条 为了保护劳动者，根据宪法和《中华人民共和国社会保险法》，制定本法。\n"
    "第二条 用人单位应当：\n（一）按时发放工资；\n（二）提供安全的工具。\n劳动者应当遵守纪律。\n"
    "第三条 本法自1995年1月1日起施行。\n"
)
OLD = (
    "烈士褒扬条例\n（2011年7月26日国务院令第601号公布）\n"
    "第一条 为了弘扬烈士精神，制定本条例。\n第二条 国家褒扬烈士。\n第三条 烈士遗属享受抚恤。\n"
)
NEW = OLD.replace("2011年7月26日国务院令第601号公布", "2024年9月27日国务院令第791号公布").replace(
    "第三条 烈士遗属享受抚恤。\n", ""
)
NOTICE = (
    "武进区总工会关于春游的通知\n武工发〔2018〕12号\n\n各工会：\n春游在周五，每人带水。\n武进区总工会\n2018年4月1日\n"
)
LIBRARY = make_corpus(
    (
        parse_notice(LABOUR, "劳动法"),
        parse_notice(OLD, "烈士褒扬条例(2011-07-26)"),
        parse_notice(NEW, "烈士褒扬条例(2024-09-27)"),
        parse_notice(NOTICE, "春游"),
    )
)
REGISTER = Register(LIBRARY)


def texts(named: Named, corpus: Corpus = LIBRARY) -> list[str]:
    return [corpus.passages[row].text for row in named.rows]


def test_the_documents_are_read_as_expected() -> None:
    assert [notice.is_law for notice in LIBRARY.notices] == [True, True, True, False]
    assert [notice.number for notice in LIBRARY.notices[1:]] == [
        "国务院令第601号",
        "国务院令第791号",
        "武工发〔2018〕12号",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "劳动法第一条",
        "《劳动法》第1条说了什么？",
        "中华人民共和国劳动法第一条",
        "請問勞動法第一條的內容",
        "第一条，劳动法",
    ],
)
def test_an_article_is_looked_up_by_the_laws_name(question: str) -> None:
    named = REGISTER.look_up(question)
    assert (named.lane, named.rest, named.remark, named.is_missing) == (Lane.ARTICLE, "", None, False)
    assert named.notices == {"劳动法"}
    assert texts(named) == ["第一条 为了保护劳动者，根据宪法和《中华人民共和国社会保险法》，制定本法。"]


def test_the_clause_named_comes_first() -> None:
    named = REGISTER.look_up("劳动法第二条第二款")
    assert [text[:5] for text in texts(named)] == ["劳动者应当", "第二条 用"]


def test_the_words_of_an_item_are_marked() -> None:
    named = REGISTER.look_up("劳动法2条第(二)项")
    ((row, span),) = named.marks
    assert row == named.rows[0]
    assert span.of(LABOUR) == "（二）提供安全的工具。"


def test_what_is_asked_beside_the_name_is_kept() -> None:
    assert REGISTER.look_up("劳动法第二条规定的工具要求").rest == "工具要求"
    named = REGISTER.look_up("劳动法里工资什么时候发")
    assert (named.lane, named.rows, named.notices, named.rest) == (None, (), {"劳动法"}, "工资什么时候发")


@pytest.mark.parametrize(
    ("question", "remark"),
    [
        ("劳动法第二百条", "《劳动法》没有第二百条，最后一条是第三条。"),
        ("劳动法第零条", "《劳动法》没有第0条。"),
        ("劳动法第二条第五款", "第二条没有第五款，共二款。"),
        ("劳动法第二条第九项", "第二条没有第（九）项。"),
        ("社会保险法第三条", "这里没有《社会保险法》的条文。"),
        ("《党章》第三条讲什么", "这里没有《党章》的条文。"),
        ("苏工发〔2018〕12号是什么", "这里没有文号为苏工发〔2018〕12号的文件。"),
    ],
)
def test_what_is_not_there_is_said(question: str, remark: str) -> None:
    named = REGISTER.look_up(question)
    assert (named.remark, named.is_missing) == (remark, True)


def test_the_newest_version_comes_first_and_an_older_one_is_said() -> None:
    named = REGISTER.look_up("烈士褒扬条例第二条")
    assert [LIBRARY.passages[row].notice_id for row in named.rows] == [
        "烈士褒扬条例(2024-09-27)",
        "烈士褒扬条例(2011-07-26)",
    ]
    named = REGISTER.look_up("2011年的烈士褒扬条例第二条")
    assert [LIBRARY.passages[row].notice_id for row in named.rows] == ["烈士褒扬条例(2011-07-26)"]
    named = REGISTER.look_up("烈士褒扬条例第三条")
    assert named.remark == "《烈士褒扬条例》现有版本（2024-09-27）没有第三条，下面是旧版本的条文。"
    assert not named.is_missing


@pytest.mark.parametrize(
    "question", ["武工发〔2018〕12号", "武工发（2018）第12号文件讲了什么", "查一下武工发2018年12号"]
)
def test_a_number_leads_to_its_document(question: str) -> None:
    named = REGISTER.look_up(question)
    assert (named.lane, named.notices, named.rest) == (Lane.NUMBER, {"春游"}, "")
    assert texts(named) == ["武进区总工会关于春游的通知"]


def test_a_number_with_a_question_leaves_the_order_to_the_search() -> None:
    named = REGISTER.look_up("武工发〔2018〕12号要带什么东西")
    assert (named.lane, named.rows, named.rest) == (Lane.NUMBER, (), "要带什么东西")
    assert REGISTER.look_up("国务院令第601号").notices == {"烈士褒扬条例(2011-07-26)"}


@pytest.mark.parametrize(
    "question",
    [
        "",
        "春游带什么",
        "劳动法律有哪些",
        "劳动法规",
        "第一条",
        "保险法第一条怎么没有",
        "除了劳动法还有哪里规定工资",
        "劳动法以外呢",
        "前三条",
        "?",
    ],
)
def test_what_names_nothing_that_is_there(question: str) -> None:
    named = REGISTER.look_up(question)
    assert (named.lane, named.rows, named.notices) == (None, (), frozenset())


def test_an_article_alone_is_of_the_only_law() -> None:
    alone = Register(make_corpus((parse_notice(LABOUR, "劳动法"), parse_notice(NOTICE, "春游"))))
    assert alone.look_up("第三条是什么").lane is Lane.ARTICLE
    assert alone.look_up("三条要求").lane is None
    assert REGISTER.look_up("第三条", frozenset({"劳动法", "春游"})).lane is Lane.ARTICLE
    assert REGISTER.look_up("劳动法第三条", frozenset({"春游"})).rows == ()


def test_one_notice_that_is_no_law_has_nothing_to_look_up() -> None:
    only = Register(make_corpus((parse_notice(NOTICE, "春游"),)))
    assert only.look_up("武工发〔2018〕12号") == Named()
    assert only.look_up("《党章》第三条") == Named()


def test_a_name_is_found_with_the_words_that_only_folding_shows() -> None:
    assert REGISTER.look_up("関于春遊").notices == frozenset()
    assert REGISTER.look_up("關於春遊的通知要帶什麼").notices == {"春游"}

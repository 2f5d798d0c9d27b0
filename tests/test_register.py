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


@pytest.mark.parametrize(
    "question",
    [
        "宪法第三条",
        "工会章程第三条",
        "中央八项规定第一条",
        "这份通知第二条讲了什么",
        "《通知》第三条是什么",
        "《条例》第三条",
        "《武进日报》第三条新闻讲什么",
        "武进第一条高铁",
        "第一条微信",
        "第二条腿受伤",
        "我住第三条胡同",
    ],
)
def test_an_article_of_something_else_is_not_of_the_only_law(question: str) -> None:
    alone = Register(make_corpus((parse_notice(LABOUR, "劳动法"), parse_notice(NOTICE, "春游"))))
    for named in (alone.look_up(question), REGISTER.look_up(question, frozenset({"劳动法"}))):
        assert (named.lane, named.rows, named.remark, named.is_missing) == (None, (), None, False)


@pytest.mark.parametrize(
    "question", ["请问第三条", "本法第三条讲了什么", "工资怎么发，第三条怎么说", "《劳动法》的第三条"]
)
def test_an_article_is_of_the_only_law_in_more_words(question: str) -> None:
    alone = Register(make_corpus((parse_notice(LABOUR, "劳动法"), parse_notice(NOTICE, "春游"))))
    assert (named := alone.look_up(question)).lane is Lane.ARTICLE
    assert [text[:3] for text in texts(named, make_corpus((parse_notice(LABOUR, "劳动法"),)))] == ["第三条"]


@pytest.mark.parametrize(
    "question", ["《条例》第三条是什么", "《办法》第三条", "《武进日报》第三条新闻讲什么", "本规定第三条"]
)
def test_what_is_not_named_is_not_refused(question: str) -> None:
    cites = NOTICE.replace("春游在周五", "依照《春游暂行规定》（以下简称《规定》），春游在周五")
    register = Register(make_corpus((*LIBRARY.notices[:3], parse_notice(cites, "春游"))))
    named = register.look_up(question)
    assert (named.lane, named.remark, named.is_missing) == (None, None, False)


def test_a_document_that_implements_a_law_is_another() -> None:
    for question in ("劳动法实施条例第二条", "《劳动法》实施条例第二条"):
        named = REGISTER.look_up(question)
        assert (named.rows, named.remark) == ((), "这里没有《劳动法实施条例》的条文。")
        assert named.is_missing
    assert REGISTER.look_up("劳动法的实施办法由谁制定").notices == {"劳动法"}
    here = parse_notice(LABOUR.replace("劳动法\n", "劳动法实施条例\n"), "实施条例")
    assert Register(make_corpus((*LIBRARY.notices, here))).look_up("劳动法实施条例第二条").notices == {"实施条例"}


def test_a_year_in_round_brackets_is_that_of_the_law() -> None:
    named = REGISTER.look_up("劳动法（2018）第三条")
    assert (named.lane, named.rest, named.remark) == (Lane.ARTICLE, "", None)
    assert texts(named) == ["第三条 本法自1995年1月1日起施行。"]
    for question in ("春游竞赛（2024）三等奖有几个", "放假安排（2025）3天怎么调休", "春节放假（2024）8天吗"):
        assert not REGISTER.look_up(question).is_missing


@pytest.mark.parametrize(
    ("question", "first", "rest"),
    [
        ("《烈士褒扬条例》（2011-07-26）第三条", "烈士褒扬条例(2011-07-26)", ""),
        ("烈士褒扬条例（2011-07-26）第二条", "烈士褒扬条例(2011-07-26)", ""),
        ("烈士褒扬条例（2024年）第二条", "烈士褒扬条例(2024-09-27)", ""),
        ("烈士褒扬条例2011年版第二条", "烈士褒扬条例(2011-07-26)", ""),
        ("我2011年入伍，烈士褒扬条例第二条", "烈士褒扬条例(2024-09-27)", "我2011年入伍"),
    ],
)
def test_a_version_is_asked_for_beside_the_name(question: str, first: str, rest: str) -> None:
    named = REGISTER.look_up(question)
    assert LIBRARY.passages[named.rows[0]].notice_id == first
    assert (named.lane, named.rest, named.remark) == (Lane.ARTICLE, rest, None)


def test_a_year_of_the_person_picks_no_version() -> None:
    both = {"烈士褒扬条例(2024-09-27)", "烈士褒扬条例(2011-07-26)"}
    assert REGISTER.look_up("2011年牺牲的，烈士褒扬条例怎么抚恤").notices == both
    assert REGISTER.look_up("2011年的烈士褒扬条例怎么抚恤").notices == {"烈士褒扬条例(2011-07-26)"}


def test_every_paragraph_of_a_law_is_found_by_its_own_label() -> None:
    notices = {notice.id: notice for notice in LIBRARY.notices}
    laws = [(row, p) for row, p in enumerate(LIBRARY.passages) if notices[p.notice_id].is_law and p.paragraph]
    assert len(laws) == 9
    for row, passage in laws:
        notice = notices[passage.notice_id]
        date = f"（{notice.date}）" if notice.is_one_of_several else ""
        for page in ("", "（第3页）"):
            named = REGISTER.look_up(f"《{notice.title}》{date}{passage.unit}{page}")
            assert (named.rows[0], named.rest, named.remark) == (row, "", None)


@pytest.mark.parametrize(
    "question", ["劳动法1条3条怎么赔", "劳动法1条、3条怎么赔", "劳动法一条和三条怎么赔", "劳动法第一条、三条怎么赔"]
)
def test_articles_without_their_marks_follow_one_another(question: str) -> None:
    named = REGISTER.look_up(question)
    assert ([text[:3] for text in texts(named)], named.rest) == (["第一条", "第三条"], "怎么赔")


def test_a_few_of_something_are_no_articles() -> None:
    assert REGISTER.look_up("劳动法的三条措施是什么").lane is None
    assert REGISTER.look_up("劳动法的200条").remark == "《劳动法》没有第二百条，最后一条是第三条。"
    assert REGISTER.look_up("劳动法和宪法第三条").rows == ()


def test_one_notice_that_is_no_law_has_nothing_to_look_up() -> None:
    only = Register(make_corpus((parse_notice(NOTICE, "春游"),)))
    assert only.look_up("武工发〔2018〕12号") == Named()
    assert only.look_up("《党章》第三条") == Named()


def test_a_name_is_found_with_the_words_that_only_folding_shows() -> None:
    assert REGISTER.look_up("関于春遊").notices == frozenset()
    assert REGISTER.look_up("關於春遊的通知要帶什麼").notices == {"春游"}

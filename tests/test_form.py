"""The formal parts of official documents, on documents made for it."""

import pytest

from assistant.citation import cite, place
from content.notice import Notice, parse_notice
from content.passage import cut

ISSUED = """\
000012
机密★1年
特急
武进区人民政府办公室文件
武政办发〔2024〕18 号　　　　签发人：张三

武进区人民政府办公室关于印发《武进区
公共停车场管理办法（试行）》的通知

各镇人民政府，各街道办事处：
　　现印发给你们，请认真组织实施。
　　附件：1. 停车场分类表
　　　　　2. 备案登记表

　　　　　　　　武进区人民政府办公室
　　　　　　　　　　2024年3月5日
（此件公开发布）

武进区公共停车场管理办法（试行）
第一章　总则
第一条　为了加强管理，制定本办法。
第二条　本区范围内适用本办法。
依照第一条规定，另有规定的从其规定。
第三条　停车场分为：
（一）公共停车场；
（二）专用停车场。
第二条规定的除外。
附件1
停车场分类表
| 类别 | 收费（元/小时） |
| --- | --- |
| 一类 | 5 |
附件2
备案登记表
如实填写。

抄送：区委各部门，
区政协办公室。
武进区人民政府办公室　　2024年3月6日印发
"""


def parts(text: str, name: str = "甲") -> list[tuple[str, str, str]]:
    return [(str(p.kind), p.text, place(p)) for p in cut(parse_notice(text, name))]


def test_every_part_of_a_notice_that_issues_a_rule() -> None:
    notice = parse_notice(ISSUED, "停车")
    assert notice.title == "武进区人民政府办公室关于印发《武进区公共停车场管理办法（试行）》的通知"
    assert (notice.issuer, notice.date) == ("武进区人民政府办公室", "2024-03-05")
    assert (notice.number, notice.genre, notice.is_law) == ("武政办发〔2024〕18号", "通知", False)
    rule = "附件《武进区公共停车场管理办法（试行）》"
    assert parts(ISSUED) == [
        ("letterhead", "000012", "版头"),
        ("letterhead", "机密★1年", "版头"),
        ("letterhead", "特急", "版头"),
        ("letterhead", "武进区人民政府办公室文件", "版头"),
        ("number", "武政办发〔2024〕18 号", "发文字号"),
        ("letterhead", "签发人：张三", "版头"),
        ("title", "武进区人民政府办公室关于印发《武进区\n公共停车场管理办法（试行）》的通知", "标题"),
        ("addressees", "各镇人民政府，各街道办事处：", "主送机关"),
        ("paragraph", "现印发给你们，请认真组织实施。", "开头第1段"),
        ("attachments", "附件：1. 停车场分类表\n　　　　　2. 备案登记表", "附件说明"),
        ("issuer", "武进区人民政府办公室", "落款（发文机关）"),
        ("date", "2024年3月5日", "落款（成文日期）"),
        ("note", "（此件公开发布）", "附注"),
        ("heading", "武进区公共停车场管理办法（试行）", f"{rule}标题"),
        ("heading", "第一章　总则", f"{rule}第一章标题"),
        ("paragraph", "第一条　为了加强管理，制定本办法。", f"{rule}第一条"),
        ("paragraph", "第二条　本区范围内适用本办法。", f"{rule}第二条第一款"),
        ("paragraph", "依照第一条规定，另有规定的从其规定。", f"{rule}第二条第二款"),
        ("paragraph", "第三条　停车场分为：\n（一）公共停车场；\n（二）专用停车场。", f"{rule}第三条第一款"),
        ("paragraph", "第二条规定的除外。", f"{rule}第三条第二款"),
        ("heading", "附件1\n停车场分类表", "附件1标题"),
        ("row", "类别 | 收费（元/小时）", "附件1表1表头"),
        ("row", "一类 | 5", "附件1表1第1行"),
        ("heading", "附件2\n备案登记表", "附件2标题"),
        ("paragraph", "如实填写。", "附件2第1段"),
        ("copies", "抄送：区委各部门，\n区政协办公室。", "抄送"),
        ("printed", "武进区人民政府办公室　　2024年3月6日印发", "印发机关和印发日期"),
    ]


def test_a_row_knows_the_header_above_it_and_its_attachment() -> None:
    [row] = [p for p in cut(parse_notice(ISSUED, "停车")) if p.text == "一类 | 5"]
    assert (row.header, row.section, row.attachment) == ("类别 | 收费（元/小时）", ("附件1 停车场分类表",), "附件1")


def test_numbered_parts_with_their_text_on_the_same_line() -> None:
    text = (
        "国务院办公厅关于2024年部分节假日安排的通知\n国办发明电〔2023〕7号\n各省、自治区人民政府：\n"
        "具体安排通知如下。\n一、元旦：1月1日放假，与周末连休。\n二、春节：2月10日至17日放假调休，共8天。\n"
        "请妥善安排好值班。\n国务院办公厅\n2023年10月25日"
    )
    notice = parse_notice(text, "放假")
    labels = [cite(notice, p).label for p in cut(notice)][3:7]
    source = "《国务院办公厅关于2024年部分节假日安排的通知》（国办发明电〔2023〕7号，2023-10-25）"
    assert labels == [f"{source}{at}" for at in ("开头第1段", "第一部分第1段", "第二部分第1段", "第二部分第2段")]


def test_an_order_that_publishes_a_law() -> None:
    text = (
        "中华人民共和国国务院令\n第517号\n《护士条例》已经通过，现予公布，自2008年5月12日起施行。\n总理　温家宝\n"
        "二○○八年一月三十一日\n护士条例\n第一章　总　则\n第一条　为了维护护士的合法权益，制定本条例。\n"
    )
    notice = parse_notice(text, "令")
    assert (notice.title, notice.issuer) == ("中华人民共和国国务院令", "中华人民共和国国务院")
    assert (notice.number, notice.date) == ("中华人民共和国国务院令第517号", "2008-01-31")
    assert parts(text)[-1][2] == "附件《护士条例》第一条"


LAW = (
    "中华人民共和国劳动合同法\n"
    "（2007年6月29日第十届全国人民代表大会常务委员会第二十八次会议通过　根据2012年12月28日第十一届全国人民代表大会"
    "常务委员会第三十次会议《关于修改〈中华人民共和国劳动合同法〉的决定》修正）\n"
    "目　录\n第一章　总　则\n第二章　劳动合同的订立\n第一章　总　则\n第一条　为了完善劳动合同制度，制定本法。\n"
    "第二条　企业适用本法。\n国家机关依照本法执行。\n第二章　劳动合同的订立\n第一节　一般规定\n"
    "第三条 订立劳动合同，应当遵循原则。\n第三条之一 增加的一条。\n第四条用人单位应当建立制度。\n"
)


def test_a_law_is_cited_by_its_articles() -> None:
    notice = parse_notice(LAW, "劳动合同法")
    assert (notice.issuer, notice.date, notice.genre) == ("全国人民代表大会常务委员会", "2012-12-28", "法")
    assert notice.is_law
    assert [cite(notice, p).label.removeprefix("《劳动合同法》") for p in cut(notice)] == [
        "标题", "题注", "目录", "第一章标题", "第一条", "第二条第一款", "第二条第二款",
        "第二章标题", "第二章第一节标题", "第三条", "第三条之一", "第四条",
    ]  # fmt: skip
    assert cut(notice)[6].section == ("第一章　总　则", "第二条")
    assert cut(notice)[6].paragraph == 2


@pytest.mark.parametrize(
    "line",
    [
        "依照第三条的规定执行。",
        "第三条规定的期限届满。",
        "第二条、第三条规定的除外。",
        "第二款和第三款另有规定。",
        "第一项是甲。",
    ],
)
def test_a_reference_is_no_heading(line: str) -> None:
    text = f"甲市乙办法\n第一条 甲。\n第二条 乙。\n{line}\n第三条 丙。\n"
    assert parts(text)[2:] == [
        ("paragraph", "第二条 乙。", "第二条第一款"),
        ("paragraph", line, "第二条第二款"),
        ("paragraph", "第三条 丙。", "第三条"),
    ]


def test_a_very_long_list_of_items_goes_on_in_further_passages() -> None:
    items = [f"（{n}）{'字' * 400}；" for n in "一二三四"]
    text = "甲办法\n第一条 有下列情形的：\n" + "\n".join(items) + "\n第二条 乙。\n"
    found = parts(text)[1:]
    assert [at for _, _, at in found] == ["第一条", "第一条第（三）项起", "第二条"]
    assert found[1][1].startswith("（三）") and found[1][1].endswith(items[3])


def test_two_versions_of_a_law_are_told_apart() -> None:
    from content.corpus import make_corpus

    old, new = (parse_notice(LAW, f"劳动合同法({date})") for date in ("2012-12-28", "2025-01-01"))
    corpus = make_corpus((old, new))
    assert [cite(n, cut(n)[4]).label for n in corpus.notices] == [
        "《劳动合同法》（2012-12-28）第一条",
        "《劳动合同法》（2025-01-01）第一条",
    ]


def signed(text: str) -> tuple[str | None, str | None]:
    notice: Notice = parse_notice(f"关于检查的通知\n各区：\n请按时上报。\n{text}", "a")
    return notice.issuer, notice.date


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("市财政局\n市教育局\n2022年5月1日", "市财政局 市教育局"),
        ("市财政局　市教育局\n2022年5月1日\n（联系人：王五，电话：1）", "市财政局 市教育局"),
        ("国 务 院\n2022年5月1日\n附件\n检查表\n1. 甲。", "国务院"),
        ("市财政局　　2022年5月1日", "市财政局"),
        ("附件：检查表\n市财政局\n2022年5月1日\n抄送：市府办。\n市财政局办公室 2022年5月2日印发", "市财政局"),
    ],
)
def test_who_signs_and_when(text: str, issuer: str) -> None:
    assert signed(text) == (issuer, "2022-05-01")


def test_the_issuer_of_a_title_where_nobody_signs() -> None:
    assert parse_notice("武进区总工会关于培训的通知\n请报名。", "a").issuer == "武进区总工会"
    assert parse_notice("关于培训的通知\n请报名。", "a").issuer is None


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("某某市教育局关于印发2024年工作要点\n的通知", "某某市教育局关于印发2024年工作要点的通知"),
        ("关于印发某某市预案管理办法\n（试行）的通知", "关于印发某某市预案管理办法（试行）的通知"),
        ("关于印发《某某市防汛办法\n实施细则》的通知", "关于印发《某某市防汛办法实施细则》的通知"),
        ("关于印发某某市发展规划\n和远景目标纲要的通知", "关于印发某某市发展规划和远景目标纲要的通知"),
    ],
)
def test_a_title_goes_on_below_a_line_that_might_end_it(lines: str, title: str) -> None:
    notice = parse_notice(f"{lines}\n各区：\n请办理。\n", "a")
    assert notice.title == title
    assert notice.addressees_span is not None


def test_a_title_ends_above_the_text_and_the_addressees() -> None:
    for after in ("和平区、河西区：", "的确，现在是汛期。", "防汛办法"):
        assert parse_notice(f"某某市防汛办法\n{after}\n请办理。\n", "a").title == "某某市防汛办法"


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("关于拟录用人员名单的公示", "公示"),
        ("某某市国土空间总体规划（2021—2035年）", "规划"),
        ("某某市防汛应急预案", "预案"),
        ("某某市公共机构节能守则", "守则"),
        ("某某市教育局关于王某同志任职的答复", "答复"),
        ("关于某某同志的表扬信", None),
    ],
)
def test_a_title_above_its_number_is_no_letterhead(title: str, genre: str | None) -> None:
    notice = parse_notice(f"{title}\n某教〔2024〕8号\n各学校：\n请执行。\n", "a")
    assert (notice.title, notice.genre, notice.number) == (title, genre, "某教〔2024〕8号")
    assert notice.addressees_span is not None

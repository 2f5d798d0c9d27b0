import pytest

from content.facets import issuers_of
from content.history import is_history
from content.notice import parse_notice

MARK = "<!-- INFO END -->"


def told(*lines: str, name: str = "甲") -> tuple[str | None, str | None, str | None]:
    notice = parse_notice("\n\n".join(["# 甲条例", *lines, MARK, "第一条 甲。"]), name)
    return notice.issuer, notice.date, notice.number


def test_a_regulation_by_order() -> None:
    assert told("2008年1月31日 中华人民共和国国务院令第517号公布", "2008年5月12日 施行") == (
        "中华人民共和国国务院",
        "2008-01-31",
        "中华人民共和国国务院令第517号",
    )


def test_a_law_of_the_congress_and_its_newest_amendment() -> None:
    assert told(
        "1992年4月3日 第七届全国人民代表大会第五次会议通过",
        "2021年12月24日 第十三届全国人民代表大会常务委员会第三十二次会议《关于修改〈工会法〉的决定》第三次修正",
    ) == ("全国人民代表大会", "2021-12-24", None)


def test_who_approves_is_not_who_issues() -> None:
    assert told("1985年6月21日 国务院批准", "1985年7月6日 林业部公布", "公布之日施行") == ("林业部", "1985-07-06", None)
    assert told("1987年6月6日 国务院批准")[0] is None


def test_the_notice_that_issued_a_rule() -> None:
    assert told(
        "关于印发《甲条例》的通知", "劳部发〔1994〕489号", "各省劳动厅（局）：", "现印发给你们。", "劳动部",
        "一九九四年十二月六日", "1995年1月1日 执行", name="甲条例(1995-01-01)",
    ) == ("劳动部", "1994-12-06", "劳部发〔1994〕489号")  # fmt: skip


def test_the_name_of_a_file_knows_amendments_that_its_text_omits() -> None:
    line = "2008年1月31日 国务院公布"
    assert told(line, name="甲条例(2020-03-27)")[1] == "2020-03-27"
    assert told(line, name="甲条例(1958-03-27)")[1] == "2008-01-31"
    assert told(name="甲条例(2020-03-27)") == (None, "2020-03-27", None)
    assert told(name="甲条例(2020-13-27)")[1] is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("（2007年6月29日第十届全国人民代表大会常务委员会第二十八次会议通过）", True),
        ("2018年10月22日至26日，中国工会第十七次全国代表大会胜利召开。", False),
        ("2018年11月13日", False),
    ],
)
def test_which_lines_tell_how_a_law_was_made(line: str, found: bool) -> None:
    assert is_history(line) is found


@pytest.mark.parametrize(
    ("line", "issuer", "compared"),
    [
        (
            "（2024年3月27日江苏省第十四届人民代表大会常务委员会第八次会议通过）",
            "江苏省第十四届人民代表大会常务委员会",
            "江苏省人民代表大会常务委员会",
        ),
        (
            "（2023年10月26日南京市第十七届人民代表大会常务委员会第六次会议通过　2023年11月29日江苏省第十四届"
            "人民代表大会常务委员会第六次会议批准）",
            "南京市第十七届人民代表大会常务委员会",
            "南京市人民代表大会常务委员会",
        ),
        (
            "（2024年1月28日经上海市第十六届人民代表大会第二次会议通过）",
            "上海市第十六届人民代表大会",
            "上海市人民代表大会",
        ),
        ("（二零二四年一月八日日喀则市第二届人民代表大会通过）", "日喀则市第二届人民代表大会", "日喀则市人民代表大会"),
        ("（1997年5月1日第八届江苏省人民代表大会通过）", "江苏省人民代表大会", "江苏省人民代表大会"),
        ("（2024年3月27日江苏省人民代表大会常务委员会第八次会议通过）", *["江苏省人民代表大会常务委员会"] * 2),
        ("（2018年3月11日第十三届全国人民代表大会第一次会议通过）", "全国人民代表大会", "全国人民代表大会"),
    ],
)
def test_a_congress_and_its_place(line: str, issuer: str, compared: str) -> None:
    notice = parse_notice(f"甲条例\n{line}\n第一条 甲。\n第二条 乙。\n", "a")
    assert notice.issuer == issuer
    assert issuers_of(notice) == (compared,)

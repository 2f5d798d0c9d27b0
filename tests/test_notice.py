from pathlib import Path

import pytest

from content.document import read_folder, read_notice
from content.notice import Notice, NoticeError, parse_notice
from content.span import Span

TITLE = "武进区总工会关于认真学习领会习近平总书记重要讲话精神切实抓好中国工会十七大精神学习宣传贯彻工作的通知"
WHOLE = """\
关于开展培训的通知

武工〔2018〕12号

各镇总工会：

请按时报名。

一、时间
五月一日。

武进区总工会
2018年11月13日
"""


def lines(notice: Notice) -> list[str]:
    return [line.text for line in notice.body]


def test_the_formal_parts_of_the_real_notice(notice: Notice) -> None:
    assert notice.title == TITLE
    assert notice.title_span == Span(1, 57)  # behind a space, over four lines with blank ones between
    assert notice.addressees_span is not None
    assert notice.addressees_span.of(notice.text) == (
        "各镇、开发区、街道总工会，各系统（局）、直属单位工会，区总工会各部（室）、区职工服务中心："
    )
    assert notice.issuer == "常州市武进区总工会"
    assert notice.date == "2018-11-13"
    assert notice.date_span is not None
    assert notice.date_span.of(notice.text) == "2018年11月13日"
    assert notice.number is None
    assert len(notice.body) == 20
    assert notice.body[0].text.startswith("2018年10月22日至26日，中国工会第十七次全国代表大会胜利召开。")
    assert notice.body[-1].text.endswith("提供坚强政治保障。")


def test_the_real_notice_is_kept_byte_for_byte(notice: Notice) -> None:
    [path] = (Path(__file__).parent.parent / "content" / "notices").glob("*.txt")
    assert notice.text.encode("utf-8") == path.read_bytes()
    assert notice.sha256 == "d41987d91e6fa1d1fbba1cac0611290a29bbfd40e07946cec8168a5ce318d111"
    assert "这是报告的灵魂,也是报告的最大亮点。" in notice.text  # its half-width comma and all


def test_a_notice_with_every_part() -> None:
    notice = parse_notice(WHOLE, "培训")
    assert notice.title == "关于开展培训的通知"
    assert notice.number == "武工〔2018〕12号"
    assert notice.addressees_span is not None
    assert notice.addressees_span.of(WHOLE) == "各镇总工会："
    assert lines(notice) == ["请按时报名。", "一、时间", "五月一日。"]
    assert notice.issuer == "武进区总工会"
    assert notice.date == "2018-11-13"


def test_a_number_above_the_title() -> None:
    notice = parse_notice("武工〔2018〕12号\n关于开展培训的通知\n请报名。", "a")
    assert (notice.number, notice.title, lines(notice)) == ("武工〔2018〕12号", "关于开展培训的通知", ["请报名。"])


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("2018年11月13日", "2018-11-13"),
        ("２０１８年１月３日", "2018-01-03"),
        ("二〇一八年十一月十三日", "2018-11-13"),
        ("二○一八年十月二十三日", "2018-10-23"),
        ("（2018年11月13日）", "2018-11-13"),
        ("2018 年 11 月 13 日", "2018-11-13"),
    ],
)
def test_dates_as_they_are_written(date: str, iso: str) -> None:
    notice = parse_notice(f"关于培训的通知\n请报名。\n总工会\n　　{date}　", "a")
    assert notice.date == iso
    assert notice.date_span is not None
    assert notice.date_span.of(notice.text) == date
    assert notice.issuer == "总工会"


@pytest.mark.parametrize("line", ["2018年13月1日", "2018年2月30日", "2018年11月13日前报名", "某年某月某日"])
def test_what_is_no_date_stays_in_the_body(line: str) -> None:
    notice = parse_notice(f"关于培训的通知\n请报名。\n{line}", "a")
    assert notice.date is None
    assert notice.issuer is None
    assert lines(notice) == ["请报名。", line]


def test_a_sentence_above_the_date_is_no_issuer() -> None:
    notice = parse_notice("关于培训的通知\n请报名。\n特此通知。\n2018年11月13日", "a")
    assert notice.issuer is None
    assert notice.date == "2018-11-13"
    assert lines(notice) == ["请报名。", "特此通知。"]


def test_a_text_without_a_title_is_called_by_its_id() -> None:
    notice = parse_notice("请各单位于五月一日前报名。逾期不候。", "报名")
    assert notice.title == "报名"
    assert notice.title_span is None
    assert lines(notice) == ["请各单位于五月一日前报名。逾期不候。"]


def test_bom_carriage_returns_and_wide_spaces_are_no_part_of_a_line() -> None:
    text = "\ufeff关于培训的通知\r\n\r\n\u3000\u3000请报名。\r\n"
    notice = parse_notice(text, "a")
    assert notice.text == text
    assert notice.title == "关于培训的通知"
    assert notice.title_span == Span(1, 8)
    assert [(line.start, line.end, line.text) for line in notice.body] == [(14, 18, "请报名。")]


def test_reading_keeps_the_text_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "通知 一.txt"
    path.write_bytes("关于培训的通知\r\n请报名，ＯＫ。".encode())
    notice = read_notice(path)
    assert notice.id == "通知 一"
    assert notice.text == "关于培训的通知\r\n请报名，ＯＫ。"
    assert read_notice(path, "另名").id == "另名"


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", "\ufeff\n\u3000".encode()])
def test_a_file_without_words_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "空.txt"
    path.write_bytes(content)
    with pytest.raises(NoticeError, match=r"空\.txt：文件里没有文字"):
        read_notice(path)


def test_a_number_without_end_keeps_no_file_out(tmp_path: Path) -> None:
    line = f"第{'9' * 5000}条"
    (tmp_path / "甲.txt").write_text(f"甲条例\n第一条 甲。\n{line}\n第二条 乙。\n", encoding="utf-8")
    (tmp_path / "乙.txt").write_text("关于培训的通知\n请报名。\n", encoding="utf-8")
    notices, skipped = read_folder(tmp_path)
    assert ([notice.id for notice in notices], skipped) == (["乙", "甲"], ())
    assert line in lines(notices[1])


@pytest.mark.parametrize("word", ["制度", "预案", "答复"])
def test_a_title_goes_on_behind_a_subject_that_might_end_it(word: str) -> None:
    title = f"某市政府关于全面推行公示{word}\n\n执法全过程记录制度的通知"
    text = f"{title}\n\n某政办规〔2019〕5号\n\n各区：\n\n请落实。\n\n某市政府\n2019年4月1日\n"
    notice = parse_notice(text, "甲")
    assert (notice.title, notice.number) == (title.replace("\n", ""), "某政办规〔2019〕5号")

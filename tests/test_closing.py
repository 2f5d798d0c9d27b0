"""The signature, and what stands below it."""

import pytest

from content.notice import parse_notice
from content.passage import cut

HEAD = "关于防汛的通知\n各区：\n请做好防汛。\n"
SIGNATURE = [("issuer", "某某市水利局"), ("date", "2024年3月5日")]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(str(p.kind), p.text) for p in cut(parse_notice(HEAD + text, "a"))][3:]


def signed(text: str) -> tuple[str | None, str | None]:
    notice = parse_notice(HEAD + text, "a")
    return notice.issuer, notice.date


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("联系人：张三", "note"),
        ("公开方式：主动公开", "note"),
        ("（此页无正文）", "note"),
        ("主送：各区", "note"),
        ("抄送市委办公室，市人大办公室。", "copies"),
    ],
)
def test_what_may_follow_a_signature(line: str, kind: str) -> None:
    text = f"某某市水利局\n2024年3月5日\n{line}\n"
    assert signed(text) == ("某某市水利局", "2024-03-05")
    assert kinds(text) == [*SIGNATURE, (kind, line)]
    assert kinds(f"{text}附件\n回执表\n填写。\n") == [
        *SIGNATURE, (kind, line), ("heading", "附件\n回执表"), ("paragraph", "填写。"),
    ]  # fmt: skip


def test_the_bodies_that_get_a_copy_on_a_line_of_their_own() -> None:
    assert kinds("某某市水利局\n2024年3月5日\n抄送市委\n某某市水利局办公室2024年3月6日印发\n电话：1\n") == [
        *SIGNATURE, ("copies", "抄送市委"), ("printed", "某某市水利局办公室2024年3月6日印发"), ("printed", "电话：1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "第一中学\n2024年5月1日\n请各考生准时参加考试，不得迟到。\n考试结束后有序离场。\n",
        "地点在市会议中心\n2024年5月1日\n一、报到\n到会。\n二、会议\n开会。\n",
        f"某某市水利局\n2024年3月5日\n{'甲' * 61}\n",
    ],
)
def test_a_date_with_sentences_below_it_signs_nothing(text: str) -> None:
    assert signed(text)[1] is None


def test_the_title_of_a_text_below_a_signature_goes_with_the_text() -> None:
    found = kinds("某某市水利局\n2024年3月5日\n联系人：张三\n防汛工作分工\n一、水库\n甲。\n")
    assert found[2:] == [
        ("note", "联系人：张三"), ("paragraph", "防汛工作分工"), ("heading", "一、水库"), ("paragraph", "甲。"),
    ]  # fmt: skip


@pytest.mark.parametrize("seal", ["（盖章）", "(印章)", "\n（盖章）", "（公章）"])
def test_a_seal_is_no_part_of_the_name(seal: str) -> None:
    text = f"某某市水利局{seal}\n2024年3月5日\n附件\n回执表\n填写。\n"
    assert signed(text) == ("某某市水利局", "2024-03-05")
    assert kinds(text)[0] == ("issuer", f"某某市水利局{seal}")


def test_several_seals() -> None:
    assert signed("市财政局（盖章）\n市教育局（盖章）\n2024年3月5日\n") == ("市财政局 市教育局", "2024-03-05")


@pytest.mark.parametrize("line", ["特此通知", "此复", "请认真贯彻执行", "妥否"])
def test_how_a_text_ends_is_no_issuer(line: str) -> None:
    assert signed(f"{line}\n2024年3月5日\n") == (None, "2024-03-05")
    assert kinds(f"{line}\n2024年3月5日\n") == [("paragraph", line), ("date", "2024年3月5日")]


@pytest.mark.parametrize("date", ["2024-3-5", "2024.3.5", "2024/3/5", "二O二四年三月五日"])
def test_a_signature_with_its_date_in_figures(date: str) -> None:
    for text in (f"某某市水利局\n{date}\n", f"某某市水利局　　{date}\n"):
        assert signed(text) == ("某某市水利局", "2024-03-05")


@pytest.mark.parametrize("paragraphs", [2, 30])
def test_the_record_of_copies_before_an_attachment(paragraphs: int) -> None:
    annex = [f"甲{number}。" for number in range(paragraphs)]
    printed = "某某市水利局办公室 2024年3月5日印发"
    text = "\n".join(["某某市水利局\n2024年3月5日\n抄送：市委。", printed, "附件\n回执表", *annex])
    assert kinds(text) == [
        *SIGNATURE, ("copies", "抄送：市委。"), ("printed", printed), ("heading", "附件\n回执表"),
        *(("paragraph", line) for line in annex),
    ]  # fmt: skip


def test_the_record_of_copies_between_two_heads_of_attachments() -> None:
    text = "某某市水利局\n2024年3月5日\n附件1\n抄送：市委。\n附件2\n甲。\n"
    assert kinds(text) == [
        *SIGNATURE, ("heading", "附件1"), ("copies", "抄送：市委。"), ("heading", "附件2"), ("paragraph", "甲。"),
    ]  # fmt: skip

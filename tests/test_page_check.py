"""The tab for checking in a real Chromium, over a checker of rules that a reader can follow (check_fixture)."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from chromium import PAYLOADS, REFUSED, visit
from docx import Document
from openpyxl import Workbook, load_workbook
from page_fixture import HOSTILE, serving
from playwright.sync_api import Browser, Page, expect

from content.corpus import Corpus

pytestmark = pytest.mark.browser

RIGHT = "即坚持党对工会工作的领导"
WRONG = "中国工会第十六届全国代表大会。"
TEXT = f"{RIGHT}\n{WRONG}\n食堂周五供应红烧肉。\n拿不准的一句话。\n通知说“坚持党对工会工作的领异”。"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("real notice, checker") as address:
        yield address


@pytest.fixture(scope="module")
def two_notices() -> Iterator[str]:
    with serving("two notices, checker") as address:
        yield address


@contextmanager
def _open(
    browser: Browser,
    address: str,
    width: int = 1280,
    height: int = 900,
    locale: str = "zh-CN",
    color_scheme: Literal["light", "dark"] = "light",
    refused: bool = False,
) -> Iterator[Page]:
    """The tab, come up whole (see `visit`). With `refused` the server may refuse what is sent."""
    with visit(
        browser, f"{address}/?tab=check", width, height, locale, color_scheme, REFUSED if refused else ()
    ) as page:
        expect(page.locator(".np-claim")).to_be_visible()
        expect(page.locator(".np-paper > *").first).to_be_attached()
        yield page


def _check(page: Page, text: str) -> None:
    page.locator(".np-claim").fill(text)
    page.get_by_role("button", name="核对", exact=True).click()
    _ready(page)


def _ready(page: Page) -> None:
    expect(page.locator(".np-downloads")).to_be_visible()
    expect(page.locator(".np-progress")).to_be_hidden()


def _upload(page: Page, name: str, data: bytes) -> None:
    page.locator(".np-check input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def _workbook(*rows: list[str]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _marked(page: Page) -> str:
    return "".join(page.locator(".np-paper mark").all_text_contents())


def test_the_two_tabs_by_mouse_keyboard_and_link(browser: Browser, address: str) -> None:
    with _open(browser, address) as page:
        ask, check = page.get_by_role("tab", name="提问"), page.get_by_role("tab", name="核对")
        expect(check).to_have_attribute("aria-selected", "true")
        expect(page.locator("#np-question")).to_be_hidden()
        expect(page.get_by_role("tabpanel", name="核对")).to_be_visible()
        check.press("ArrowRight")
        expect(ask).to_be_focused()
        expect(page.locator("#np-question")).to_be_visible()
        expect(page.locator(".np-claim")).to_be_hidden()
        assert "tab" not in parse_qs(urlsplit(page.url).query)
        check.click()
        assert parse_qs(urlsplit(page.url).query)["tab"] == ["check"]


def test_paste_read_and_go_to_the_place(browser: Browser, address: str, corpus: Corpus) -> None:
    with _open(browser, address) as page:
        _check(page, TEXT)
        cards = page.locator(".np-checked")
        expect(cards).to_have_count(5)
        assert page.locator(".np-verdict").all_text_contents() == [
            "✓一致", "✗不一致", "○未提及", "?需人工判断", "○未提及",
        ]  # fmt: skip
        expect(page.locator(".np-check [role=status]")).to_contain_text("核对完毕：5 条，1 句一致，1 句不一致")
        wrong = cards.nth(1)
        expect(wrong.locator(".np-said mark")).to_have_text("十六")
        expect(wrong.locator(".np-evidence mark").first).to_have_text("十七")
        expect(wrong.locator(".np-differences")).to_contain_text("数字")
        quoted = "".join(wrong.locator(".np-evidence").first.locator(".np-telling, .np-point").all_text_contents())
        assert quoted in corpus.notices[0].text
        expect(cards.nth(3)).to_contain_text("倾向于未提及")
        expect(cards.nth(4).locator(".np-said mark")).to_have_text("异")
        expect(cards.nth(4)).to_contain_text("有字与原文不同")

        wrong.locator(".np-cite").first.press("Enter")
        assert _marked(page) == quoted
        expect(page.locator(".np-paper mark.np-point")).to_have_text("十七")
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()
        page.get_by_role("button", name="回到核对").click()
        expect(wrong.locator(".np-cite").first).to_be_focused()


def test_long_evidence_is_folded_around_what_both_sides_share(browser: Browser, address: str) -> None:
    with _open(browser, address) as page:
        _check(page, "维护职工权益、服务职工群众是重点。")
        words = page.locator(".np-evidence").first
        expect(words.get_by_text("服务职工群众是重点")).to_be_visible()
        opening = words.get_by_text("报告对习近平总书记")
        expect(opening).to_be_hidden()
        page.get_by_role("button", name="展开全段").press("Enter")
        expect(opening).to_be_visible()
        expect(page.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")


def test_totals_filter(browser: Browser, address: str) -> None:
    with _open(browser, address) as page:
        _check(page, TEXT + f"\n{RIGHT}。{WRONG}")
        filters = page.locator(".np-filter")
        assert filters.all_text_contents() == ["全部7", "✗不一致2", "?需人工判断1", "○未提及2", "✓一致2"]
        filters.nth(1).press("Enter")
        expect(filters.nth(1)).to_have_attribute("aria-pressed", "true")
        expect(filters.nth(1)).to_be_focused()
        assert page.locator(".np-verdict").all_text_contents() == ["✗不一致"] * 2
        filters.nth(0).click()
        expect(page.locator(".np-statement")).to_have_count(7)


def test_a_workbook_goes_in_and_results_come_out(browser: Browser, address: str) -> None:
    long = f"{RIGHT}，坚持全心全意依靠工人阶级"
    rows = [
        ["题目", "学员答案"],
        ["中国工会开了哪次大会？", "第十六次全国代表大会"],
        ["领导？", long],
        ["公式", "=1+1"],
    ]
    with _open(browser, address) as page:
        _upload(page, "答卷 <b>.xlsx", _workbook(*rows))
        _ready(page)
        expect(page.locator(".np-notes")).to_have_text("第 4 行是公式，没有存下结果，没有核对。")
        assert page.locator(".np-number").all_text_contents() == ["第 2 行", "第 3 行"]
        expect(page.locator(".np-said").first).to_have_text("中国工会开了哪次大会：第十六次全国代表大会")
        expect(page.locator(".np-asked")).to_have_text("领导？")
        files = {}
        for kind in ("Excel", "Word"):
            with page.expect_download() as download:
                page.get_by_role("link", name=kind).click()
            files[kind] = (download.value.suggested_filename, Path(download.value.path()).read_bytes())
        assert [name for name, _ in files.values()] == ["核对结果.xlsx", "核对结果.docx"]
        sheet = load_workbook(io.BytesIO(files["Excel"][1]))["核对结果"]
        assert [cell.value for cell in sheet["E"]] == ["结论", "不一致", "一致"]
        assert any("不一致" in line.text for line in Document(io.BytesIO(files["Word"][1])).paragraphs)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("扫描.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "这是图片"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 50, "文件不完整或已损坏"),
        ("<img src=x onerror=window.hit=1>.csv", b"\0\1\2\3" * 9, "看不出文字的编码"),
        ("a.txt", ("答\n" * 5001).encode(), "超过 5000 行"),
    ],
)
def test_a_bad_file_is_one_sentence_and_the_next_is_checked(
    browser: Browser, address: str, name: str, data: bytes, sentence: str
) -> None:
    with _open(browser, address, refused=True) as page:
        _upload(page, name, data)
        expect(page.locator(".np-error")).to_contain_text(f"{name}：{sentence}")
        assert page.evaluate("window.hit") is None
        _check(page, RIGHT)
        expect(page.locator(".np-error")).to_have_count(0)
        expect(page.locator(".np-verdict")).to_have_text("✓一致")


def test_nothing_to_check_and_what_breaks_inside(browser: Browser, address: str) -> None:
    with _open(browser, address) as page:
        page.get_by_role("button", name="核对", exact=True).click()
        expect(page.locator(".np-error")).to_have_text("请先贴上要核对的话，或上传文件。")
        expect(page.locator(".np-claim")).to_be_focused()
        page.locator(".np-claim").fill("测试出错")
        page.locator(".np-claim").press("Control+Enter")
        expect(page.locator(".np-error")).to_have_text("出错了，请稍后再试。")
        assert "/internal/path" not in page.content()


def test_a_long_sheet_shows_progress_and_can_be_stopped(browser: Browser, address: str) -> None:
    with _open(browser, address) as page:
        page.locator(".np-claim").fill("\n".join(f"测试慢，第{n}句。" for n in range(200)))
        page.get_by_role("button", name="核对", exact=True).click()
        expect(page.locator(".np-far")).to_contain_text("/ 200 条")
        expect(page.locator(".np-checked").first).to_be_visible()
        page.get_by_role("button", name="停止").click()
        expect(page.locator(".np-notes")).to_contain_text("已停止，核对了")
        _ready(page)
        done = int(str(page.locator(".np-notes").text_content()).split("了 ")[1].split(" /")[0])
        assert 0 < done < 200 and done % 16 == 0
        expect(page.locator(".np-filter .np-count").first).to_have_text(str(done))
        if done > 30:
            page.locator(".np-rest").click()
        expect(page.locator(".np-checked")).to_have_count(min(done, 60))
        _check(page, RIGHT)
        expect(page.locator(".np-checked")).to_have_count(1)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_claims_questions_and_cells_are_text(browser: Browser, two_notices: str, payload: str) -> None:
    with _open(browser, two_notices) as page:
        _check(page, f"{payload} “{payload}”")
        said = page.locator(".np-said").all_text_contents()
        assert payload in "".join(said)
        long = f"{payload}，这是一条比较长的答案，足够自成一句"
        _upload(page, "a.csv", f'题目,答案\n"{payload}","{long}"\n'.encode())
        _ready(page)
        expect(page.locator(".np-asked")).to_have_text(payload)
        assert page.evaluate("window.hit") is None
        expect(page.locator("img[src=x]")).to_have_count(0)


def test_a_hostile_notice_is_text_and_its_places_are_exact(browser: Browser, two_notices: str) -> None:
    sentence = "各组`${(window.hit=5)}`要有人值班。"
    with _open(browser, two_notices) as page:
        _check(page, sentence)
        expect(page.locator(".np-evidence")).to_have_text(sentence)
        page.locator(".np-cite").click()
        expect(page.locator(".np-paper mark")).to_have_text(sentence)
        asked = parse_qs(urlsplit(page.url).query)
        start = HOSTILE.index(sentence)
        assert (asked["cite"], asked["notice"]) == ([f"{start}-{start + len(sentence)}"], ["hostile"])
        assert page.evaluate("window.hit") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    browser: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    with _open(browser, address, width=390, height=844, color_scheme=scheme) as page:
        _check(page, TEXT)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        said, theirs = page.locator(".np-ours").first.bounding_box(), page.locator(".np-theirs").first.bounding_box()
        assert said is not None and theirs is not None
        assert theirs["y"] >= said["y"] + said["height"] - 1
        for button in page.locator(".np-check button:visible").all():
            box = button.bounding_box()
            assert box is not None and box["height"] >= 40
        page.locator(".np-cite").first.click()
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()
        page.get_by_role("button", name="回到核对").click()
        expect(page.locator(".np-cite").first).to_be_in_viewport()


def test_an_english_browser_gets_english_words(browser: Browser, address: str) -> None:
    with _open(browser, address, locale="en-US", refused=True) as page:
        expect(page.get_by_role("tab", name="Check")).to_be_visible()
        page.locator(".np-claim").fill(TEXT)
        page.get_by_role("button", name="Check", exact=True).click()
        _ready(page)
        assert page.locator(".np-verdict").all_text_contents()[:2] == ["✓Agrees", "✗Disagrees"]
        expect(page.locator(".np-leaning").first).to_have_text("leaning to: not mentioned")
        _upload(page, "a.pdf", b"%PDF-1.7")
        expect(page.locator(".np-error")).to_have_text(
            "a.pdf：This is a PDF. Please convert it to .docx or .txt first."
        )


def test_a_server_that_went_away_is_said(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{address}/?tab=check")
    expect(page.locator(".np-claim")).to_be_visible()
    page.route("**/check/sheet*", lambda route: route.abort())
    page.locator(".np-claim").fill(RIGHT)
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(".np-error")).to_have_text("连不上服务，请检查网络后再试。")
    page.close()

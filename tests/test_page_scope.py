"""The scope, and what is folded under a passage, in a real Chromium."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from asking import ask, come_up, link
from page_fixture import serving
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as where:
        yield where


@pytest.fixture(scope="module")
def library() -> Iterator[str]:
    with serving("library") as where:
        yield where


def test_a_scope_is_chosen_by_keyboard_and_stays_in_the_link(browser: Browser, library: str) -> None:
    with come_up(browser, library) as page:
        summary = page.locator(".np-scope summary")
        expect(summary).to_have_text("范围：全部 4 份文件")
        summary.press("Enter")
        kind = page.get_by_label("种类")
        kind.fill("行政")
        assert page.locator("#np-scope-kind-list option").evaluate_all("all => all.map((o) => o.value)") == ["行政法规"]
        kind.press("Enter")
        expect(summary).to_have_text("范围：行政法规（2 份）")
        page.get_by_label("年份").fill("2020-2025")
        page.get_by_label("年份").press("Enter")
        expect(summary).to_have_text("范围：2020-2025 · 行政法规（1 份）")
        page.get_by_label("发文机关").fill("没有的")
        page.get_by_label("发文机关").press("Enter")
        expect(page.locator("#np-scope-issuer-note")).to_have_text("没有“没有的”")
        ask(page, "为了什么制定")
        assert set(page.locator(".np-card .np-source").all_text_contents()) == {"《烈士褒扬条例》（2024-09-27）"}
        expect(page.locator(".np-results .np-reading")).to_contain_text("范围：2020-2025 · 行政法规")
        asked = parse_qs(urlsplit(page.url).query)
        assert asked == {"q": ["为了什么制定"], "kind": ["行政法规"], "year": ["2020-2025"]}
        shared = page.url
    with come_up(browser, shared) as page:
        expect(page.locator(".np-scope summary")).to_have_text("范围：2020-2025 · 行政法规（1 份）")
        assert set(page.locator(".np-card .np-source").all_text_contents()) == {"《烈士褒扬条例》（2024-09-27）"}
        page.get_by_text("在全部文件中查找").click()
        expect(page.locator(".np-scope summary")).to_have_text("范围：全部 4 份文件")
        expect(page.locator(".np-card", has_text="劳动法").first).to_be_visible()
        assert parse_qs(urlsplit(page.url).query) == {"q": ["为了什么制定"]}


def test_on_a_phone_a_choice_can_be_taken_back(browser: Browser, library: str) -> None:
    with come_up(browser, library, width=390, height=800) as page:
        page.locator(".np-scope summary").click()
        page.get_by_label("文件", exact=True).fill("春游")
        page.get_by_label("文件", exact=True).press("Enter")
        drop = page.get_by_role("button", name="取消“武进区总工会关于春游的通知”")
        expect(drop).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = drop.bounding_box()
        assert box is not None and box["height"] >= 36
        drop.click()
        expect(page.locator(".np-scope summary")).to_have_text("范围：全部 4 份文件")
        expect(page.get_by_label("文件", exact=True)).to_be_focused()


def test_a_scope_without_documents_is_one_sentence(browser: Browser, library: str) -> None:
    with come_up(browser, f"{library}/?year=1900") as page:
        expect(page.locator(".np-scope summary")).to_have_text("范围：1900（没有这样的文件）")
        ask(page, "为了什么制定")
        expect(page.locator(".np-error")).to_have_text("这个范围里没有文件，请放宽范围再问。")


def test_in_english(browser: Browser, library: str) -> None:
    with come_up(browser, link(library, q="为了什么制定", kind="通知"), locale="en-US") as page:
        expect(page.locator(".np-scope summary")).to_have_text("Scope: 通知 (1)")


def test_one_notice_has_no_scope(browser: Browser, address: str) -> None:
    with come_up(browser, address) as page:
        assert page.locator(".np-scope").count() == 0


def test_an_older_version_opens_side_by_side(browser: Browser) -> None:
    # Named, the law comes before the notice that repeats it, which is of the rarer sort here.
    asked = "春游条例里春游出发并且向家长报告吗"
    with serving("versions") as where, come_up(browser, link(where, q=asked), width=390) as page:
        card = page.locator(".np-card").first
        expect(card.locator(".np-cite")).to_have_text("《春游条例》（2024-09-27）第二条")
        older = card.locator(".np-copies", has_text="旧版本")
        expect(older.locator("summary")).to_have_text("另有 1 个旧版本")
        older.locator("summary").press("Enter")
        expect(older).to_contain_text("《春游条例》（2011-07-26）第三条：2 字不同")
        assert older.locator("ins").all_text_contents() == ["二", "五"]
        assert older.locator("del").all_text_contents() == ["三", "四"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(card.locator(".np-copies summary")).to_have_text(["另有 1 个旧版本", "另有 1 处相同"])
        older.get_by_role("button", name="《春游条例》（2011-07-26）第三条").press("Enter")
        expect(page.locator(".np-paper mark").first).to_contain_text("第三条 春游应当在周四")

"""The tab 通知库 in a real Chromium, over the spring outing (library_fixture)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from chromium import PAYLOADS, REFUSED, visit
from library_fixture import DUTY, serving
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def many() -> Iterator[str]:
    with serving(many=120) as address:
        yield address


def _choose(page: Page, *files: Path | dict[str, object]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择文件").click()
    chooser.value.set_files([*files])  # type: ignore[arg-type]


def _ask(page: Page, question: str) -> None:
    page.get_by_role("tab", name="提问").click()
    page.locator("#np-question textarea, #np-question input").first.fill(question)
    page.locator("#np-ask").click()
    expect(page.locator(".np-card").first).to_be_visible()


def _narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_by_clicks_alone_a_document_comes_is_cited_and_goes(
    browser: Browser, address: str, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "值班.txt"
    file.write_text(DUTY, encoding="utf-8")
    with visit(browser, address, width) as page:
        page.get_by_role("tab", name="通知库").click()
        expect(page.locator(".np-lib-count")).to_have_text("共 1 份")
        _choose(page, file)
        expect(page.locator(".np-upload")).to_contain_text("已加入《关于假期值班的通知》")
        expect(page.locator(".np-library .np-said-done")).to_contain_text("索引已更新")
        expect(page.locator(".np-lib-count")).to_have_text("共 2 份")
        expect(page.locator(".np-header p")).to_contain_text("等 2 份通知")
        row = page.locator(".np-document", has_text="关于假期值班的通知")
        expect(row).to_contain_text("2024-09-28 · 光明小学 · 通知 · 5 段")
        assert _narrow(page)

        _ask(page, "门卫老周值班，电话是分机")
        card = page.locator(".np-card").first
        expect(card).to_contain_text("假期由门卫老周值班")
        expect(card).to_contain_text("关于假期值班的通知")
        card.locator("button", has_text="段").first.click()
        expect(page.locator(".np-paper mark").first).to_contain_text("假期由门卫老周值班")

        page.get_by_role("tab", name="通知库").click()
        row.get_by_role("button", name="看全文").click()
        expect(page.locator(".np-paper .np-title")).to_contain_text("关于假期值班的通知")
        page.get_by_role("button", name="回到通知库").click()
        row.get_by_role("button", name="移除").click()
        page.get_by_role("dialog").get_by_role("button", name="取消").click()
        expect(row.get_by_role("button", name="移除")).to_be_focused()
        row.get_by_role("button", name="移除").click()
        assert _narrow(page)
        page.get_by_role("dialog").get_by_role("button", name="移除").click()
        expect(page.locator(".np-lib-count")).to_have_text("共 1 份")
        expect(page.locator(".np-library .np-said-done")).to_contain_text("索引已更新")
        expect(page.locator(".np-paper .np-title")).to_contain_text("关于春游的通知")

        _ask(page, "门卫老周值班，电话是分机")
        expect(page.locator(".np-card").first).not_to_contain_text("老周")
        expect(page.locator(".np-header p")).not_to_contain_text("2 份")


def test_several_at_once_each_with_its_sentence(browser: Browser, address: str) -> None:
    files: list[dict[str, object]] = [
        {"name": "值班.txt", "mimeType": "text/plain", "buffer": DUTY.encode()},
        {"name": "假.pdf", "mimeType": "application/pdf", "buffer": DUTY.encode()},
        {"name": "空.txt", "mimeType": "text/plain", "buffer": b""},
        {"name": "表.xlsx", "mimeType": "application/x", "buffer": b"PK\x03\x04"},
        {"name": "值班二.md", "mimeType": "text/plain", "buffer": DUTY.replace("老周", "老李").encode()},
    ]
    with visit(browser, f"{address}/?tab=library", allowed=REFUSED) as page:
        _choose(page, *files)
        rows = page.locator(".np-upload")
        expect(rows).to_have_count(5)
        expect(rows.nth(0)).to_contain_text("已加入")
        expect(rows.nth(1)).to_contain_text("没有加入：文件名以 .pdf 结尾，内容却是文本")
        expect(rows.nth(2)).to_contain_text("没有加入：文件是空的。")
        expect(rows.nth(3)).to_contain_text("没有加入：不支持 .xlsx 文件")
        expect(rows.nth(4)).to_contain_text("已加入")
        expect(page.locator(".np-lib-count")).to_have_text("共 3 份")
        # Whoever opens the page afterwards sees them too.
        page.reload()
        expect(page.locator(".np-header p")).to_contain_text("等 3 份通知")
        expect(page.locator(".np-choice option").filter(has_text="假期")).to_have_count(2)


def test_a_long_list_is_searched_and_read_on(browser: Browser, many: str) -> None:
    with visit(browser, f"{many}/?tab=library") as page:
        expect(page.locator(".np-lib-count")).to_have_text("共 121 份")
        expect(page.locator(".np-document")).to_have_count(50)
        page.get_by_role("button", name="再看 50 份").click()
        expect(page.locator(".np-document")).to_have_count(100)
        page.get_by_label("在通知库里找").fill("大扫除 第７次")
        expect(page.locator(".np-document")).to_have_count(1)
        expect(page.locator(".np-lib-count")).to_have_text("1 / 121 份")
        page.get_by_label("在通知库里找").fill("没有这样的")
        expect(page.locator(".np-documents")).to_have_text("没有符合的文件。")
        page.get_by_role("button", name="重新读取").click()
        expect(page.locator(".np-library .np-said-done")).to_contain_text("索引已更新")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_and_titles_are_text(browser: Browser, many: str, payload: str) -> None:
    text = f"关于{payload}的通知\n\n各班：\n\n明天放假。\n\n光明小学\n2024年9月28日\n"
    file: dict[str, object] = {"name": f"{payload[:20]}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    with visit(browser, f"{many}/?tab=library", allowed=REFUSED) as page:
        _choose(page, file)
        expect(page.locator(".np-upload.np-is-added, .np-upload.np-is-refused")).to_be_visible()
        expect(page.locator(".np-lib-count")).to_contain_text("份")
        assert page.evaluate("window.hit") is None
        expect(page.locator("img[src=x]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    browser: Browser, many: str, scheme: Literal["light", "dark"]
) -> None:
    with visit(browser, f"{many}/?tab=library", 390, color_scheme=scheme) as page:
        expect(page.locator(".np-document").first).to_be_visible()
        assert _narrow(page)
        for button in page.locator(".np-library button:visible").all()[:12]:
            box = button.bounding_box()
            assert box is not None and box["height"] >= 36


def test_an_english_browser_gets_english_words(browser: Browser, many: str) -> None:
    with visit(browser, f"{many}/?tab=library", locale="en-US") as page:
        expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("button", name="Choose files")).to_be_visible()
        expect(page.locator(".np-lib-count")).to_contain_text("documents")
        expect(page.get_by_role("button", name="Remove").first).to_be_visible()

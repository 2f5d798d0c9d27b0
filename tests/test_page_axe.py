"""Every view of the page held by axe-core, wide and narrow, light and dark, in two languages; and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import REFUSED, visit
from playwright.sync_api import Browser, Page, expect
from test_users import PASSWORD
from whole_fixture import serving

pytestmark = pytest.mark.browser

WAYS = pytest.mark.parametrize(
    ("locale", "scheme", "width"), [("zh-CN", "light", 1280), ("zh-CN", "light", 390), ("en-US", "dark", 390)]
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def shut() -> Iterator[str]:
    with serving(sign_in=True) as address:
        yield address


def held(page: Page) -> None:
    """Fails on what axe calls serious or critical, and on anything wider than the screen."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [
        f"{one['impact']} {one['id']}: {node['target']} {node['html'][:150]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def start(page: Page) -> None:
    expect(page.locator(".np-chip").first).to_be_visible()


def answer(page: Page) -> None:
    start(page)
    page.locator("#np-question textarea").fill("几点出发？")
    page.locator("#np-ask").click()
    expect(page.locator(".np-card").first).to_be_visible()
    page.locator(".np-cite").first.click()
    expect(page.locator(".np-paper mark").first).to_be_visible()


def refused(page: Page) -> None:
    start(page)
    page.locator("#np-question textarea").fill("xyzzy quux")
    page.locator("#np-ask").click()
    expect(page.locator(".np-banner")).to_be_visible()
    page.locator(".np-history summary").click()


def failed(page: Page) -> None:
    start(page)
    page.locator("#np-question textarea").fill("测试出错")
    page.locator("#np-ask").click()
    expect(page.locator(".np-error").first).to_be_visible()


def check(page: Page) -> None:
    page.locator("#np-tab-check").click()
    expect(page.locator(".np-claim")).to_be_visible()


def checked(page: Page) -> None:
    check(page)
    page.locator(".np-claim").fill(
        "春游不收费，午餐自备。\n春游没有收费。\n食堂周五供应红烧肉。\n拿不准。\n通知说“春游不收钱”。"
    )
    page.locator(".np-claim").press("Control+Enter")
    expect(page.locator(".np-check .np-downloads")).to_be_visible()


def evals(page: Page) -> None:
    page.locator("#np-tab-evals").click()
    expect(page.locator(".np-run")).to_be_visible()


def dialog(page: Page) -> None:
    answer(page)
    page.locator(".np-is-right").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def review(page: Page) -> None:
    dialog(page)
    form = page.get_by_role("dialog")
    form.get_by_role("textbox").first.fill("小王")
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)
    page.locator("#np-tab-evals").click()
    page.locator(".np-view").nth(1).click()
    expect(page.locator(".np-candidate").first).to_be_visible()


VIEWS: list[Callable[[Page], None]] = [start, answer, refused, failed, check, checked, evals, dialog, review]


@WAYS
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_no_serious_finding(
    browser: Browser,
    address: str,
    view: Callable[[Page], None],
    locale: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    with visit(browser, address, width=width, locale=locale, color_scheme=scheme, allowed=REFUSED) as page:
        view(page)
        held(page)


@WAYS
def test_the_plain_pages(
    browser: Browser, shut: str, locale: str, scheme: Literal["light", "dark"], width: int
) -> None:
    url = f"{shut}/sign-in"
    with visit(browser, url, width=width, locale=locale, color_scheme=scheme, allowed=REFUSED) as page:
        held(page)
        page.locator("#name").fill("asker")
        page.locator("#password").fill("not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        held(page)
        page.locator("#name").fill("asker")
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        start(page)
        calls = page.context.new_page()  # in a tab of its own: the page itself still waits for answers
        calls.goto(f"{shut}/api")
        expect(calls.locator("h1")).to_be_visible()
        held(calls)


def test_from_signing_in_to_a_checked_claim_by_keyboard_alone(browser: Browser, shut: str) -> None:
    with visit(browser, f"{shut}/", width=390, allowed=REFUSED) as page:
        expect(page.locator("#name")).to_be_focused()
        page.keyboard.type("trainer")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        start(page)
        reach(page, "#np-question textarea")
        page.keyboard.type("几点出发？")
        page.keyboard.press("Enter")
        expect(page.locator(".np-card").first).to_be_visible()
        reach(page, ".np-cite")
        page.keyboard.press("Enter")
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()
        reach(page, "#np-tab-ask", back=True)
        page.keyboard.press("ArrowRight")
        expect(page.locator("#np-tab-check")).to_be_focused()
        reach(page, ".np-claim")
        page.keyboard.type("春游不收费，午餐自备。")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".np-verdict").first).to_have_text("✓一致")
        reach(page, ".np-check .np-cite")
        page.keyboard.press("Enter")
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()


def reach(page: Page, selector: str, back: bool = False) -> None:
    """Press Tab until an element has the focus, which must be seen to have it."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(at) => document.activeElement.matches(at)", selector):
            # The box for claims shows it around the form that it fills.
            shown = page.evaluate(
                "() => [document.activeElement, document.activeElement.closest('form')].some((one) =>"
                " one && getComputedStyle(one).outlineStyle !== 'none')"
            )
            assert shown, f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")

"""How browser tests ask a question, and how they wait for what comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import quote

from chromium import visit
from playwright.sync_api import Browser, Page, expect


def link(address: str, **asked: str) -> str:
    return f"{address}/?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items())


@contextmanager
def come_up(
    browser: Browser,
    url: str,
    width: int = 1280,
    height: int = 900,
    locale: str = "zh-CN",
    color_scheme: Literal["light", "dark"] = "light",
) -> Iterator[Page]:
    """A page that has come up whole (see `visit`)."""
    with visit(browser, url, width, height, locale, color_scheme) as page:
        expect(page.locator(".np-chip").first).to_be_visible()
        expect(page.locator(".np-paper > *").first).to_be_attached()
        if "?q=" in url:
            expect(page.locator(".np-card").first).to_be_visible()
        yield page


def ask(page: Page, question: str) -> None:
    """Ask, and wait for what comes back; what was shown before is told from it by a note on each element."""
    shown = page.locator(".np-results > *")
    shown.evaluate_all("parts => parts.forEach((part) => { part.dataset.before = 'yes'; })")
    box = page.locator("#np-question textarea")
    box.fill(question)
    box.press("Enter")
    answer = page.locator(".np-results > :is(.np-card, .np-error):not([data-before])")
    expect(answer.first).to_be_visible()

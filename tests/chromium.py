"""What browser tests share: how a page is opened, and what must never happen while it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

# Not a claim about speed: machines that run tests are sometimes busy.
expect.set_options(timeout=30_000)

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PAYLOADS = (
    "<img src=x onerror=window.hit=1>",
    "</script><script>window.hit=1</script>",
    "${window.hit=1}",
    "{{window.hit=1}}",
    "`${window.hit=1}`\\x3cimg src\\x3dx onerror\\x3dwindow.hit\\x3d1\\x3e",
)
"""Each runs and sets window.hit wherever it is taken for markup, a script or a template."""

REFUSED = ("Failed to load resource",)
"""What a browser always writes to its console when the server refuses what is sent."""
RELOADED = ("aborted", "Connection errored out", "Failed to fetch", "network error")
"""What the page's own script may write when a reload cuts off the answers that it waits for."""


@contextmanager
def visit(
    browser: Browser,
    url: str,
    width: int = 1280,
    height: int = 900,
    locale: str = "zh-CN",
    color_scheme: Literal["light", "dark"] = "light",
    allowed: tuple[str, ...] = (),
) -> Iterator[Page]:
    """A page in a fresh profile. Fails on any request to another host, script error or refused script of its pages.

    Lines of the console with one of the words `allowed` in them are let through.
    """
    profile = browser.new_context(viewport={"width": width, "height": height}, locale=locale, color_scheme=color_scheme)
    page = profile.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    profile.on("request", lambda request: asked.append(request.url))
    profile.on("weberror", lambda told: wrong.append(str(told.error)))
    profile.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(url)
    yield page
    # What a data: or blob: address names never leaves the browser, and has no host.
    assert {urlsplit(request).netloc for request in asked} <= {urlsplit(url).netloc, ""}
    assert [text for text in wrong if not any(word in text for word in allowed)] == []
    profile.close()

"""Every payload through every field that is shown, in a real Chromium under the page's own policy: none may run."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from chromium import REFUSED, RELOADED, visit
from payloads import PAYLOADS
from playwright.sync_api import Browser, Page, expect
from whole_fixture import serving

pytestmark = pytest.mark.browser

SUSPECT = """() => [
  ...(window.hit === undefined && !Array.from(frames).some((f) => f.hit) ? [] : [`ran: ${window.hit}`]),
  ...Array.from(document.querySelectorAll('*')).filter((e) => e.getAttributeNames().some((n) => /^on/i.test(n))
    || /^\\s*javascript:/i.test(e.getAttribute('href') || e.getAttribute('src') || e.getAttribute('action') || ''))
    .map((e) => e.outerHTML.slice(0, 120)),
  ...Array.from(document.querySelectorAll('iframe, object, embed, base:not([href="./"]), img[src="x"]'))
    .map((e) => e.outerHTML)]"""
POLICY = ("Content Security Policy", "Content-Security-Policy")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(with_hostile=True) as address:
        yield address


def clean(page: Page) -> None:
    assert page.evaluate(SUSPECT) == []


def test_the_payloads_do_run_where_they_are_taken_for_markup(browser: Browser) -> None:
    page = browser.new_page()
    ran = 0
    for payload in PAYLOADS:
        page.goto("about:blank")
        page.set_content(f"<body>{payload}</body>", wait_until="domcontentloaded")
        page.wait_for_timeout(60)
        ran += page.evaluate("window.hit !== undefined || Array.from(frames).some((f) => f.hit)")
    page.close()
    assert len(PAYLOADS) >= 60
    assert ran >= 20


def test_questions_and_the_notices_that_answer_them(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        expect(page.locator(".np-chip").first).to_be_visible()
        for payload in PAYLOADS:
            page.locator(".np-results > *").evaluate_all("all => all.forEach((one) => { one.dataset.before = 'y'; })")
            page.locator("#np-question textarea").fill(f"各组{payload}要有人值班")
            page.locator("#np-ask").click()
            shown = page.locator(".np-results > :is(.np-card, .np-error):not([data-before])")
            expect(shown.first).to_be_visible()
            expect(page.locator(".np-card")).to_have_count(5)
            clean(page)
        page.locator(".np-cite").first.click()
        choice = page.get_by_label("选择通知")
        expect(choice.locator("option")).to_have_count(len(PAYLOADS) + 1)
        for at in range(1, len(PAYLOADS) + 1):
            choice.select_option(index=at)
            page.wait_for_timeout(100)  # it may be fetched first; a payload that is late is met by the next look
            expect(page.locator(".np-paper")).to_contain_text("要有人值班")
            clean(page)
        page.locator(".np-history summary").click()
        clean(page)


def test_addresses(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed=REFUSED + RELOADED) as page:
        for payload in PAYLOADS:
            own = quote(payload, safe="")
            page.goto(f"{address}/?q={own}&notice={own}&cite={own}&tab={own}&typed={own}&scope={own}#{own}")
            expect(page.locator(".np-paper > *").first).to_be_attached()
            clean(page)


def test_claims_cells_and_names_of_files(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?tab=check", allowed=REFUSED) as page:
        box = page.locator(".np-claim")
        expect(box).to_be_visible()
        box.fill("\n".join(f"各组{payload}要有人值班，“{payload}”。" for payload in PAYLOADS))
        page.get_by_role("button", name="核对", exact=True).click()
        expect(page.locator(".np-check .np-downloads")).to_be_visible()
        expect(page.locator(".np-check .np-progress")).to_be_hidden()
        while page.locator(".np-rest").is_visible():
            page.locator(".np-rest").click()
        assert page.locator(".np-checked").count() >= len(PAYLOADS)
        clean(page)
        file = page.locator(".np-check input[type=file]")
        cells = [payload.replace('"', '""') for payload in PAYLOADS]
        data = ("题目,答案\n" + "".join(f'"{cell}","各组{cell}"\n' for cell in cells)).encode()
        file.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": data})
        expect(page.locator(".np-asked").first).to_be_visible()
        expect(page.locator(".np-check .np-progress")).to_be_hidden()
        clean(page)
        for payload in PAYLOADS:
            name = payload.replace("/", "／")[:80] + ".csv"
            file.set_input_files({"name": name, "mimeType": "text/csv", "buffer": b"\0\1\2\3" * 9})
            expect(page.locator(".np-error")).to_contain_text("看不出文字的编码")
            clean(page)


PROPOSE = """async (all) => {
  for (const p of all) {
    const sent = { kind: 'right', question: `${p}要交钱吗`, notice: '春游', quote: '春游不收费', start: 0, end: 5,
      by: p.slice(0, 40), note: p, category: '' };
    const made = await (await fetch('evals/propose', { method: 'POST', body: JSON.stringify(sent),
      headers: { 'content-type': 'application/json' } })).json();
    if (!made.id) throw new Error(JSON.stringify(made));
    await fetch(`evals/candidates/${made.id}/reject`, { method: 'POST',
      body: JSON.stringify({ by: p.slice(0, 40), reason: p }), headers: { 'content-type': 'application/json' } });
    await fetch('evals/propose', { method: 'POST', body: JSON.stringify({ ...sent, question: `${p}几点走` }),
      headers: { 'content-type': 'application/json' } });
  }
}"""


def test_candidates_and_their_notes(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?tab=evals", allowed=REFUSED) as page:
        expect(page.get_by_role("tab", name="评测")).to_have_attribute("aria-selected", "true")
        page.evaluate(PROPOSE, [payload for payload in PAYLOADS if payload.isprintable()])
        page.locator(".np-view").nth(1).click()
        expect(page.locator(".np-candidate").first).to_be_visible()
        assert page.locator(".np-candidate").count() >= 20
        clean(page)
        page.get_by_role("button", name="已退回").click()
        expect(page.locator(".np-remark").first).to_be_visible()
        clean(page)


def test_the_sign_in_page(browser: Browser) -> None:
    with serving(sign_in=True) as address, visit(browser, f"{address}/sign-in", allowed=(*REFUSED, *POLICY)) as page:
        for payload in PAYLOADS:
            page.goto(f"{address}/sign-in?next={quote(payload, safe='')}")
            clean(page)
        for payload in PAYLOADS[:25]:  # from the 20th on the page says that it is too often
            page.goto(f"{address}/sign-in")
            page.locator("#name").fill(payload)
            page.locator("#password").fill(payload)
            page.get_by_role("button").click()
            expect(page.get_by_role("alert")).to_be_visible()
            clean(page)

"""The page in a real Chromium, over an answerer that ranks by shared characters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from asking import ask, come_up, link
from chromium import PAYLOADS
from page_fixture import HOSTILE, serving
from playwright.sync_api import Browser, Page, expect

from content.corpus import Corpus

pytestmark = pytest.mark.browser

EIGHT = "八个坚持是哪八个？"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def two_notices() -> Iterator[str]:
    with serving("two notices") as address:
        yield address


def _marked(page: Page) -> str:
    return "".join(page.locator(".np-paper mark").all_text_contents())


def test_ask_and_open_the_citation_by_keyboard(browser: Browser, address: str, corpus: Corpus) -> None:
    notice = corpus.notices[0]
    with come_up(browser, address) as page:
        assert page.title() == "通知问答"
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        expect(page.locator(".np-header h1")).to_have_text("通知问答")
        expect(page.locator(".np-header p")).to_contain_text(notice.title)
        ask(page, EIGHT)
        card = page.locator(".np-card").first
        highlight = card.locator("mark").all_text_contents()
        assert "即坚持党对工会工作的领导" in "".join(highlight)
        passage = card.locator(".np-passage").text_content()
        assert passage in {found.text for found in corpus.passages}
        expect(card.locator(".np-cite")).to_have_text(f"《{notice.title}》（2018-11-13）第二部分第4段")
        expect(card.locator(".np-confidence")).to_have_text("较有把握")
        expect(page.locator(".np-answer [role=status]")).to_contain_text("找到 5 段")
        assert parse_qs(urlsplit(page.url).query) == {"q": [EIGHT]}

        card.locator(".np-cite").press("Enter")
        assert _marked(page) == "".join(highlight)
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()
        assert page.evaluate("document.activeElement.id") == f"p-{notice.text.index('深入领会王东明')}"
        start = notice.text.index("".join(highlight))
        cited = parse_qs(urlsplit(page.url).query)["cite"]
        assert cited == [f"{start}-{start + len(''.join(highlight))}"]
        page.get_by_role("button", name="回到答案").click()
        expect(card.locator(".np-cite")).to_be_focused()


def test_every_citation_marks_its_own_words(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q="谁发的通知，标题是什么")) as page:
        cards = page.locator(".np-card")
        expect(cards).to_have_count(5)
        for index in range(5):
            quoted = "".join(cards.nth(index).locator("mark").all_text_contents())
            cards.nth(index).locator(".np-cite").click()
            assert "".join(_marked(page).split()) == "".join(quoted.split())
            expect(page.locator(".np-paper mark").first).to_be_in_viewport()


def test_a_long_card_is_folded_around_its_highlight(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q=EIGHT)) as page:
        card = page.locator(".np-card").first
        ending = card.get_by_text("不断创新发展的重要文献")
        expect(ending).to_be_hidden()
        more = card.get_by_role("button", name="展开全段")
        more.press("Enter")
        expect(ending).to_be_visible()
        expect(card.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")


def test_a_link_opens_at_its_citation(browser: Browser, address: str, corpus: Corpus) -> None:
    start = corpus.notices[0].text.index("武进职工网")
    with come_up(browser, link(address, q=EIGHT, cite=f"{start}-{start + 5}")) as page:
        expect(page.locator("#np-question textarea")).to_have_value(EIGHT)
        expect(page.locator(".np-card")).to_have_count(5)
        expect(page.locator(".np-paper mark")).to_have_text("武进职工网")
        expect(page.locator(".np-paper mark")).to_be_in_viewport()
        assert f"cite={start}-" in page.url
    with come_up(browser, f"{address}/?cite={start}-{start + 5}") as page:
        expect(page.locator(".np-paper mark")).to_be_in_viewport()


@pytest.mark.parametrize("cite", ["9-3", "a-b", "99999999-999999999", "1", "-5-3", "0-1"])
def test_a_broken_citation_in_a_link_marks_nothing(browser: Browser, address: str, cite: str) -> None:
    with come_up(browser, link(address, cite=cite)) as page:
        expect(page.locator(".np-paper .np-title")).to_be_visible()
        expect(page.locator(".np-paper mark")).to_have_count(0)


def test_an_example_is_asked_with_one_click(browser: Browser, address: str) -> None:
    with come_up(browser, address) as page:
        page.get_by_role("button", name=EIGHT).click()
        expect(page.locator(".np-card")).to_have_count(5)
        expect(page.locator("#np-question textarea")).to_have_value(EIGHT)
        # The same again: the page does not wait for an answer that is already there.
        page.get_by_role("button", name="提问").click()
        expect(page.locator(".np-card")).to_have_count(5)


def test_copying_takes_quotation_and_link(browser: Browser, address: str, corpus: Corpus) -> None:
    with come_up(browser, link(address, q=EIGHT)) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        card = page.locator(".np-card").first
        card.get_by_role("button", name="复制引文").click()
        expect(card.get_by_role("button", name="已复制")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        label = str(card.locator(".np-cite").text_content())
        assert copied.startswith("「报告对习近平总书记") and copied.endswith(f"。」——{label}")
        card.get_by_role("button", name="复制链接").click()
        expect(card.get_by_role("button", name="已复制")).to_have_count(2)
        copied_link = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
        start, end = map(int, copied_link["cite"][0].split("-"))
        assert copied_link["q"] == [EIGHT]
        assert f"「{corpus.notices[0].text[start:end]}」" in copied


def test_a_question_that_the_notice_does_not_answer(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q="xyzzy quux")) as page:
        expect(page.locator(".np-banner strong")).to_have_text("通知没有直接回答这个问题")
        expect(page.get_by_role("heading", name="最接近的段落")).to_be_visible()
        expect(page.locator(".np-card")).to_have_count(5)
        expect(page.locator(".np-confidence")).to_have_count(0)


def test_a_reading_is_said_and_can_be_undone(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q="测试改写")) as page:
        expect(page.locator(".np-reading")).to_contain_text(f"按“{EIGHT}”查找")
        page.get_by_role("button", name="按原文查找").click()
        expect(page.locator(".np-reading")).to_have_count(0)
        expect(page.locator(".np-card")).to_have_count(5)
        assert parse_qs(urlsplit(page.url).query)["typed"] == ["1"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "请先输入问题。"),
        ("\u200b \x07", "请先输入问题。"),
        ("字" * 100_000, "问题太长，请控制在 500 字以内。"),
        ("测试出错", "出错了，请稍后再试。"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(browser: Browser, address: str, question: str, sentence: str) -> None:
    with come_up(browser, address) as page:
        ask(page, question)
        expect(page.locator(".np-error")).to_have_text(sentence)
        assert "/internal/path" not in page.content()
        ask(page, EIGHT)
        expect(page.locator(".np-card")).to_have_count(5)


def test_enter_while_an_input_method_composes_does_not_ask(browser: Browser, address: str) -> None:
    with come_up(browser, address) as page:
        page.locator("#np-question textarea").focus()
        session = page.context.new_cdp_session(page)
        session.send("Input.imeSetComposition", {"text": "bage", "selectionStart": 4, "selectionEnd": 4})
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229})
        expect(page.locator(".np-empty")).to_be_visible()
        session.send("Input.insertText", {"text": "八个坚持"})
        page.keyboard.press("Enter")
        expect(page.locator(".np-card")).to_have_count(5)


def test_history_is_kept_in_this_browser_and_can_be_cleared(browser: Browser, address: str) -> None:
    with come_up(browser, address) as page:
        expect(page.locator(".np-history")).to_be_hidden()
        for question in (EIGHT, "大会批准了什么？", EIGHT):
            ask(page, question)
        page.goto(address)
        summary = page.locator(".np-history summary")
        expect(summary).to_have_text("最近问过（2）")
        summary.press("Enter")
        assert page.locator(".np-past .np-chip").all_text_contents() == [EIGHT, "大会批准了什么？"]
        page.locator(".np-past .np-chip").nth(1).click()
        expect(page.locator("#np-question textarea")).to_have_value("大会批准了什么？")
        expect(page.locator(".np-card")).to_have_count(5)
        if not page.locator(".np-past").is_visible():
            summary.click()
        page.get_by_role("button", name="清空").click()
        expect(page.locator(".np-history")).to_be_hidden()
        assert page.evaluate("localStorage.getItem('notice-assistant.history')") is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_question_is_text(browser: Browser, address: str, payload: str) -> None:
    with come_up(browser, link(address, q=payload)) as page:
        expect(page.locator(".np-card")).to_have_count(5)
        expect(page.locator("#np-question textarea")).to_have_value(payload)
        page.locator(".np-history summary").click()
        expect(page.locator(".np-past .np-chip").first).to_have_text(payload)
        assert page.evaluate("window.hit") is None
        expect(page.locator("img[src=x]")).to_have_count(0)


def test_a_hostile_notice_is_text_and_its_places_are_exact(browser: Browser, two_notices: str) -> None:
    sentence = "各组`${(window.hit=5)}`要有人值班。"
    with come_up(browser, link(two_notices, q="各组要有人值班吗")) as page:
        card = page.locator(".np-card").first
        assert "".join(card.locator("mark").all_text_contents()) == sentence
        # The notice of the first card has been fetched; nothing of it ran.
        expect(page.locator(".np-paper mark")).to_have_text(sentence)
        card.locator(".np-cite").press("Enter")
        assert _marked(page) == sentence
        start = HOSTILE.index(sentence)
        asked = parse_qs(urlsplit(page.url).query)
        assert (asked["cite"], asked["notice"]) == ([f"{start}-{start + len(sentence)}"], ["hostile"])
        assert page.locator(".np-paper p").nth(1).text_content() == HOSTILE.split("\n")[3]
        assert page.evaluate("window.hit") is None
        expect(page.locator("img[src=x]")).to_have_count(0)

        choice = page.get_by_label("选择通知")
        choice.select_option(index=0)
        expect(page.locator(".np-paper .np-title")).to_contain_text("工会十七大精神")
        choice.select_option(index=1)
        expect(page.locator(".np-paper .np-title")).to_have_text(HOSTILE.split("\n")[0])
        assert page.evaluate("window.hit") is None
    with come_up(browser, link(two_notices, notice="hostile", cite="13-14")) as page:
        expect(page.locator(".np-paper mark")).to_have_text(HOSTILE[13])


def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q=EIGHT), width=390, height=844) as page:
        expect(page.locator(".np-card")).to_have_count(5)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        pane, left = page.locator("#np-right").bounding_box(), page.locator("#np-left").bounding_box()
        assert pane is not None and left is not None
        assert pane["y"] >= left["y"] + left["height"]
        page.locator(".np-cite").first.click()
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()
        back = page.get_by_role("button", name="回到答案")
        expect(back).to_be_in_viewport()
        back.click()
        expect(page.locator(".np-cite").first).to_be_in_viewport()
        expect(page.locator(".np-cite").first).to_be_focused()


def test_an_english_browser_gets_english_words_around_the_chinese_notice(browser: Browser, address: str) -> None:
    with come_up(browser, link(address, q=EIGHT), locale="en-US") as page:
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        expect(page.get_by_label("Your question")).to_have_value(EIGHT)
        expect(page.locator(".np-confidence")).to_have_text("Fairly confident")
        expect(page.get_by_role("heading", name="Full notice")).to_be_visible()
        expect(page.locator(".np-cite").first).to_contain_text("第二部分第4段")
        assert page.title() == "Notice Q&A"
        assert page.evaluate("document.documentElement.lang").startswith("en")
        assert page.locator(".np-paper").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "回答：“{}”"), ("en-US", "Answers: “{}”")])
def test_a_card_says_which_part_it_answers_as_text(browser: Browser, address: str, locale: str, words: str) -> None:
    card = {
        "rank": 1,
        "notice": "a",
        "label": "甲乙",
        "source": "甲",
        "place": "乙",
        "text": "丙",
        "start": 0,
        "end": 1,
    }
    cards = [card | {"highlights": [], "part": part} for part in (PAYLOADS[0], None)]
    value = {"state": "answer", "question": "问", "as_typed": False, "reading": None, "answered": True, "cards": cards}
    draw = """(value) => {
      const element = document.createElement('div');
      element.innerHTML = '<div class="np-answer"></div>';
      let show;
      window.NoticePage.answer({ element, props: { value }, trigger() {}, watch: (_, drawn) => { show = drawn; } }, '');
      show();
      return Array.from(element.querySelectorAll('.np-card'), (card) => card.querySelector('.np-part')?.textContent);
    }"""
    with come_up(browser, address, locale=locale) as page:
        shown = page.evaluate(draw, value | {"confidence": "high"})
        assert shown == [words.format(PAYLOADS[0]), None]
        assert page.evaluate("window.hit") is None


def test_any_other_browser_gets_chinese(browser: Browser, address: str) -> None:
    with come_up(browser, address, locale="fr-FR") as page:
        expect(page.get_by_role("button", name="提问")).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def _brightness(page: Page, selector: str, which: str) -> float:
    colour = page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{which}")
    red, green, blue = (float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return (red + green + blue) / 765


@pytest.mark.parametrize(("scheme", "query"), [("dark", ""), ("light", "&__theme=dark")])
def test_dark(browser: Browser, address: str, scheme: Literal["light", "dark"], query: str) -> None:
    with come_up(browser, link(address, q=EIGHT) + query, color_scheme=scheme) as page:
        expect(page.locator(".np-card")).to_have_count(5)
        for selector in (".np-first", ".np-paper", "#np-question textarea", "html"):
            assert _brightness(page, selector, "backgroundColor") < 0.2, selector
        assert _brightness(page, ".np-paper", "color") > 0.8
        assert "q=" in page.url


def test_there_is_no_footer_and_no_tab_bar(browser: Browser, address: str) -> None:
    with come_up(browser, address) as page:
        expect(page.locator("footer")).to_be_hidden()
        expect(page.get_by_role("tab")).to_have_count(0)
        assert page.locator("a[href^='http']").count() == 0


@contextmanager
def _open_quietly(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose console may complain."""
    page = browser.new_page(locale="zh-CN")
    page.goto(address)
    expect(page.locator(".np-chip").first).to_be_visible()
    page.wait_for_load_state("load")
    yield page
    page.close()


def test_a_full_queue_is_one_sentence(browser: Browser, address: str) -> None:
    with _open_quietly(browser, address) as page:
        page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=503, body='{"detail":"full"}'))
        ask(page, EIGHT)
        expect(page.locator(".np-error")).to_have_text("出错了，请稍后再试。")
        expect(page.locator(".toast-wrap")).to_be_hidden()


def test_a_server_that_went_away_is_said(browser: Browser, address: str) -> None:
    with _open_quietly(browser, address) as page:
        page.route("**/gradio_api/queue/join*", lambda route: None)
        page.route("**/healthz", lambda route: route.abort())
        ask(page, EIGHT)
        expect(page.locator(".np-error")).to_have_text("连不上服务，请检查网络后再试。")


@pytest.mark.real
def test_the_real_answerer_on_the_real_notice(browser: Browser, corpus: Corpus) -> None:
    with serving("real encoder") as address, come_up(browser, link(address, q=EIGHT)) as page:
        card = page.locator(".np-card").first
        quoted = "".join(card.locator("mark").all_text_contents())
        assert "即坚持党对工会工作的领导" in quoted
        assert quoted in corpus.notices[0].text
        card.locator(".np-cite").press("Enter")
        assert _marked(page) == quoted
        expect(page.locator(".np-paper mark").first).to_be_in_viewport()

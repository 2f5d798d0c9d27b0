"""The tab 评测 in a real Chromium, over the spring outing (tab_fixture)."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from chromium import PAYLOADS, REFUSED, RELOADED, visit
from playwright.sync_api import Browser, Page, expect
from tab_fixture import PASSWORD, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    """One server for tests that do not mind what others have added."""
    with serving(hostile=True) as address:
        yield address


def _ask(page: Page, question: str) -> None:
    page.locator("#np-question textarea, #np-question input").first.fill(question)
    page.locator("#np-ask").click()
    expect(page.locator(".np-card").first).to_be_visible()


def _propose(page: Page, kind: str = "这段就是答案", who: str = "小王", category: str = "", at: int = 0) -> None:
    page.get_by_role("button", name=kind).nth(at).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("您的姓名").fill(who)
    if category:
        dialog.get_by_label("类别").select_option(category)
    dialog.get_by_role("button", name="收下这道题").click()
    expect(dialog).to_have_count(0)


def _review(page: Page) -> None:
    page.get_by_role("tab", name="评测").click()
    page.locator(".np-view").nth(1).click()
    expect(page.locator(".np-candidate, .np-candidates .np-empty").first).to_be_visible()


def _run(page: Page, questions: int) -> None:
    page.get_by_role("button", name="成绩").click()
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator(".np-scores > .np-notes")).to_have_text(f"评测完成，共 {questions} 题。")
    expect(page.locator(".np-about").last).to_contain_text(f"{questions} 题")


def test_by_clicks_alone_a_question_reaches_the_eval_set_and_the_next_run(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        page.get_by_role("tab", name="评测").click()
        expect(page.locator(".np-run")).to_contain_text("还没有保存的评测")
        _run(page, 5)
        expect(page.locator(".np-stat").first).to_contain_text("首条命中")
        expect(page.locator(".np-plot")).to_have_count(2)

        page.get_by_role("tab", name="提问").click()
        _ask(page, "午饭自己带还是发")
        _propose(page, category="everyday")
        expect(page.get_by_role("button", name="已收为新题")).to_be_focused()
        _review(page)
        card = page.locator(".np-candidate")
        expect(card).to_contain_text("春游不收费，午餐自备。")
        card.get_by_role("button", name="在全文中查看").click()
        expect(page.locator(".np-paper mark")).to_have_text("春游不收费，午餐自备。")
        page.get_by_role("button", name="回到评测").click()
        card.get_by_role("button", name="采纳进评测集").click()
        expect(page.locator(".np-said-done")).to_have_text("已采纳进评测集，下一次评测就会问到。")
        expect(page.locator(".np-candidate")).to_have_count(0)

        _run(page, 6)
        asked = page.locator(".np-failures .np-question-link", has_text="午饭自己带还是发")
        expect(asked).to_be_visible()
        page.get_by_label("与哪次比较").select_option(index=1)
        expect(page.locator(".np-verdict-line")).to_contain_text("两次评测在 4 道题上首条命中完全相同")
        expect(page.locator(".np-comparison")).to_contain_text("有 1 道题只有一次评测问过")

        asked.click()
        expect(page.get_by_role("tab", name="提问")).to_have_attribute("aria-selected", "true")
        expect(page.locator("#np-question textarea, #np-question input").first).to_have_value("午饭自己带还是发")
        expect(page.locator(".np-card").first).to_contain_text("春游不收费")


def test_into_the_bank_while_serving_and_never_into_both(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed=REFUSED) as page:
        _ask(page, "午饭自己带还是发")
        expect(page.locator(".np-banner")).to_be_visible()
        _propose(page, category="everyday")
        _propose(page, category="everyday")  # the name is remembered, and the same again is refused below
        _review(page)
        page.get_by_role("button", name="采纳进题库").first.click()
        expect(page.locator(".np-said-done")).to_contain_text("索引已更新")
        page.get_by_role("button", name="采纳进评测集").first.click()
        expect(page.locator(".np-review .np-error")).to_contain_text("题库里已有这道题，不能再进评测集")
        page.get_by_role("button", name="退回").last.click()
        page.get_by_label("原因").fill("重复了")
        page.get_by_role("dialog").get_by_role("button", name="退回").click()
        expect(page.locator(".np-said-done")).to_have_text("已退回。")
        page.get_by_role("button", name="已采纳").click()
        expect(page.locator(".np-candidate")).to_contain_text("在题库")
        with page.expect_download() as download:
            page.get_by_role("link", name="题库题").click()
        with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
            assert json.loads(archive.read("春游.jsonl"))["question"] == "午饭自己带还是发"
        page.get_by_role("button", name="重开").click()
        expect(page.locator(".np-said-done")).to_contain_text("从索引中拿掉")


def test_a_wrong_answer_is_given_its_right_one(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        _ask(page, "回来坐什么车")
        _propose(page, "答案不对")
        _review(page)
        expect(page.locator(".np-candidate")).to_contain_text("还没有标出答案")
        page.get_by_role("button", name="去找答案").click()
        expect(page.locator(".np-card").nth(1)).to_be_visible()
        _propose(page, at=1)
        _review(page)
        expect(page.locator(".np-candidate .np-words")).to_have_count(2)
        expect(page.locator(".np-candidate")).to_have_count(1)


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".np-header h1")).to_be_visible()


def test_behind_sign_in_an_asker_tells_and_a_trainer_decides(browser: Browser) -> None:
    with serving(asker="小张") as address:
        # A browser asks for an icon before anyone has signed in.
        with visit(browser, address, allowed=REFUSED) as page:
            _sign_in(page, "小张")
            expect(page.get_by_role("tab", name="评测")).to_have_count(0)
            _ask(page, "要交钱吗")
            page.get_by_role("button", name="答案不对").first.click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("交给培训人员查看")
            expect(dialog.get_by_label("您的姓名")).to_have_count(0)
            expect(dialog.get_by_label("类别")).to_have_count(0)
            dialog.get_by_label("说明").fill("问的不是这个")
            dialog.get_by_role("button", name="告诉培训人员").click()
            expect(page.get_by_role("button", name="已告诉培训人员")).to_be_focused()
        with visit(browser, f"{address}/?tab=evals", allowed=REFUSED) as page:
            _sign_in(page, "老师")
            _review(page)
            card = page.locator(".np-candidate")
            expect(card).to_contain_text("小张 收于")
            expect(card).to_contain_text("问的不是这个")
            card.get_by_role("button", name="退回").click()
            expect(page.get_by_label("您的姓名")).to_have_count(0)
            page.get_by_role("dialog").get_by_role("button", name="退回").click()
            page.get_by_role("button", name="已退回").click()
            expect(page.locator(".np-candidate")).to_contain_text("老师 于")


def test_the_wording_is_edited_and_the_record_says_by_whom(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        _ask(page, "午饭自己带还是发")
        _propose(page, category="everyday")
        _review(page)
        page.get_by_role("button", name="改题目").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("问题").fill("  ")
        dialog.get_by_role("button", name="保存").click()
        expect(dialog.get_by_role("alert")).to_have_text("题目不能为空。")
        dialog.get_by_label("问题").fill("春游要不要花钱")
        dialog.get_by_label("您的姓名").fill("小李")
        dialog.get_by_role("button", name="保存").click()
        expect(page.locator(".np-said-done")).to_have_text("题目已修改。")
        card = page.locator(".np-candidate")
        expect(card).to_contain_text("春游要不要花钱")
        card.get_by_text("记录（2）").click()
        expect(card.locator(".np-others p").nth(0)).to_contain_text("小王　收为新题")
        expect(card.locator(".np-others p").nth(1)).to_contain_text("小李　修改")


def test_a_long_run_is_followed_and_stopped_even_after_a_reload(browser: Browser, shared: str) -> None:
    with visit(browser, f"{shared}/?tab=evals", allowed=RELOADED) as page:
        page.get_by_label("部分").select_option("dev")
        page.get_by_role("button", name="开始评测").click()
        expect(page.locator(".np-far")).to_contain_text("/ 61 题")
        page.reload()
        expect(page.locator(".np-far")).to_contain_text("/ 61 题")
        page.get_by_role("button", name="停止").click()
        expect(page.locator(".np-scores > .np-notes")).to_contain_text("已停止，没有保存")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_questions_names_and_notes_are_text(browser: Browser, shared: str, payload: str) -> None:
    with visit(browser, shared) as page:
        _ask(page, f"{payload}防汛")
        page.get_by_role("button", name="答案不对").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".np-dialog-question")).to_have_text(f"{payload}防汛")
        dialog.get_by_label("您的姓名").fill(payload[:40])
        dialog.get_by_label("说明").fill(payload)
        dialog.get_by_role("button", name="收下这道题").click()
        expect(dialog).to_have_count(0)
        _review(page)
        card = page.locator(".np-candidate", has_text=payload).first
        expect(card).to_contain_text(payload[:40])
        card.get_by_role("button", name="退回").click()
        page.get_by_label("原因").fill(payload)
        page.get_by_role("dialog").get_by_role("button", name="退回").click()
        expect(page.locator(".np-said-done")).to_have_text("已退回。")
        page.get_by_role("button", name="已退回").click()
        expect(page.locator(".np-remark", has_text=payload).first).to_be_visible()
        assert page.evaluate("window.hit") is None
        expect(page.locator("img[src=x]")).to_have_count(0)


def test_by_keyboard_alone(browser: Browser, shared: str) -> None:
    with visit(browser, shared) as page:
        _ask(page, "要交钱吗")
        page.get_by_role("button", name="这段就是答案").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="这段就是答案").first).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="收下这道题").press("Enter")
        expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("请先写上姓名。")
        expect(page.get_by_label("您的姓名")).to_be_focused()
        page.keyboard.press("Escape")
        # What opened the dialog gets the focus back; only then does a person go on.
        expect(page.get_by_role("button", name="这段就是答案").first).to_be_focused()
        page.get_by_role("tab", name="提问").press("ArrowRight")
        expect(page.get_by_role("tab", name="评测")).to_be_focused()
        assert "tab=evals" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    browser: Browser, shared: str, scheme: Literal["light", "dark"]
) -> None:
    with visit(browser, shared, width=390, height=844, color_scheme=scheme) as page:
        _ask(page, "要交钱吗")
        page.get_by_role("button", name="这段就是答案").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.keyboard.press("Escape")
        page.get_by_role("tab", name="评测").click()
        _run(page, 5)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator(".np-view").nth(1).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.locator(".np-evals button:visible").all():
            box = button.bounding_box()
            assert box is not None and box["height"] >= 36


def test_an_english_browser_gets_english_words(browser: Browser, shared: str) -> None:
    with visit(browser, f"{shared}/?tab=evals", locale="en-US") as page:
        expect(page.get_by_role("tab", name="Evals")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("button", name="Start a run")).to_be_visible()
        page.locator(".np-view").nth(1).click()
        expect(page.get_by_role("link", name="eval questions")).to_be_visible()
        page.get_by_role("tab", name="Ask").click()
        _ask(page, "要交钱吗")
        page.get_by_role("button", name="This is the answer").first.click()
        expect(page.get_by_label("Your name")).to_be_visible()

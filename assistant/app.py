"""The page in Gradio: which parts there are and what happens when someone asks. No sentence is written here.

`build_app` makes the Blocks; `assistant.server` serves it with the script and style of `assistant/page/`.
"""

# No `from __future__ import annotations` here: Gradio reads the annotations of listeners, and gradio is not a name
# of this module, since it is imported only when a page is built.

import itertools
import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.check_desk import Desk
from assistant.check_view import job_view
from assistant.check_words import CHECK_STRINGS
from assistant.current import Asked, in_use
from assistant.scope import FACETS, ScopeError, Selection, asked_with, read_selection, scope_view
from assistant.scope_words import SCOPE_STRINGS
from assistant.sheet import LARGEST_FILE, SheetError
from assistant.tab import Tab
from assistant.view import (
    STRINGS,
    QuestionRefused,
    answer_view,
    clean_question,
    corpus_view,
    error_view,
    example_questions,
    notice_view,
)
from index.engine import EngineError

if TYPE_CHECKING:
    import gradio as gr

_PAGE = Path(__file__).parent / "page"
_SCRIPTS = (
    "text.js",
    "start.js",
    "scope.js",
    "copies.js",
    "answer.js",
    "notice.js",
    "tabs.js",
    "check.js",
    "checked.js",
)
_STYLES = ("page.css", "check.css")
ASKED_AT_ONCE = 16
"""Questions of the page that are answered at once; they are encoded together."""
_CHECKED_AT_ONCE = 2
_log = logging.getLogger(__name__)


def keep_gradio_offline() -> None:
    """Switch off everything that Gradio would send out. Must run before Gradio is imported."""
    # The encoder has been opened by now, so even one that came from the hub needs it no more.
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")


def page_script(tabs: Sequence[Tab] = ()) -> str:
    """The script of the page and of its further tabs, with the sentences in every language."""
    strings = {
        name: own
        | CHECK_STRINGS[name]
        | SCOPE_STRINGS[name]
        | {key: text for tab in tabs for key, text in tab.strings[name].items()}
        for name, own in STRINGS.items()
    }
    places = [*(_PAGE / name for name in _SCRIPTS), *(path for tab in tabs for path in tab.scripts)]
    first, *others = _texts(places)
    return "\n".join([first, f"NoticePage.strings = {json.dumps(strings, ensure_ascii=False)};", *others])


def page_style(tabs: Sequence[Tab] = ()) -> str:
    """The style sheet of the page and of its further tabs."""
    return "\n".join(_texts([*(_PAGE / name for name in _STYLES), *(path for tab in tabs for path in tab.styles)]))


def _texts(places: Sequence[Path]) -> list[str]:
    return [place.read_text(encoding="utf-8") for place in places]


def page_i18n() -> "gr.I18n":
    """The labels of Gradio's own parts, for mounting."""
    import gradio as gr

    return gr.I18n(**{"zh-CN": STRINGS["zh"], "en": STRINGS["en"]})


def page_theme() -> "gr.themes.Base":
    """A plain theme with the fonts of the reader's own machine; the colours are in page.css."""
    import gradio as gr

    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def build_app(
    answerer: Asked,
    examples: Sequence[str] | None = None,
    k: int = 5,
    concurrency: int = ASKED_AT_ONCE,
    waiting: int = 64,
    desk: Desk | None = None,
    tabs: Sequence[Tab] = (),
) -> "gr.Blocks":
    """The page over one answerer.

    `examples` are the questions offered as buttons (default: from the question bank), `k` the passages shown,
    `concurrency` how many questions are answered at once, `waiting` how many may wait before others are turned
    away. With a `desk` the page has a second tab, for checking; its routes are those of `assistant.check_routes`.
    `tabs` are further ones.
    """
    keep_gradio_offline()
    import gradio as gr

    corpus, words = answerer.corpus, page_i18n()  # as it is now; documents may come and go
    offered = list(examples if examples is not None else example_questions(corpus))
    serial = itertools.count(1)  # the page draws an answer again only when its value has changed

    def answer(typed: object, scope: object = None, as_typed: bool = False) -> dict[str, Any]:
        return _answer(answerer, typed, as_typed, k, scope) | {"serial": next(serial)}

    def plain_answer(typed: object) -> dict[str, Any]:
        return answer(typed)

    def ask_event(event: gr.EventData) -> tuple[str, dict[str, Any]]:
        data = event._data if isinstance(event._data, dict) else {}
        shown = answer(data.get("question"), data.get("scope"), data.get("as_typed") is True)
        return str(shown["question"]), shown

    def ask_link(request: gr.Request) -> Any:
        asked = request.query_params.get("q")
        now = answerer.corpus
        pane = gr.skip() if now is corpus else corpus_view(now)
        if not asked:
            return gr.skip(), gr.skip(), pane
        asked_of = {facet: str(request.query_params.get(facet) or "").split("|") for facet in FACETS}
        shown = answer(asked, asked_of, request.query_params.get("typed") == "1")
        return str(shown["question"]), shown, pane

    def fetch_notice(notice_id: object) -> dict[str, Any]:
        """The text of one notice for the pane; an unknown one is said so."""
        try:
            return notice_view(answerer.corpus.notice(str(notice_id)))
        except KeyError:
            return error_view("notice_failed")

    app: gr.Blocks = gr.Blocks(title=STRINGS["zh"]["title"], analytics_enabled=False, fill_width=True)
    with app:
        opening = corpus_view(corpus)
        _part(gr, "header", {"title": corpus.notices[0].title if corpus.notices else "", "count": len(corpus.notices)})
        with gr.Row(elem_id="np-columns"):
            with gr.Column(scale=6, min_width=320, elem_id="np-left"):
                names = ["ask", *(["check"] if desk is not None else []), *(tab.name for tab in tabs)]
                if len(names) > 1:
                    _part(gr, "tabs", {"names": names})
                with gr.Column(elem_id="np-ask-panel"):
                    with gr.Row(elem_id="np-form", equal_height=True):
                        box = gr.Textbox(
                            label=words("question"),
                            placeholder=words("placeholder"),
                            lines=1,
                            max_lines=4,
                            show_label=False,
                            container=False,
                            scale=5,
                            min_width=160,
                            elem_id="np-question",
                        )
                        button = gr.Button(words("ask"), variant="primary", scale=0, min_width=88, elem_id="np-ask")
                    several = len(corpus.notices) > 1
                    scope = _part(gr, "scope", scope_view(corpus)) if several else None
                    start = _part(gr, "start", {"examples": offered}, "ask")
                    result = _part(gr, "answer", {}, "ask")
                if desk is not None:
                    with gr.Column(elem_id="np-check-panel"):
                        _checking(gr, desk)
                for tab in tabs:
                    with gr.Column(elem_id=f"np-{tab.name}-panel"):
                        _part(gr, tab.name, {"largest": max(tab.uploads.values(), default=0)})
            with gr.Column(scale=5, min_width=320, elem_id="np-right"):
                pane = _part(gr, "notice", opening, server_functions=[fetch_notice])

        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "trigger_mode": "always_last",
            "concurrency_id": "ask",
            "concurrency_limit": concurrency,
        }
        # The page sends the scope in the place of the part that it is chosen in.
        asking = "(question, scope) => NoticePage.asking(question, scope !== undefined)"
        asked, act = ([box], plain_answer) if scope is None else ([box, scope], answer)
        events = [
            gr.on([box.submit, button.click], act, asked, [result], js=asking, **quiet),
            start.ask(ask_event, None, [box, result], **quiet),
            result.ask(ask_event, None, [box, result], **quiet),
            app.load(ask_link, None, [box, result, pane], **quiet),
        ]
        for event in events:
            event.failure(None, None, None, js="() => NoticePage.failed()")
    app.queue(default_concurrency_limit=concurrency, max_size=waiting, api_open=False)
    return app


def _checking(gr: Any, desk: Desk) -> None:
    """The part that checks. Rows are fetched by the page; an event only says how far its job is."""
    part = _part(gr, "check", {"largest": LARGEST_FILE}, "check")

    def run(event: gr.EventData) -> Iterator[dict[str, Any]]:
        data = event._data if isinstance(event._data, dict) else {}
        try:
            job = desk.job(str(data.get("job")))
        except SheetError:
            yield {"state": "gone", "job": data.get("job")}
            return
        yield from (job_view(job) for job in desk.run(job))

    run.__annotations__["event"] = gr.EventData
    checking = part.check(
        run,
        None,
        part,
        show_progress="hidden",
        api_visibility="private",
        trigger_mode="multiple",
        concurrency_id="check",
        concurrency_limit=_CHECKED_AT_ONCE,
    )
    checking.failure(None, None, None, js="() => NoticePage.checkFailed()")


def _part(gr: Any, name: str, value: dict[str, Any], event: str = "", **options: Any) -> Any:
    """One part of the page that `assistant/page/` draws; `event` is what it may ask of the server."""
    return gr.HTML(
        value,
        html_template=f'<div class="np-{name}"></div>',
        js_on_load=f"NoticePage.{name}({{element, props, trigger, watch, server: {_server(options)}}}, '{event}');",
        apply_default_css=False,
        elem_id=f"np-{name}-part",
        **options,
    )


def _server(options: dict[str, Any]) -> str:
    return "server" if options.get("server_functions") else "null"


def _answer(answerer: Asked, typed: object, as_typed: bool, k: int, scope: object = None) -> dict[str, Any]:
    """What the page shows for a typed question; never raises, and tells a person nothing of what broke inside."""
    question = typed if isinstance(typed, str) else ""
    try:
        question = clean_question(typed)
        answerer = in_use(answerer)  # the answer and its quotations from one and the same
        several = len(answerer.corpus.notices) > 1
        asked_of = read_selection(scope) if isinstance(scope, dict) and several else Selection()
        found = answerer.ask(question, k, **asked_with(as_typed, asked_of))
        return answer_view(found, answerer.corpus, as_typed, asked_of)
    except ScopeError:
        return error_view("scope_empty", _sendable(question))
    except QuestionRefused as refused:
        return error_view(refused.reason, _sendable(question))
    except EngineError as error:
        _log.error("%s", error)
        return error_view("engine_away", question)
    except Exception:  # whatever broke, the person gets one sentence and the log the rest
        _log.exception("a question could not be answered")
        return error_view("unexpected", question)


def _sendable(question: str) -> str:
    """Typed text that can be sent back: JSON cannot carry a lone surrogate."""
    return question.encode("utf-8", "ignore").decode("utf-8")

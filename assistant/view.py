"""What the page shows: every sentence that people read there, and an `Answer` as the plain dict that is drawn.

The page gets data, never HTML; its script writes every text with `textContent`.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from assistant.answer import Answer, Found
from assistant.citation import QuotationError, quote, source_of
from assistant.manner_words import REPLIES
from assistant.scope import Selection
from content.corpus import Corpus
from content.notice import Notice
from content.passage import cut
from content.questions import Question
from content.span import Span

LONGEST_QUESTION = 500
"""Characters of a question, after cleaning."""

_HIGH, _MEDIUM = 0.8, 0.5
"""From which calibrated probability the page says 很有把握 and 较有把握."""

GENERIC_EXAMPLES = (
    "这个通知是谁发的？",
    "通知是哪一天发的？",
    "通知是发给谁的？",
    "通知的主要内容是什么？",
    "通知提出了哪些要求？",
)
_EXAMPLE_STYLES = ("list", "definition", "several", "factoid")
_LONGEST_EXAMPLE = 16

STRINGS: dict[str, dict[str, str]] = {
    "zh": {
        "title": "通知问答",
        "tagline_one": "答案都是通知原文，出自《{title}》。",
        "tagline_many": "答案都是通知原文，出自《{title}》等 {count} 份通知。",
        "question": "您的问题",
        "placeholder": "想从通知里查什么？",
        "ask": "提问",
        "examples": "可以这样问",
        "history": "最近问过",
        "clear": "清空",
        "results": "答案",
        "loading": "正在通知里查找……",
        "empty": "请先输入问题。",
        "too_long": "问题太长，请控制在 500 字以内。",
        "unexpected": "出错了，请稍后再试。",
        "engine_away": "检索服务暂时连不上，请稍后再试。",
        "offline": "连不上服务，请检查网络后再试。",
        "unanswered": "通知没有直接回答这个问题",
        "unanswered_hint": "可以换个说法，或写全人名、机构名再问一次。",
        **REPLIES["zh"],
        "nearest": "最接近的段落",
        "others": "其他相关段落",
        "reading": "按“{reading}”查找",
        "as_typed": "按原文查找",
        "high": "很有把握",
        "medium": "较有把握",
        "low": "把握不大",
        "rank": "第 {rank} 条",
        "part": "回答：“{part}”",
        "open": "在全文中查看：{label}",
        "more": "展开全段",
        "less": "收起",
        "copy_quote": "复制引文",
        "copy_link": "复制链接",
        "copied": "已复制",
        "copy_failed": "复制失败，请手动选取",
        "found": "找到 {count} 段。第一条出自{label}。",
        "found_nearest": "通知没有直接回答这个问题，下面是最接近的 {count} 段。",
        "notice": "通知全文",
        "choose": "选择通知",
        "back": "回到答案",
        "notice_failed": "这份通知打不开，请稍后再试。",
        "start": "输入问题，或点上面的例子。答案会标出原文，并指出在通知的哪一段。",
    },
    "en": {
        "title": "Notice Q&A",
        "tagline_one": "Every answer is the notice's own words, from 《{title}》.",
        "tagline_many": "Every answer is the notices' own words: 《{title}》 and others, {count} in all.",
        "question": "Your question",
        "placeholder": "Ask about the notice",
        "ask": "Ask",
        "examples": "Try one of these",
        "history": "Asked recently",
        "clear": "Clear",
        "results": "Answer",
        "loading": "Searching the notice…",
        "empty": "Please type a question first.",
        "too_long": "The question is too long; please keep it within 500 characters.",
        "unexpected": "Something went wrong. Please try again later.",
        "engine_away": "The search service cannot be reached for now. Please try again later.",
        "offline": "The service cannot be reached. Please check the network and try again.",
        "unanswered": "The notice does not answer this question directly",
        "unanswered_hint": "Try other words, or write names of people and organisations in full.",
        **REPLIES["en"],
        "nearest": "Nearest passages",
        "others": "Other related passages",
        "reading": "Searched for “{reading}”",
        "as_typed": "Search exactly as typed",
        "high": "Very confident",
        "medium": "Fairly confident",
        "low": "Not confident",
        "rank": "Result {rank}",
        "part": "Answers: “{part}”",
        "open": "Show in the full text: {label}",
        "more": "Show all",
        "less": "Show less",
        "copy_quote": "Copy quotation",
        "copy_link": "Copy link",
        "copied": "Copied",
        "copy_failed": "Could not copy; please select it by hand",
        "found": "{count} passages found. The first is from {label}.",
        "found_nearest": "The notice does not answer this question directly. These are the {count} nearest passages.",
        "notice": "Full notice",
        "choose": "Choose a notice",
        "back": "Back to the answer",
        "notice_failed": "This notice could not be opened. Please try again later.",
        "start": "Type a question or pick an example. The answer is marked in the notice's own words, with its place.",
    },
}
"""The page's own sentences by language. The words of a notice are never translated."""


class QuestionRefused(ValueError):
    """A question that is not asked; `reason` is the key of the sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(STRINGS["zh"][reason])
        self.reason = reason


def clean_question(typed: object) -> str:
    """The question without control characters and outer white space.

    Raises QuestionRefused when nothing is left, or more than LONGEST_QUESTION characters.
    """
    if not isinstance(typed, str):
        raise QuestionRefused("empty")
    # Looking at a little more than the limit is enough to refuse; what was pasted may be very long.
    kept = "".join(_harmless(character) for character in typed.strip()[: LONGEST_QUESTION * 4])
    question = " ".join(kept.split())
    if len(question) > LONGEST_QUESTION:
        raise QuestionRefused("too_long")
    if not any(unicodedata.category(character) not in ("Cf", "Mn", "Me", "Zs") for character in question):
        raise QuestionRefused("empty")
    return question


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category == "Cs" else character


def answer_view(
    answer: Answer, corpus: Corpus, as_typed: bool = False, scope: Selection | None = None
) -> dict[str, Any]:
    """An answer as the page draws it, every quotation cut anew from the stored text.

    Spans are code-point offsets into the notice's text. Raises QuotationError where the words shown would not be
    those of the notice, KeyError for a notice that is not in the corpus.
    """
    return {
        "state": "answer",
        "question": answer.question,
        "as_typed": as_typed,
        "reading": answer.reading,
        "lane": answer.lane,
        "scope": scope.to_json() if scope else {},
        "remark": answer.remark,
        "answered": answer.answered,
        "manner": answer.manner,
        "confidence": confidence_word(answer.confidence),
        # Nothing was asked, so nothing is near it.
        "cards": [] if answer.manner else [card_view(found, corpus) for found in answer.passages],
    }


def error_view(reason: str, question: str = "") -> dict[str, Any]:
    """A failure as the page draws it; `reason` is a key of STRINGS."""
    return {"state": "error", "reason": reason, "question": question[:LONGEST_QUESTION]}


def confidence_word(confidence: float) -> str:
    """The key of the words for a probability: high, medium or low."""
    return "high" if confidence >= _HIGH else "medium" if confidence >= _MEDIUM else "low"


def card_view(found: Found, corpus: Corpus) -> dict[str, Any]:
    """One passage as the page draws it. Raises QuotationError where the words would not be the notice's."""
    citation = found.citation
    notice = corpus.notice(citation.notice_id)
    for copy in found.copies:
        other = corpus.notice(copy.citation.notice_id)
        if quote(other, Span(copy.citation.start, copy.citation.end), copy.citation.sha256) != copy.text:
            raise QuotationError(f"《{other.title}》第 {copy.citation.start} 字起与引文不一致。")
    shown = [(Span(citation.start, citation.end), found.text)]
    shown += [(Span(highlight.start, highlight.end), highlight.text) for highlight in found.highlights]
    for span, words in shown:
        if quote(notice, span, citation.sha256) != words:
            raise QuotationError(f"《{notice.title}》第 {span.start}–{span.end} 字与引文不一致。")
    cut_at = len(source_of(notice))
    return {
        "rank": found.rank,
        "notice": notice.id,
        "label": citation.label,
        "source": citation.label[:cut_at],
        "place": citation.label[cut_at:],
        "part": found.part,
        "text": found.text,
        "start": citation.start,
        "end": citation.end,
        "highlights": [[highlight.start, highlight.end] for highlight in found.highlights],
        "newer": found.newer_version,
        "copies": [
            {
                "relation": copy.relation.name.lower(),
                "notice": copy.citation.notice_id,
                "label": copy.citation.label,
                "text": copy.text,
                "start": copy.citation.start,
                "end": copy.citation.end,
                "differing": copy.differing,
                "marks": [[span.start, span.end] for span in copy.marks],
                "against": [[span.start, span.end] for span in copy.against],
            }
            for copy in found.copies
        ],
    }


def notice_view(notice: Notice) -> dict[str, Any]:
    """A whole notice as issued: its parts in order, each with its kind and code-point offsets."""
    return {
        "id": notice.id,
        "title": notice.title,
        "blocks": [
            {"kind": passage.kind.value, "start": passage.start, "end": passage.end, "text": passage.text}
            for passage in cut(notice)
        ],
    }


def corpus_view(corpus: Corpus) -> dict[str, Any]:
    """What the pane beside the answers opens with: the list of notices, and the first one whole."""
    return {
        "list": [{"id": notice.id, "title": notice.title} for notice in corpus.notices],
        "notice": notice_view(corpus.notices[0]) if corpus.notices else None,
    }


def example_questions(corpus: Corpus) -> tuple[str, ...]:
    """Five short questions to start with: from the bank, each with another answer.

    The first asks for a plain fact, the others are those with the fullest answers of their style. Without a bank,
    questions that every notice can be asked.
    """
    bank = [
        question
        for questions in corpus.questions
        for question in questions
        if question.answerable and len(question.text) <= _LONGEST_EXAMPLE and question.text.endswith("？")
    ]
    chosen: list[Question] = [question for question in bank if question.style == "factoid"][:1]
    for style in _EXAMPLE_STYLES:
        fresh = [
            question
            for question in bank
            if question.style == style and not any(_touch(question.answers, taken.answers) for taken in chosen)
        ]
        chosen += sorted(fresh, key=lambda question: -sum(span.end - span.start for span in question.answers))[:1]
    return tuple(question.text for question in chosen[:5]) or GENERIC_EXAMPLES


def _touch(some: tuple[Span, ...], others: tuple[Span, ...]) -> bool:
    return any(a.overlaps(b) for a in some for b in others)

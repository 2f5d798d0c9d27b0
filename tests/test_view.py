from dataclasses import replace

import pytest

from assistant.answer import Answer, Found, Highlight
from assistant.citation import QuotationError, cite
from assistant.manner import Manner
from assistant.view import (
    GENERIC_EXAMPLES,
    LONGEST_QUESTION,
    STRINGS,
    QuestionRefused,
    answer_view,
    clean_question,
    confidence_word,
    corpus_view,
    error_view,
    example_questions,
    notice_view,
)
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question
from content.span import Span

TEXT = "关于防汛工作的通知\n\n各村：\n𠮷村要备足沙袋。各组要有人值班。\n甲镇政府\n2024年6月1日"


@pytest.fixture
def small() -> Corpus:
    return make_corpus((parse_notice(TEXT, "flood"),))


def _answer(corpus: Corpus, start: int, end: int) -> Answer:
    notice = corpus.notices[0]
    passage = next(passage for passage in corpus.passages if passage.start <= start and end <= passage.end)
    highlight = Highlight(start, end, notice.text[start:end])
    return Answer("谁值班？", True, 0.9, (Found(1, 0.7, passage.text, cite(notice, passage), (highlight,)),))


def test_both_languages_say_the_same_things() -> None:
    assert STRINGS["zh"].keys() == STRINGS["en"].keys()
    for key, words in STRINGS["zh"].items():
        assert words.count("{") == STRINGS["en"][key].count("{"), key


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("  谁发的？ ", "谁发的？"),
        ("谁\x00发\x07的\n？", "谁 发 的 ？"),
        ("谁\ud800发的", "谁发的"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("字" * LONGEST_QUESTION, "字" * LONGEST_QUESTION),
        ("？", "？"),
    ],
)
def test_a_question_is_cleaned_of_what_nobody_can_see(typed: str, question: str) -> None:
    assert clean_question(typed) == question


@pytest.mark.parametrize("typed", ["", " \n\t\u3000", "\x00\x01", "\u200b\ufeff", None, 5, {"a": 1}])
def test_nothing_is_not_a_question(typed: object) -> None:
    with pytest.raises(QuestionRefused, match="请先输入问题") as refused:
        clean_question(typed)
    assert refused.value.reason == "empty"


@pytest.mark.parametrize("length", [LONGEST_QUESTION + 1, 100_000])
def test_a_long_question_is_refused_politely(length: int) -> None:
    with pytest.raises(QuestionRefused, match="问题太长，请控制在 500 字以内"):
        clean_question("字" * length)


def test_an_answer_as_the_page_draws_it(small: Corpus) -> None:
    start = TEXT.index("各组")
    shown = answer_view(_answer(small, start, start + 8), small)
    assert shown == {
        "state": "answer",
        "question": "谁值班？",
        "as_typed": False,
        "reading": None,
        "answered": True,
        "manner": None,
        "confidence": "high",
        "cards": [
            {
                "rank": 1,
                "notice": "flood",
                "label": "《关于防汛工作的通知》（2024-06-01）开头第1段",
                "source": "《关于防汛工作的通知》（2024-06-01）",
                "place": "开头第1段",
                "part": None,
                "text": "𠮷村要备足沙袋。各组要有人值班。",
                "start": 15,
                "end": 31,
                "highlights": [[23, 31]],
            }
        ],
    }


@pytest.mark.parametrize("manner", list(Manner))
def test_what_asks_nothing_is_met_with_words_of_its_own_and_no_passages(small: Corpus, manner: Manner) -> None:
    shown = answer_view(replace(_answer(small, 15, 23), answered=False, manner=manner), small)
    assert (shown["manner"], shown["cards"]) == (manner, [])
    assert all(STRINGS[language][manner] for language in ("zh", "en"))


def test_a_card_says_which_part_of_the_question_it_answers(small: Corpus) -> None:
    answer = _answer(small, 15, 23)
    labelled = replace(answer, passages=(replace(answer.passages[0], part="备什么？"),))
    assert answer_view(labelled, small)["cards"][0]["part"] == "备什么？"
    assert STRINGS["zh"]["part"] == "回答：“{part}”"
    assert STRINGS["en"]["part"] == "Answers: “{part}”"


def test_words_that_are_not_the_notices_are_never_shown(small: Corpus) -> None:
    answer = _answer(small, 15, 23)
    found = answer.passages[0]
    forged = replace(found, highlights=(Highlight(15, 23, "𠮷村不用备沙袋"),))
    with pytest.raises(QuotationError):
        answer_view(replace(answer, passages=(forged,)), small)
    moved = replace(found, text=found.text[1:])
    with pytest.raises(QuotationError):
        answer_view(replace(answer, passages=(moved,)), small)
    old = replace(found, citation=replace(found.citation, sha256="0" * 64))
    with pytest.raises(QuotationError):
        answer_view(replace(answer, passages=(old,)), small)


def test_every_card_of_the_real_notice_has_its_label_in_two_parts(corpus: Corpus) -> None:
    for passage in corpus.passages:
        answer = _answer(corpus, passage.start, passage.end)
        card = answer_view(answer, corpus)["cards"][0]
        assert card["source"] + card["place"] == card["label"]
        assert card["source"].endswith("（2018-11-13）")


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "high"), (0.8, "high"), (0.79, "medium"), (0.5, "medium"), (0.49, "low"), (0, "low")]
)
def test_confidence_in_words(confidence: float, word: str) -> None:
    assert confidence_word(confidence) == word
    assert word in STRINGS["zh"]


def test_an_error_sends_back_no_more_than_a_question() -> None:
    assert error_view("too_long", "字" * 100_000)["question"] == "字" * LONGEST_QUESTION


def test_the_pane_has_every_word_of_the_notice(corpus: Corpus) -> None:
    notice = corpus.notices[0]
    shown = notice_view(notice)
    assert "".join("".join(block["text"] for block in shown["blocks"]).split()) == "".join(notice.text.split())
    assert [block["kind"] for block in shown["blocks"]][:3] == ["title", "addressees", "paragraph"]
    assert [block["kind"] for block in shown["blocks"]][-2:] == ["issuer", "date"]
    for block in shown["blocks"]:
        assert notice.text[block["start"] : block["end"]] == block["text"]


def test_the_pane_opens_with_the_first_notice() -> None:
    corpus = make_corpus((parse_notice(TEXT, "a"), parse_notice(TEXT.replace("防汛", "防火"), "b")))
    shown = corpus_view(corpus)
    assert shown["list"] == [{"id": "a", "title": "关于防汛工作的通知"}, {"id": "b", "title": "关于防火工作的通知"}]
    assert shown["notice"]["id"] == "a"


def test_examples_come_from_the_bank_each_with_another_answer() -> None:
    notice = parse_notice(TEXT, "flood")
    sand, watch, village = Span(15, 23), Span(23, 31), Span(15, 17)
    bank = (
        Question("谁备沙袋？", "factoid", (village,)),
        Question("备多少沙袋？", "factoid", ()),
        Question("要做哪些事？", "list", (sand, watch)),
        Question("还要做什么？", "list", (watch,)),
        Question("关于值班这件事，通知里面到底是怎么样要求的？", "several", (watch,)),
    )
    assert example_questions(make_corpus((notice,), (bank,))) == ("谁备沙袋？", "还要做什么？")


def test_examples_without_a_bank(small: Corpus) -> None:
    assert example_questions(small) == GENERIC_EXAMPLES

"""The JSON of `ask` is a contract that other tools read: it holds for every question."""

import json
from typing import Any

import outing
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.answerer import Answerer
from assistant.manner import manner_of
from content.corpus import load_corpus, make_corpus
from content.notice import parse_notice

ODD = (
    "关于𠮷村😀的通知\r\n\r\n各组：\r\n一、时间：“五月一日”。\r\n请带水😀。𠮷？\u3000\r\n甲镇\r\n二〇二四年四月一日\r\n"
)
ANSWERERS: dict[str, Answerer] = {
    "small": outing.answerer(),
    "without a bank": outing.answerer(outing.corpus(with_bank=False)),
    "odd": outing.answerer(make_corpus((parse_notice(ODD, "odd"), *outing.corpus().notices))),
    "real notice": outing.answerer(load_corpus(with_bank=False)),
}
CITATION = {
    "notice_id": str, "title": str, "issuer": str | None, "date": str | None, "number": str | None,
    "section": list, "paragraph": int, "start": int, "end": int, "sha256": str, "label": str,
}  # fmt: skip
questions = st.text(max_size=40) | st.lists(
    st.sampled_from(
        [
            "春游",
            "几点",
            "要交钱吗",
            "工会",
            "八个坚持",
            "是什么",
            "谁",
            "发的",
            "gonghui",
            "離開",
            "17",
            "？",
            " ",
            "😀",
        ]
    ),
    max_size=8,
).map("".join)


def parsed(answerer: Answerer, question: str, k: int = 5) -> dict[str, Any]:
    """What a reader of the JSON gets."""
    found: dict[str, Any] = json.loads(json.dumps(answerer.ask(question, k).to_json(), allow_nan=False))
    return found


@pytest.mark.parametrize("name", ANSWERERS)
@given(question=questions, k=st.integers(1, 12))
@example(question="", k=1)
@example(question="\ud800", k=5)
@example(question="几点" * 2000, k=5)
@example(question="春游的要", k=5)  # a fourth hit of one notice waits for another's
def test_the_contract_of_ask(name: str, question: str, k: int) -> None:
    answerer = ANSWERERS[name]
    answer = parsed(answerer, question, k)
    more = ["reply"] if manner_of(question) else []
    assert list(answer) == ["question", "answered", "confidence", "passages", *more]
    assert answer["question"] == question
    assert not (more and answer["answered"])
    assert type(answer["answered"]) is bool
    assert 0.0 <= answer["confidence"] <= 1.0
    assert len(answer["passages"]) == min(k, len(answerer.corpus.passages))
    assert [found["rank"] for found in answer["passages"]] == list(range(1, len(answer["passages"]) + 1))
    scores = [found["score"] for found in answer["passages"]]
    assert scores == sorted(scores, reverse=True)
    for found in answer["passages"]:
        assert list(found) == ["rank", "score", "text", "citation", "highlights"]
        check_citation(answerer, found["citation"])
        check_slices(answerer, found)


def check_citation(answerer: Answerer, citation: dict[str, Any]) -> None:
    notice = answerer.corpus.notice(citation["notice_id"])
    assert list(citation) == list(CITATION)
    assert all(isinstance(citation[name], kind) for name, kind in CITATION.items())
    assert all(isinstance(heading, str) for heading in citation["section"])
    assert (citation["sha256"], citation["title"]) == (notice.sha256, notice.title)
    assert citation["label"].startswith(f"《{notice.title}》")


def check_slices(answerer: Answerer, found: dict[str, Any]) -> None:
    """Every offset slices exactly, and there is a highlight."""
    text, citation = answerer.corpus.notice(found["citation"]["notice_id"]).text, found["citation"]
    assert text[citation["start"] : citation["end"]] == found["text"] != ""
    assert found["highlights"]
    end = 0
    for mark in sorted(found["highlights"], key=lambda mark: mark["start"]):
        assert list(mark) == ["start", "end", "text"]
        assert citation["start"] <= mark["start"] < mark["end"] <= citation["end"]
        assert text[mark["start"] : mark["end"]] == mark["text"]
        assert mark["start"] >= end  # no two overlap
        end = mark["end"]


@given(questions)
def test_the_same_question_has_the_same_answer(question: str) -> None:
    answerer = ANSWERERS["small"]
    assert parsed(answerer, question) == parsed(answerer, question)

"""A small notice with its question bank, for tests whose expectations are worked out by hand."""

from __future__ import annotations

from pathlib import Path

from bigram import BigramEncoder

from assistant.answerer import Answerer
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question, find_quote
from index.build import build_index
from index.fusion import Fusion
from index.retriever import Retriever

TEXT = (
    "关于春游的通知\n\n各班：\n\n春游在周五上午八点出发。请每人带水和雨衣。\n\n一、费用\n\n春游不收费，午餐自备。\n\n"
    "二、安全\n\n过马路要排队；不得离开队伍。\n\n光明小学\n2024年4月1日\n"
)
"""Nine passages: title, addressees, paragraph, heading, paragraph, heading, paragraph, issuer, date."""

ASKED = (
    ("要交钱吗", ("春游不收费",)),
    ("几点走", ("春游在周五上午八点出发",)),
    ("要准备些什么", ("请每人带水和雨衣", "午餐自备")),
    ("股票涨了吗", ()),
)


FUSION = Fusion(
    {"characters/passage": 1.0, "characters/sentence": 1.0, "dense/question": 4.0},
    {"characters/passage": 1.0, "characters/sentence": 1.0},
)
"""Weights of its own, so that no expectation hangs on the fitted ones."""


def bank() -> tuple[Question, ...]:
    """Three questions that the notice answers, the third in two passages, and one that it does not."""
    return tuple(
        Question(text, "everyday", tuple(find_quote(quote, TEXT) for quote in quotes)) for text, quotes in ASKED
    )


def corpus(with_bank: bool = True) -> Corpus:
    return make_corpus((parse_notice(TEXT, "春游"),), (bank(),) if with_bank else None)


def answerer(of: Corpus | None = None) -> Answerer:
    """Over the small corpus, or another, by the encoder of character pairs."""
    encoder = BigramEncoder()
    return Answerer(Retriever(build_index(of or corpus(), encoder), encoder, FUSION))


def write(folder: Path, text: str = TEXT) -> Path:
    """The notice as a content folder without a bank."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "春游.txt").write_text(text, encoding="utf-8")
    return folder

"""Titles of documents speak for every passage of theirs."""

from __future__ import annotations

import numpy as np
import pytest
from bigram import BigramEncoder

import index.proposer
from content.corpus import make_corpus
from content.notice import parse_notice
from index.build import build_index
from index.fusion import Fusion
from index.retriever import Retriever
from index.terms import character_terms
from index.titles import TITLE_CHANNELS, Titles

# The same rule stands in both; only the titles tell them apart.
CORPUS = make_corpus(
    tuple(
        parse_notice(f"{name}条例\n\n第一条 为了{name}，制定本条例。\n\n第二条 没有许可证的，处以罚款。\n", name)
        for name in ("采茶", "捕鱼")
    )
)
ENCODER = BigramEncoder()
INDEX = build_index(CORPUS, ENCODER)


def test_the_title_is_scored_for_each_passage_of_its_document() -> None:
    vector = ENCODER.encode_queries(["捕鱼没有许可证"])
    found = Titles(INDEX).scores(vector, character_terms("捕鱼没有许可证"), np.array([0, 1, 1, 0]))
    assert tuple(found) == TITLE_CHANNELS
    for scores in found.values():
        assert scores.shape == (4,)
        assert scores[1] == scores[2] > scores[0] == scores[3]
    # Of the title 捕鱼条例 the question has 捕鱼 and nothing else, of 采茶条例 nothing.
    assert found["characters/title"][0] == 0
    title = next(row for row, passage in enumerate(CORPUS.passages) if passage.text == "捕鱼条例")
    assert found["dense/title"][1] == pytest.approx(float(INDEX.store.at([title])[0] @ vector[0]))


def test_of_two_like_rules_the_one_whose_title_is_meant_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.proposer, "_WHOLE", 3)
    plain = {"characters/sentence": 1.0}
    for name, other in (("采茶", "捕鱼"), ("捕鱼", "采茶")):
        weights = Fusion(plain, plain, plain | dict.fromkeys(TITLE_CHANNELS, 0.5))
        hits = Retriever(INDEX, ENCODER, weights).search(f"{name}没有许可证罚款", 6).hits
        ranked = [CORPUS.passages[hit.passage] for hit in hits]
        fined = [passage.notice_id for passage in ranked if "罚款" in passage.text]
        assert fined == [name, other]

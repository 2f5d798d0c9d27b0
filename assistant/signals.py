"""What speaks for and against an answer: features of one retrieval, none of them words of a particular notice."""

from __future__ import annotations

import re

from content.text import fold_text, numbers
from index.build import Index
from index.entries import EntryKind
from index.reread import RERANKER
from index.retriever import Hit, Retrieval

_ASKS_NUMBER = re.compile(
    r"多少|几[个位名次条项天年月日号人家场期份种]|how many|how much|百分之|比例"
    r"|金额|人数|数量|编号|电话|热线|邮箱|网址|链接"
)
_ASKS_TIME = re.compile(
    r"什么时候|何时|几月|几号|哪天|哪年|哪一天|哪一年|多久|多长时间|日期|截止|期限|when\b|deadline|时间"
)
_ASKS_PERSON = re.compile(r"谁|哪位|哪个人|姓名|名字|叫什么|联系人|负责人|who\b|whom\b")
_ASKS_PLACE = re.compile(r"在哪|哪里|哪儿|地点|地址|何处|where\b")
_TIME = re.compile(r"\d+年|\d+月|\d+日|年|月|日|当前|今后|一个时期")
_LATIN = re.compile(r"[a-z]")


def signals(retrieval: Retrieval, index: Index) -> dict[str, float]:
    """Named features, each a finite number; `retrieval` has at least one hit."""
    first = retrieval.hits[0]
    second = retrieval.hits[1] if len(retrieval.hits) > 1 else None
    channel = first.channels
    question = fold_text(retrieval.question)
    sentences = first.of_kind(EntryKind.SENTENCE)
    sentence = fold_text(index.entries[sentences[0].row].text) if sentences else ""
    return {
        "score": first.score,
        "margin": first.score - second.score if second else 0.0,
        "dense_sentence": channel["dense/sentence"],
        "dense_passage": channel["dense/passage"],
        "characters_sentence": channel["characters/sentence"],
        "characters_passage": channel["characters/passage"],
        "best_characters": max(hit.channels["characters/passage"] for hit in retrieval.hits),
        "dense_question": channel["dense/question"],
        "characters_question": channel["characters/question"],
        "dense_over_unanswered": channel["dense/question"] - retrieval.unanswered_dense,
        "characters_over_unanswered": channel["characters/question"] - retrieval.unanswered_lexical,
        "vote": retrieval.unanswered_vote,
        "length": min(len(question), 60) / 60,
        "latin": len(_LATIN.findall(question)) / max(1, len(question)),
        "wants_number": _wants(bool(_ASKS_NUMBER.search(question)), bool(numbers(sentence))),
        "wants_time": _wants(bool(_ASKS_TIME.search(question)), bool(_TIME.search(sentence))),
        "wants_person": float(bool(_ASKS_PERSON.search(question))),
        "wants_place": float(bool(_ASKS_PLACE.search(question))),
        RERANKER: channel.get(RERANKER, 0.0),
        "agreement": _agreement(retrieval.hits),
    }


def _wants(asked: bool, there: bool) -> float:
    return float(asked and not there)


def _agreement(hits: tuple[Hit, ...]) -> float:
    """Share of the dense and lexical channels whose best passage among the hits is the first."""
    names = ("dense/sentence", "dense/passage", "characters/sentence", "characters/passage", "pinyin/sentence")
    return sum(hits[0].channels[name] >= max(hit.channels[name] for hit in hits) for name in names) / len(names)

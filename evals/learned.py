"""Which questions of a library ask about documents that the encoder's adapter was trained on.

A figure over documents that were learned from says how well those are served; what to expect of a new document is told
by the others alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from content.questions import read_jsonl
from evals.adaptation import TRAINING
from evals.dataset import EvalSet

LEARNED, UNSEEN = "编码器学过的文件", "编码器没学过的文件"
_FILES = ("questions.jsonl", "passages.jsonl")


def learned_documents(folder: Path = TRAINING) -> frozenset[str]:
    """The names, without their dates, of the documents whose passages were trained on: an older version reads alike."""
    return frozenset(_name(row["document"]) for file in _FILES for _, row in read_jsonl(folder / file))


def by_learning(eval_set: EvalSet, folder: Path = TRAINING) -> EvalSet:
    """The set with `source` saying of each answerable question whether its document was trained on."""
    learned = learned_documents(folder)
    questions = (
        replace(question, source=LEARNED if _name(question.notice_id) in learned else UNSEEN)
        if question.answerable
        else question
        for question in eval_set.questions
    )
    return replace(eval_set, questions=tuple(questions))


def _name(document: str) -> str:
    return document.partition("(")[0]

"""Candidate questions on their way into the eval set or the question bank: the rules, and what was accepted.

A question is for one of the two and never for both: one that the product has learned from cannot examine it. What is
refused is refused with a Chinese sentence that says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.answer import Found
from content.candidate import Anchor, Candidate, State, Target, anchor, lost
from content.candidates import CandidateStore
from content.corpus import Corpus
from content.notice import Notice
from content.span import Span
from evals.dataset import ANSWERABLE, SPLITS, UNANSWERABLE, EvalQuestion, EvalSet
from evals.overlap import overlap

TOO_NEAR = 0.8
"""Character-pair Jaccard from which a question of the bank and one of the eval set are taken for the same."""
SOURCE = "新增"
"""The source of eval questions that were accepted from candidates."""
_NAMES = {Target.EVAL: "评测集", Target.BANK: "题库"}


class ReviewRefusedError(ValueError):
    """A candidate that may not go where someone wants it; the message is a Chinese sentence that says why."""


@dataclass(frozen=True, slots=True)
class Flag:
    """An accepted or open candidate with answers whose words are gone from the notice (or the notice itself is)."""

    candidate: Candidate
    gone: tuple[Anchor, ...]

    def sentence(self) -> str:
        """One Chinese sentence."""
        words = "、".join(f"「{one.quote[:20]}」" for one in self.gone)
        return f"候选题 {self.candidate.id}（{self.candidate.question}）的引文{words}已不在通知原文里，请重新标注。"


def propose_right(
    store: CandidateStore, corpus: Corpus, question: str, found: Found, by: str, category: str = "", note: str = ""
) -> Candidate:
    """「这段就是答案」: a candidate answered by the first highlight of a passage, or by all of it without one."""
    return store.propose(
        found.citation.notice_id, question, by, answers=_shown(corpus, found), category=category, note=note
    )


def propose_wrong(
    store: CandidateStore, corpus: Corpus, question: str, found: Found, by: str, note: str = ""
) -> Candidate:
    """「答案不对」: a candidate whose answer somebody has yet to mark, with what was shown kept as wrong."""
    return store.propose(found.citation.notice_id, question, by, wrong=_shown(corpus, found), note=note)


def _shown(corpus: Corpus, found: Found) -> tuple[Anchor, ...]:
    notice = corpus.notice(found.citation.notice_id)
    lit = found.highlights[:1] or (found.citation,)
    return tuple(anchor(notice, Span(one.start, one.end)) for one in lit)


def accept(
    store: CandidateStore,
    corpus: Corpus,
    eval_questions: Sequence[str],
    candidate_id: str,
    by: str,
    target: Target,
    split: str = "test",
) -> Candidate:
    """Accept a candidate into the eval set (into `split`) or into the bank.

    `eval_questions` are the texts of every eval question about the notice, accepted ones among them; the bank is
    `corpus.questions`. Raises ReviewRefusedError or CandidateError, and changes nothing then.
    """
    candidate = store.get(candidate_id)
    notices = {notice.id: notice for notice in corpus.notices}
    notice = notices.get(candidate.notice_id)
    if notice is None:
        raise ReviewRefusedError(f"候选题 {candidate.id} 说的通知 {candidate.notice_id} 不在通知目录里。")
    if candidate.state is State.ACCEPTED and candidate.target is not target:
        raise ReviewRefusedError(
            f"这道题已经采纳进{_NAMES[candidate.target or target]}，不能再进{_NAMES[target]}："
            "产品学过的题不能再拿来考它。"
        )
    _check_labels(candidate, notice)
    if split not in SPLITS:
        raise ReviewRefusedError(f"split 是 {split!r}，应是 {' 或 '.join(SPLITS)}。")
    bank = [question.text for questions in corpus.questions for question in questions]
    bank += [other.question for other in store.accepted(Target.BANK)]
    exam = [*eval_questions, *(other.question for other in store.accepted(Target.EVAL))]
    mine, others = (exam, bank) if target is Target.EVAL else (bank, exam)
    other_name = _NAMES[Target.BANK if target is Target.EVAL else Target.EVAL]
    for pair in overlap([candidate.question], others).pairs:
        if pair.identical or pair.similarity >= TOO_NEAR:
            how = "已有这道题" if pair.identical else f"已有几乎相同的题「{pair.bank}」（相似度 {pair.similarity:.2f}）"
            raise ReviewRefusedError(
                f"{other_name}里{how}，不能再进{_NAMES[target]}：产品学过的题不能再拿来考它，考题也不能拿来教它。"
            )
    if any(pair.identical for pair in overlap([candidate.question], mine).pairs):
        raise ReviewRefusedError(f"{_NAMES[target]}里已有这道题：{candidate.question}")
    return store.accept(candidate.id, by, target, split if target is Target.EVAL else None)


def _check_labels(candidate: Candidate, notice: Notice) -> None:
    if candidate.answers and candidate.category not in ANSWERABLE:
        raise ReviewRefusedError(
            f"请先给这道题选一个类别（{'、'.join(ANSWERABLE)}），现在是「{candidate.category or '未填'}」。"
        )
    if not candidate.answers and candidate.category not in UNANSWERABLE:
        raise ReviewRefusedError(
            "这道题还没有标出答案；如果通知确实没有回答，请把类别改成 near（相近）或 far（无关）。"
        )
    if gone := lost(candidate, notice):
        raise ReviewRefusedError(Flag(candidate, gone).sentence())


def with_additions(eval_set: EvalSet, notice: Notice, store: CandidateStore) -> EvalSet:
    """The eval set with what was accepted into it; its digest covers both. What is flagged is left out."""
    added = tuple(_question(candidate, notice) for candidate in _usable(store, notice))
    if not added:
        return eval_set
    known = {question.id for question in eval_set.questions}
    digest = hashlib.sha256(eval_set.digest.encode("ascii"))
    for question in added:
        if question.id in known:
            raise ReviewRefusedError(f"采纳的新题编号 {question.id} 与题集 {eval_set.name} 里的重复。")
        digest.update(json.dumps(export_row(question), ensure_ascii=False, sort_keys=True).encode("utf-8"))
    return replace(eval_set, questions=eval_set.questions + added, digest=digest.hexdigest())


def _usable(store: CandidateStore, notice: Notice) -> Iterable[Candidate]:
    return (one for one in store.accepted(Target.EVAL, notice.id) if not lost(one, notice))


def _question(candidate: Candidate, notice: Notice) -> EvalQuestion:
    spans = [span for one in candidate.answers if (span := one.find(notice)) is not None]
    name = f"c-{candidate.id}"
    return EvalQuestion(
        id=name,
        group=name,
        split=candidate.split or "test",
        category=candidate.category,
        text=candidate.question,
        quotes=tuple(one.quote for one in candidate.answers),
        places=tuple((span,) for span in spans),
        source=SOURCE,
        notice_id=notice.id,
    )


def export_row(question: EvalQuestion) -> dict[str, Any]:
    """A question as a line of `evals/data/`."""
    row: dict[str, Any] = {
        "id": question.id,
        "group": question.group,
        "split": question.split,
        "category": question.category,
        "question": question.text,
        "quotes": list(question.quotes),
    }
    return row | ({"any": True} if question.places_suffice else {})


def export(store: CandidateStore, corpus: Corpus, target: Target) -> dict[str, list[Mapping[str, Any]]]:
    """Accepted questions by notice, as lines of `evals/data/` or of `content/questions/`; flagged ones left out."""
    as_row: Callable[[Candidate, Notice], Mapping[str, Any]]
    if target is Target.EVAL:
        as_row = lambda one, notice: export_row(_question(one, notice))  # noqa: E731
    else:
        as_row = lambda one, _: {  # noqa: E731
            "question": one.question,
            "style": one.category,
            "quotes": [answer.quote for answer in one.answers],
        }
    rows: dict[str, list[Mapping[str, Any]]] = {
        notice.id: [as_row(one, notice) for one in store.accepted(target, notice.id) if not lost(one, notice)]
        for notice in corpus.notices
    }
    return {name: own for name, own in rows.items() if own}


def flagged(store: CandidateStore, corpus: Corpus) -> tuple[Flag, ...]:
    """Candidates, not rejected ones, whose answers can no longer be found."""
    notices = {notice.id: notice for notice in corpus.notices}
    found = []
    for candidate in store.all():
        if candidate.state is State.REJECTED:
            continue
        notice = notices.get(candidate.notice_id)
        gone = candidate.answers if notice is None else lost(candidate, notice)
        if gone:
            found.append(Flag(candidate, gone))
    return tuple(found)

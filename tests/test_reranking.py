"""What the reranker is trained on."""

from __future__ import annotations

import json
from pathlib import Path

from content.corpus import make_corpus
from content.notice import parse_notice
from content.questions import Question
from content.span import Span
from evals.reranking import passages_of, read_from, title_of

TEXT = "关于春游的通知\n\n各班：\n\n周五去公园。\n\n自带午餐。\n\n校办\n2024年4月1日\n"


def test_questions_lead_to_the_passages_that_answer() -> None:
    notice = parse_notice(TEXT, "春游")
    lunch = Span(TEXT.index("自带"), TEXT.index("自带") + 2)
    corpus = make_corpus((notice,), ((Question("饭怎么办", "everyday", (lunch,)),),))
    subject = passages_of(corpus)
    assert subject.texts[2:4] == ("周五去公园。", "自带午餐。")
    assert subject.pairs == (("饭怎么办", frozenset({3})),)


def test_as_many_questions_of_laws_as_of_notices_each_with_the_title_of_its_passage(tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "春游.md").write_text(TEXT, encoding="utf-8")
    asked = {"document": "春游", "question": "吃啥？", "quotes": ["午餐"]}
    (tmp_path / "notice_questions.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    passages = [{"passage": str(at), "document": f"法/采茶法{at}(2020-01-01)", "text": f"第{at}条"} for at in range(9)]
    (tmp_path / "passages.jsonl").write_text("\n".join(map(json.dumps, passages)), encoding="utf-8")
    laws = [{"passage": str(at), "question": f"问{at}"} for at in range(9)]
    (tmp_path / "passage_questions.jsonl").write_text("\n".join(map(json.dumps, laws)), encoding="utf-8")
    subject, titles = read_from(tmp_path, 1)
    (lunch, of_notice), (of_law, right) = subject.pairs
    assert lunch == "吃啥?" and [subject.texts[at] for at in of_notice] == ["自带午餐。"]
    assert titles[min(of_notice)] == "关于春游的通知"
    assert [subject.texts[at] for at in right] == [f"第{of_law[1:]}条"]
    assert titles[min(right)] == f"采茶法{of_law[1:]}" == title_of(passages[int(of_law[1:])]["document"])
    assert len(titles) == len(subject.texts) and read_from(tmp_path, 1)[0] == subject

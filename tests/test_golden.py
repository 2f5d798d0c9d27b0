"""The packaged notice keeps its passages: eval sets, the bank and fitted weights hang on every offset."""

from __future__ import annotations

import hashlib
import json

from assistant.citation import cite
from content.corpus import Corpus
from content.notice import Notice
from index.entries import EntryKind, make_entries

TITLE = "武进区总工会关于认真学习领会习近平总书记重要讲话精神切实抓好中国工会十七大精神学习宣传贯彻工作的通知"
PLACES = """\
title 0 1 57 标题
addressees 0 59 104 主送机关
paragraph 1 106 248 开头第1段
heading 0 250 278 第一部分标题
paragraph 1 280 746 第一部分第1段
paragraph 2 748 1015 第一部分第2段（第1点）
paragraph 3 1017 1253 第一部分第3段（第2点）
paragraph 4 1255 1501 第一部分第4段（第3点）
paragraph 5 1503 1691 第一部分第5段（第4点）
paragraph 6 1693 1877 第一部分第6段（第5点）
paragraph 7 1879 2182 第一部分第7段
heading 0 2184 2204 第二部分标题
paragraph 1 2206 2269 第二部分第1段
paragraph 2 2271 2521 第二部分第2段
paragraph 3 2523 2884 第二部分第3段
paragraph 4 2886 3557 第二部分第4段
heading 0 3559 3593 第三部分标题
paragraph 1 3595 3758 第三部分第1段
paragraph 2 3760 4002 第三部分第2段
paragraph 3 4004 4156 第三部分第3段
paragraph 4 4158 4308 第三部分第4段
paragraph 5 4310 4825 第三部分第5段
issuer 0 4858 4867 落款（发文机关）
date 0 4902 4913 落款（成文日期）
"""


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def test_every_passage_and_label_is_as_it_was(corpus: Corpus, notice: Notice) -> None:
    labels = [cite(notice, passage).label for passage in corpus.passages]
    rows = [
        [str(p.kind), list(p.section), p.paragraph, p.start, p.end, p.text, [[s.start, s.end] for s in p.sentences], at]
        for p, at in zip(corpus.passages, labels, strict=True)
    ]
    places = [
        f"{p.kind} {p.paragraph} {p.start} {p.end} {at.removeprefix(f'《{TITLE}》（2018-11-13）')}\n"
        for p, at in zip(corpus.passages, labels, strict=True)
    ]
    assert "".join(places) == PLACES
    assert digest(rows) == "48c480191cf1610bf67822121ef087679d6348d49ecdc6ccf12b5c07324d4239"


def test_every_entry_but_those_of_the_bank_is_as_it_was(corpus: Corpus) -> None:
    bank = (EntryKind.QUESTION, EntryKind.UNANSWERED)
    rows = [
        [str(e.kind), e.text, list(e.passages), [[s.start, s.end] for s in e.spans]]
        for e in make_entries(corpus)
        if e.kind not in bank
    ]
    assert (len(rows), digest(rows)) == (269, "0d2baedd4f4b383e1ed3b92be69032bb20856ba273fd905bf6e000146b16ee55")

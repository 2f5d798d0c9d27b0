"""Rules and notices beside each other: neither sort wins by its number alone."""

from math import log

import numpy as np
import pytest
from bigram import BigramEncoder
from numpy.typing import NDArray

from content.corpus import Corpus, make_corpus
from content.notice import Notice, parse_notice
from index.build import build_index
from index.channel import fuse
from index.fusion import Fusion
from index.retriever import Retriever
from index.sorts import Sorts
from index.view import Scope

NOTICE = parse_notice("关于放假的通知\n\n各班：\n\n周五放假。\n\n校办\n2024年4月1日\n", "放假")
LAWS = tuple(
    parse_notice(
        f"{name}法\n\n" + "".join(f"第{number}条 {name}放假{number}天。\n\n" for number in "一二三四五六七八九"), name
    )
    for name in ("采茶", "养蜂", "修路", "植树")
)
ENCODER = BigramEncoder()
WORDS = {"characters/passage": 1.0, "dense/passage": 2.0}


def sorts_of(*notices: Notice) -> tuple[Corpus, Sorts, NDArray[np.int64]]:
    """A corpus with its sorts, and all of its passages."""
    corpus = make_corpus(notices)
    places = {notice.id: place for place, notice in enumerate(corpus.notices)}
    sorts = Sorts(corpus, np.array([places[passage.notice_id] for passage in corpus.passages]))
    return corpus, sorts, np.arange(len(corpus.passages))


def test_the_fewer_count_more_by_how_many_times_more_the_others_are() -> None:
    corpus, sorts, every = sorts_of(NOTICE, *LAWS)
    few = sorts.few(every)
    assert [corpus.passages[row].notice_id for row in few] == ["放假"] * 5 and every.size == 5 + 4 * 10
    rows = np.array([int(few[1]), every.size - 1])
    assert sorts.advantage(rows, every) == pytest.approx([log(40 / 5), 0.0])
    assert sorts.advantage(rows, every).dtype == np.float32


def test_they_are_counted_among_what_is_searched() -> None:
    # Of the library the notice's passages are the fewer; beside three of a law's, the law's are.
    _, sorts, every = sorts_of(NOTICE, *LAWS)
    own = sorts.few(every)
    law = np.setdiff1d(every, own)[:3]
    both = np.sort(np.concatenate([own, law]))
    assert sorts.few(both).tolist() == law.tolist()
    assert sorts.advantage(law, both) == pytest.approx([log(5 / 3)] * 3)
    assert not sorts.advantage(own, both).any()
    # Of one sort alone nothing is the fewer, whatever else the library holds.
    for alone in (own, law):
        assert not sorts.few(alone).size and not sorts.advantage(alone, alone).any()


@pytest.mark.parametrize("notices", [(NOTICE,), LAWS])
def test_where_there_is_one_sort_none_counts_more(notices: tuple[Notice, ...]) -> None:
    _, sorts, every = sorts_of(*notices)
    assert not sorts.few(every).size and not sorts.advantage(every, every).any()


def test_among_many_laws_a_notice_proposes_its_own_and_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    index = build_index(make_corpus((NOTICE, *LAWS)), ENCODER)
    own = Retriever(index, ENCODER, Fusion(WORDS, WORDS, WORDS))
    asked = "放假一天吗"
    vector = ENCODER.encode_queries([asked])
    view, channels = own.in_view(asked, vector, 1)
    assert view.whole and np.count_nonzero(own.advantage(view)) == 5
    monkeypatch.setattr("index.proposer._WHOLE", 3)
    monkeypatch.setattr("index.proposer._PROPOSED", 3)
    day_off = next(row for row, passage in enumerate(index.corpus.passages) if passage.text == "周五放假。")
    # 放假一天 stands in every law, and nearer: but for its sort no passage of the notice is proposed.
    with monkeypatch.context() as plain:
        plain.setattr("index.proposer._FEW", 0)
        assert day_off not in own.in_view(asked, vector, 1)[0].passages
    view, channels = own.in_view(asked, vector, 1)
    assert day_off in view.passages
    more = own.fused(view, channels, WORDS) - fuse(channels, WORDS)
    assert dict(zip(view.passages.tolist(), more, strict=True))[day_off] == pytest.approx(log(8), abs=1e-5)
    # What counts for a sort orders; how well a passage fits is told without it.
    near = "周五放假吗"
    view, channels = own.in_view(near, ENCODER.encode_queries([near]), 3)
    fits = dict(zip(view.passages.tolist(), fuse(channels, WORDS), strict=True))
    hits = own.search(near, 3).hits
    assert hits[0].passage == day_off
    assert [hit.score for hit in hits] == pytest.approx([fits[hit.passage] for hit in hits], abs=1e-4)
    laws = Scope(frozenset(law.id for law in LAWS))
    view, _ = own.in_view(asked, vector, 1, laws)
    assert day_off not in view.passages and not own.advantage(view).any()
    found = own.search(asked, 3, laws)
    assert found.of_many and index.corpus.passages[found.hits[0].passage].text.endswith("放假一天。")

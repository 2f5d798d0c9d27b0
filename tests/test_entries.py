from collections import Counter
from itertools import pairwise

import outing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.questions import Question
from content.span import Span
from index.entries import EntryKind, clause_runs, make_entries


def texts(corpus: Corpus, kind: EntryKind) -> list[tuple[str, tuple[int, ...]]]:
    return [(entry.text, entry.passages) for entry in make_entries(corpus) if entry.kind is kind]


def test_every_passage_is_an_entry_and_every_sentence() -> None:
    corpus = outing.corpus()
    assert texts(corpus, EntryKind.PASSAGE) == [(p.text, (row,)) for row, p in enumerate(corpus.passages)]
    assert texts(corpus, EntryKind.SENTENCE) == [
        ("关于春游的通知", (0,)),
        ("各班：", (1,)),
        ("春游在周五上午八点出发。", (2,)),
        ("请每人带水和雨衣。", (2,)),
        ("一、费用", (3,)),
        ("春游不收费，午餐自备。", (4,)),
        ("二、安全", (5,)),
        ("过马路要排队；", (6,)),
        ("不得离开队伍。", (6,)),
        ("光明小学", (7,)),
        ("2024年4月1日", (8,)),
    ]


def test_labels_lead_to_the_formal_parts() -> None:
    labels = dict(texts(outing.corpus(), EntryKind.LABEL))
    assert labels["标题"] == (0,)
    assert labels["发给哪些单位"] == (1,)
    assert labels["这个通知是谁发的"] == (7,)
    assert labels["哪天发的"] == (8,)
    assert labels["when was this notice issued"] == (8,)
    assert "发文字号" not in labels  # this notice has none


def test_a_bank_question_leads_to_every_passage_that_answers_it() -> None:
    corpus = outing.corpus()
    assert texts(corpus, EntryKind.QUESTION) == [("要交钱吗", (4,)), ("几点走", (2,)), ("要准备些什么", (2, 4))]
    assert texts(corpus, EntryKind.UNANSWERED) == [("股票涨了吗", ())]


def test_what_a_question_points_at_are_its_quotes() -> None:
    [entry] = [entry for entry in make_entries(outing.corpus()) if entry.text == "要准备些什么"]
    assert [span.of(outing.TEXT) for span in entry.spans] == ["请每人带水和雨衣", "午餐自备"]


@pytest.mark.parametrize("with_bank", [True, False])
def test_entries_are_ordered_by_kind_and_are_the_same_every_time(with_bank: bool) -> None:
    entries = make_entries(outing.corpus(with_bank))
    order = [list(EntryKind).index(entry.kind) for entry in entries]
    assert order == sorted(order)
    assert entries == make_entries(outing.corpus(with_bank))


def test_a_question_never_leads_into_another_notice() -> None:
    first, second = parse_notice("关于甲的通知\n同样的话。", "甲"), parse_notice("关于乙的通知\n同样的话。", "乙")
    start = second.text.index("同样")
    asked = Question("什么话？", "factoid", (Span(start, start + 5),))
    corpus = make_corpus((first, second), ((), (asked,)))
    assert texts(corpus, EntryKind.QUESTION) == [("什么话？", (3,))]


def test_a_short_sentence_is_its_only_run_of_clauses() -> None:
    sentence = "春游，在周五，" + "上午八点，" * 10 + "出发。"
    assert len(sentence) == 60
    assert clause_runs(Span(0, 60), sentence) == [Span(0, 60)]


def test_a_long_sentence_is_cut_at_commas_into_runs_of_25_characters_or_more() -> None:
    clauses = ["一" * 29 + "，", "二" * 9 + "，", "三" * 14 + "，", "四" * 9 + "，", "五" * 5 + "。"]
    text = "前。" + "".join(clauses)
    runs = [span.of(text) for span in clause_runs(Span(2, len(text)), text)]
    assert runs == [clauses[0], clauses[1] + clauses[2], clauses[3] + clauses[4]]


@given(st.text("字，：。 ", max_size=200), st.integers(0, 50))
def test_runs_of_clauses_cover_their_sentence(text: str, start: int) -> None:
    sentence = Span(min(start, len(text)), len(text))
    runs = clause_runs(sentence, text)
    covered = "".join(run.of(text) for run in runs)
    assert covered.split() == sentence.of(text).split()
    assert all(a.end == b.start for a, b in pairwise(runs))


def test_the_words_an_entry_points_at_are_those_of_the_notice(corpus: Corpus) -> None:
    kinds: Counter[EntryKind] = Counter()
    for entry in make_entries(corpus):
        kinds[entry.kind] += 1
        text = corpus.notices[0].text
        spans = [span.of(text) for span in entry.spans]
        if entry.kind in (EntryKind.PASSAGE, EntryKind.SENTENCE):
            assert spans == [entry.text]
        assert all(spans)
        assert bool(entry.passages) == (entry.kind is not EntryKind.UNANSWERED)
    assert kinds[EntryKind.PASSAGE] == 24

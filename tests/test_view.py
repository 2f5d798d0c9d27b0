"""Large corpora: what is proposed, what a scope leaves, and whose turn it is."""

import numpy as np
import outing
import pytest
from bigram import BigramEncoder
from numpy.typing import NDArray

from content.corpus import Corpus, make_corpus, make_plain_corpus
from content.notice import parse_notice
from index.build import build_index
from index.channel import by_turns
from index.entries import EntryKind
from index.fusion import Fusion
from index.retriever import Retrieval, Retriever
from index.scaled import ScaledStore
from index.view import Scope, Views

ENCODER = BigramEncoder()
QUESTIONS = ["几点出发", "要交钱吗", "要带什么", "过马路怎么走", "发给谁", "股票涨了吗", "哪天发的", ""]
AUTUMN = "关于秋游的通知\n\n各班：\n\n秋游在周六上午七点出发。请每人带午餐。\n\n光明小学\n2024年10月1日\n"
PLAIN = Fusion(
    {"dense/passage": 1.0, "characters/passage": 1.0}, {"dense/passage": 1.0, "characters/passage": 1.0}
)  # fmt: skip


def retriever(corpus: Corpus, fusion: Fusion = outing.FUSION) -> Retriever:
    return Retriever(build_index(corpus, ENCODER), ENCODER, fusion)


def places(found: Retrieval) -> list[int]:
    return [hit.passage for hit in found.hits]


@pytest.fixture
def proposing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every corpus counts as a large one."""
    monkeypatch.setattr("index.proposer._WHOLE", 0)


@pytest.fixture(scope="module")
def library() -> Retriever:
    """1,500 documents of a sentence each, every one with a number of its own."""
    chance = np.random.default_rng(0)
    words = "春游费用安全队伍学校雨衣马路午餐出发排队老师家长名单时间地点"
    texts = ["".join(chance.choice(list(words), 14)) + f"，编号{i}。" for i in range(1500)]
    return retriever(make_plain_corpus((str(i), text) for i, text in enumerate(texts)), PLAIN)


def test_what_leads_to_a_passage_is_found_by_its_place() -> None:
    views = Views(build_index(outing.corpus(), ENCODER))
    some = views.whole.passages[1::2]
    for view in (views.whole, views.of(some, views.rows_of(some, EntryKind.UNANSWERED))):
        for kind in EntryKind:
            rows, passages = view.links[kind]
            for place in range(view.passages.size):
                assert view.rows_at(place, kind).tolist() == sorted(rows[passages == place].tolist())


def test_a_corpus_whose_passages_are_all_proposed_is_found_as_a_whole(
    proposing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for corpus in (outing.corpus(), outing.corpus(with_bank=False)):
        searcher = retriever(corpus)
        few = [searcher.search(question, 9) for question in QUESTIONS]
        monkeypatch.setattr("index.proposer._WHOLE", 1000)
        for one, other in zip(few, (searcher.search(question, 9) for question in QUESTIONS), strict=True):
            assert set(places(one)) == set(places(other))
            assert places(one)[0] == places(other)[0]
            assert one.hits[0].score == pytest.approx(other.hits[0].score, abs=1e-4)
            assert [e.row for e in one.hits[0].evidence] == [e.row for e in other.hits[0].evidence]
            assert one.with_bank == other.with_bank
            assert one.unanswered_dense == pytest.approx(other.unanswered_dense, abs=1e-5)
        monkeypatch.setattr("index.proposer._WHOLE", 0)


@pytest.mark.parametrize("k", [1, 5, 9, 100])
def test_there_are_k_hits_even_where_little_is_near(proposing: None, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._PROPOSED", 1)
    for question in QUESTIONS:
        found = retriever(outing.corpus()).search(question, k)
        assert len(found.hits) == len(set(places(found))) == min(k, 9)


def test_a_document_among_many_is_found(library: Retriever) -> None:
    for row in (0, 700, 1499):
        passage = library.index.corpus.passages[row]
        assert places(library.search(passage.text[:10], 5))[0] == row
        assert places(library.search(f"编号{row}是什么", 3))[0] == row


def test_the_best_of_many_are_those_of_all(library: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [library.index.corpus.passages[row].text[2:9] for row in range(0, 1500, 60)]
    few = [places(library.search(question, 1)) for question in questions]
    monkeypatch.setattr("index.proposer._WHOLE", 10_000)
    assert few == [places(library.search(question, 1)) for question in questions]


def test_a_large_store_finds_what_an_exact_one_finds(library: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.scaled.EXACT_BELOW", 1000)
    coded = Retriever(build_index(library.index.corpus, ENCODER), ENCODER, PLAIN)
    assert isinstance(coded.index.store, ScaledStore)
    assert len(coded.index.store.coded) == 3
    for row in range(0, 1500, 150):
        question = library.index.corpus.passages[row].text[:9]
        assert places(coded.search(question, 5))[:1] == places(library.search(question, 5))[:1]


def two() -> Retriever:
    return retriever(
        make_corpus((parse_notice(outing.TEXT, "春游"), parse_notice(AUTUMN, "秋游")), (outing.bank(), ()))
    )


@pytest.mark.parametrize("whole", [0, 1000])
def test_a_scope_leaves_the_passages_of_its_notices(whole: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._WHOLE", whole)
    searcher = two()
    notices = {
        name: {i for i, p in enumerate(searcher.index.corpus.passages) if p.notice_id == name}
        for name in ("春游", "秋游")
    }
    for name, wanted in notices.items():
        for question in QUESTIONS:
            found = places(searcher.search(question, 100, Scope(frozenset({name}))))
            assert set(found) == wanted
            assert len(found) == len(wanted)
    assert (
        searcher.index.corpus.passages[places(searcher.search("几点出发", 1, Scope(frozenset({"秋游"}))))[0]].text[:2]
        == "秋游"
    )


def test_a_scope_of_one_notice_is_that_notice_alone() -> None:
    scoped = two().search("要交钱吗", 9, Scope(frozenset({"春游"})))
    alone = retriever(outing.corpus()).search("要交钱吗", 9)
    assert places(scoped)[0] == places(alone)[0] == 4
    assert scoped.with_bank
    assert scoped.unanswered_dense == pytest.approx(alone.unanswered_dense)
    assert two().search("股票涨了吗", 5, Scope(frozenset({"秋游"}))).unanswered_dense == 0.0


def test_what_a_scope_leaves_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searcher, asked = two(), []
    rows_of = Views.rows_of

    def noted(self: Views, passages: NDArray[np.int64], kind: EntryKind) -> NDArray[np.int64]:
        asked.append(kind)
        return rows_of(self, passages, kind)

    monkeypatch.setattr(Views, "rows_of", noted)
    first = searcher.search("要交钱吗", 5, Scope(frozenset({"春游"})))
    assert set(asked) == set(EntryKind)
    asked.clear()
    assert searcher.search("要交钱吗", 5, Scope(frozenset({"春游"}))) == first
    assert not asked
    searcher.search("要交钱吗", 5, Scope(frozenset({"秋游"})))
    assert set(asked) == set(EntryKind)


def test_passages_of_a_scope_are_not_written_to() -> None:
    views = Views(build_index(outing.corpus(), ENCODER))
    with pytest.raises(ValueError, match="read-only"):
        views.passages_in(Scope(frozenset({"春游"})))[0] = 1


def test_a_scope_of_nothing() -> None:
    for names in (frozenset[str](), frozenset({"没有"})):
        found = two().search("几点出发", 5, Scope(names))
        assert (found.hits, found.with_bank) == ((), False)


def test_a_bank_has_a_say_where_most_passages_have_one(proposing: None) -> None:
    assert two().search("几点出发", 5).with_bank  # nine passages of fourteen
    plain = [parse_notice(AUTUMN, f"秋游{i}") for i in range(3)]
    mixed = make_corpus((parse_notice(outing.TEXT, "春游"), *plain), (outing.bank(), (), (), ()))
    assert not retriever(mixed, PLAIN).search("几点出发", 5).with_bank


def test_which_rows_lead_to_which_passages() -> None:
    index = build_index(outing.corpus(), ENCODER)
    views = Views(index)
    # The third question leads to passages 2 and 4, the first to 4, the second to 2.
    assert views.rows_of(np.array([4]), EntryKind.QUESTION).tolist() == [0, 2]
    assert views.passages_of(np.array([2, 0]), EntryKind.QUESTION).tolist() == [2, 4, 4]
    assert views.rows_of(np.array([4]), EntryKind.UNANSWERED).tolist() == [0]
    view = views.of(np.array([4, 2]), np.array([0]))
    assert view.passages.tolist() == [2, 4]
    assert view.rows[EntryKind.PASSAGE].tolist() == [2, 4]
    assert sorted(zip(*(side.tolist() for side in view.links[EntryKind.QUESTION]), strict=True)) == [
        (0, 1), (1, 0), (2, 0), (2, 1)
    ]  # fmt: skip


def test_past_four_hits_a_notice_waits_for_others_that_come_near() -> None:
    order = np.arange(8)
    notices = np.array([0, 0, 0, 0, 0, 1, 1, 2])
    near = np.array([9, 8, 7, 6, 5, 4, 2, 3], np.float32)
    order = np.argsort(-near)
    assert by_turns(order, near, notices).tolist() == [0, 1, 2, 3, 5, 7, 4, 6]
    far = np.array([9, 8, 7, 6, 5, 2.4, 2, 1], np.float32)
    assert by_turns(np.arange(8), far, notices).tolist() == list(range(8))
    assert by_turns(np.arange(3), far[:3], notices[:3]).tolist() == [0, 1, 2]

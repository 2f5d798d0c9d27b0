"""The order of what is shown: names first, turns between documents, single notices left alone."""

import outing
import pytest
from bigram import BigramEncoder

from assistant.answerer import Answerer
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from index.arrangement import NO_AIM
from index.build import build_index
from index.fusion import Fusion
from index.retriever import Retriever
from index.view import Aim, Scope

ENCODER = BigramEncoder()
WORDS = Fusion({}, {"characters/passage": 1.0, "dense/passage": 1e-9})
"""Words alone count; what is near in meaning is proposed, which here is all there is."""
MANY = "关于春游的通知\n\n" + "".join(f"春游第{i}天带水。\n\n" for i in "一二三四五六") + "光明小学\n2024年4月1日\n"
FEW = "关于秋游的通知\n\n秋游带水和雨衣。\n\n阳光小学\n2024年9月1日\n"
LIBRARY = make_corpus((parse_notice(MANY, "春游"), parse_notice(FEW, "秋游")))


def retriever(corpus: Corpus = LIBRARY, fusion: Fusion = WORDS) -> Retriever:
    return Retriever(build_index(corpus, ENCODER), ENCODER, fusion)


def found(searcher: Retriever, question: str, k: int = 5, **asked: object) -> list[str]:
    passages = searcher.index.corpus.passages
    return [passages[hit.passage].notice_id for hit in searcher.search(question, k, **asked).hits]  # type: ignore[arg-type]


@pytest.fixture(params=[1000, 0], ids=["scored whole", "scored by proposals"], autouse=True)
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._WHOLE", request.param)


def test_one_document_does_not_crowd_out_another_that_comes_near(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(retriever(), "第几天带水", fold=True) == ["春游"] * 5  # the other is far behind
    monkeypatch.setattr("index.channel._NEAR_ENOUGH", -9.0)
    assert found(retriever(), "第几天带水", fold=True) == ["春游", "春游", "春游", "春游", "秋游"]


def test_what_is_named_takes_no_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.channel._NEAR_ENOUGH", -9.0)
    assert found(retriever(), "带水", fold=True, aim=Aim((), frozenset({"春游"}))) == ["春游"] * 5
    assert found(retriever(), "带水", fold=True, scope=Scope(frozenset({"春游"}))) == ["春游"] * 5


def test_names_come_before_all_others() -> None:
    searcher = retriever()
    last = len(LIBRARY.passages) - 1
    assert searcher.search("带水", 3, aim=Aim((last, 0))).hits[0].passage == last
    assert [hit.passage for hit in searcher.search("带水", 3, aim=Aim((last, 0))).hits[:2]] == [last, 0]
    assert found(searcher, "春游第一天带水", 4, aim=Aim((), frozenset({"秋游"}), strict=True)) == ["秋游"] * 4


def test_an_advantage_is_for_the_order_alone() -> None:
    plain = {hit.passage: hit.score for hit in retriever().search("带水", 99).hits}
    aimed = {hit.passage: hit.score for hit in retriever().search("带水", 99, aim=Aim((), frozenset({"秋游"}))).hits}
    assert plain == aimed


@pytest.mark.parametrize("question", ["几点出发", "要交钱吗", "安全", "第三条", "股票涨了吗"])
def test_a_single_notice_is_as_without_any_of_this(question: str) -> None:
    searcher = retriever(outing.corpus(), outing.FUSION)
    assert (
        searcher.search(question, 9, fold=True)
        == searcher.search(question, 9)
        == searcher.search(question, 9, aim=NO_AIM)
    )
    answer = Answerer(searcher).ask(question)
    assert [found.copies for found in answer.passages] == [()] * 5
    more = {"remark"} if question == "第三条" else set()  # the notice counts nothing, and is said not to
    assert set(answer.to_json()["passages"][0]) == {"rank", "score", "text", "citation", "highlights", *more}

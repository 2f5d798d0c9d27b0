"""What is fitted for many documents: only where there are many, and beside what was fitted on one notice."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bigram import BigramEncoder
from numpy.typing import NDArray

import evals.fit_many
import index.proposer
import index.retriever
import index.view
from assistant.answerer import Answerer
from assistant.refusal import Logistic, Refusal
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from content.span import Span
from evals.dataset import DatasetError, EvalSet, read_set
from evals.fit import Material, dev_questions, weigh
from evals.fit_many import cross_validated, fit_many, fit_reranking
from index.build import build_index
from index.fusion import Fusion
from index.reranker import Reranker
from index.reread import READ, READ_OF_ONE, RERANKER, unsure
from index.retriever import Retriever

SUBJECTS = ("采茶", "清扫", "养蜂", "修路", "植树", "捕鱼", "放牧", "测绘", "印刷", "航运")
CORPUS = make_corpus(
    tuple(
        parse_notice(f"{name}条例\n\n第一条 为了{name}，制定本条例。\n\n第二条 {name}的人应当领{name}证。\n", name)
        for name in SUBJECTS
    )
)


def answerer(corpus: Corpus = CORPUS) -> Answerer:
    encoder = BigramEncoder()
    return Answerer(Retriever(build_index(corpus, encoder), encoder))


@pytest.fixture
def eval_set(tmp_path: Path) -> EvalSet:
    rows = [
        {"category": "factoid", "question": f"{name}要领什么证？", "quotes": [f"应当领{name}证"], "notice": name}
        for name in SUBJECTS
    ]
    rows += [
        {"category": "far", "question": f"{word}？", "quotes": [], "notice": ""} for word in ("股票", "天气", "球")
    ]
    path = tmp_path / "library-x.jsonl"
    named = [{"id": f"q{n}", "group": f"g{n}", "split": "dev"} | row for n, row in enumerate(rows)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in named), encoding="utf-8")
    return read_set(path, None, CORPUS.notices)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if so few passages were many."""
    monkeypatch.setattr(index.proposer, "_WHOLE", 3)


@pytest.mark.usefixtures("few")
def test_weights_and_refusal_are_written_beside_the_others(
    eval_set: EvalSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fit_many(answerer(), [eval_set], [replace(eval_set.questions[0], id="s", text="唱什么歌？")])
    assert found.weights and all(weight >= 0 for weight in found.weights.values())
    assert found.evidence["dev_questions"] == 13 and found.evidence["strangers"] == 1
    assert 0 < found.refusal["threshold"] < 1
    for name in ("FUSION", "REFUSAL"):
        path = tmp_path / f"{name}.json"
        path.write_text(getattr(evals.fit_many, name).read_text(encoding="utf-8"), encoding="utf-8")
        monkeypatch.setattr(evals.fit_many, name, path)
    before = Fusion.read(tmp_path / "FUSION.json")
    found.write()
    after = Fusion.read(tmp_path / "FUSION.json")
    assert (after.with_bank, after.without_bank) == (before.with_bank, before.without_bank)
    assert after.of_many == found.weights
    many = Refusal.read(tmp_path / "REFUSAL.json").of_many
    assert many is not None and many.threshold == found.refusal["threshold"]


@pytest.mark.usefixtures("few")
def test_weights_that_do_no_better_on_other_questions_are_not_taken(
    eval_set: EvalSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evals.fit_many, "cross_validated", lambda *_: [0.0, 0.0])
    found = fit_many(answerer(), [eval_set], [replace(eval_set.questions[0], id="s", text="唱什么歌？")])
    assert found.weights == {} and found.refusal["threshold"] > 0


@pytest.mark.usefixtures("few")
def test_they_count_among_passages_of_several_documents_alone() -> None:
    own = answerer().retriever
    assert own.search("采茶证", 2).of_many
    assert not own.search("采茶证", 2, index.retriever.Scope(frozenset({"采茶"}))).of_many
    view, channels = own.in_view("采茶证", own.encoder.encode_queries(["采茶证"]), 5)
    assert not view.whole and all(one.by_passage.shape == view.passages.shape for one in channels.values())


@pytest.mark.usefixtures("few")
def test_what_is_reread_within_one_document_has_a_refusal_of_its_own(
    eval_set: EvalSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is asked for is the title, and the first article shares more with the question.
    own = searcher(Title(), 0.0)
    questions = tuple(
        replace(one, text=f"{name}，制定", quotes=(f"{name}条例",), places=((Span(0, 4),),))
        for one, name in zip(eval_set.questions, SUBJECTS, strict=False)
    )
    near = [replace(one, id=f"n{one.id}", category="near", quotes=(), places=()) for one in questions]
    found = fit_many(Answerer(own), [replace(eval_set, questions=(*questions, *near))], eval_set.questions[-3:])
    assert found.reranking["without_bank"] > 0 and RERANKER in found.reread["weights"]
    within = found.evidence["within one document"]
    assert within["read"] == 1.0 and within["questions read"] == 2 * len(SUBJECTS)
    assert 0.0 <= within["unanswerable refused"] <= 1.0 and within["of another document refused"] == 0.0
    for name in ("FUSION", "REFUSAL"):
        path = tmp_path / f"{name}.json"
        path.write_text(getattr(evals.fit_many, name).read_text(encoding="utf-8"), encoding="utf-8")
        monkeypatch.setattr(evals.fit_many, name, path)
    found.write()
    assert Fusion.read(tmp_path / "FUSION.json").reranking == found.reranking
    reread = Refusal.read(tmp_path / "REFUSAL.json").reread
    assert reread is not None and reread.threshold == found.reread["threshold"]


def test_one_document_is_not_many(eval_set: EvalSet) -> None:
    own = answerer(make_corpus(CORPUS.notices[:1]))
    assert not own.retriever.search("采茶证", 2).of_many
    with pytest.raises(DatasetError, match="没有什么可拟合的"):
        fit_many(own, [eval_set], ())


def test_views_of_unlike_size_are_weighed_together() -> None:
    # What is right stands out in the first channel, and in the second by chance.
    features = [np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[2.0, 1.0], [0.0, 0.0], [0.0, 1.0]])] * 8
    right = [np.array([True, False]), np.array([True, False, False])] * 8
    weights = weigh(features, right)
    assert weights[0] > 1 and weights[0] > weights[1]
    assert cross_validated(features, right, [f"d{at % 5}" for at in range(16)], weigh) == [1.0, 1.0]
    # Of many documents the last column counts as it is, and the first what is missing beside it.
    many = weigh(features, right, of_many=True)
    assert many[1] == 1.0 and many[0] > weights[0]


class Reader(Reranker):
    """Says that a passage answers when it holds a word."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[list[tuple[str, str]]] = []

    def scores(self, question: str, passages: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.read.append(list(passages))
        return np.array([float(self.word in text) for _, text in passages], np.float32)


class Title(Reader):
    """Says that titles answer."""

    def __init__(self) -> None:
        super().__init__("条例")

    def scores(self, question: str, passages: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return np.array([float(text.endswith(self.word)) for _, text in passages], np.float32)


def searcher(reader: Reranker | None, reranking: float, within_one: float = 0.0) -> Retriever:
    encoder = BigramEncoder()
    weights = {"characters/passage": 1.0}
    counts = {"of_many": reranking, "without_bank": within_one}
    return Retriever(build_index(CORPUS, encoder), encoder, Fusion(weights, weights, weights, counts), reader)


@pytest.mark.usefixtures("few")
def test_the_reranker_reads_the_first_passages_with_their_titles() -> None:
    reader = Reader("为了采茶")
    plain, read = searcher(None, 5.0), searcher(reader, 5.0)
    assert not plain.search("采茶证", 3).reranked
    every = len(CORPUS.passages)
    found = read.search("采茶证", every)
    assert found.reranked and found.of_many
    first, second = (CORPUS.passages[hit.passage].text for hit in found.hits[:2])
    assert "为了采茶" in first and "领采茶证" in second
    assert [hit.channels[RERANKER] for hit in found.hits[:2]] == [1.0, 0.0]
    [passages] = reader.read
    assert len(passages) == READ and ("采茶条例", "第二条 采茶的人应当领采茶证。") in passages
    # What it counts is added to the sum of the channels.
    old = {hit.passage: hit.score for hit in plain.search("采茶证", every).hits}
    assert found.hits[0].score == pytest.approx(old[found.hits[0].passage] + 5.0, abs=1e-5)
    assert found.hits[1].score == pytest.approx(old[found.hits[1].passage], abs=1e-5)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("scope", [None, index.view.Scope(frozenset({"采茶"}))])
def test_without_a_weight_or_many_documents_nothing_is_read(scope: index.view.Scope | None) -> None:
    reader = Reader("为了采茶")
    found = searcher(reader, 0.0 if scope is None else 5.0).search("采茶证", 3, scope)
    assert not reader.read and not found.reranked and RERANKER not in found.hits[0].channels


def test_within_one_document_it_reads_where_the_first_is_not_sure() -> None:
    reader = Reader("为了采茶")
    plain, read = searcher(None, 0.0, 5.0), searcher(reader, 0.0, 5.0)
    one = index.view.Scope(frozenset({"采茶"}))
    old = plain.search("采茶证", 3, one).hits
    assert old[0].score - old[1].score > 1.0  # 领采茶证 holds the very words
    assert not read.search("采茶证", 3, one).reranked and not reader.read
    found = read.search("采茶，制定", 3, one)
    assert found.reranked and not found.of_many
    assert "为了采茶" in CORPUS.passages[found.hits[0].passage].text
    assert [len(passages) for passages in reader.read] == [3] and READ_OF_ONE > 3


@pytest.mark.parametrize(("scores", "wanted"), [([], False), ([5], False), ([0, 5, 4.5], True), ([5, 4, 0], False)])
def test_the_first_is_unsure_where_the_second_is_near(scores: list[float], wanted: bool) -> None:
    assert unsure(np.array(scores, np.float32)) is wanted


@pytest.mark.usefixtures("few")
def test_the_reranker_counts_where_it_gains(eval_set: EvalSet) -> None:
    questions = dev_questions(eval_set)

    def fitted(reader: Reranker | None) -> float:
        own = searcher(reader, 0.0)
        return fit_reranking(Material(own, questions, tuple(q.text for q in questions)), {"dense/passage": 1.0})[0]

    assert fitted(None) == 0.0
    assert fitted(Reader("应当领")) > 0
    assert fitted(Reader("为了")) == 0.0


@pytest.mark.usefixtures("few")
def test_what_was_fitted_with_the_reranker_judges_only_what_it_read() -> None:
    never, always = (
        Logistic(intercept, {RERANKER: 0.0}, {RERANKER: 0.0}, {RERANKER: 1.0}, 0.5) for intercept in (-9.0, 9.0)
    )
    refusal = Refusal(never, never, always)
    for own, answered in ((searcher(None, 5.0), False), (searcher(Reader("采茶"), 5.0), True)):
        found = own.search("采茶证", 3)
        assert found.of_many and refusal.judge(found, own.index)[0] is answered

"""What is fitted for many documents: only where there are many, and beside what was fitted on one notice."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bigram import BigramEncoder

import evals.fit_many
import index.retriever
from assistant.answerer import Answerer
from assistant.refusal import Refusal
from content.corpus import Corpus, make_corpus
from content.notice import parse_notice
from evals.dataset import DatasetError, EvalSet, read_set
from evals.fit import weigh
from evals.fit_many import cross_validated, fit_many
from index.build import build_index
from index.retriever import Fusion, Retriever

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
    monkeypatch.setattr(index.retriever, "_WHOLE", 3)


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


def test_so_few_documents_that_all_is_scored_are_not_many(eval_set: EvalSet) -> None:
    own = answerer()
    assert not own.retriever.search("采茶证", 2).of_many
    with pytest.raises(DatasetError, match="没有什么可拟合的"):
        fit_many(own, [eval_set], ())


def test_views_of_unlike_size_are_weighed_together() -> None:
    # What is right stands out in the first channel, and in the second by chance.
    features = [np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[2.0, 1.0], [0.0, 0.0], [0.0, 1.0]])] * 8
    right = [np.array([True, False]), np.array([True, False, False])] * 8
    weights = weigh(features, right)
    assert weights[0] > 1 and weights[0] > weights[1]
    assert cross_validated(features, right, [f"d{at % 5}" for at in range(16)]) == [1.0, 1.0]

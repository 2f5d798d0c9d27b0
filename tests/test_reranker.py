"""The reranker and its training: what it reads, what it learns, what it is loaded over."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import outing
import pytest
import torch
from bigram import BigramEncoder
from safetensors.torch import load_file, save_file

import evals.reranking
from assistant.batching import BatchingEncoder
from assistant.opening import open_reranker
from assistant.settings import Settings
from content.corpus import make_plain_corpus
from content.kind import Kind
from content.notice import parse_notice
from content.passage import cut
from evals.reranking import FURTHER_RATE, rerank, title_of
from index.adapt import Subject
from index.encoder import EncoderError, SentenceEncoder, load_encoder
from index.reranker import (
    LONGEST_PASSAGE,
    LONGEST_QUESTION,
    Reranker,
    given,
    load_reranker,
    network_of,
    shown,
    tokenize,
)
from index.reranker_training import RerankRecipe, save_reranker, train_reranker

TEXTS = ("春游周五", "带水雨衣", "费用", "学校")
TITLES = ("春游", "春游", "学校", "学校")
PAIRS = (("周五", 0), ("春游", 0), ("带水", 1), ("雨衣", 1), ("费用", 2), ("用费", 2), ("学校", 3), ("校", 3))
SUBJECT = Subject(
    "春游",
    TEXTS,
    tuple((text, frozenset({right})) for text, right in PAIRS),
    1.0,
    tuple(tuple(at for at in range(len(TEXTS)) if at != right) for _, right in PAIRS),
)
SMALL = RerankRecipe(steps=60, questions=8, near=2, rank=8, rate=3e-3)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def encoder(tiny_folder: Path) -> SentenceEncoder:
    return load_encoder(str(tiny_folder), tiny_folder.parent)


@pytest.fixture(scope="module")
def folder(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("重排")
    losses: list[float] = []
    network = train_reranker(encoder, SUBJECT, TITLES, SMALL, lambda _step, _steps, loss: losses.append(loss))
    assert len(losses) == SMALL.steps and losses[-1] < 0.8 * losses[0]
    save_reranker(network, encoder, path, SMALL.rank)
    return path


def test_a_passage_is_shown_under_what_its_document_is_about() -> None:
    assert shown("中华人民共和国劳动法", "第三条　劳动者……") == "劳动法：第三条 劳动者……"
    assert len(shown("长" * 50, "文" * 500)) == 40 + 1 + 300


def test_a_point_of_a_notice_is_given_behind_its_heading() -> None:
    notice = parse_notice("关于春游的通知\n\n各班：\n\n一、谁去\n\n1. 三年级。全体。\n\n校办\n2024年4月1日\n", "春游")
    heading, point = (passage for passage in cut(notice) if passage.kind in (Kind.HEADING, Kind.PARAGRAPH))
    assert given(notice, heading) == ("关于春游的通知", "一、谁去")
    assert given(notice, point) == ("关于春游的通知", "一、谁去：1. 三年级。全体。")
    law = replace(notice, is_law=True)
    assert given(law, point) == ("关于春游的通知", "1. 三年级。全体。")


def test_both_sides_stand_between_marks_and_neither_pushes_the_other_out(encoder: SentenceEncoder) -> None:
    tokenizer = encoder.model.tokenizer
    short, long = tokenize(tokenizer, [("春游", "周五"), ("春" * 200, "水" * 400)])
    inner = tokenizer(["春游", "周五"], add_special_tokens=False)["input_ids"]
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    assert short == [bos, *inner[0], eos, *inner[1], eos]
    assert len(long) == LONGEST_QUESTION + LONGEST_PASSAGE + 3


def test_what_was_learned_comes_first(encoder: SentenceEncoder, folder: Path) -> None:
    reranker = load_reranker(encoder, folder)
    passages = list(zip(TITLES, TEXTS, strict=True))
    first = [int(np.argmax(reranker.scores(question, passages))) for question, _ in PAIRS]
    assert sum(found == right for found, (_, right) in zip(first, PAIRS, strict=True)) >= 6


def test_what_answers_stands_above_nothing_and_what_nothing_answers_below(encoder: SentenceEncoder) -> None:
    everything = tuple(range(len(TEXTS)))
    strange = Subject("春游", TEXTS, (*SUBJECT.pairs, ("票价", frozenset())), 1.0, (*SUBJECT.near, everything))
    network = train_reranker(encoder, strange, TITLES, replace(SMALL, steps=150)).eval()
    reranker = Reranker(encoder.model.tokenizer, network)
    passages = list(zip(TITLES, TEXTS, strict=True))
    assert reranker.scores("票价", passages).max() < 0.0
    best = [float(reranker.scores(question, passages).max()) for question, _ in PAIRS]
    assert sum(score > 0.0 for score in best) >= 6


def test_a_score_hangs_on_its_own_passage_alone(encoder: SentenceEncoder, folder: Path) -> None:
    reranker = load_reranker(encoder, folder)
    passages = list(zip(TITLES, TEXTS, strict=True)) * 10
    together = reranker.scores("带水", passages)
    assert together.shape == (40,) and together.dtype == np.float32
    assert np.allclose(together[:4], together[-4:], atol=0.05)
    alone = [float(reranker.scores("带水", [passage])[0]) for passage in passages[:4]]
    assert np.allclose(together[:4], alone, atol=0.05)
    assert reranker.scores("带水", []).shape == (0,)


@pytest.mark.parametrize("question", ["", "\ud800", "\x00\n", "春" * 5000])
def test_any_question_has_scores(encoder: SentenceEncoder, folder: Path, question: str) -> None:
    assert np.isfinite(load_reranker(encoder, folder).scores(question, [("", ""), ("春游", "周五")])).all()


def test_the_encoder_is_left_as_it_is(encoder: SentenceEncoder, folder: Path) -> None:
    before = encoder.encode_queries(["春游周五"])
    load_reranker(encoder, folder).scores("春游", [("春游", "周五")])
    assert np.array_equal(encoder.encode_queries(["春游周五"]), before)


def test_what_is_not_whole_or_belongs_to_another_encoder_is_named(
    encoder: SentenceEncoder, folder: Path, tmp_path: Path
) -> None:
    weights = (folder / "weights.safetensors").read_bytes()
    (tmp_path / "weights.safetensors").write_bytes(weights)
    with pytest.raises(OSError, match=r"config\.json"):
        load_reranker(encoder, tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="not a trained reranker"):
        load_reranker(encoder, tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"encoder": "x"}), encoding="utf-8")
    with pytest.raises(ValueError, match="another encoder"):
        load_reranker(encoder, tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"encoder": encoder.fingerprint}), encoding="utf-8")
    (tmp_path / "weights.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ValueError, match="not a trained reranker"):
        load_reranker(encoder, tmp_path)


def test_training_wants_passages_that_are_easily_mistaken(encoder: SentenceEncoder) -> None:
    bare = Subject("春游", TEXTS, SUBJECT.pairs, 1.0, ((),) * len(PAIRS))
    with pytest.raises(ValueError, match="easily taken"):
        train_reranker(encoder, bare, TITLES, SMALL)


def test_what_a_training_writes_is_loaded_again(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To so small an encoder all texts are nearly the same.
    def all_others(subject: Subject, _: object) -> Subject:
        near = (tuple(at for at in range(len(subject.texts)) if at not in right) for _, right in subject.pairs)
        return replace(subject, near=tuple(near))

    monkeypatch.setattr(evals.reranking, "with_near", all_others)
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "春游.md").write_text("关于春游的通知\n\n各班：\n\n带雨衣。\n\n校办\n", encoding="utf-8")
    of_notice = {"document": "春游", "question": "带啥", "quotes": ["雨衣"]}
    rows = [{"passage": str(at), "document": f"类/{TITLES[at]}(2020-01-01)", "text": TEXTS[at]} for at in range(4)]
    asked = [{"passage": str(right), "question": text, "style": "everyday"} for text, right in PAIRS]
    of_none = {"document": "春游", "question": "去哪"}
    written = (("notice_questions", [of_notice]), ("notice_unanswered", [of_none]))
    for name, lines in (("passages", rows), ("passage_questions", asked), *written):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "秋游.md").write_text("关于秋游的通知\n\n各班：\n\n带水。\n\n校办\n", encoding="utf-8")
    settings = replace(
        Settings.from_environment(),
        model=str(tiny_folder),
        adapter=None,
        cache_dir=tmp_path,
        content_dir=tmp_path / "content",
    )
    steps: list[int] = []
    recipe = replace(SMALL, steps=2, near=1)
    rerank(settings, lambda step, *_: steps.append(step), tmp_path / "重排", tmp_path, recipe)
    assert steps == [1, 2]
    record = json.loads((tmp_path / "重排" / "training.json").read_text(encoding="utf-8"))
    # Eight about laws, and of the notice one that it answers and one that it does not.
    assert record["questions"] == 10 and record["recipe"]["steps"] == 2
    own = load_encoder(str(tiny_folder), tmp_path)
    assert load_reranker(own, tmp_path / "重排").scores("带水", [("春游", "带水雨衣")]).shape == (1,)

    # Trained on: with other draws, at a lower rate, and what was before is told.
    rerank(settings, lambda *_: None, tmp_path / "再", tmp_path, recipe, tmp_path / "重排")
    further = json.loads((tmp_path / "再" / "training.json").read_text(encoding="utf-8"))
    assert further["onto"] == record
    assert further["recipe"] == record["recipe"] | {"seed": record["recipe"]["seed"] + 1, "rate": FURTHER_RATE}


def test_what_was_learned_is_kept_where_it_is_trained_on(
    encoder: SentenceEncoder, folder: Path, tmp_path: Path
) -> None:
    losses: list[float] = []
    train_reranker(encoder, SUBJECT, TITLES, replace(SMALL, steps=1), lambda *got: losses.append(got[2]), folder)
    fresh: list[float] = []
    train_reranker(encoder, SUBJECT, TITLES, replace(SMALL, steps=1), lambda *got: fresh.append(got[2]))
    assert losses[0] < 0.8 * fresh[0]
    with pytest.raises(ValueError, match="not a head alone"):
        train_reranker(encoder, SUBJECT, TITLES, SMALL, onto=odd(folder, tmp_path / "别"))


def test_what_is_kept_comes_near_to_what_was_trained_as_its_rank_allows(
    encoder: SentenceEncoder, folder: Path, tmp_path: Path
) -> None:
    network = train_reranker(encoder, SUBJECT, TITLES, replace(SMALL, steps=5), onto=folder).eval()
    passages = list(zip(TITLES, TEXTS, strict=True))
    trained = Reranker(encoder.model.tokenizer, network).scores("带水", passages)
    apart = []
    for rank in (1, 8, 64):  # more than any weight of so small an encoder has
        save_reranker(network, encoder, tmp_path / str(rank), rank)
        kept = Reranker(encoder.model.tokenizer, network_of(encoder, tmp_path / str(rank)).eval())
        apart.append(float(np.abs(kept.scores("带水", passages) - trained).max()))
    assert apart[0] > apart[2] and apart[2] < 0.02
    assert json.loads((tmp_path / "8" / "config.json").read_text(encoding="utf-8")) == {"encoder": encoder.fingerprint}


def test_only_the_documents_that_answer_are_known_to_answer_nowhere_else(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each has one near passage of its own document, and two are wanted; where all are of one document, there are three.
    seen: list[int] = []
    whole = torch.nn.functional.cross_entropy

    def noted(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        seen.extend(wanted.tolist())
        return whole(scores, wanted)

    monkeypatch.setattr(torch.nn.functional, "cross_entropy", noted)
    always = replace(SMALL, steps=3, unanswered=1.0)
    train_reranker(encoder, SUBJECT, TITLES, replace(always, near=1))
    assert set(seen) == {0}
    seen.clear()
    same = Subject("春游", TEXTS, SUBJECT.pairs, 1.0, SUBJECT.near)
    train_reranker(encoder, same, ("春游",) * 4, replace(always, near=1))
    assert set(seen) == {2}


def odd(folder: Path, path: Path) -> Path:
    """A reranker of which one tensor is gone."""
    tensors = load_file(folder / "weights.safetensors")
    del tensors["head.bias"]
    path.mkdir()
    save_file(tensors, path / "weights.safetensors")
    return path


def test_a_title_is_a_document_without_folder_and_date() -> None:
    assert title_of("行政法规/水文条例(2017-03-01)") == "水文条例"
    assert title_of("工会法") == "工会法"


@pytest.fixture(scope="module")
def real() -> Reranker:
    settings = Settings.from_environment()
    encoder = load_encoder(None, settings.cache_dir, settings.adapter)
    corpus = make_plain_corpus([("甲", "一。"), ("乙", "二。")])
    # Where every document has a bank there is nothing to read again.
    assert open_reranker(outing.corpus(), encoder) is None
    found = open_reranker(corpus, BatchingEncoder(encoder))  # as a service has it
    assert found is not None and open_reranker(corpus, BigramEncoder()) is None
    return found


WAGES = "用人单位拖欠或者未足额支付劳动报酬的，劳动者可以依法向当地人民法院申请支付令。"
TRIAL = "劳动合同期限三个月以上不满一年的，试用期不得超过一个月。"
LEAVE = "职工累计工作已满1年不满10年的，年休假5天。"
PASSAGES = [("劳动合同法", WAGES), ("劳动合同法", TRIAL), ("职工带薪年休假条例", LEAVE)]


@pytest.mark.real
@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("老板一直压着工钱不发，能去法院不？", 0),
        ("刚进厂，说好先试着干，最多能试多久？", 1),
        ("工作三年了，每年能休几天假？", 2),
        ("上了三年班，一年能歇几天？", 2),
    ],
)
def test_the_packaged_reranker_tells_what_answers(real: Reranker, question: str, right: int) -> None:
    assert int(np.argmax(real.scores(question, PASSAGES))) == right


@pytest.mark.real
def test_files_that_are_not_whole_are_named(tmp_path: Path) -> None:
    settings = Settings.from_environment()
    encoder = load_encoder(None, settings.cache_dir, settings.adapter)
    corpus = make_plain_corpus([("甲", "一。"), ("乙", "二。")])
    with pytest.raises(EncoderError, match="重排模型"):
        open_reranker(corpus, encoder, tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"encoder": "x"}), encoding="utf-8")
    assert open_reranker(corpus, encoder, tmp_path) is None

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from content.span import Span
from index.pair import VERDICTS, PairReader, load_pair_reader, new_network, save_pair_reader
from index.pair_training import Pair, PairRecipe, averaged, resumed, train_pairs

PAIRS = (
    Pair("春游周五", "春游周五带水", "supported"),
    Pair("带水", "春游周五带水", "supported"),
    Pair("春游三", "春游周五带水", "contradicted", (Span(2, 3),), (Span(2, 4),)),
    Pair("带雨衣", "春游周五带水", "contradicted", (Span(1, 3),), (Span(5, 6),)),
    Pair("学校费用", "春游周五带水", "not_mentioned", marked=False),
    Pair("费用", "春游周五带水", "not_mentioned", marked=False),
)
SMALL = PairRecipe(steps=30, pairs=6, rank=4, rate=1e-2)


pytestmark = pytest.mark.usefixtures("one_thread")


def fresh(tiny_folder: Path) -> PairReader:
    import torch

    torch.manual_seed(7)
    return PairReader(*new_network(tiny_folder, 4))


def all_pairs(_chance: random.Random) -> Sequence[Pair]:
    return PAIRS


def losses(
    reader: PairReader, recipe: PairRecipe, draw: Callable[[random.Random], Sequence[Pair]] = all_pairs
) -> list[float]:
    found: list[float] = []
    train_pairs(reader, draw, recipe, lambda _step, _steps, loss: found.append(loss))
    return found


def test_two_steps_change_what_is_read_and_only_what_is_trained(tiny_folder: Path) -> None:
    reader = fresh(tiny_folder)
    before = {name: weight.detach().clone() for name, weight in reader.network.named_parameters()}
    first = reader.read([("春游", "带水")])[0].logits
    train_pairs(reader, all_pairs, replace(SMALL, steps=2))
    assert not np.allclose(reader.read([("春游", "带水")])[0].logits, first)
    own = set(reader.network.own())
    changed = {name for name, weight in reader.network.named_parameters() if not bool((weight == before[name]).all())}
    assert {"verdict.weight", "differs.weight"} <= changed <= own


def test_after_two_steps_saved_and_loaded_it_reads_the_same(tiny_folder: Path, tmp_path: Path) -> None:
    reader = fresh(tiny_folder)
    train_pairs(reader, all_pairs, replace(SMALL, steps=2))
    save_pair_reader(reader, tmp_path, 4)
    asked = [(pair.claim, pair.evidence) for pair in PAIRS]
    for own, loaded in zip(reader.read(asked), load_pair_reader(tiny_folder, tmp_path).read(asked), strict=True):
        assert np.allclose(own.logits, loaded.logits, atol=0.05)
        assert [span for span, _ in own.claim] == [span for span, _ in loaded.claim]
        assert np.allclose([p for _, p in own.evidence], [p for _, p in loaded.evidence], atol=0.05)


def test_it_learns_verdicts_and_words(tiny_folder: Path) -> None:
    reader = fresh(tiny_folder)
    steps: list[tuple[int, int, float]] = []
    train_pairs(reader, all_pairs, SMALL, lambda *step: steps.append(step))
    assert [(step, total) for step, total, _ in steps] == [(i, 30) for i in range(1, 31)]
    assert steps[-1][2] < steps[0][2]
    read = reader.read([(pair.claim, pair.evidence) for pair in PAIRS])
    assert [VERDICTS[int(reading.logits.argmax())] for reading in read] == [pair.verdict for pair in PAIRS]
    strange = dict(read[3].claim)
    assert strange[Span(1, 2)] > 0.5 > max(chance for _, chance in read[0].claim)


def test_the_same_seed_gives_the_same_losses(tiny_folder: Path) -> None:
    def draw(chance: random.Random) -> list[Pair]:
        return [chance.choice(PAIRS) for _ in range(4)]

    few = replace(SMALL, steps=3)
    first = losses(fresh(tiny_folder), few, draw)
    assert first == losses(fresh(tiny_folder), few, draw)
    assert first != losses(fresh(tiny_folder), replace(few, seed=1), draw)


def test_spans_that_are_not_known_are_not_learned_from(tiny_folder: Path) -> None:
    one = replace(SMALL, steps=1)
    unknown = replace(PAIRS[2], marked=False)
    blank = replace(unknown, claim_spans=(), evidence_spans=())
    assert losses(fresh(tiny_folder), one, lambda _: [unknown]) == losses(fresh(tiny_folder), one, lambda _: [blank])
    assert losses(fresh(tiny_folder), one, lambda _: [PAIRS[2]]) != losses(fresh(tiny_folder), one, lambda _: [unknown])


def test_words_may_count_nothing(tiny_folder: Path) -> None:
    mute = replace(SMALL, steps=1, words=0.0)
    unmarked = replace(PAIRS[2], marked=False)
    known, unknown = (losses(fresh(tiny_folder), mute, lambda _, p=p: [p]) for p in (PAIRS[2], unmarked))
    assert known == pytest.approx(unknown)


def test_the_loss_reported_is_the_mean_of_the_last_steps(tiny_folder: Path) -> None:
    # Without learning, every step over the same pairs has the same loss.
    still = losses(fresh(tiny_folder), replace(SMALL, steps=3, rate=0.0))
    assert still == pytest.approx([still[0]] * 3)


def test_pairs_of_any_number_make_a_step(tiny_folder: Path) -> None:
    for count in (1, 2, 3):
        assert len(losses(fresh(tiny_folder), replace(SMALL, steps=1), lambda _, n=count: PAIRS[:n])) == 1


def test_training_goes_on_from_what_was_saved(tiny_folder: Path, tmp_path: Path) -> None:
    reader = fresh(tiny_folder)
    first = losses(reader, SMALL)
    save_pair_reader(reader, tmp_path, 4)
    again, rank = resumed(tiny_folder, tmp_path)
    assert rank == 4
    further = losses(again, replace(SMALL, steps=2, rate=1e-4))
    assert further[0] < 0.7 * first[0]  # it begins where the other ended
    (tmp_path / "config.json").write_text('{"rank": 2}', encoding="utf-8")
    with pytest.raises(RuntimeError):
        resumed(tiny_folder, tmp_path)


def test_weights_are_the_mean_of_those_before_and_after(tiny_folder: Path) -> None:
    reader = fresh(tiny_folder)
    before = reader.network.own()["verdict.bias"].clone()
    with averaged(reader):
        bias = reader.network.own()["verdict.bias"]
        bias += 1.0
    assert np.allclose(reader.network.own()["verdict.bias"], before + 0.5)

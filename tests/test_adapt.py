from pathlib import Path

import numpy as np
import pytest

from index.adapt import Recipe, Subject, save_adapter, train
from index.encoder import SentenceEncoder, load_encoder

TEXTS = ("春游周五", "带水雨衣", "费用", "学校")
PAIRS = (("周五", 0), ("春游", 0), ("带水", 1), ("雨衣", 1), ("费用", 2), ("用费", 2), ("学校", 3), ("校", 3))
SUBJECT = Subject("春游", TEXTS, tuple((text, frozenset({right})) for text, right in PAIRS), 1.0)
SMALL = Recipe(steps=40, questions=8, candidates=4, longest=16, rank=4, rate=1e-2)


pytestmark = pytest.mark.usefixtures("one_thread")


def fresh(tiny_folder: Path, adapter: Path | None = None) -> SentenceEncoder:
    return load_encoder(str(tiny_folder), tiny_folder.parent, adapter)


def vectors(encoder: SentenceEncoder) -> np.ndarray:
    return encoder.encode_queries([text for text, _ in PAIRS])


def trained(tiny_folder: Path, recipe: Recipe = SMALL) -> tuple[SentenceEncoder, list[tuple[int, int, float]]]:
    encoder = fresh(tiny_folder)
    steps: list[tuple[int, int, float]] = []
    train(encoder.model, [SUBJECT], recipe, lambda *step: steps.append(step))
    return encoder, steps


def test_the_loss_falls(tiny_folder: Path) -> None:
    _, steps = trained(tiny_folder)
    assert [(step, total) for step, total, _ in steps] == [(i, 40) for i in range(1, 41)]
    assert steps[-1][2] < 0.7 * steps[0][2]


def test_the_same_seed_gives_the_same_weights(tiny_folder: Path) -> None:
    first, second = trained(tiny_folder)[0], trained(tiny_folder)[0]
    assert np.array_equal(vectors(first), vectors(second))


def test_a_saved_adapter_is_merged_when_it_is_loaded(tiny_folder: Path, tmp_path: Path) -> None:
    encoder, _ = trained(tiny_folder)
    save_adapter(encoder.model, tmp_path / "适配器")
    names = {path.name for path in (tmp_path / "适配器").iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors"}
    loaded = fresh(tiny_folder, tmp_path / "适配器")
    assert np.allclose(vectors(loaded), vectors(encoder), atol=0.02)
    assert not np.allclose(vectors(loaded), vectors(fresh(tiny_folder)), atol=0.1)


def test_the_fingerprint_names_encoder_and_adapter(tiny_folder: Path, tmp_path: Path) -> None:
    encoder, _ = trained(tiny_folder)
    save_adapter(encoder.model, tmp_path / "a")
    plain, adapted = fresh(tiny_folder).fingerprint, fresh(tiny_folder, tmp_path / "a").fingerprint
    assert adapted.startswith(f"{plain}+")
    path = tmp_path / "a" / "adapter_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert fresh(tiny_folder, tmp_path / "a").fingerprint not in {plain, adapted}


def test_no_path_of_this_machine_is_saved(tiny_folder: Path, tmp_path: Path) -> None:
    encoder, _ = trained(tiny_folder)
    save_adapter(encoder.model, tmp_path / "a")
    assert str(tiny_folder) not in (tmp_path / "a" / "adapter_config.json").read_text(encoding="utf-8")


def test_all_weights_but_the_embeddings(tiny_folder: Path) -> None:
    words = fresh(tiny_folder).model[0].model.embeddings.word_embeddings.weight.detach().clone()
    encoder, steps = trained(tiny_folder, Recipe(steps=20, questions=8, candidates=4, longest=16, rank=0, rate=1e-3))
    assert steps[-1][2] < steps[0][2]
    assert bool((encoder.model[0].model.embeddings.word_embeddings.weight == words).all())


def test_nothing_to_learn_from(tiny_folder: Path) -> None:
    with pytest.raises(ValueError, match="no question-text pairs"):
        train(fresh(tiny_folder).model, [Subject("空", TEXTS, (), 1.0)], SMALL)


def test_a_subject_without_pairs_is_passed_over(tiny_folder: Path) -> None:
    steps: list[int] = []
    few = Recipe(steps=3, questions=4, candidates=4, longest=16, rank=2)
    train(fresh(tiny_folder).model, [Subject("空", (), (), 9.0), SUBJECT], few, lambda step, *_: steps.append(step))
    assert steps == [1, 2, 3]


def test_texts_that_answer_alike_and_questions_that_all_answers_fit(tiny_folder: Path) -> None:
    every = Subject("全", TEXTS, tuple((text, frozenset(range(4))) for text, _ in PAIRS), 1.0)
    losses: list[float] = []
    few = Recipe(steps=3, questions=4, candidates=4, longest=16, rank=2, between_questions=0.0)
    train(fresh(tiny_folder).model, [every], few, lambda _step, _steps, loss: losses.append(loss))
    assert losses == pytest.approx([0.0, 0.0, 0.0], abs=1e-4)  # nothing wrong to tell them from

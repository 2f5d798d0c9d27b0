"""The pass for questions gives what the library gives, recorded or not, and in half precision nearly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from assistant.settings import Settings
from index.encoder import SentenceEncoder, load_encoder
from index.forward import Forward, Recorded, halved, padded

TEXTS = ["春游", "周五带水", "", "费用", "学校雨衣,0123456789", "zz ", "春游" * 200]

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def encoder(tiny_folder: Path) -> SentenceEncoder:
    return load_encoder(str(tiny_folder), tiny_folder.parent)


def through(forward: Forward, size: int) -> NDArray[np.float32]:
    return np.concatenate([forward.vectors(TEXTS[at : at + size]) for at in range(0, len(TEXTS), size)])


def test_it_gives_what_the_library_gives_and_recording_changes_nothing(encoder: SentenceEncoder) -> None:
    wanted = encoder.model.encode_query(TEXTS, show_progress_bar=False)
    forward = Forward(encoder.model, half=False)
    passes = [through(forward, size) for size in (7, 2, 1, 7)]  # recorded on the way
    assert all(np.allclose(one, wanted, atol=1e-5) for one in passes)
    assert np.array_equal(passes[0], passes[-1])


def test_half_precision_stays_near_and_shares_the_embeddings(encoder: SentenceEncoder) -> None:
    wanted = encoder.model.encode_query(TEXTS, show_progress_bar=False)
    own = through(Forward(encoder.model, half=True), 3)
    assert ((own * wanted).sum(axis=1) >= 0.998).all()
    model = encoder.model[0].model
    half = halved(model)
    assert half.embeddings.whole is model.embeddings
    assert all(p.dtype == torch.bfloat16 for p in half.encoder.parameters())
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_a_model_of_another_build_is_refused(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    turned = lambda texts, **_: -np.ones((len(texts), encoder.dim), np.float32)  # noqa: E731
    monkeypatch.setattr(encoder.model, "encode_query", turned)
    with pytest.raises(ValueError, match="not the vectors"):
        Forward(encoder.model, half=False)
    model = encoder.model[0].model
    for other in (torch.nn.Linear(2, 2), torch.nn.Sequential(model)):
        with pytest.raises(ValueError, match="embeddings"):
            halved(other)
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_an_encoder_that_has_no_such_pass_asks_the_library(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = SentenceEncoder(encoder.model, encoder.name, encoder.fingerprint)

    def refuse(*_: object) -> None:
        raise ValueError("another build")

    monkeypatch.setattr("index.forward.Forward", refuse)
    wanted = encoder.model.encode_query(TEXTS, show_progress_bar=False)
    assert np.allclose(plain.encode_queries(TEXTS), wanted, atol=1e-5)


def test_what_is_prepared_is_recorded(encoder: SentenceEncoder) -> None:
    fresh = SentenceEncoder(encoder.model, encoder.name, encoder.fingerprint)
    before = fresh.encode_queries(["春游"])
    fresh.prepare()
    forward = fresh._forward
    assert isinstance(forward, Forward) and isinstance(forward._run._run, torch.jit.ScriptModule)
    assert np.array_equal(fresh.encode_queries(["春游"]), before)


def test_rows_are_padded_to_a_multiple() -> None:
    ids, mask = padded([[5, 6, 7], [8]], 1, 4)
    assert ids.tolist() == [[5, 6, 7, 1], [8, 1, 1, 1]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]


def test_what_is_recorded_is_run_with_any_shape() -> None:
    class Sum(torch.nn.Module):
        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return (ids * mask).sum(1)

    run = Recorded(Sum())
    for length in range(1, 12):
        ids, mask = padded([list(range(length)), [4]], 0, 1)
        assert run(ids, mask).tolist() == [length * (length - 1) // 2, 4]


def test_what_cannot_be_recorded_goes_on_as_it_is() -> None:
    class Odd(torch.nn.Module):
        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            if torch.jit.is_tracing():
                raise RuntimeError("not this one")
            return ids.sum(1)

    run = Recorded(Odd())
    for _ in range(8):
        assert run(*padded([[1, 2], [3, 4]], 0, 1)).tolist() == [3, 7]


@pytest.mark.real
def test_the_real_encoder_recorded_over_one_question_reads_many() -> None:
    settings = Settings.from_environment()
    encoder = load_encoder(None, settings.cache_dir, settings.adapter)
    asked = ["八个坚持是哪八个？", "谁发的", "工会十七大是什么时候开的？" * 8, "", "What must unions do?", "报告 "] * 4
    encoder.prepare()
    own, wanted = encoder.encode_queries(asked), encoder.model.encode_query(asked, show_progress_bar=False)
    assert ((own * wanted).sum(axis=1) >= 0.999).all()

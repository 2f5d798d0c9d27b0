"""`Encoder`: text to unit vectors. The only place where sentence_transformers is used to encode."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.compute import compute, compute_alone, computed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.forward import Forward

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) while something long goes on."""

_HUB_DEFAULT = "intfloat/multilingual-e5-small"
_WHOLE_FILE = 1 << 22
_EDGE = 1 << 16
_BATCH = 32
_STRIDE = 4 * _BATCH
_TOGETHER = 16
"""Questions that go through the encoder at once."""


class EncoderError(RuntimeError):
    """An encoder that cannot be loaded; the message says which and what to do."""


class Encoder(Protocol):
    """What the index needs of an encoder.

    Both methods return an array of shape (len(texts), dim), float32, each row of length 1, so that an inner
    product of two rows is their cosine. `encode_queries` is for what a person typed now, `encode_entries` for the
    many texts of an index, with the encoder's query prompt or its passage prompt.
    """

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...
    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Progress | None = None) -> Vectors: ...


class SentenceEncoder:
    """An `Encoder` over a sentence-transformers model, with its query and passage prompts."""

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str) -> None:
        self._model = model
        self.name = name
        self.fingerprint = fingerprint
        dim = model.get_embedding_dimension()
        if dim is None:
            raise EncoderError(f"编码器 {name} 没有说明向量维数，请换一个 sentence-transformers 模型。")
        self.dim = int(dim)
        self._forward: Forward | str | None = None
        self.half = half_precision()
        """Whether texts are encoded in bfloat16."""

    @property
    def model(self) -> SentenceTransformer:
        return self._model

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions as vectors, in bfloat16 where the processor has it (cosine to float32 above 0.999)."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        given = encodable(texts)
        if self._forward is None:
            self._forward = compute(self._new_forward)
        forward = self._forward
        if isinstance(forward, str):
            return _unit(compute(lambda: self._model.encode_query(given, batch_size=_BATCH, show_progress_bar=False)))
        # Batches of like length waste the least on padding.
        order = sorted(range(len(given)), key=lambda i: len(given[i]))
        run = compute_alone if self.half else compute
        result = np.zeros((len(given), self.dim), np.float32)
        for at in range(0, len(order), _TOGETHER):
            rows = order[at : at + _TOGETHER]
            result[rows] = run(partial(forward.vectors, [given[i] for i in rows]))
        return _unit(result)

    def prepare(self) -> None:
        """Work out what the first questions would have to wait for."""
        from index.forward import RECORDED_AT

        for _ in range(RECORDED_AT + 1):
            self.encode_queries(["？"])

    def _new_forward(self) -> Forward | str:
        """The pass for questions; why there is none where this model is of another build."""
        from index.forward import Forward

        try:
            return Forward(self._model, self.half)
        except (ValueError, AttributeError, TypeError, RuntimeError, KeyError) as error:
            return str(error) or type(error).__name__

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Progress | None = None) -> Vectors:
        """Texts of the index as vectors, in bfloat16 where the processor has it (cosine to float32 above 0.99)."""
        import torch

        encode = self._model.encode_query if as_queries else self._model.encode_document

        def encoded(some: Sequence[str]) -> Any:
            with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
                return encode(some, batch_size=_BATCH, show_progress_bar=False)

        texts = encodable(texts)
        result = np.zeros((len(texts), self.dim), np.float32)
        # Batches of like length waste the least on padding; the longest first shows a lack of memory at once.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for at in range(0, len(order), _STRIDE):
            rows = order[at : at + _STRIDE]
            result[rows] = _unit(compute(partial(encoded, [texts[i] for i in rows])))
            if progress is not None:
                progress(min(at + _STRIDE, len(order)), len(order))
        return result


def encodable(texts: Sequence[str]) -> list[str]:
    """Tokenizers refuse lone surrogates, which a broken terminal or JSON can hold."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]


def _unit(vectors: Any) -> Vectors:
    array = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    unit: Vectors = array / np.maximum(lengths, 1e-12)
    return unit


@cache
def half_precision() -> bool:
    """Whether the processor computes in bfloat16."""
    import torch

    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # no public question for it in torch 2.13
    return bool(probe and probe())


@computed
def load_encoder(name: str | None, cache: Path, adapter: Path | None = None) -> SentenceEncoder:
    """The encoder called `name`: a local folder or a hub id; None means the bundled default (see bundled.py).

    `adapter` is a LoRA folder (peft) that is merged into the weights when they are loaded. Raises EncoderError.
    """
    from index.bundled import BundledEncoderError, bundled_folder

    label, source = name or "bundled", name
    if name is None:
        try:
            source = str(bundled_folder(cache))
        except BundledEncoderError as error:
            raise EncoderError(str(error)) from error
        except OSError as error:
            raise EncoderError(f"无法在 {cache} 写入内置编码器（{error.strerror}），请检查磁盘空间和权限。") from error
    assert source is not None
    model = _load(source)
    _e5_prompts(model, source)
    fingerprint = _fingerprint(Path(source), model) if Path(source).is_dir() else f"hub:{source}"
    if adapter is not None:
        _merge(model, adapter)
        fingerprint = f"{fingerprint}+{_fingerprint(adapter, model)}"
    return SentenceEncoder(model, label, fingerprint)


def _load(source: str) -> SentenceTransformer:
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(source, device="cpu")
    except (OSError, ValueError, KeyError, RuntimeError, MemoryError, SafetensorError) as error:
        raise EncoderError(
            f"编码器 {source} 无法载入（{_reason(error)}）。请检查文件夹是否完整，或名称和网络是否可用。"
        ) from error


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _e5_prompts(model: SentenceTransformer, source: str) -> None:
    """The e5 family on the hub names its prompts in its paper only (Wang et al. 2024, arXiv:2402.05672)."""
    if not any(model.prompts.values()) and "e5" in Path(source).name.lower():
        model.prompts = {"query": "query: ", "document": "passage: "}


def _merge(model: SentenceTransformer, adapter: Path) -> None:
    from safetensors import SafetensorError

    from index.lora import merge_adapter

    transformer: Any = model[0]
    try:
        merge_adapter(transformer.model, adapter)
    except (OSError, ValueError, KeyError, RuntimeError, MemoryError, SafetensorError) as error:
        raise EncoderError(f"适配器 {adapter} 无法载入（{_reason(error)}）。") from error


def _fingerprint(folder: Path, model: SentenceTransformer) -> str:
    """A digest that tells encoders apart in milliseconds: names, sizes and contents, of large files the ends."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in {".md", ".txt"}:
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size}:".encode())
        with path.open("rb") as file:
            if size <= _WHOLE_FILE:
                digest.update(file.read())
            else:
                digest.update(file.read(_EDGE))
                file.seek(size // 2)
                digest.update(file.read(_EDGE))
                file.seek(-_EDGE, 2)
                digest.update(file.read(_EDGE))
    return digest.hexdigest()[:32]

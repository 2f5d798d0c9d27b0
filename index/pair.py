"""`PairReader`: reads a claim and a stretch of a notice side by side and says whether the one follows from the other.

A cross-encoder over the bundled encoder's own weights: a LoRA adapter, six segment embeddings and two linear heads,
trained by `notice-evals judge` (index/pair_training.py). One head gives the verdict, the other marks the words that
differ, on both sides. Segments tell the words that stand on both sides from those that do not, which a small model
would have to learn from far more examples (exact-match features: Chen et al. 2017, arXiv:1704.00051).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from content.span import Span
from content.text import Folded, fold_numerals
from index.compute import compute, computed
from index.encoder import half_precision
from index.lora import ALPHA_PER_RANK, merge

if TYPE_CHECKING:
    import torch

VERDICTS = ("supported", "contradicted", "not_mentioned")
"""In the order of the verdict head's outputs."""
LONGEST_CLAIM, LONGEST_EVIDENCE = 96, 192
"""Tokens of either side that are read."""
SEGMENTS = 6
_BATCH = 16
_STEP = 32
"""Tokens: the length of a batch is a multiple of this."""
_SHORT, _LONG = 2, 6
_TERM = re.compile(r"第(?=\d+届)")
_DAY = re.compile(r"(?<=月\d)号|(?<=月\d\d)号")
_NOT_ADAPTED = frozenset(
    {
        "model.embeddings.token_type_embeddings.weight",
        *(f"{head}.{what}" for head in ("verdict", "differs") for what in ("weight", "bias")),
    }
)
"""What is trained beside the adapter."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one pair.

    `logits` has one number a verdict (see VERDICTS); `claim` and `evidence` are spans of the source texts with the
    probability that the words differ, a token each.
    """

    logits: NDArray[np.float32]
    claim: tuple[tuple[Span, float], ...]
    evidence: tuple[tuple[Span, float], ...]


def as_read(source: str) -> Folded:
    """The source as it is read, with the way back: numerals Arabic, 第十六届 as 十六届 and 29号 as 29日."""
    folded = fold_numerals(source)
    text = _DAY.sub("日", folded.text)
    left_out = {match.start() for match in _TERM.finditer(text)}
    kept = [at for at in range(len(text)) if at not in left_out]
    return Folded("".join(text[at] for at in kept), (*(folded.offsets[at] for at in kept), folded.offsets[-1]))


def novelty(text: str, other: str) -> NDArray[np.int8]:
    """How new each character of `text` is beside `other`: shape (len(text),), 0, 1 or 2.

    By the longest stretch around it that stands in `other` too: 0 from `_LONG` characters, 1 from two (words that
    stand there as well, but in another company: how roles that were exchanged show), 2 for what stands there not.
    """
    longest = np.zeros(len(text), np.int64)
    start = end = 0
    while start < len(text):
        end = max(end, start)
        while end < len(text) and text[start : end + 1] in other:
            end += 1
        np.maximum(longest[start:end], end - start, out=longest[start:end])
        start += 1
    return np.where(longest >= _LONG, 0, np.where(longest >= _SHORT, 1, 2)).astype(np.int8)


def tokenize(tokenizer: Any, pairs: Sequence[tuple[Folded, Folded]]) -> list[dict[str, Any]]:
    """By pair: token ids, segments, and for every token (side, start, end) in the folded text, side None for marks.

    A token's segment is three times its side (claim 0, evidence 1) plus how new it is beside the other side.
    """
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    out = []
    for claim, evidence in pairs:
        ids, segments, places = [bos], [0], [None]
        for side, (own, other, longest) in enumerate(
            ((claim.text, evidence.text, LONGEST_CLAIM), (evidence.text, claim.text, LONGEST_EVIDENCE))
        ):
            coded = tokenizer(own, add_special_tokens=False, return_offsets_mapping=True)
            new = novelty(own, other)
            for token, (start, end) in list(zip(coded["input_ids"], coded["offset_mapping"], strict=True))[:longest]:
                ids.append(token)
                segments.append(3 * side + int(new[start:end].max(initial=0)))
                places.append((side, start, end))  # type: ignore[arg-type]
            ids.append(eos)
            segments.append(3 * side)
            places.append(None)
        out.append({"ids": ids, "segments": segments, "places": places})
    return out


def batch(rows: Sequence[dict[str, Any]], pad: int) -> dict[str, torch.Tensor]:
    """Padded tensors of shape (rows, longest): ids, segments, mask, and `claim`, 1 for the claim's tokens."""
    import torch

    # The library keeps what it has worked out for every shape that it meets: few shapes, or memory grows for hours.
    longest = -(-max(len(row["ids"]) for row in rows) // _STEP) * _STEP

    def padded(values: Iterable[Sequence[int]], fill: int) -> torch.Tensor:
        return torch.tensor([[*value, *[fill] * (longest - len(value))] for value in values])

    return {
        "ids": padded((row["ids"] for row in rows), pad),
        "segments": padded((row["segments"] for row in rows), 0),
        "mask": padded(([1] * len(row["ids"]) for row in rows), 0),
        "claim": padded(([int(p is not None and p[0] == 0) for p in row["places"]] for row in rows), 0),
    }


class PairReader:
    """The trained cross-encoder. Safe to use from several threads."""

    def __init__(self, tokenizer: Any, network: Any, fingerprint: str = "") -> None:
        self.tokenizer = tokenizer
        self.network = network
        self.fingerprint = fingerprint

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """A `Reading` for every (claim, evidence)."""
        texts = [(as_read(claim), as_read(evidence)) for claim, evidence in pairs]
        rows = tokenize(self.tokenizer, texts)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]["ids"]))
        found: dict[int, Reading] = {}
        for at in range(0, len(order), _BATCH):
            chosen = order[at : at + _BATCH]
            for i, own, chance in zip(chosen, *compute(partial(self._forward, [rows[i] for i in chosen])), strict=True):
                sides: tuple[list[tuple[Span, float]], list[tuple[Span, float]]] = ([], [])
                for place, value in zip(rows[i]["places"], chance, strict=False):
                    if place is not None:
                        side, start, end = place
                        sides[side].append((Span(*texts[i][side].source_span(start, end)), float(value)))
                found[i] = Reading(own, tuple(sides[0]), tuple(sides[1]))
        return [found[i] for i in range(len(pairs))]

    def _forward(self, rows: Sequence[dict[str, Any]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For rows of tokens: verdict logits, and by token the probability that it differs."""
        import torch

        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half_precision()):
            logits, differs = self.network(batch(rows, self.tokenizer.pad_token_id))
        return logits.float().numpy(), differs.float().sigmoid().numpy()


def new_network(base: str | Path, rank: int) -> tuple[Any, Any]:
    """(tokenizer, network) over the encoder folder `base`, with an untrained adapter of `rank`."""
    from transformers import AutoTokenizer

    from index.adapt import with_lora

    model, segments = _with_segments(base)
    return AutoTokenizer.from_pretrained(base), network_over(with_lora(model, rank), segments)


def _with_segments(base: str | Path) -> tuple[Any, Any]:
    """The encoder folder's transformer with fresh segment embeddings, and these."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(base, dtype=torch.float32)
    old = model.embeddings.token_type_embeddings.weight.data[0]
    segments = torch.nn.Embedding(SEGMENTS, old.numel())
    segments.weight.data[:] = old + 0.02 * torch.randn(SEGMENTS, old.numel())
    model.embeddings.token_type_embeddings = segments
    model.config.type_vocab_size = SEGMENTS
    return model, segments


def network_over(model: Any, segments: Any) -> Any:
    """The model with its two heads; calling it with `batch` gives (verdict logits, token logits)."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            width = model.config.hidden_size
            self.verdict = torch.nn.Linear(3 * width, len(VERDICTS))
            self.differs = torch.nn.Linear(width, 1)
            segments.weight.requires_grad_(True)
            self.segments = segments

        def forward(self, rows: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
            hidden = self.model(
                input_ids=rows["ids"], attention_mask=rows["mask"], token_type_ids=rows["segments"]
            ).last_hidden_state
            claim = rows["claim"][..., None].bool()
            mean = (hidden * claim).sum(1) / claim.sum(1).clamp(min=1)
            most = hidden.masked_fill(~claim, -1e4).amax(1)
            return self.verdict(torch.cat([hidden[:, 0], mean, most], 1)), self.differs(hidden)[..., 0]

        def own(self) -> dict[str, torch.Tensor]:
            """The trained tensors, by name."""
            return {name: p.detach() for name, p in self.named_parameters() if p.requires_grad}

    return Network()


def save_pair_reader(reader: PairReader, folder: Path, rank: int) -> None:
    """Write what was trained, in half precision."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.to(torch.float16).contiguous() for name, tensor in reader.network.own().items()}
    save_file(tensors, folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps({"rank": rank}) + "\n", encoding="utf-8")


@computed
def load_pair_reader(base: str | Path, folder: Path) -> PairReader:
    """The trained reader in `folder` over the encoder folder `base`, its adapter merged into the weights.

    Raises OSError or ValueError where either is not whole, or they do not fit each other.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from transformers import AutoTokenizer

    try:
        rank = json.loads((folder / "config.json").read_text(encoding="utf-8"))["rank"]
        own = {name: tensor.float() for name, tensor in load_file(folder / "weights.safetensors").items()}
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{folder}: not a trained reader ({error})") from error
    adapter = {name: own.pop(name) for name in list(own) if ".lora_" in name}
    # The names are those of training, where the transformer stands within the adapter.
    own = {name.replace("model.base_model.model.", "model."): tensor for name, tensor in own.items()}
    odd = {name for name, tensor in adapter.items() if rank not in tensor.shape} | (own.keys() ^ _NOT_ADAPTED)
    if odd:
        raise ValueError(f"{folder}: {len(odd)} tensors do not fit this encoder, for example {min(odd)}")
    model, segments = _with_segments(base)
    merge(model, adapter, ALPHA_PER_RANK)
    network = network_over(model, segments)
    network.load_state_dict(own, strict=False)
    network.eval()
    return PairReader(AutoTokenizer.from_pretrained(base), network)

"""`Reranker`: reads a question beside each of the passages found first and says which of them answers it.

A cross-encoder (Nogueira & Cho 2019, arXiv:1901.04085) over the adapted encoder's own weights: a second adapter of low
rank and one linear head, trained by `notice-evals rerank` (index/reranker_training.py). Reading both sides together
tells apart what two vectors cannot, at the price of a forward pass for every passage; so it reads a few (`Rereading`).
A score above 0 says that the passage answers.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from content.kind import Kind
from content.notice import Notice
from content.passage import Passage
from content.text import fold_text
from index.channel import Scores
from index.compute import compute, computed
from index.encoder import SentenceEncoder, encodable, half_precision
from index.forward import Recorded, halved, padded
from index.lora import ALPHA_PER_RANK, merge

if TYPE_CHECKING:
    import torch

LONGEST_QUESTION, LONGEST_PASSAGE = 48, 160
"""Tokens of either side that are read."""
_LONGEST_TITLE, _LONGEST_HEADING, _LONGEST_TEXT = 40, 30, 300
_STATE = "中华人民共和国"
_BATCH = 24
_STEP = 16
"""Tokens: the length of a batch is a multiple of this (see index/pair.py)."""


class OtherEncoderError(ValueError):
    """A reranker that was trained over another encoder than the one that is there."""


def given(notice: Notice, passage: Passage) -> tuple[str, str]:
    """Title and words of a passage as the reranker gets them: in a notice behind the heading above it.

    A point (5. 高校毕业生) tells too little by itself; an article of a law is a sentence of its own.
    """
    above = (name for name in reversed(passage.section) if not passage.text.startswith(name))
    heading = None if notice.is_law or passage.kind is not Kind.PARAGRAPH else next(above, None)
    return notice.title, passage.text if heading is None else f"{heading[:_LONGEST_HEADING]}：{passage.text}"


def shown(title: str, text: str) -> str:
    """A passage as it is read: what its document is about, then its own words."""
    return f"{fold_text(title.replace(_STATE, ''))[:_LONGEST_TITLE]}：{fold_text(text)[:_LONGEST_TEXT]}"


def tokenize(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Token ids of every (question, passage as shown), the one after the other."""
    sides = [
        tokenizer([pair[side] for pair in pairs], add_special_tokens=False, truncation=True, max_length=longest)
        for side, longest in ((0, LONGEST_QUESTION), (1, LONGEST_PASSAGE))
    ]
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    return [
        [bos, *question, eos, *passage, eos]
        for question, passage in zip(*(side["input_ids"] for side in sides), strict=True)
    ]


def network_over(model: Any) -> Any:
    """The transformer with a linear head over its first token and the mean of all; gives a score a row."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.head = torch.nn.Linear(2 * model.config.hidden_size, 1)

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            scores: torch.Tensor = self.head(torch.cat([hidden[:, 0], mean], 1))[:, 0].float()
            return scores

    return Network()


def score(run: Callable[[Any, Any], Any], tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
    """A score for every pair, shape (pairs,); `run` gives those of a batch of like length from its ids and mask."""
    import torch

    rows = tokenize(tokenizer, pairs)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = [
        run(*padded([rows[i] for i in order[at : at + _BATCH]], tokenizer.pad_token_id, _STEP))
        for at in range(0, len(order), _BATCH)
    ]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(found)[back]


class Reranker:
    """The trained cross-encoder. Safe to use from several threads."""

    def __init__(self, tokenizer: Any, network: Any) -> None:
        self._tokenizer = tokenizer
        self._run = Recorded(network)

    def scores(self, question: str, passages: Sequence[tuple[str, str]]) -> Scores:
        """How well each (title of the document, text) answers the question: shape (len(passages),), any number."""
        if not passages:
            return np.zeros(0, np.float32)
        [asked] = encodable([fold_text(question)])
        pairs = [(asked, shown(title, text)) for title, text in passages]
        found: Scores = compute(lambda: score(self._run, self._tokenizer, pairs)).numpy()
        return found


@computed
def load_reranker(encoder: SentenceEncoder, folder: Path) -> Reranker:
    """The reranker in `folder` over the weights of `encoder`, which shares its embeddings and is left as it is.

    Raises OSError or ValueError where the folder is not whole, OtherEncoderError where it was trained over another.
    """
    try:
        over = json.loads((folder / "config.json").read_text(encoding="utf-8"))["encoder"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{folder}: not a trained reranker ({error})") from error
    if over != encoder.fingerprint:
        raise OtherEncoderError(f"{folder}: trained over another encoder ({over})")
    network = network_of(encoder, folder)
    if half_precision():
        network.model = halved(network.model)
    return Reranker(encoder.model.tokenizer, network)


def network_of(encoder: SentenceEncoder, folder: Path) -> Any:
    """The network that is kept in `folder`, over any encoder of its build; raises as `load_reranker`."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        own = {name: tensor.float() for name, tensor in load_file(folder / "weights.safetensors").items()}
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError(f"{folder}: not a trained reranker ({error})") from error
    transformer: Any = encoder.model[0]
    model = transformer.model
    # The embeddings are most of the weights, and the same.
    model = copy.deepcopy(model, {id(model.embeddings): model.embeddings})
    merge(model, {name: own.pop(name) for name in list(own) if ".lora_" in name}, ALPHA_PER_RANK)
    network = network_over(model)
    if own.keys() != {"head.weight", "head.bias"}:
        raise ValueError(f"{folder}: {len(own)} tensors beside the adapter, not a head alone")
    network.load_state_dict(own, strict=False)
    return network

"""Trains the reranker: of a passage that answers a question and some that are easily taken for one, to tell the one.

The loss is the softmax over such a list (Gao et al. 2021, arXiv:2101.08751) and over one thing more, that none of them
answers, whose score is 0: so a score above 0 says that a passage answers, whatever stands beside it.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.adapt import Subject
from index.descent import Report, descend
from index.encoder import SentenceEncoder
from index.lora import low_rank, low_rank_names
from index.reranker import network_of, network_over, score, shown

_MODEL = "model."
"""What the names of the transformer's own weights begin with in a network."""


@dataclass(frozen=True, slots=True)
class RerankRecipe:
    """How to train: each of `questions` a step beside one passage that answers it and `near` that do not.

    Of the questions that have as many near passages in the very documents that answer, and one more, the share
    `unanswered` stands beside those alone.
    All linear weights are trained, and of what has changed in them `rank` directions are kept.
    """

    steps: int = 2400
    questions: int = 10
    near: int = 5
    unanswered: float = 0.1
    rank: int = 64
    rate: float = 1e-4
    seed: int = 1


def train_reranker(
    encoder: SentenceEncoder,
    subject: Subject,
    titles: Sequence[str],
    recipe: RerankRecipe,
    report: Report | None = None,
    onto: Path | None = None,
) -> Any:
    """A trained network over a copy of the encoder's weights; `titles[i]` is of the document of `subject.texts[i]`.

    A question that nothing answers has no right text. `onto` is the folder of a reranker that is trained on, instead of
    a fresh one. Raises ValueError where no question has so many near texts and one more, OSError or ValueError where
    `onto` is not whole or of another build.
    """
    import torch

    if not any(len(near) > recipe.near for near in subject.near):
        raise ValueError("no question with passages that are easily taken for an answer")
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    transformer: Any = encoder.model[0]
    network = network_over(copy.deepcopy(transformer.model)) if onto is None else network_of(encoder, onto)
    network.model.set_attn_implementation("eager")  # as in index/adapt.py; so is training without dropout
    network.eval()
    if onto is None:
        torch.nn.init.zeros_(network.head.bias)
    trained = dict(_trained(network))
    for name, weight in network.named_parameters():
        weight.requires_grad_(name in trained)
    passages = [shown(title, text) for title, text in zip(titles, subject.texts, strict=True)]
    deck = _deck(subject, recipe.near + 1, chance)
    nothing = torch.zeros(recipe.questions, 1)

    def loss_of() -> torch.Tensor:
        pairs, wanted = [], []
        for place in [next(deck) for _ in range(recipe.questions)]:
            question, right = subject.pairs[place]
            near, alone = subject.near[place], not right
            if right and chance.random() < recipe.unanswered:
                # What stands in the documents that answer is known not to; another law may say the same.
                home = {titles[row] for row in right}
                own = tuple(row for row in near if titles[row] in home)
                if len(own) > recipe.near:
                    near, alone = own, True
            rows = chance.sample(near, recipe.near + 1)
            if not alone:
                rows[0] = chance.choice(sorted(right))
            wanted.append(len(rows) if alone else 0)
            pairs += [(question, passages[row]) for row in rows]
        with torch.autocast("cpu", torch.bfloat16):
            scores = score(network, encoder.model.tokenizer, pairs).reshape(recipe.questions, -1)
        return torch.nn.functional.cross_entropy(torch.cat([scores, nothing], 1), torch.tensor(wanted))

    descend(list(trained.values()), recipe.steps, recipe.rate, loss_of, report)
    return network


def save_reranker(network: Any, encoder: SentenceEncoder, folder: Path, rank: int) -> None:
    """Write the head, and what has changed in the encoder's weights by its foremost `rank` directions.

    In half precision, with the fingerprint of the encoder that it belongs to.
    """
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    transformer: Any = encoder.model[0]
    before = dict(transformer.model.named_parameters())
    tensors = {}
    for name, weight in _trained(network):
        own = name.removeprefix(_MODEL)
        if own == name:
            tensors[name] = weight
            continue
        pair = low_rank((weight - before[own]).detach().float(), rank)
        tensors |= {
            _MODEL + name: tensor for name, tensor in zip(low_rank_names(own.rpartition(".")[0]), pair, strict=True)
        }
    kept = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in tensors.items()}
    save_file(kept, folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps({"encoder": encoder.fingerprint}) + "\n", encoding="utf-8")


def _trained(network: Any) -> Iterator[tuple[str, Any]]:
    """The weights of all linear layers with their names, and the head."""
    for name, weight in network.named_parameters():
        linear = weight.dim() == 2 and ".embeddings." not in name
        if linear or not name.startswith(_MODEL):
            yield name, weight


def _deck(subject: Subject, least: int, chance: random.Random) -> Iterator[int]:
    """Endless places of pairs with at least so many near texts, each once before any comes twice."""
    while True:
        order = list(range(len(subject.pairs)))
        chance.shuffle(order)
        yield from (place for place in reversed(order) if len(subject.near[place]) >= least)

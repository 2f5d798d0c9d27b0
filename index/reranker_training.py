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

from index.adapt import Subject, with_lora
from index.descent import Report, descend
from index.encoder import SentenceEncoder
from index.reranker import network_over, score, shown


@dataclass(frozen=True, slots=True)
class RerankRecipe:
    """How to train: each of `questions` a step beside one passage that answers it and `near` that do not.

    Of the questions that are answered, so many stand beside those alone that do not: `unanswered` is their share.
    """

    steps: int = 900
    questions: int = 10
    near: int = 5
    unanswered: float = 0.1
    rank: int = 32
    rate: float = 6e-4
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
    `onto` is not whole or of another shape.
    """
    import torch

    if not any(len(near) > recipe.near for near in subject.near):
        raise ValueError("no question with passages that are easily taken for an answer")
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    transformer: Any = encoder.model[0]
    model = with_lora(copy.deepcopy(transformer.model), recipe.rank)
    model.set_attn_implementation("eager")  # as in index/adapt.py; so is training without dropout
    network = network_over(model).eval()
    torch.nn.init.zeros_(network.head.bias)
    if onto is not None:
        _resume(network, onto)
    weights = [p for p in network.parameters() if p.requires_grad]
    passages = [shown(title, text) for title, text in zip(titles, subject.texts, strict=True)]
    deck = _deck(subject, recipe.near + 1, chance)
    nothing = torch.zeros(recipe.questions, 1)

    def loss_of() -> torch.Tensor:
        pairs, wanted = [], []
        for place in [next(deck) for _ in range(recipe.questions)]:
            question, right = subject.pairs[place]
            rows = chance.sample(subject.near[place], recipe.near + 1)
            answered = bool(right) and chance.random() >= recipe.unanswered
            if answered:
                rows[0] = chance.choice(sorted(right))
            wanted.append(0 if answered else len(rows))
            pairs += [(question, passages[row]) for row in rows]
        with torch.autocast("cpu", torch.bfloat16):
            scores = score(network, encoder.model.tokenizer, pairs).reshape(recipe.questions, -1)
        return torch.nn.functional.cross_entropy(torch.cat([scores, nothing], 1), torch.tensor(wanted))

    descend(weights, recipe.steps, recipe.rate, loss_of, report)
    return network


def _resume(network: Any, folder: Path) -> None:
    from safetensors.torch import load_file

    own = {name: tensor.float() for name, tensor in load_file(folder / "weights.safetensors").items()}
    if odd := own.keys() ^ {name for name, p in network.named_parameters() if p.requires_grad}:
        raise ValueError(f"{folder}: {len(odd)} tensors do not fit this encoder, for example {min(odd)}")
    network.load_state_dict(own, strict=False)


def save_reranker(network: Any, encoder: SentenceEncoder, folder: Path) -> None:
    """Write what was trained, in half precision, with the fingerprint of the encoder that it belongs to."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    trained = {name: p.detach() for name, p in network.named_parameters() if p.requires_grad}
    tensors = {name: tensor.to(torch.float16).contiguous() for name, tensor in trained.items()}
    save_file(tensors, folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps({"encoder": encoder.fingerprint}) + "\n", encoding="utf-8")


def _deck(subject: Subject, least: int, chance: random.Random) -> Iterator[int]:
    """Endless places of pairs with at least so many near texts, each once before any comes twice."""
    while True:
        order = list(range(len(subject.pairs)))
        chance.shuffle(order)
        yield from (place for place in reversed(order) if len(subject.near[place]) >= least)

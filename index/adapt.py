"""Adapts the encoder to how people ask of official texts: a LoRA adapter trained on question banks.

Low-rank adaptation: Hu et al. 2021, arXiv:2106.09685. The loss is a softmax over candidate texts in which every text
that answers counts as right (multi-positive InfoNCE; Khosla et al. 2020, arXiv:2004.11362), taken both ways, and the
same between questions that one quote answers, since bank questions are entries of the index too.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.descent import Report, descend
from index.lora import ALPHA_PER_RANK

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


_CHUNK = 24
_SHAPE = 16
"""Tokens: the length of a batch is a multiple of this, since how to compute a shape is worked out for each anew."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One document to learn from: its candidate texts, and questions with the texts that answer each.

    `pairs[i]` is (question, indices into `texts`; none where nothing answers, which the reranker alone learns from).
    `weight` is the share of steps it gets.
    `near[i]` are texts that are easily taken for an answer to pair i and are none; one stands in each step beside it.
    """

    name: str
    texts: tuple[str, ...]
    pairs: tuple[tuple[str, frozenset[int]], ...]
    weight: float
    near: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `rank` 0 trains the full weights; word and position embeddings stay frozen either way."""

    steps: int = 640
    questions: int = 32
    candidates: int = 44
    longest: int = 128
    rank: int = 16
    rate: float = 5e-4
    temperature: float = 0.04
    between_questions: float = 0.5
    seed: int = 20181113


def train(
    model: SentenceTransformer,
    subjects: Sequence[Subject],
    recipe: Recipe,
    report: Report | None = None,
    onto: Path | None = None,
) -> None:
    """Train `model` in place; `report` is called with (step, steps, mean loss of the last steps).

    `onto` is the folder of a LoRA adapter that is trained on, instead of a fresh one. Raises ValueError when no subject
    has pairs.
    """
    import torch

    subjects = [subject for subject in subjects if subject.pairs]
    if not subjects:
        raise ValueError("no question-text pairs to learn from")
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    _prepare(model, recipe, onto)
    weights = [p for p in model.parameters() if p.requires_grad]
    # Without dropout: it costs a third of the time here, and a few hundred steps on thousands of pairs do not overfit.
    model.eval()
    decks = {subject.name: _deck(subject, chance) for subject in subjects}

    def loss_of() -> torch.Tensor:
        subject = chance.choices(subjects, [s.weight for s in subjects])[0]
        batch = [next(decks[subject.name]) for _ in range(min(recipe.questions, len(subject.pairs)))]
        return _loss(model, subject, batch, recipe, chance)

    descend(weights, recipe.steps, recipe.rate, loss_of, report)


def save_adapter(model: SentenceTransformer, folder: Path) -> None:
    """Write the trained adapter alone, in half precision, as a peft folder."""
    import torch
    from safetensors.torch import load_file, save_file

    peft_model: Any = model[0].model
    for config in peft_model.peft_config.values():
        config.base_model_name_or_path = "multilingual-e5-small"  # not the path of this machine
    # Embeddings stay frozen; "auto" would ask the hub about them.
    peft_model.save_pretrained(folder, save_embedding_layers=False)
    path = folder / "adapter_model.safetensors"
    save_file({name: tensor.to(torch.float16) for name, tensor in load_file(path).items()}, path)
    (folder / "README.md").unlink(missing_ok=True)


def with_lora(model: Any, rank: int) -> Any:
    """A transformer with a fresh LoRA adapter on all its linear layers; nothing else of it is trained."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=ALPHA_PER_RANK * rank, bias="none",
        target_modules=["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"],
    )  # fmt: skip
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for an attribute by its old name; nothing for a user to act on.
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(model, config)


def _prepare(model: SentenceTransformer, recipe: Recipe, onto: Path | None) -> None:
    transformer: Any = model[0]
    # Going back through the fused attention takes half of a step on a processor; for texts so short it gains nothing.
    transformer.model.set_attn_implementation("eager")
    if onto is not None:
        from peft import PeftModel

        transformer.model = PeftModel.from_pretrained(transformer.model, str(onto), is_trainable=True)
    elif recipe.rank:
        transformer.model = with_lora(transformer.model, recipe.rank)
    else:
        for parameter in transformer.model.embeddings.parameters():
            parameter.requires_grad_(False)


def _deck(subject: Subject, chance: random.Random) -> Iterator[int]:
    """Endless places of pairs, each once before any comes twice; those that share an answer follow two by two."""
    while True:
        groups: dict[frozenset[int], list[int]] = {}
        for place, (_, right) in enumerate(subject.pairs):
            groups.setdefault(right, []).append(place)
        doubles: list[list[int]] = []
        for pairs in groups.values():
            chance.shuffle(pairs)
            doubles += [pairs[at : at + 2] for at in range(0, len(pairs), 2)]
        chance.shuffle(doubles)
        for double in doubles:
            yield from double


def _loss(
    model: SentenceTransformer,
    subject: Subject,
    places: Sequence[int],
    recipe: Recipe,
    chance: random.Random,
) -> torch.Tensor:
    import torch

    batch = [subject.pairs[place] for place in places]
    # One of the texts that answer per question and one that is near, the others that answer left out, the rest drawn
    # at random.
    chosen = {chance.choice(sorted(right)) for _, right in batch}
    chosen |= {chance.choice(subject.near[place]) for place in places if subject.near and subject.near[place]}
    spare = [i for i in range(len(subject.texts)) if i not in chosen]
    chance.shuffle(spare)
    rows = sorted(chosen) + spare[: max(0, recipe.candidates - len(chosen))]
    right = torch.tensor([[row in answers for row in rows] for _, answers in batch])
    same = torch.tensor([[bool(a & b) for _, b in batch] for _, a in batch])
    with torch.autocast("cpu", torch.bfloat16):
        questions = _embed(model, [question for question, _ in batch], "query", recipe.longest)
        texts = _embed(model, [subject.texts[row] for row in rows], "document", recipe.longest)
    scores = questions @ texts.T / recipe.temperature
    loss = _softmax(scores, right) + _softmax(scores.T, right.T)
    if recipe.between_questions:
        own = torch.eye(len(batch), dtype=torch.bool)
        between = (questions @ questions.T / recipe.temperature).masked_fill(own, -1e4)
        loss = loss + recipe.between_questions * _softmax(between, same & ~own)
    return loss


def _softmax(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Mean over rows with a right column of -log(share of the softmax that falls on right columns)."""
    import torch

    rows = right.any(1)
    if not rows.any():
        return scores.sum() * 0.0
    scores, right = scores[rows].float(), right[rows]
    on_right = torch.logsumexp(scores.masked_fill(~right, -1e4), 1)
    return (torch.logsumexp(scores, 1) - on_right).mean()


def _embed(model: SentenceTransformer, texts: Sequence[str], prompt: str, longest: int) -> torch.Tensor:
    """Unit vectors of `texts` with gradients, in small batches of like length: padding costs as much as text."""
    import torch

    tokenizer: Any = model.tokenizer
    prefix = model.prompts.get(prompt) or ""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = []
    for at in range(0, len(order), _CHUNK):
        tokens = tokenizer(
            [prefix + texts[i] for i in order[at : at + _CHUNK]],
            padding=True,
            pad_to_multiple_of=_SHAPE,
            truncation=True,
            max_length=longest,
            return_tensors="pt",
        )
        parts.append(model(dict(tokens))["sentence_embedding"].float())
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.nn.functional.normalize(torch.cat(parts)[back], dim=1)

"""What adapting the encoder gains where it was not trained: as it comes, a linear map, LoRA, full weights.

Every variant learns from bank questions about the second half of each notice, from part of the laws and from half of a
general data set; it is measured, by the encoder alone, on eval questions about the second half (seen) and the first
half (unseen) of the notice, on the laws left out and on the other half of the general data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from content.corpus import Corpus
from content.span import Span
from content.text import fold_text
from evals.adaptation import general_subject, law_subjects, notice_subjects
from evals.beir import Beir
from evals.dataset import EvalSet
from evals.record import RESULTS
from index.adapt import Recipe, Subject, train
from index.encoder import SentenceEncoder, Vectors, load_encoder

LAWS_LEFT_OUT = 3
FILE = "adaptation.json"
_FULL_RATE = 5e-5
_LINEAR_STEPS = 400
_LINEAR_RATE = 1e-3

Report = Callable[[str, int, int], None]
"""Called with (variant, step, steps)."""


@dataclass(frozen=True, slots=True)
class Score:
    """Success@1 of the encoder alone (the best text is one that answers) over `questions` questions."""

    success_at_1: float
    questions: int


def compare_adaptations(
    corpus: Corpus, eval_set: EvalSet, general: Beir, cache: Path, recipe: Recipe, report: Report = lambda *_: None
) -> dict[str, dict[str, dict[str, Any]]]:
    """Scores by variant and by what they were measured on, as plain values."""
    notice = corpus.notice(eval_set.notice_id)
    middle = [p.start for p in corpus.passages if p.notice_id == notice.id]
    half = Span(middle[len(middle) // 2], len(notice.text))
    laws = law_subjects()
    learn = [*notice_subjects(corpus, half), *laws[:-LAWS_LEFT_OUT], general_subject(general)]
    tests = {
        "seen half": [_asked(corpus, eval_set, half, inside=True)],
        "unseen half": [_asked(corpus, eval_set, half, inside=False)],
        "laws left out": laws[-LAWS_LEFT_OUT:],
        "general, other half": [_other_half(general)],
    }
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for variant, rank, rate in (("as it comes", 0, 0.0), ("LoRA", recipe.rank, recipe.rate), ("full", 0, _FULL_RATE)):
        encoder = load_encoder(None, cache)
        if variant == "as it comes":
            maps = _linear(encoder, learn, recipe)
            found["linear map"] = {name: asdict(_score(encoder, subjects, maps)) for name, subjects in tests.items()}
        else:
            step_by = replace(recipe, rank=rank, rate=rate)
            train(encoder.model, learn, step_by, lambda done, total, _, v=variant: report(v, done, total))  # type: ignore[misc]
        found[variant] = {name: asdict(_score(encoder, subjects)) for name, subjects in tests.items()}
    return found


def write_comparison(found: dict[str, dict[str, dict[str, Any]]], recipe: Recipe, folder: Path = RESULTS) -> Path:
    """Save the scores with the recipe, for the report."""
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    data = {"steps": recipe.steps, "scores": found}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _asked(corpus: Corpus, eval_set: EvalSet, half: Span, inside: bool) -> Subject:
    """The whole notice's texts with the eval questions all of whose quotes lie in one half of it."""
    [subject] = [s for s in notice_subjects(corpus) if s.name == eval_set.notice_id]
    notice = corpus.notice(eval_set.notice_id)
    spans: list[Span] = []
    for passage in corpus.passages:
        if passage.notice_id == notice.id:
            spans += [passage.span, *(passage.sentences if len(passage.sentences) > 1 else ())]
    pairs = []
    for question in eval_set.questions:
        places = [place for places in question.places for place in places]
        if places and all(half.contains(place) == inside for place in places):
            right = frozenset(i for i, span in enumerate(spans) if question.is_place(span))
            pairs.append((fold_text(question.text), right))
    return replace(subject, pairs=tuple(pairs))


def _other_half(general: Beir) -> Subject:
    """All texts of the general data, with the questions about those that were not trained on."""
    trained = len(general_subject(general).texts)
    whole = general_subject(general, 1.0)
    return replace(whole, pairs=tuple(pair for pair in whole.pairs if min(pair[1]) >= trained))


def _score(encoder: SentenceEncoder, subjects: Sequence[Subject], maps: tuple[Vectors, Vectors] | None = None) -> Score:
    right, total = 0, 0
    for subject in subjects:
        questions = encoder.encode_entries([question for question, _ in subject.pairs], as_queries=True)
        texts = encoder.encode_entries(subject.texts, as_queries=False)
        if maps is not None:
            questions, texts = questions @ maps[0], texts @ maps[1]
            texts = texts / np.linalg.norm(texts, axis=1, keepdims=True)
        best = (questions @ texts.T).argmax(axis=1)
        right += sum(int(row) in answers for row, (_, answers) in zip(best, subject.pairs, strict=True))
        total += len(subject.pairs)
    return Score(round(right / total, 4), total)


def _linear(encoder: SentenceEncoder, learn: Sequence[Subject], recipe: Recipe) -> tuple[Vectors, Vectors]:
    """Two square maps, of questions and of texts, trained over the frozen encoder's vectors."""
    import torch

    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    data = []
    for subject in learn:
        asked = encoder.encode_entries([question for question, _ in subject.pairs], as_queries=True)
        told = encoder.encode_entries(subject.texts, as_queries=False)
        answers = torch.zeros(len(subject.pairs), len(subject.texts), dtype=torch.bool)
        for row, (_, right) in enumerate(subject.pairs):
            answers[row, list(right)] = True
        data.append((torch.from_numpy(asked), torch.from_numpy(told), answers))
    maps = [torch.eye(encoder.dim, requires_grad=True) for _ in range(2)]
    optimiser = torch.optim.Adam(maps, lr=_LINEAR_RATE)
    for _ in range(_LINEAR_STEPS):
        questions, texts, answers = chance.choices(data, [subject.weight for subject in learn])[0]
        rows = torch.tensor(chance.sample(range(len(questions)), min(256, len(questions))))
        scores = torch.nn.functional.normalize(questions[rows] @ maps[0], dim=1)
        scores = scores @ torch.nn.functional.normalize(texts @ maps[1], dim=1).T / recipe.temperature
        on_right = torch.logsumexp(scores.masked_fill(~answers[rows], -1e4), 1)
        loss = (torch.logsumexp(scores, 1) - on_right).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    first, second = (m.detach().numpy() for m in maps)
    return first, second

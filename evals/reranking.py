"""What the reranker is trained on: questions about laws and regulations, those that the encoder has learned from."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from assistant.settings import RERANKER, Settings
from content.questions import read_jsonl
from evals.adaptation import TRAINING, passage_subject, with_near
from index.descent import Report
from index.encoder import load_encoder
from index.reranker_training import RerankRecipe, save_reranker, train_reranker

_RECORD = "training.json"
FURTHER_STEPS, FURTHER_RATE = 500, 4e-4
"""Where a trained one is trained on: fewer steps at a lower rate, not to lose what it knows."""


def rerank(
    settings: Settings,
    report: Report,
    folder: Path = RERANKER,
    training: Path = TRAINING,
    recipe: RerankRecipe | None = None,
    onto: Path | None = None,
) -> None:
    """Train the reranker over the encoder of these settings and write it with the record of how.

    Each question stands beside passages that this encoder takes for an answer and that are none. With `onto`, the
    folder of a reranker over an earlier adapter, that one is trained on, and its record kept; over the same encoder and
    from the same questions that gains nothing. Raises EncoderError and what `train_reranker` raises.
    """
    recipe = recipe or RerankRecipe()
    before = json.loads((onto / _RECORD).read_text(encoding="utf-8")) if onto is not None else None
    if before is not None:
        recipe = replace(
            recipe, steps=min(recipe.steps, FURTHER_STEPS), seed=before["recipe"]["seed"] + 1, rate=FURTHER_RATE
        )
    encoder = load_encoder(settings.model, settings.cache_dir, settings.adapter)
    subject = with_near(passage_subject(training), encoder)
    titles = [title_of(row["document"]) for _, row in read_jsonl(training / "passages.jsonl")]
    started = time.perf_counter()
    network = train_reranker(encoder, subject, titles, recipe, report, onto)
    save_reranker(network, encoder, folder)
    record = {
        "recipe": asdict(recipe),
        "questions": len(subject.pairs),
        "minutes": round((time.perf_counter() - started) / 60, 1),
    } | ({"onto": before} if before else {})
    (folder / _RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def title_of(document: str) -> str:
    """The title in the name of a document: without its folder and its date."""
    return document.rsplit("/", 1)[-1].partition("(")[0]

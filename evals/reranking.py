"""What the reranker is trained on: questions about laws and regulations, those that the encoder has learned from."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

from assistant.settings import RERANKER, Settings
from content.questions import read_jsonl
from evals.adaptation import TRAINING, passage_subject, with_near
from index.descent import Report
from index.encoder import load_encoder
from index.reranker_training import RerankRecipe, save_reranker, train_reranker

_RECORD = "training.json"


def rerank(
    settings: Settings,
    report: Report,
    folder: Path = RERANKER,
    training: Path = TRAINING,
    recipe: RerankRecipe | None = None,
) -> None:
    """Train the reranker over the encoder of these settings and write it with the record of how.

    Each question stands beside passages that this encoder takes for an answer and that are none. Training the result on
    for as long, with other draws, gains nothing. Raises EncoderError.
    """
    recipe = recipe or RerankRecipe()
    encoder = load_encoder(settings.model, settings.cache_dir, settings.adapter)
    subject = with_near(passage_subject(training), encoder)
    titles = [title_of(row["document"]) for _, row in read_jsonl(training / "passages.jsonl")]
    started = time.perf_counter()
    save_reranker(train_reranker(encoder, subject, titles, recipe, report), encoder, folder)
    record = {
        "recipe": asdict(recipe),
        "questions": len(subject.pairs),
        "minutes": round((time.perf_counter() - started) / 60, 1),
    }
    (folder / _RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def title_of(document: str) -> str:
    """The title in the name of a document: without its folder and its date."""
    return document.rsplit("/", 1)[-1].partition("(")[0]

"""What the reranker is trained on: questions about laws, regulations and made-up notices, as the encoder is.

Something more about the others than about notices: what is asked of the ones is answered otherwise than what is of the
others, and laws are more alike.
Some were written for what the notices do not say. Of a notice that has a bank, questions of the bank, too.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import asdict, replace
from pathlib import Path

from assistant.settings import RERANKER, Settings
from content.corpus import Corpus, load_corpus
from content.questions import read_jsonl
from content.text import fold_text
from evals.adaptation import TRAINING, other_notices, passage_subject, together, with_near
from index.adapt import Subject
from index.descent import Report
from index.encoder import load_encoder
from index.reranker import given
from index.reranker_training import RerankRecipe, save_reranker, train_reranker

_RECORD = "training.json"
_OF_LAWS, _OF_BANK = 12_000, 2_000
"""Questions about laws that are drawn, and of a bank that it answers; of those that it does not, a third as many."""
FURTHER_STEPS, FURTHER_RATE = 1_700, 4e-5
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
    subject, titles = read_from(training, recipe.seed, load_corpus(settings.content_dir))
    subject = with_near(subject, encoder)
    started = time.perf_counter()
    network = train_reranker(encoder, subject, titles, recipe, report, onto)
    save_reranker(network, encoder, folder, recipe.rank)
    record = {
        "recipe": asdict(recipe),
        "questions": len(subject.pairs),
        "minutes": round((time.perf_counter() - started) / 60, 1),
    } | ({"onto": before} if before else {})
    (folder / _RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read_from(training: Path, seed: int, own: Corpus) -> tuple[Subject, list[str]]:
    """Passages of made-up notices, laws and regulations with questions about each; by passage its document's title.

    All questions about notices, those that they do not answer among them, and some of the others, drawn by `seed`; so
    are those of the banks of `own`.
    """
    chance = random.Random(seed)
    corpus = other_notices(training)
    notices, laws = passages_of(corpus), passage_subject(training)
    unanswered = [fold_text(row["question"]) for _, row in read_jsonl(training / "notice_unanswered.jsonl")]
    notices = replace(notices, pairs=notices.pairs + tuple((question, frozenset()) for question in unanswered))
    laws = replace(laws, pairs=tuple(chance.sample(laws.pairs, min(len(laws.pairs), _OF_LAWS))))
    banks = passages_of(own)
    answered, others = ([pair for pair in banks.pairs if bool(pair[1]) is right] for right in (True, False))
    drawn = chance.sample(answered, min(len(answered), _OF_BANK))
    banks = replace(banks, pairs=(*drawn, *chance.sample(others, min(len(others), _OF_BANK // 3))))
    titles = [each.notice(passage.notice_id).title for each in (corpus, own) for passage in each.passages]
    titles += [title_of(row["document"]) for _, row in read_jsonl(training / "passages.jsonl")]
    return together("passages", [notices, banks, laws], 1.0), titles


def passages_of(corpus: Corpus) -> Subject:
    """All passages of a corpus, as the reranker gets them, with the questions of its banks."""
    pairs = []
    texts = tuple(fold_text(given(corpus.notice(one.notice_id), one)[1]) for one in corpus.passages)
    for notice, questions in zip(corpus.notices, corpus.questions, strict=True):
        own = [(at, one.span) for at, one in enumerate(corpus.passages) if one.notice_id == notice.id]
        for question in questions:
            right = frozenset(at for at, span in own if any(span.overlaps(answer) for answer in question.answers))
            pairs.append((fold_text(question.text), right))
    return Subject("notices", texts, tuple(pairs), 1.0)


def title_of(document: str) -> str:
    """The title in the name of a document: without its folder and its date."""
    return document.rsplit("/", 1)[-1].partition("(")[0]

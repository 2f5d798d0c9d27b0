"""What the checker is trained and fitted on: edited sentences of official texts, and claims written by hand.

The reader of pairs first learns to compare (edits.py), then how people reword (index/training/claims.jsonl). One claim
in ten is kept from it, and so are those of the split fit; those and the dev claims fit what turns its signs into a
verdict (judgement_fit.py).
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.answerer import Answerer
from assistant.check import Checker
from assistant.evidence import Stretch, exhibit
from assistant.judgement import Judgement
from assistant.opening import open_answerer
from assistant.settings import READER, Settings
from assistant.verdict import Finding
from content.corpus import Corpus, make_corpus
from content.notice import Notice, parse_notice
from content.passage import split_sentences
from content.questions import read_jsonl
from content.span import Span
from evals.claims import Claim, find_claims, parse_claim, split_of
from evals.edits import Editor
from evals.judgement_fit import fit_judgement, write_judgement
from index.build import build_index
from index.bundled import bundled_folder
from index.encoder import Encoder
from index.pair import VERDICTS, PairReader, load_pair_reader, new_network, save_pair_reader
from index.pair_training import Pair, PairRecipe, averaged, resumed, train_pairs
from index.retriever import Retriever

CLAIMS = Path(__file__).parent.parent / "index" / "training" / "claims.jsonl"
KEPT = 10
"""Every so-manieth claim is kept for fitting."""
_BY_HAND = 0.7
"""Share of a step's pairs that were written by hand, once the reader has learned to compare."""
_OWN = 6
"""One edited sentence in so many and one is the notice's own."""
_SHORTEST, _LONGEST, _FEWEST, _MOST = 12, 180, 20, 400
_ARTICLE = re.compile(r"^(?:第[一二三四五六七八九十百零]+条\s*|[(（][一二三四五六七八九十]+[)）])")
_HELD_LAWS = ("慈善法",)
"""Kept from training, to see how the checker does on a document it never saw."""
_FURTHER_STEPS, _FURTHER_RATE = 900, 3.5e-4
"""Of a reader that is trained on: its weights are the mean of those before and after.

With the 2,411 claims of the split fit, of counts, orders and roles, 1,200 such steps gained nothing (balanced accuracy
on 1,358 claims that it did not see 0.868 before, 0.872 after; on 435 for development alone 0.946 and 0.938) and were
not taken.
"""
_RECORD = "training.json"
_BLANK = Judgement(dict.fromkeys(VERDICTS, 0.0), {verdict: {} for verdict in VERDICTS}, 1.0)
"""Judges nothing: for reading alone."""


def editors(folder: Path, without: Sequence[str]) -> list[Editor]:
    """An editor for every document of a folder whose name begins with none of `without`."""
    documents = []
    for path in sorted(folder.rglob("*.md")):
        if path.name.startswith(tuple(without)):
            continue
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        sentences = [
            span.of(line)
            for line in (_ARTICLE.sub("", line) for line in lines if not line.startswith(("#", "<")))
            for span in split_sentences(line)
        ]
        sentences = [sentence for sentence in sentences if _SHORTEST <= len(sentence) <= _LONGEST]
        if len(sentences) > _FEWEST:
            documents.append(sentences[:_MOST])
    strange = [sentence for sentences in documents[:40] for sentence in sentences]
    return [Editor(sentences, strange) for sentences in documents]


def pairs_for(claims: Sequence[Claim], checker: Checker) -> list[tuple[Pair, Pair]]:
    """Every claim beside what the checker would read, and beside the evidence that the set names.

    The two are one where the checker finds the evidence, or there is none to find.
    """
    out = []
    for claim, read in zip(claims, checker.examine([claim.text for claim in claims]), strict=True):
        found = any(claim.is_evidence(stretch.span) for stretch in read.exhibit.stretches)
        gold = exhibit(_named(claim, checker.corpus), claim.text, checker.corpus) if claim.evidence else read.exhibit
        wanted = _pair(claim, read.text, gold.text)
        out.append((_pair(claim, read.text, read.exhibit.text) if found or not claim.evidence else wanted, wanted))
    return out


def drawing(by_hand: Sequence[tuple[Pair, Pair]], made: Sequence[Editor], pairs: int) -> Callable[..., list[Pair]]:
    """Gives the pairs of a step: edited sentences, and where there are any, claims written by hand among them."""
    deck: list[int] = []
    hand = round(pairs * _BY_HAND) if by_hand else 0

    def draw(chance: random.Random) -> list[Pair]:
        out = []
        for _ in range(hand):
            if not deck:
                deck.extend(range(len(by_hand)))
                chance.shuffle(deck)
            found, wanted = by_hand[deck.pop()]
            out.append(wanted if chance.random() < 0.2 else found)
        return out + [chance.choice(made).pair(chance) for _ in range(pairs - hand)]

    return draw


def _named(claim: Claim, corpus: Corpus) -> list[Stretch]:
    """The sentences that hold the quotes of a claim, each quote's first place."""
    found: dict[tuple[int, Span], Stretch] = {}
    for places in claim.evidence:
        for row, passage in enumerate(corpus.passages):
            for span in passage.sentences:
                if span.overlaps(places[0]):
                    found[row, span] = Stretch(row, span, 1.0)
    return list(found.values())[:3]


def _pair(claim: Claim, text: str, evidence: str) -> Pair:
    """The claim as it is read (`text`) beside its evidence."""
    ours = [_find(wrong.claim, text) for wrong in claim.differences]
    theirs = [_find(wrong.source, evidence) for wrong in claim.differences]
    marked = claim.verdict == Finding.SUPPORTED or any(ours)
    return Pair(text, evidence, claim.verdict, tuple(s for s in ours if s), tuple(s for s in theirs if s), marked)


def _find(words: str, text: str) -> Span | None:
    at = text.find(words) if words else -1
    return Span(at, at + len(words)) if at >= 0 else None


def judge(
    settings: Settings, laws: Path | None, report: Callable[[int, int], None], onto: Path | None = None
) -> dict[str, Any]:
    """Train the reader of pairs (only where `laws`, a folder of laws, is given) and fit the judgement; write both.

    With `onto`, the folder of a reader, that one is trained on. Returns the evidence of the fit. Raises EncoderError,
    DatasetError and what reading the corpus raises.
    """
    answerer = open_answerer(settings)
    notice = answerer.corpus.notices[0]
    claim_set = find_claims(None, answerer.corpus)
    hand = training_claims(notice)
    base = bundled_folder(settings.cache_dir)
    if laws is not None:
        _train(answerer, base, [c for at, c in enumerate(hand) if at % KEPT], laws, report, onto)
    checker = Checker(answerer, load_pair_reader(base, READER), _BLANK)
    dev = split_of(claim_set.claims, "dev")
    fitted_on = [*dev, *hand[::KEPT], *training_claims(notice, "fit")]
    signs = [read.signs() for read in checker.examine([claim.text for claim in fitted_on])]
    judgement, evidence = fit_judgement(signs, [claim.verdict for claim in fitted_on], len(dev))
    write_judgement(judgement, evidence)
    return evidence


def _train(
    answerer: Answerer,
    base: Path,
    hand: Sequence[Claim],
    laws: Path,
    report: Callable[[int, int], None],
    onto: Path | None,
) -> None:
    """Train a reader from the beginning, or on, and write it with the record of how."""
    import torch

    recipe = PairRecipe()
    torch.manual_seed(recipe.seed)
    made = [*editors(laws, _HELD_LAWS)]
    made += [own_editor(answerer.corpus, made[0].strange)] * (len(made) // _OWN)
    before: dict[str, Any] = {}
    if onto is None:
        reader, rank = PairReader(*new_network(base, recipe.rank)), recipe.rank
    else:
        reader, rank = resumed(base, onto)
        before = {"onto": json.loads((onto / _RECORD).read_text(encoding="utf-8"))}
        recipe = replace(recipe, comparing=0, steps=_FURTHER_STEPS, rate=_FURTHER_RATE)
    started = time.perf_counter()
    if recipe.comparing:
        compare(reader, made, recipe, report)
    by_hand = pairs_for(hand, Checker(answerer, reader, _BLANK))
    by_hand += law_pairs(answerer.retriever.encoder, reader, _BLANK)
    draw = drawing(by_hand, made, recipe.pairs)
    with averaged(reader) if onto is not None else nullcontext():
        train_pairs(reader, draw, recipe, lambda done, total, _: report(done, total))
    save_pair_reader(reader, READER, rank)
    minutes = round((time.perf_counter() - started) / 60, 1)
    record = {"recipe": asdict(recipe), "claims": len(by_hand), "minutes": minutes} | before
    (READER / _RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def compare(reader: PairReader, made: Sequence[Editor], recipe: PairRecipe, report: Callable[[int, int], None]) -> None:
    """The first stage: learn to compare, from edited sentences alone."""
    first = replace(recipe, steps=recipe.comparing)
    train_pairs(reader, drawing((), made, recipe.pairs), first, lambda done, total, _: report(done, total))


def own_editor(corpus: Corpus, strange: Sequence[str]) -> Editor:
    """An editor of the notices' own sentences."""
    texts = {notice.id: notice.text for notice in corpus.notices}
    sentences = [span.of(texts[p.notice_id]) for p in corpus.passages for span in p.sentences]
    return Editor([s for s in sentences if _SHORTEST <= len(s) <= 2 * _LONGEST], strange)


def training_claims(notice: Notice, split: str = "train", path: Path = CLAIMS) -> list[Claim]:
    """The claims about `notice` for the reader to learn from (train), or for fitting alone (fit)."""
    return [
        parse_claim(row, notice, f"{path}:{line}")
        for line, row in read_jsonl(path)
        if row["document"] == notice.id.rsplit("/", 1)[-1] and row["split"] == split
    ]


def law_pairs(
    encoder: Encoder, reader: PairReader, judgement: Judgement, path: Path = CLAIMS
) -> list[tuple[Pair, Pair]]:
    """Pairs of the claims to learn from that are about the laws in index/training/laws."""
    rows = [(line, row) for line, row in read_jsonl(path)]
    out: list[tuple[Pair, Pair]] = []
    for law in sorted((path.parent / "laws").glob("*.md")):
        own = [(line, row) for line, row in rows if row["document"] == law.stem]
        if own:
            notice = parse_notice(law.read_text(encoding="utf-8"), law.stem)
            answerer = Answerer(Retriever(build_index(make_corpus((notice,)), encoder), encoder))
            claims = [parse_claim(row, notice, f"{path}:{line}") for line, row in own]
            out += pairs_for(claims, Checker(answerer, reader, judgement))
    return out

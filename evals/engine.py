"""An index searched by FAISS and by a Milvus in one run: what either misses, where they differ, and what it costs."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from content.text import fold_text
from evals.provenance import Provenance, provenance
from index.build import Index
from index.encoder import Encoder, Vectors
from index.engine import Place
from index.milvus import MilvusStore, sweep
from index.recall import K, questions, share_found
from index.retriever import Retriever
from index.scaled import make_store
from index.vectors import Rows, VectorStore

SHARES = (1.0, 0.5, 0.1, 0.01)
_TIE = 1e-5
"""Both sides take cosines from the same rows, so equal ones differ by less."""
_SCORE_TIE = 1e-3
Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Side:
    """Recall@10 against comparing every row, hits a query gets at least, median and 95th percentile of its time."""

    recall: float
    found: int
    milliseconds: float
    p95: float


@dataclass(frozen=True, slots=True)
class SearchCost:
    """Over `rows` rows of one kind, of which a filter leaves a `share`; `same`: share of queries with the same hits."""

    rows: int
    share: float
    faiss: Side
    engine: Side
    same: float

    @property
    def ratio(self) -> float:
        """How many times as long the engine takes."""
        return self.engine.milliseconds / self.faiss.milliseconds


@dataclass(frozen=True, slots=True)
class QuestionCost:
    """Whole questions, encoding left out: how many have the same passage first and the same five, and median times."""

    questions: int
    same_first: float
    same_five: float
    faiss_milliseconds: float
    engine_milliseconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One index in two engines. `load_seconds` is 0 where it was in the engine already."""

    engine: str
    replicas: int
    ef: int
    vectors: int
    load_seconds: float
    searches: tuple[SearchCost, ...]
    asked: QuestionCost | None
    provenance: Provenance


@contextmanager
def both_stores(index: Index, place: Place | None) -> Iterator[tuple[VectorStore, MilvusStore, float]]:
    """The index's vectors in FAISS and in an engine; what is put there for this alone is dropped at the end.

    `place` None means that the index is in an engine already. Raises EngineError, ValueError.
    """
    parts = tuple(index.rows.values())
    # Rounded to half precision as in the engine: a difference is then one of search.
    vectors = index.store.at(range(index.store.size)).astype(np.float16).astype(np.float32)
    local = make_store(vectors, parts)
    if place is None:
        if not isinstance(index.store, MilvusStore):
            raise ValueError("this index is in no engine, and none was named")
        yield local, index.store, 0.0
        return
    with tempfile.TemporaryDirectory(prefix="notice-engine-") as name:
        began = time.perf_counter()
        store = MilvusStore.make(vectors, parts, place, Path(name))
        seconds = time.perf_counter() - began
        try:
            yield local, store, seconds
        finally:
            sweep(place, Path(name))


def compare_engines(
    index: Index,
    encoder: Encoder,
    place: Place | None,
    name: str,
    queries: int = 200,
    asked: Sequence[str] = (),
    seed: int = 0,
) -> Comparison:
    """Each query to both, in turns, so that the ratio of times holds whatever else the machine does."""
    with both_stores(index, place) as (local, store, seconds):
        chance = np.random.default_rng(seed)
        searches = []
        for part in store.coded:
            vectors = questions(store, part, queries, chance)
            searches += [_search_cost(local, store, vectors, part, share, chance) for share in SHARES]
        found = _question_cost(index, encoder, local, store, asked) if asked else None
        origin = provenance(None)
        return Comparison(
            name, store.engine.place.replicas, store.ef, store.size, seconds, tuple(searches), found, origin
        )


def save_comparison(found: Comparison, folder: Path) -> Path:
    """Write it as JSON; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"engine-{found.engine}.json"
    data = asdict(found)
    for one, search in zip(data["searches"], found.searches, strict=True):
        one["ratio"] = search.ratio
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_questions(path: Path) -> list[str]:
    """A question a line, or JSON lines with "question"; raises OSError, ValueError."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    return [json.loads(line)["question"] if line.startswith("{") else line for line in lines]


def _search_cost(
    local: VectorStore, store: MilvusStore, asked: Vectors, part: range, share: float, chance: np.random.Generator
) -> SearchCost:
    rows = part if share == 1.0 else _filtered(part, share, chance)
    exact, _ = store.exact(asked, K, rows)
    times: dict[str, list[float]] = {"faiss": [], "engine": []}
    scores: dict[str, list[Vectors]] = {"faiss": [], "engine": []}
    for query in asked:
        for side, one in (("faiss", local), ("engine", store)):
            began = time.perf_counter()
            near, _ = one.search(query[None], K, rows)
            times[side].append((time.perf_counter() - began) * 1000)
            scores[side].append(near[0])
    sides = {
        side: Side(
            float(np.mean([share_found(*both) for both in zip(scores[side], exact, strict=True)])),
            min(map(len, scores[side])),
            float(np.median(times[side])),
            float(np.percentile(times[side], 95)),
        )
        for side in times
    }
    same = [
        len(one) == len(other) and bool(np.allclose(one, other, atol=_TIE))
        for one, other in zip(scores["faiss"], scores["engine"], strict=True)
    ]
    return SearchCost(len(part), share, sides["faiss"], sides["engine"], float(np.mean(same)))


def _filtered(part: range, share: float, chance: np.random.Generator) -> Rows:
    """Rows as a scope leaves them: those of some documents, each a run."""
    run = min(25, max(1, len(part) // 4))
    runs = len(part) // run
    chosen = np.sort(chance.choice(runs, max(1, round(runs * share)), replace=False))
    return (chosen[:, None] * run + np.arange(run)).ravel() + part.start


class _Known:
    """An encoder of questions that were encoded before, so that only the search is timed."""

    def __init__(self, encoder: Encoder, asked: Sequence[str]) -> None:
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim
        texts = [fold_text(question) for question in asked]
        self._vectors = dict(zip(texts, encoder.encode_queries(texts), strict=True))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: object = None) -> Vectors:
        raise NotImplementedError


def _question_cost(
    index: Index, encoder: Encoder, local: VectorStore, store: VectorStore, asked: Sequence[str]
) -> QuestionCost:
    known = _Known(encoder, asked)
    sides = [Retriever(replace(index, store=one), known) for one in (local, store)]
    times: list[list[float]] = [[], []]
    first, five = [], []
    for question in asked:
        found = []
        for side, retriever in enumerate(sides):
            began = time.perf_counter()
            hits = retriever.search(question, 5).hits
            times[side].append((time.perf_counter() - began) * 1000)
            found.append([(hit.passage, hit.score) for hit in hits])
        one, other = found
        first.append(_tied(one[:1], other[:1]))
        five.append(_tied(one, other))
    return QuestionCost(
        len(asked), float(np.mean(first)), float(np.mean(five)), *(float(np.median(own)) for own in times)
    )


def _tied(one: Sequence[tuple[int, float]], other: Sequence[tuple[int, float]]) -> bool:
    """The same passages, or others with the same scores in their places."""
    return len(one) == len(other) and all(
        a[0] == b[0] or abs(a[1] - b[1]) <= _SCORE_TIE for a, b in zip(one, other, strict=True)
    )

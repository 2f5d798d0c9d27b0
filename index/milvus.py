"""`MilvusStore`: vectors searched by a Milvus (a file, a server or a cluster), held against the rows that lie here.

The half-precision rows of a generation lie beside its other files, as those of a `ScaledStore` do, and are mapped into
memory. The engine proposes rows; cosines are taken from the rows here, so a score never hangs on the engine, and what
the engine misses can be measured. A collection is named by the digest of what it holds, is never changed, and is used
once everything in it was read back and found to be the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.engine import LOCAL, CollectionMissingError, Engine, EngineError, Place, condition_of, prefix_of
from index.recall import WANTED, measure_recall
from index.scaled import EXACT_BELOW, ScaledStore, make_store, read_store
from index.vectors import Found, Rows, StoreMaker, VectorStore, check_queries, nothing

_LAYOUT = "milvus.json"
_VERSION = 1
_EFS = (128, 256, 512, 1_024)
"""How many candidates HNSW keeps; the first that misses little enough is used."""
_DEEPER = 2
_SAMPLE = 256
"""Rows that are read back whenever a collection is opened; `doctor` reads all."""
_MEASURED = 1_000
"""A part of fewer rows has no graph: the engine compares them one and all."""
_MOST_LISTED = 2_000
"""Rows left by a filter that a condition may name; where there are no more, or they lie in few runs."""
_MOST_RUNS = 500
_STEP = 16_384
_TUNED_BY = 50
_SETTLING = 90.0
"""Seconds in which a fresh collection may become better: its graphs are not in use yet when it says that they are."""
_log = logging.getLogger(__name__)


class MilvusStore:
    """See the module. Safe to search from several threads, and from several processes where `uri` is a server."""

    def __init__(self, engine: Engine, collection: str, local: ScaledStore, parts: Sequence[range], ef: int) -> None:
        self.engine = engine
        self.collection = collection
        self._local = local
        self._parts = tuple(parts)
        self._ef = ef
        self._told = False

    @classmethod
    def make(cls, vectors: Vectors, parts: Sequence[range], place: Place, folder: Path) -> MilvusStore:
        """Load vectors into a collection of this index folder; one that has them all already is used as it is.

        Raises EngineError, also where the engine does not have afterwards what it was given.
        """
        local = ScaledStore.make(vectors, parts, exact_below=len(vectors) + 1)
        engine = Engine(place)
        name = f"{prefix_of(folder)}{_digest(local, parts)[:16]}"
        store = cls(engine, name, local, parts, _EFS[0])
        if store._is_whole():
            engine.load(name, anew=True)
        else:
            engine.create(name, local.dim, len(parts))
            for number, rows in enumerate(parts):
                for at in range(rows.start, rows.stop, _STEP):
                    engine.insert(name, number, at, local.at(range(at, min(at + _STEP, rows.stop))))
            engine.finish(name, exact=all(len(rows) < EXACT_BELOW for rows in parts))
            if (wrong := store.difference(range(store.size))) is not None:
                raise EngineError(f"装入 Milvus 的向量与本机的不一致（{wrong}），请再运行一次 notice-assistant build。")
        store._tune()
        return store

    @property
    def size(self) -> int:
        return self._local.size

    @property
    def dim(self) -> int:
        return self._local.dim

    @property
    def coded(self) -> tuple[range, ...]:
        """The parts that may be searched by a graph, for whoever measures what that misses."""
        return tuple(rows for rows in self._parts if len(rows) >= _MEASURED)

    @property
    def ef(self) -> int:
        """How many candidates the engine keeps while it searches."""
        return self._ef

    def search(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """See `VectorStore`; raises EngineError while the engine is away.

        A collection that somebody dropped meanwhile (a newer index is in use) is replaced by exact search here.
        """
        check_queries(queries, self.dim)
        k = min(k, len(rows))
        if k == 0:
            return nothing(len(queries))
        number = next((n for n, part in enumerate(self._parts) if _within(rows, part)), None)
        condition = None if number is None else _condition(rows, self._parts[number])
        if number is None or condition is None:
            return self.exact(queries, k, rows)
        ef = max(self._ef, _DEEPER * k)
        try:
            proposed = self.engine.search(self.collection, number, queries, k, ef, condition)
        except CollectionMissingError:
            if not self._told:
                _log.warning("the collection %s is gone; vectors are compared in this process", self.collection)
                self._told = True
            return self.exact(queries, k, rows)
        scores = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        for at, query in enumerate(queries):
            own = np.unique(proposed[at])
            if len(own) < k:  # under a filter a graph may lead to fewer than there are
                scores[at : at + 1], found[at : at + 1] = self.exact(query[None], k, rows)
                continue
            near = self._local.at(own) @ query
            best = np.argsort(-near, kind="stable")[:k]
            scores[at], found[at] = near[best], own[best]
        return scores, found

    def exact(self, queries: Vectors, k: int, rows: Rows) -> Found:
        """As `search`, every row compared here: what recall is measured against."""
        return self._local.exact(queries, k, rows)

    def at(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """See `VectorStore`."""
        return self._local.at(rows)

    def write(self, folder: Path) -> None:
        """The rows, and where the collection is; no token."""
        self._local.write(folder)
        place = self.engine.place
        layout = {
            "version": _VERSION,
            "uri": place.uri,
            "replicas": place.replicas,
            "collection": self.collection,
            "parts": [[rows.start, rows.stop] for rows in self._parts],
            "ef": self._ef,
        }
        (folder / _LAYOUT).write_text(json.dumps(layout), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, token: str = "", check_all: bool = False) -> MilvusStore:
        """What `write` wrote, with the collection held against the rows here: their number, and some or all of them.

        Raises ValueError where it has others, CollectionMissingError or EngineError, OSError.
        """
        layout = _read_layout(folder)
        place = Place(layout["uri"], token, layout["replicas"])
        parts = [range(start, stop) for start, stop in layout["parts"]]
        store = cls(Engine(place), layout["collection"], ScaledStore.read(folder), parts, layout["ef"])
        if check_all and _digest(store._local, parts)[:16] != store.collection[-16:]:
            raise ValueError("the collection is named by another digest")
        store.engine.load(store.collection)
        chosen = np.random.default_rng().permutation(store.size)[:_SAMPLE]
        if (wrong := store.difference(range(store.size) if check_all else np.sort(chosen))) is not None:
            raise ValueError(wrong)
        return store

    def difference(self, rows: Rows) -> str | None:
        """What of the collection is not as it is here: the number of rows, or one of these; None where all is."""
        count = self.engine.count(self.collection)
        if count != self.size:
            return f"{count} rows, wanted {self.size}"
        seen = 0
        for ids, vectors in self.engine.read(self.collection, np.asarray(rows, np.int64)):
            if not np.array_equal(vectors, self._local.at(ids)):
                return f"other vectors among rows {ids.min()} to {ids.max()}"
            seen += len(np.unique(ids))
        return None if seen == len(rows) else f"{len(rows) - seen} rows are not there"

    def _is_whole(self) -> bool:
        if self.collection not in self.engine.names(self.collection):
            return False
        try:
            self.engine.load(self.collection)
            return self.difference(range(self.size)) is None
        except EngineError:
            return False  # of a build that was killed before it was indexed, say

    def _tune(self) -> None:
        """Search as widely as it takes, once the collection has settled."""
        until = time.monotonic() + _SETTLING
        while True:
            for self._ef in _EFS:
                if all(one.value >= WANTED for one in measure_recall(self, _TUNED_BY, (1.0, 0.5, 0.1))):
                    return
            if time.monotonic() > until:
                _log.warning("recall@10 of %s stays below %s", self.collection, WANTED)
                return
            time.sleep(3)


def store_maker(place: Place, folder: Path) -> StoreMaker:
    """What makes the store of an index folder at this place."""
    if place.is_local:
        return make_store
    return lambda vectors, parts: MilvusStore.make(vectors, parts, place, folder)


def open_store(folder: Path, token: str = "", check_all: bool = False) -> VectorStore:
    """What `VectorStore.write` wrote, wherever its vectors are; raises ValueError, OSError or EngineError."""
    if (folder / _LAYOUT).is_file():
        return MilvusStore.read(folder, token, check_all)
    return read_store(folder)


def place_of(folder: Path, token: str = "") -> Place:
    """Where the vectors of a generation are; raises ValueError or OSError."""
    if not (folder / _LAYOUT).is_file():
        return Place(LOCAL)
    layout = _read_layout(folder)
    return Place(layout["uri"], token, layout["replicas"])


def sweep(place: Place, folder: Path, keep: VectorStore | None = None) -> None:
    """Drop the collections of an index folder at a place, but that of the store in use. Raises EngineError."""
    if place.is_local:
        return
    engine = keep.engine if isinstance(keep, MilvusStore) and keep.engine.place.uri == place.uri else Engine(place)
    used = keep.collection if isinstance(keep, MilvusStore) else None
    for name in engine.names(prefix_of(folder)):
        if name != used:
            engine.drop(name)


def _read_layout(folder: Path) -> dict[str, Any]:
    layout = json.loads((folder / _LAYOUT).read_text(encoding="utf-8"))
    if not isinstance(layout, dict) or layout.get("version") != _VERSION:
        raise ValueError(f"{_LAYOUT} is of another version")
    return layout


def _digest(local: ScaledStore, parts: Sequence[range]) -> str:
    """Of everything that a collection holds: the rows as they are stored, and how they are parted."""
    digest = hashlib.sha256(json.dumps([_VERSION, local.dim, [[p.start, p.stop] for p in parts]]).encode("ascii"))
    for block in local.blocks():
        digest.update(np.ascontiguousarray(block, "<f2").data)
    return digest.hexdigest()


def _condition(rows: Rows, part: range) -> str | None:
    """What the engine is told of a filter; None where rows are too many to be named."""
    if len(rows) == len(part):
        return ""
    if isinstance(rows, range):
        return f"id >= {rows.start} and id < {rows.stop}"
    runs = 1 + int(np.count_nonzero(np.diff(rows) != 1))
    return condition_of(rows) if len(rows) <= _MOST_LISTED or runs <= _MOST_RUNS else None


def _within(rows: Rows, part: range) -> bool:
    return part.start <= int(rows[0]) and int(rows[-1]) < part.stop

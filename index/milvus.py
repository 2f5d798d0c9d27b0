"""`MilvusStore`: vectors searched by a Milvus (a file, a server or a cluster), held against the rows that lie here.

The half-precision rows of a generation lie beside its other files, as those of a `ScaledStore` do, and are mapped into
memory. The engine holds each different vector once (see `Twins`) and proposes some; cosines are taken from the rows
here, so a score never hangs on the engine, and what the engine misses can be measured. Of filters it knows nothing: as
many more are proposed as a filter will take away. A collection is named by the digest of what it holds, is never
changed, and is used once everything in it was read back and found to be the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compute import waiting
from index.encoder import Vectors
from index.engine import LOCAL, CollectionMissingError, Engine, EngineError, Place, prefix_of
from index.recall import WANTED, measure_recall
from index.scaled import EXACT_BELOW, ScaledStore, make_store, read_store
from index.twins import Twins
from index.vectors import Found, Rows, StoreMaker, VectorStore, check_queries, nothing

_LAYOUT = "milvus.json"
_VERSION = 2
_EFS = (128, 256, 512, 1_024)
"""How many candidates HNSW keeps; the first that misses little enough is used."""
_DEEPER = 2
"""How many times more are proposed than a filter is expected to leave."""
_SAMPLE = 256
"""Rows that are read back whenever a collection is opened; `doctor` reads all."""
_MEASURED = 1_000
"""A part of fewer rows has no graph: the engine compares them one and all."""
_EXACT_FILTERED = 20_000
"""So few rows that a filter leaves are compared here, in some milliseconds."""
_MOST = 16_384
"""More than so many an engine does not propose."""
_STEP = 16_384
_TUNED_BY = 50
_SETTLING = 90.0
"""Seconds in which a fresh collection may become better: its graphs are not in use yet when it says that they are."""
_log = logging.getLogger(__name__)


class MilvusStore:
    """See the module. Safe to search from several threads, and from several processes where `uri` is a server."""

    def __init__(
        self,
        engine: Engine,
        collection: str,
        local: ScaledStore,
        twins: Twins,
        parts: Sequence[range],
        ef: int = _EFS[0],
    ) -> None:
        self.engine = engine
        self.collection = collection
        self._local = local
        self._twins = twins
        self._parts = tuple(parts)
        self._ef = ef
        self._told = False

    @classmethod
    def make(cls, vectors: Vectors, parts: Sequence[range], place: Place, folder: Path) -> MilvusStore:
        """Load vectors into a collection of this index folder; one that has them all already is used as it is.

        Raises EngineError, also where the engine does not have afterwards what it was given.
        """
        local = ScaledStore.make(vectors, parts, exact_below=len(vectors) + 1)
        twins = Twins.find(vectors.astype(np.float16), parts)
        engine = Engine(place)
        name = f"{prefix_of(folder)}{_digest(local, parts)[:16]}"
        store = cls(engine, name, local, twins, parts)
        if store._is_whole():
            engine.load(name, anew=True)
        else:
            engine.create(name, local.dim, len(parts))
            for part, own in enumerate(twins.parts):
                for at in range(own.start, own.stop, _STEP):
                    engine.insert(name, part, at, local.at(twins.first[at : min(at + _STEP, own.stop)]))
            engine.finish(name, exact=all(len(own) < EXACT_BELOW for own in twins.parts))
            if (wrong := store.difference()) is not None:
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
        part = next((n for n, own in enumerate(self._parts) if _within(rows, own)), None)
        if part is None or len(rows) < min(len(self._parts[part]), _EXACT_FILTERED):
            return self.exact(queries, k, rows)
        among = None if len(rows) == len(self._parts[part]) else rows
        count = k if among is None else min(_MOST, math.ceil(_DEEPER * k * len(self._parts[part]) / len(rows)))
        count = min(count, len(self._twins.parts[part]))
        try:
            with waiting():
                proposed = self.engine.search(self.collection, part, queries, count, max(self._ef, _DEEPER * count))
        except CollectionMissingError:
            if not self._told:
                _log.warning("the collection %s is gone; vectors are compared in this process", self.collection)
                self._told = True
            return self.exact(queries, k, rows)
        scores = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        for at, query in enumerate(queries):
            own = self._twins.rows_of(proposed[at], among)
            if len(own) < k:  # a graph may lead to fewer than there are, and a filter may leave what is far
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
        self._twins.write(folder)
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
        twins = Twins.read(folder, parts)
        store = cls(Engine(place), layout["collection"], ScaledStore.read(folder), twins, parts, layout["ef"])
        if check_all and _digest(store._local, parts)[:16] != store.collection[-16:]:
            raise ValueError("the collection is named by another digest")
        store.engine.load(store.collection)
        if (wrong := store.difference(None if check_all else _SAMPLE)) is not None:
            raise ValueError(wrong)
        return store

    def difference(self, sample: int | None = None) -> str | None:
        """What of the collection is not as it is here: the number of vectors, or one of these; None where all is.

        With a `sample` only so many vectors, drawn anew each time, are compared.
        """
        count = self.engine.count(self.collection)
        if count != self._twins.size:
            return f"{count} vectors, wanted {self._twins.size}"
        numbers = np.arange(count)
        if sample is not None and sample < count:
            numbers = np.sort(np.random.default_rng().choice(count, sample, replace=False))
        seen = 0
        for ids, vectors in self.engine.read(self.collection, numbers):
            if not np.array_equal(vectors, self._local.at(self._twins.first[ids])):
                return f"other vectors among {ids.min()} to {ids.max()}"
            seen += len(np.unique(ids))
        return None if seen == len(numbers) else f"{len(numbers) - seen} vectors are not there"

    def _is_whole(self) -> bool:
        if self.collection not in self.engine.names(self.collection):
            return False
        try:
            self.engine.load(self.collection)
            return self.difference() is None
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


def _within(rows: Rows, part: range) -> bool:
    return part.start <= int(rows[0]) and int(rows[-1]) < part.stop

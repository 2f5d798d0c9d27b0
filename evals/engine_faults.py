"""What real servers keep when their processes are killed: rows that were acknowledged, questions under way."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from evals.milvus_servers import PARTS, cluster, free_ports, standalone
from evals.provenance import provenance
from evals.scale import Cloud
from index.encoder import Vectors
from index.engine import Engine, EngineError, Place
from index.milvus import MilvusStore
from index.recall import K, questions

_STEP = 200
_AFTER = 10.0


@dataclass(frozen=True, slots=True)
class KilledInsert:
    """A server killed in the middle of an insert: rows that it had acknowledged, and that it had afterwards.

    `same`: every acknowledged row was found as it was sent. `usable_seconds`: from starting it again to the first
    answer.
    """

    acknowledged: int
    found: int
    same: bool
    usable_seconds: float


@dataclass(frozen=True, slots=True)
class KilledNode:
    """A query node killed while questions come: how many were asked before and after, and what became of them.

    `failed` raised; `wrong` gave fewer hits than asked for. `recall_after` is that of the last hundred.
    """

    replicas: int
    vectors: int
    start_seconds: float
    load_seconds: float
    memory_bytes: int
    asked_before: int
    asked_after: int
    failed: int
    wrong: int
    median_before: float
    median_after: float
    slowest: float
    recall_before: float
    recall_after: float


def kill_insert(rows: int = 20_000, seed: int = 0, parts: Path = PARTS) -> KilledInsert:
    """Kill a standalone server (SIGKILL) while rows go in, start it again and count what it had acknowledged.

    Raises ServerPartsMissingError, ServerStartError, EngineError.
    """
    vectors = _cloud(rows)
    [port] = free_ports(1)
    name = "notice_faults"
    with tempfile.TemporaryDirectory(prefix="notice-milvus-") as folder:
        acknowledged = 0
        with standalone(Path(folder), port, parts) as servers:
            engine = Engine(Place(servers.uri), patience=5)
            engine.create(name, vectors.shape[1], 1)
            when = random.Random(seed).randrange(rows // 4, rows // 2)
            killer = threading.Thread(target=servers.kill, args=("standalone",))
            try:
                for at in range(0, rows, _STEP):
                    if at >= when and not killer.is_alive():
                        killer.start()
                    engine.insert(name, 0, at, vectors[at : at + _STEP])
                    acknowledged = at + _STEP
            except EngineError:
                killer.join()
            engine.close()
        began = time.perf_counter()
        with standalone(Path(folder), port, parts) as servers:
            engine = Engine(Place(servers.uri), patience=60)
            _until_usable(lambda: engine.finish(name, exact=True))
            engine.count(name)
            usable = time.perf_counter() - began
            ids, read = zip(*engine.read(name, np.arange(acknowledged)), strict=True)
            engine.close()
    found, order = np.unique(np.concatenate(ids), return_index=True)
    same = len(found) == acknowledged and np.array_equal(np.concatenate(read)[order], vectors[:acknowledged])
    return KilledInsert(acknowledged, len(found), bool(same), usable)


def kill_query_node(rows: int = 12_000, replicas: int = 2, seconds: float = 60.0, parts: Path = PARTS) -> KilledNode:
    """Kill one of two query nodes of a cluster while questions come, and go on asking for so many seconds.

    Raises ServerPartsMissingError, ServerStartError, EngineError.
    """
    vectors = _cloud(rows)
    with tempfile.TemporaryDirectory(prefix="notice-milvus-") as folder:
        began = time.perf_counter()
        with cluster(Path(folder), 2, parts) as servers:
            _until_usable(lambda: Engine(Place(servers.uri)).names("notice_"))
            started = time.perf_counter()
            place = Place(servers.uri, replicas=replicas)
            store = MilvusStore.make(vectors, (range(rows),), place, Path(folder))
            loaded = time.perf_counter()
            asked = questions(store, range(rows), 100, np.random.default_rng(1))
            _, exact = store.exact(asked, K, range(rows))
            seen: list[tuple[float, float, float]] = []  # when, milliseconds, recall (-1: failed, -2: too few)
            memory = servers.memory()
            first = time.perf_counter()
            killed: float | None = None
            at = 0
            while killed is None or time.perf_counter() - killed < seconds:
                if killed is None and time.perf_counter() - first > _AFTER:
                    servers.kill("querynode-1")
                    killed = time.perf_counter()
                seen.append(_asked(store, asked[at % 100], exact[at % 100], rows))
                at += 1
            store.engine.close()
    before = [one for one in seen if one[0] < killed]
    after = [one for one in seen if one[0] >= killed]
    return KilledNode(
        replicas=replicas,
        vectors=rows,
        start_seconds=started - began,
        load_seconds=loaded - started,
        memory_bytes=memory,
        asked_before=len(before),
        asked_after=len(after),
        failed=sum(one[2] == -1 for one in seen),
        wrong=sum(one[2] == -2 for one in seen),
        median_before=float(np.median([one[1] for one in before])),
        median_after=float(np.median([one[1] for one in after])),
        slowest=max(one[1] for one in seen),
        recall_before=float(np.mean([one[2] for one in before])),
        recall_after=float(np.mean([one[2] for one in after[-100:]])),
    )


def save_faults(name: str, found: KilledInsert | KilledNode, folder: Path) -> Path:
    """Write it as JSON with where it comes from; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"engine-{name}.json"
    data = asdict(found) | {"provenance": asdict(provenance(None))}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _asked(store: MilvusStore, query: Vectors, exact: np.ndarray, rows: int) -> tuple[float, float, float]:
    """What the engine itself found, before anything is filled up here."""
    began = time.perf_counter()
    try:
        [found] = store.engine.search(store.collection, 0, query[None], K, store.ef)
        recall = len(set(found.tolist()) & set(exact.tolist())) / K if len(found) == K else -2.0
    except EngineError:
        recall = -1.0
    return began, (time.perf_counter() - began) * 1000, recall


def _until_usable(act: object, patience: float = 180.0) -> None:
    """A server says that it is healthy some seconds before all of it is."""
    assert callable(act)
    until = time.monotonic() + patience
    while True:
        try:
            act()
        except EngineError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def _cloud(rows: int) -> Vectors:
    halves: Vectors = np.concatenate(list(Cloud(0).portions(rows))).astype(np.float16).astype(np.float32)
    return halves

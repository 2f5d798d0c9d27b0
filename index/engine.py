"""`Engine`: a Milvus that is reached by address alone, and its faults as sentences.

The address is a file (`vectors.db`, the package milvus-lite), a server or a cluster (`http://host:19530`): what is
done is the same. Nothing that the engine says of its own state is believed here: rows are counted and read back.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

LOCAL = "faiss"
"""The address of no engine at all: FAISS in this process."""
_T = TypeVar("_T")
_ROWS_AT_ONCE = 2_000
_PATIENCE = 20.0
"""Seconds for one request; a cluster that has lost a query node answers after some seven."""
_LONG_PATIENCE = 3_600.0
"""For what takes as long as there are many vectors: flushing, indexing, loading."""
_COLLECTION_MISSING = 100
_HNSW = {"M": 32, "efConstruction": 200}
"""With M of 16 recall@10 of 40,000 vectors stays at 0.985 even with ef of 512."""


class EngineError(RuntimeError):
    """The engine cannot be used now; the message is one sentence that says what to do."""


class CollectionMissingError(EngineError):
    """The engine is there, but does not have the vectors."""


class AddressError(ValueError):
    """An address of an engine that cannot be one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where vectors are searched: `uri` is `LOCAL`, a file or a server; `replicas` how often it loads them.

    `token` (of the form user:password) is never written down.
    """

    uri: str
    token: str = ""
    replicas: int = 1

    def __post_init__(self) -> None:
        if self.replicas < 1:
            raise AddressError(f"副本数应至少是 1，写的是 {self.replicas}。")
        if "://" in self.uri and (urlsplit(self.uri).username or urlsplit(self.uri).password):
            raise AddressError("地址里不要写用户名和密码，请放在环境变量 NOTICE_ASSISTANT_VECTORS_TOKEN 里。")

    @property
    def is_local(self) -> bool:
        return self.uri == LOCAL


def make_place(text: str, token: str = "", replicas: int = 1) -> Place:
    """What a person wrote as an address; a file's path is made absolute. Raises AddressError."""
    if text == LOCAL or text.startswith(("http://", "https://")):
        return Place(text.rstrip("/"), token, replicas)
    if "://" in text or not text.endswith(".db"):
        raise AddressError(f"向量的存放处应是 {LOCAL}、http(s):// 开头的地址或以 .db 结尾的文件，写的是 {text}。")
    return Place(str(Path(text).resolve()), token, replicas)


def choose_place(found: Place, text: str | None, token: str, replicas: int | None) -> Place:
    """Where vectors shall be: what is said, and as they are now (`found`) in what is not. Raises AddressError."""
    named = make_place(text, token) if text else Place(found.uri, token)
    if named.is_local:
        return named
    return Place(named.uri, token, replicas or (found.replicas if found.uri == named.uri else 1))


class Engine:
    """A connection that is made when it is needed, and anew after it broke. Safe to use from several threads."""

    def __init__(self, place: Place, patience: float = _PATIENCE) -> None:
        self.place = place
        self._patience = patience
        self._client: Any = None
        self._lock = threading.Lock()

    def create(self, name: str, dim: int, parts: int) -> None:
        """An empty collection of rows (id, vector) with partitions; one of this name goes first."""

        def act(client: Any) -> None:
            from pymilvus import DataType

            if client.has_collection(name, timeout=self._patience):
                client.drop_collection(name, timeout=self._patience)
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
            client.create_collection(name, schema=schema, consistency_level="Strong", timeout=self._patience)
            for part in range(parts):
                client.create_partition(name, _partition(part), timeout=self._patience)

        self._do(act, name)

    def insert(self, name: str, part: int, start: int, vectors: Vectors) -> None:
        """Rows with ids from `start` on. When this returns the engine has them."""
        for at in range(0, len(vectors), _ROWS_AT_ONCE):
            rows = [{"id": start + at + i, "vector": row} for i, row in enumerate(vectors[at : at + _ROWS_AT_ONCE])]
            self._do(lambda client, rows=rows: client.insert(  # type: ignore[misc]
                name, rows, partition_name=_partition(part), timeout=self._patience
            ), name)  # fmt: skip

    def finish(self, name: str, exact: bool) -> None:
        """After the last insert: flush, index (FLAT where `exact`, else HNSW) and load."""

        def act(client: Any) -> None:
            client.flush(name, timeout=_LONG_PATIENCE)
            index = client.prepare_index_params()
            kind, params = ("FLAT", {}) if exact else ("HNSW", _HNSW)
            index.add_index("vector", index_type=kind, metric_type="IP", params=params)
            client.create_index(name, index, timeout=_LONG_PATIENCE)

        self._do(act, name)
        self.load(name)

    def load(self, name: str, anew: bool = False) -> None:
        """Into the memory of the place's `replicas`; `anew` where it may be there with another number of them."""

        def act(client: Any) -> None:
            if anew:
                client.release_collection(name, timeout=self._patience)
            more = {} if self.place.replicas == 1 else {"replica_number": self.place.replicas}
            client.load_collection(name, timeout=_LONG_PATIENCE, **more)

        self._do(act, name)

    def names(self, prefix: str) -> list[str]:
        """The collections whose names begin so."""
        found: list[str] = self._do(lambda client: client.list_collections(timeout=self._patience))
        return sorted(name for name in found if name.startswith(prefix))

    def drop(self, name: str) -> None:
        """Drop a collection; one that is not there is no fault."""
        self._do(lambda client: client.drop_collection(name, timeout=self._patience), name)

    def count(self, name: str) -> int:
        """Rows that the engine really finds."""
        found = self._do(
            lambda client: client.query(
                name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=self._patience
            ),
            name,
        )
        return int(found[0]["count(*)"])

    def read(self, name: str, rows: Sequence[int] | NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Ids and vectors as they were inserted, in portions; ids that are not there are left out."""
        wanted = np.asarray(rows, np.int64)
        for at in range(0, len(wanted), _ROWS_AT_ONCE):
            own = wanted[at : at + _ROWS_AT_ONCE]
            whole = own[-1] - own[0] + 1 == len(own)
            condition = f"id >= {own[0]} and id <= {own[-1]}" if whole else f"id in {own.tolist()}"
            found = self._do(
                lambda client, condition=condition, own=own: client.query(  # type: ignore[misc]
                    name, filter=condition, output_fields=["id", "vector"], limit=len(own),
                    consistency_level="Strong", timeout=self._patience,
                ),
                name,
            )  # fmt: skip
            ids = np.array([row["id"] for row in found], np.int64)
            vectors = np.array([row["vector"] for row in found], np.float32)
            yield ids, vectors

    def search(self, name: str, part: int, queries: Vectors, k: int, ef: int) -> list[NDArray[np.int64]]:
        """Ids of the rows of one partition that are nearest to each query.

        As many as the engine finds: that may be fewer than there are.
        """
        found = self._do(
            lambda client: client.search(
                name, data=queries, limit=k, partition_names=[_partition(part)],
                search_params={"metric_type": "IP", "params": {"ef": max(ef, k)}},
                consistency_level="Eventually", timeout=self._patience,
            ),
            name,
        )  # fmt: skip
        return [np.fromiter((hit["id"] for hit in hits), np.int64) for hits in found]

    def close(self) -> None:
        """Give the connection back; the next request makes another."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _do(self, act: Callable[[Any], _T], name: str = "") -> _T:
        try:
            import grpc
            from pymilvus.exceptions import MilvusException
        except ImportError as error:
            raise EngineError(
                "没有安装 Milvus 的客户端，安装办法见 docs/milvus.md（pip install pymilvus grpcio）。"
            ) from error
        try:
            return act(self._connected())
        except MilvusException as error:
            if error.code == _COLLECTION_MISSING:
                raise CollectionMissingError(
                    f"Milvus（{self.place.uri}）里没有集合 {name}，请运行 notice-assistant build 重新装入。"
                ) from error
            self.close()
            raise EngineError(self._sentence(error)) from error
        except grpc.RpcError as error:
            self.close()
            raise EngineError(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        text = " ".join(str(getattr(error, "message", "") or error).split())
        if "Open local milvus failed" in text:
            return (
                f"文件 {self.place.uri} 打不开，多半正被另一个进程使用（文件一次只给一个进程用，"
                "几个进程同时用请改用 Milvus 服务器），或者没有安装 milvus-lite。"
            )
        return f"Milvus（{self.place.uri}）没有回应，请检查地址和服务后再试（{text[:120]}）。"

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                from pymilvus import MilvusClient

                # What it has to say comes as an exception, too.
                logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
                self._client = MilvusClient(
                    uri=self.place.uri, token=self.place.token, timeout=min(10.0, self._patience), dedicated=True
                )
            return self._client


def prefix_of(folder: Path) -> str:
    """What the names of all collections of one index folder begin with."""
    path = str(folder.resolve()).encode("utf-8", "surrogateescape")
    return f"notice_{hashlib.blake2b(path, digest_size=4).hexdigest()}_"


def _partition(part: int) -> str:
    return f"part_{part}"

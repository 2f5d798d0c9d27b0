"""How long people wait: for `--help`, for one answer, for a service that is started, and the very first time."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.provenance import provenance
from evals.record import RESULTS, write_json

Tell = Callable[[str], None]
_QUESTION = "八个坚持是哪八个？"
_PATIENCE = 1800
_PAUSE = 0.05
# What every program over this encoder has to do: the yardstick for `ask`.
_LOAD = (
    "import sys; from sentence_transformers import SentenceTransformer; SentenceTransformer(sys.argv[1], device='cpu')"
)
_RUN = "import os, sys; os.environ.update(%r); sys.argv[0] = 'notice-assistant'; from assistant.cli import main; main()"


class ColdStartError(RuntimeError):
    """A start that came to nothing; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Service:
    """Seconds from starting the process until it says that it lives, until it is ready, and until a first answer."""

    alive: float
    ready: float
    answered: float


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Medians of seconds. `first_*` are of the very first time: nothing in the cache, no index.

    `clone_ready` is from `make run` in a fresh clone to a service that is ready; None where it was not measured.
    """

    help: float
    load_encoder: float
    ask: float
    service: Service
    first_ask: float
    first_service: Service
    clone_ready: float | None
    rounds: int


def measure_cold_start(encoder: Path, rounds: int, clone: Path | None, tell: Tell) -> ColdStart:
    """Measure it with the Python and the packages that run this. Raises ColdStartError."""
    help_, load, ask, service = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="notice-start-") as name:
        folder = Path(name)
        tell("第一次：空缓存，没有索引")
        first_ask = _seconds(_command({"NOTICE_ASSISTANT_CACHE": str(folder / "a")}, ["ask", _QUESTION]), folder)
        first_service = _serve({"NOTICE_ASSISTANT_CACHE": str(folder / "b")}, folder)
        again = {"NOTICE_ASSISTANT_CACHE": str(folder / "b")}
        for number in range(rounds):
            tell(f"第 {number + 1} 轮，共 {rounds} 轮")
            help_.append(_seconds(_command({}, ["--help"]), folder))
            load.append(_seconds([sys.executable, "-c", _LOAD, str(encoder)], folder))
            ask.append(_seconds(_command(again, ["ask", _QUESTION]), folder))
            service.append(_serve(again, folder))
    middle = Service(*(statistics.median(getattr(one, name) for one in service) for name in Service.__slots__))
    return ColdStart(
        statistics.median(help_),
        statistics.median(load),
        statistics.median(ask),
        middle,
        first_ask,
        first_service,
        _clone(clone, tell) if clone is not None else None,
        rounds,
    )


def save(found: ColdStart, results: Path | None = None) -> Path:
    """One file in the folder of results; returns its path."""
    origin = asdict(provenance(None))
    moment = str(origin["started_at"]).split("+")[0].replace(":", "").replace("-", "")
    data = {"format": 1, "kind": "cold-start", **asdict(found), "provenance": origin}
    return write_json(data, results or RESULTS, f"cold-start-{moment}-{(origin['commit'] or 'nocommit')[:8]}")


def _command(settings: dict[str, str], arguments: Sequence[str]) -> list[str]:
    """The product's command, whose settings from the environment are these; an empty folder is its index folder."""
    if "NOTICE_ASSISTANT_CACHE" in settings:
        settings = settings | {"NOTICE_ASSISTANT_INDEX_DIR": str(Path(settings["NOTICE_ASSISTANT_CACHE"]) / "index")}
    return [sys.executable, "-c", _RUN % settings, *arguments]


def _seconds(command: Sequence[str], folder: Path) -> float:
    began = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise ColdStartError(f"{_PATIENCE} 秒内没有结束：{' '.join(command[3:])}") from error
    if done.returncode:
        raise ColdStartError(" ".join(done.stderr.strip().splitlines()[-3:])[:600])
    return time.perf_counter() - began


def _serve(settings: dict[str, str], folder: Path) -> Service:
    port = free_port()
    with (folder / "serve.log").open("w+", encoding="utf-8") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            _command(settings, ["serve", "--port", str(port)]), stdout=log, stderr=log, cwd=folder
        )
        try:
            return wait_for(process, port, began)
        except ColdStartError as error:
            log.seek(0)
            raise ColdStartError(f"{error} {' '.join(log.read().strip().splitlines()[-3:])}"[:600]) from error
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(process: subprocess.Popen[bytes], port: int, began: float) -> Service:
    """When a service that was started at `began` (perf_counter) lived, was ready, and had answered a question."""
    address = f"http://127.0.0.1:{port}"
    alive = _until(f"{address}/healthz", process, began)
    ready = _until(f"{address}/readyz", process, began)
    body = json.dumps({"question": _QUESTION}).encode()
    request = urllib.request.Request(f"{address}/api/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    if not answer.get("passages"):
        raise ColdStartError(f"没有答案：{answer}")
    return Service(alive, ready, time.perf_counter() - began)


def _until(address: str, process: subprocess.Popen[bytes], began: float) -> float:
    while time.perf_counter() - began < _PATIENCE:
        if process.poll() is not None:
            raise ColdStartError(f"服务以状态 {process.returncode} 结束。")
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(address, timeout=5):
            return time.perf_counter() - began
        time.sleep(_PAUSE)
    raise ColdStartError(f"{_PATIENCE} 秒后还没有就绪。")


def _clone(checkout: Path, tell: Tell) -> float:
    tell("新克隆的仓库里 make run（要下载软件包）")
    with tempfile.TemporaryDirectory(prefix="notice-clone-") as name:
        folder, port = Path(name), free_port()
        subprocess.run(["git", "clone", "--quiet", str(checkout), str(folder / "clone")], check=True)
        began = time.perf_counter()
        with (folder / "make.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                ["make", "run", f"ARGS=--port {port}"], stdout=log, stderr=log, cwd=folder / "clone", process_group=0
            )
            try:
                return wait_for(process, port, began).ready
            finally:
                _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """`make` and the service that it started."""
    import os
    import signal

    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait()

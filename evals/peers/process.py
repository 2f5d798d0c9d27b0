"""Peers as processes: an environment for each, and a driver in it that is talked to in JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from evals.peers.system import Environment, System

DRIVERS = Path(__file__).parent / "drivers"
ROOT = Path(__file__).parent.parent.parent
_CONSTRAINTS = ROOT / "constraints.txt"
_LAST_WORDS = 4
_T = TypeVar("_T")


class PeerError(RuntimeError):
    """A peer that could not be installed, or that failed; the message says which and its last words."""


def python_of(environment: Environment, folder: Path) -> Path:
    """The interpreter of an environment below `folder`."""
    if not environment.packages:
        return Path(sys.executable)
    place = folder / "venv" / environment.name
    return place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def install(environment: Environment, folder: Path) -> list[str]:
    """Make the environment where it is not there yet; returns `pip freeze`. Raises PeerError."""
    if not environment.packages:
        return []
    place, python = folder / "venv" / environment.name, python_of(environment, folder)
    stamp = place / "installed.json"
    wanted = json.dumps(environment.packages)
    if not stamp.is_file() or json.loads(stamp.read_text(encoding="utf-8"))["packages"] != wanted:
        if not python.is_file():
            venv.create(place, with_pip=True)
        pins = ["-c", str(_CONSTRAINTS)] if _CONSTRAINTS.is_file() else []
        _pip(environment, [str(python), "-m", "pip", "install", "--quiet", *pins, *environment.packages])
        frozen = _pip(environment, [str(python), "-m", "pip", "freeze", "--quiet"]).splitlines()
        stamp.write_text(json.dumps({"packages": wanted, "frozen": frozen}), encoding="utf-8")
    frozen = json.loads(stamp.read_text(encoding="utf-8"))["frozen"]
    return [str(line) for line in frozen]


def _pip(environment: Environment, command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerError(f"{environment.name} 的环境装不上：{_last_words(done.stderr)}")
    return done.stdout


def _last_words(text: str) -> str:
    return " ".join(text.strip().splitlines()[-_LAST_WORDS:])[:600]


class Process:
    """A driver in its process, for some settings of one library. Use as a context; raises PeerError when it fails."""

    def __init__(self, systems: Sequence[System], folder: Path, threads: int = 1) -> None:
        environment = systems[0].environment
        self._name = environment.name
        folder.mkdir(parents=True, exist_ok=True)
        self._errors = (folder / f"{environment.name}.log").open("w+", encoding="utf-8")
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [
                str(python_of(environment, folder)),
                str(DRIVERS / "loop.py"),
                environment.driver,
                ",".join(system.setting for system in systems),
                str(threads),
                *([str(ROOT)] if not environment.packages else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            cwd=folder,
        )

    def do(self, what: str, setting: str, **request: Any) -> dict[str, Any]:
        """One request and its answer; see drivers/loop.py."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": what, "setting": setting} | request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise PeerError(f"{self._name}（{setting}，{what}）失败：{_last_words(self._errors.read())}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()


@dataclass(frozen=True, slots=True)
class Peer:
    """One system in its library's process."""

    system: System
    process: Process

    def do(self, what: str, **request: Any) -> dict[str, Any]:
        """One request and its answer."""
        return self.process.do(what, self.system.setting, **request)


@contextmanager
def together(systems: Sequence[System], folder: Path) -> Iterator[list[Peer]]:
    """All of them at once, a process for each library, so that they can be asked in turns."""
    with ExitStack() as stack:
        names = dict.fromkeys(system.environment.name for system in systems)
        processes = {
            name: stack.enter_context(Process([s for s in systems if s.environment.name == name], folder))
            for name in names
        }
        yield [Peer(system, processes[system.environment.name]) for system in systems]


@contextmanager
def alone(system: System, folder: Path) -> Iterator[Peer]:
    """One system in a process of its own."""
    with together([system], folder) as [peer]:
        yield peer


def turns(peers: Sequence[_T], round_number: int) -> list[_T]:
    """The same, begun with another one in every round."""
    at = round_number % len(peers)
    return [*peers[at:], *peers[:at]]

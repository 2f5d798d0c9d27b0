"""A load on the real service: many askers for some minutes, from a process of its own, and what becomes of its memory.

Every asker keeps a page open for a while and asks without pause: through the API, through the page's queue, and now and
then a claim. Answers are held against the notices' own words.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evals.load_visit import LoadError, Place, Visit, look_around
from evals.provenance import Provenance, provenance
from evals.record import plain

SHARES = {"ask": 0.60, "page": 0.33, "check": 0.07}
"""Of what is asked: through the API, through the page, and claims."""
_REPEATED, _NEW = 0.35, 0.25
"""Shares of questions from a small handful, and of ones that nobody has asked before; the rest is as people ask."""
_HANDFUL = 40
_OF_A_VISIT = 20
_EVERY = 2.0
_FILLERS = ("请问", "我想知道", "麻烦问一下，", "同志你好，", "那个", "具体说说", "领导问：", "急，")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Material:
    """What is asked: questions as people ask them, and claims."""

    questions: Sequence[str]
    claims: Sequence[str]


@dataclass(slots=True)
class _Notes:
    """What the askers write down together."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in (*SHARES, "open")})
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class LoadRun:
    """Figures of one load.

    `ways` has, for each way of asking, the count and the milliseconds at the median, 95%, 99% and at most. `memory` are
    medians of resident bytes by minute, `steady_from` the minute that counts as the end of warming up, and `growth` the
    largest later median over that minute's, less one; None where the system does not tell.
    """

    askers: int
    seconds: float
    ways: Mapping[str, Mapping[str, float]]
    per_second: float
    errors: Mapping[str, int]
    memory: Sequence[float]
    steady_from: int
    growth: float | None
    provenance: Provenance

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        body: dict[str, Any] = plain(asdict(self))
        return body


def run_load(
    material: Material,
    askers: int,
    seconds: float,
    options: Sequence[str] = (),
    warm_up: int = 3,
    say: Report = lambda _: None,
) -> LoadRun:
    """Start the product as its command does, with these further `options` of `serve`, and load it.

    `warm_up` are minutes after which memory should stay as it is. Raises LoadError where it does not start.
    """
    began = provenance(None)
    with served(options) as (process, address):
        place = look_around(*address)
        say(f"http://{address[0]}:{address[1]}/")
        notes, ended = _Notes(), threading.Event()
        started = time.monotonic()
        threads = [
            threading.Thread(target=_ask_on, args=(place, material, notes, ended, seed), daemon=True)
            for seed in range(askers)
        ]
        for thread in threads:
            thread.start()
        told = 0
        while (gone := time.monotonic() - started) < seconds:
            notes.memory.append((gone, resident(process.pid)))
            if int(gone) // 60 > told:
                told = int(gone) // 60
                answered, wrong = sum(map(len, notes.seconds.values())), sum(notes.errors.values())
                say(f"{told} min: {answered} requests, {wrong} errors")
            if process.poll() is not None:
                notes.errors["the service ended"] += 1
                break
            time.sleep(min(_EVERY, max(0.0, seconds - gone)))
        lasted = time.monotonic() - started
        ended.set()
        for thread in threads:
            thread.join(180)
        if any(thread.is_alive() for thread in threads):
            notes.errors["an asker still waits"] += 1
    memory = _by_minute(notes.memory, lasted)
    asked = sum(len(found) for way, found in notes.seconds.items() if way != "open")
    return LoadRun(
        askers=askers,
        seconds=round(lasted, 1),
        ways={way: _times(found) for way, found in notes.seconds.items() if found},
        per_second=round(asked / lasted, 1),
        errors=dict(notes.errors),
        memory=memory,
        steady_from=warm_up,
        growth=_growth(memory[warm_up:]),
        provenance=began,
    )


@contextmanager
def served(options: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """The command `serve` on a free port in a process of its own, and where it listens. Raises LoadError."""
    code = "from assistant.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", *options]
    root = str(Path(__file__).parent.parent)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=root) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            address = urlsplit(said[said.find("http") :].strip())
            if not address.hostname or not address.port:
                raise LoadError("the service did not start; what it said stands above")
            yield process, (address.hostname, address.port)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


def draw(material: Material, chance: random.Random) -> tuple[str, str]:
    """A way of asking and what is asked."""
    [way] = chance.choices(list(SHARES), list(SHARES.values()))
    if way == "check":
        return way, chance.choice(material.claims)
    kind = chance.random()
    if kind < _REPEATED:
        return way, material.questions[chance.randrange(min(_HANDFUL, len(material.questions)))]
    asked = chance.choice(material.questions)
    if kind < _REPEATED + _NEW:
        return way, f"{chance.choice(_FILLERS)}{asked}{chance.randrange(10**6)}"
    return way, asked


def _ask_on(place: Place, material: Material, notes: _Notes, ended: threading.Event, seed: int) -> None:
    chance = random.Random(seed)
    while not ended.is_set():
        with Visit(place) as visit:
            _timed(notes, "open", visit.open_page)
            for _ in range(_OF_A_VISIT):
                if ended.is_set():
                    break
                way, asked = draw(material, chance)
                act = {"ask": visit.ask, "page": visit.ask_on_page, "check": visit.check}[way]
                _timed(notes, way, lambda act=act, asked=asked: act(asked))  # type: ignore[misc]


def _timed(notes: _Notes, way: str, act: Callable[[], None]) -> None:
    began = time.perf_counter()
    try:
        act()
    except Exception as error:  # whatever went wrong is what this is here to count
        with notes.lock:
            notes.errors[f"{way}: {type(error).__name__}: {error}"[:200]] += 1
        time.sleep(0.1)
        return
    with notes.lock:
        notes.seconds[way].append(time.perf_counter() - began)


def _times(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"count": len(ordered), "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "most": at(1.0)}


def _by_minute(samples: Sequence[tuple[float, int]], lasted: float) -> list[float]:
    """The median of each minute, of the last one only where it is whole."""
    minutes = max(1, int((lasted + _EVERY) // 60))
    found = [[held for at, held in samples if int(at // 60) == minute] for minute in range(minutes)]
    return [statistics.median(held) for held in found if held]


def _growth(memory: Sequence[float]) -> float | None:
    return max(memory) / memory[0] - 1 if len(memory) > 1 and memory[0] else None

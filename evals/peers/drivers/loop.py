"""Runs one driver for `notice-evals peers`: requests as JSON lines on stdin, answers as JSON lines on stdout.

    python loop.py MODULE SETTING[,SETTING...] THREADS [FOLDER]

This file and the drivers beside it run in the environment of a peer, and so use nothing of this project; FOLDER is put
on the path for the one that runs the product itself. A driver module has a class `Peer`:

    Peer(setting, memory)
    load(model)          loads an encoder from a sentence-transformers folder, or none (None)
    share(other)         takes the encoder that a `Peer` of another setting has loaded
    build(ids, texts)    makes an index of the texts
    ask(question, k)     ids of what was found, best first
    save(folder), open(folder)
    convert(vector)      a vector made elsewhere, as the library holds them
    pieces(text)         the text cut by the library's own splitter; not the product's

A request names the setting that it is for; the settings of one library share its encoder and the memory.

`memory` remembers what an encoder made, so that the same questions can be asked again without it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIDES = ("passages", "questions")


class Memory:
    """Vectors by text, as the driver's library holds them. With `on`, what is known is not encoded again."""

    def __init__(self) -> None:
        self.on = False
        self._known: dict[tuple[bool, str], Any] = {}

    def of(self, texts: list[str], as_query: bool, encode: Callable[[list[str]], Any]) -> list[Any]:
        """The vectors of texts; those not known, or all while this is off, from `encode`."""
        missing = [text for text in texts if not self.on or (as_query, text) not in self._known]
        if missing:
            for text, vector in zip(missing, encode(missing), strict=True):
                self._known[as_query, text] = vector
        return [self._known[as_query, text] for text in texts]

    def of_side(self, as_query: bool) -> tuple[list[str], list[Any]]:
        """What is known of questions, or of passages: texts and their vectors."""
        known = {text: vector for (side, text), vector in self._known.items() if side == as_query}
        return list(known), list(known.values())

    def forget_passages(self) -> None:
        """Of a large index, after it was made."""
        self._known = {key: vector for key, vector in self._known.items() if key[0]}

    def fill(self, texts: list[str], vectors: Any, as_query: bool, convert: Callable[[Any], Any]) -> None:
        """Take vectors that were made elsewhere."""
        for text, vector in zip(texts, vectors, strict=True):
            self._known[as_query, text] = convert(vector)


@contextmanager
def timed(times: dict[str, float]) -> Iterator[None]:
    """Writes the seconds of a block: `wall`, and `cpu` of this process, which other programs do not lengthen."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    times["wall"], times["cpu"] = time.perf_counter() - wall, time.process_time() - cpu


def resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def fill(peers: dict[str, Any], peer: Any, memory: Memory, request: dict[str, Any]) -> None:
    """Give the drivers of a library vectors from files in place of an encoder."""
    import numpy as np

    peer.load(None)
    share(peers, peer)
    for side in SIDES:
        texts = request[side]["texts"]
        if isinstance(texts, str):
            texts = json.loads(Path(texts).read_text(encoding="utf-8"))
        vectors = np.load(request[side]["vectors"], mmap_mode="r")
        memory.fill(texts, vectors, side == "questions", peer.convert)


def dump(memory: Memory, request: dict[str, Any]) -> None:
    """Write what is remembered to files that `fill` reads."""
    import numpy as np

    for side in SIDES:
        texts, vectors = memory.of_side(side == "questions")
        Path(request[side]["texts"]).write_text(json.dumps(texts), encoding="utf-8")
        np.save(request[side]["vectors"], np.array(vectors, np.float32), allow_pickle=False)


def share(peers: dict[str, Any], peer: Any) -> None:
    """The encoder that one has loaded is that of all settings of its library."""
    for other in peers.values():
        if other is not peer:
            other.share(peer)


def serve(peers: dict[str, Any], memory: Memory, request: dict[str, Any]) -> dict[str, Any]:
    """One request, answered."""
    times: dict[str, float] = {}
    answer: dict[str, Any] = {}
    what = request["do"]
    peer = peers[request["setting"]]
    if what == "load":
        with timed(times):
            peer.load(request["model"])
        share(peers, peer)
    elif what == "fill":
        fill(peers, peer, memory, request)
    elif what == "dump":
        dump(memory, request)
    elif what == "build":
        memory.on = request["remember"]
        gc.collect()
        before = resident()
        with timed(times):
            peer.build(request["ids"], request["texts"])
        answer["grown"] = resident() - before
    elif what == "ask":
        memory.on = request["remember"]
        answer |= {"walls": [], "cpus": [], "found": []}
        for question in request["questions"]:
            with timed(times):
                found = peer.ask(question, request["k"])
            answer["walls"].append(times["wall"])
            answer["cpus"].append(times["cpu"])
            answer["found"].append(found)
    elif what == "save":
        with timed(times):
            peer.save(request["folder"])
    elif what == "open":
        with timed(times):
            peer.open(request["folder"])
    elif what == "forget":
        memory.forget_passages()
        gc.collect()
    elif what == "pieces":
        answer["pieces"] = peer.pieces(request["text"])
    elif what == "weigh":
        peer.weigh(request["weight"])
    else:
        raise ValueError(f"unknown request: {what}")
    return answer | times | {"resident": resident()}


def main() -> None:
    """Serve requests until stdin ends."""
    module, settings, threads = sys.argv[1:4]
    # Set before any library is imported; one thread, so that processes that take turns do not wait for each other's.
    os.environ.update(
        OMP_NUM_THREADS=threads,
        MKL_NUM_THREADS=threads,
        TOKENIZERS_PARALLELISM="false",
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        HAYSTACK_TELEMETRY_ENABLED="False",
        ANONYMIZED_TELEMETRY="False",
        LANGCHAIN_TRACING_V2="false",
    )
    sys.path[1:1] = sys.argv[4:]
    memory = Memory()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    make = importlib.import_module(module).Peer
    peers = {setting: make(setting, memory) for setting in settings.split(",")}
    for line in sys.stdin:
        out.write(json.dumps(serve(peers, memory, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()

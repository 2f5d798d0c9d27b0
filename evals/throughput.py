"""How many questions 32 askers get answered in a second, beside how many the encoder alone encodes in batches.

In one run over the same questions, each asked once: encoded in full batches and nothing else, by sentence-transformers
(float32, all cores) and as the product does it; answered in process, by as many threads as there are askers; and
answered by the service over HTTP, each asker on a connection that is kept, who takes a share of the same cores.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

from assistant.answerer import Answerer
from assistant.batching import LARGEST, BatchingEncoder
from content.text import fold_text
from evals.load import served
from evals.load_visit import Visit, look_around
from evals.provenance import Provenance, provenance
from evals.record import plain
from index.compute import compute, turn
from index.encoder import SentenceEncoder
from index.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Throughput:
    """Questions a second, each the median of some rounds: encoded alone, answered in process, answered over HTTP.

    `encoded_by_library` is what `SentenceTransformer.encode_query` does, `encoded` what the product's own pass does.
    """

    askers: int
    questions: int
    encoded_by_library: float
    encoded: float
    answered: float
    served: float
    provenance: Provenance

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values, with the shares of what the library's encoder does alone."""
        body: dict[str, Any] = plain(asdict(self))
        shares = {"answered_share": self.answered, "served_share": self.served}
        return body | {name: round(value / self.encoded_by_library, 3) for name, value in shares.items()}


def measure_throughput(answerer: Answerer, questions: Sequence[str], askers: int = 32, rounds: int = 3) -> Throughput:
    """Measure; `questions` are all different, and each round asks every one of them."""
    began = provenance(None)
    retriever = answerer.retriever
    together = BatchingEncoder(retriever.encoder)
    shared = Answerer(Retriever(retriever.index, together, retriever.fusion, retriever.reranker))

    def ask(question: str) -> None:
        with turn():
            shared.ask(question)

    folded = [fold_text(question) for question in questions]

    def encode() -> None:
        for at in range(0, len(folded), LARGEST):
            retriever.encoder.encode_queries(folded[at : at + LARGEST])

    def encode_by_library() -> None:
        encoder = retriever.encoder
        for at in range(0, len(folded), LARGEST):
            some = folded[at : at + LARGEST]
            if isinstance(encoder, SentenceEncoder):
                compute(partial(encoder.model.encode_query, some, batch_size=LARGEST, show_progress_bar=False))
            else:
                encoder.encode_queries(some)

    with served(()) as (_, address):
        place = look_around(*address)
        marks = ("？" * count for count in itertools.count(1))  # what was answered before is remembered there

        free: SimpleQueue[Visit] = SimpleQueue()
        for _ in range(askers):
            free.put(Visit(place))

        def ask_service(question: str) -> None:
            visit = free.get()
            try:
                visit.ask(question)
            finally:  # whoever asks next would wait for it for ever
                free.put(visit)

        def by_all(act: Callable[[str], object], mark: str = "") -> None:
            with ThreadPoolExecutor(askers) as pool:
                list(pool.map(act, [question + mark for question in questions]))

        ways = (encode_by_library, encode, lambda: by_all(ask), lambda: by_all(ask_service, next(marks)))
        for way in ways:
            way()  # what is worked out for the first time is in no figure
        found: list[list[float]] = [[] for _ in ways]
        for _ in range(rounds):
            for own, way in zip(found, ways, strict=True):
                started = time.perf_counter()
                way()
                own.append(len(questions) / (time.perf_counter() - started))
        while not free.empty():
            free.get().close()
    together.close()
    by_library, encoded, answered, over = (round(statistics.median(own), 1) for own in found)
    return Throughput(askers, len(questions), by_library, encoded, answered, over, began)

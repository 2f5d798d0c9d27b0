"""How many questions askers get answered beside what the encoder encodes, over the small notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import outing
import pytest

import evals.throughput
from evals.load_visit import LoadError, Place
from evals.throughput import measure_throughput


@contextmanager
def served(options: Sequence[str]) -> Iterator[tuple[None, tuple[str, int]]]:
    yield None, ("localhost", 1)


def test_every_way_asks_every_question_and_a_service_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    closed: list[object] = []

    class Visit:
        def __init__(self, place: Place) -> None:
            self.place = place

        def close(self) -> None:
            closed.append(self)

        def ask(self, question: str) -> None:
            asked.append(question)

    monkeypatch.setattr(evals.throughput, "served", served)
    monkeypatch.setattr(evals.throughput, "look_around", lambda host, port: Place(host, port, {}, 0))
    monkeypatch.setattr(evals.throughput, "Visit", Visit)
    found = measure_throughput(outing.answerer(), ["几点走", "带什么", "谁带队"], askers=2, rounds=2)
    assert len(asked) == len(set(asked)) == 9  # once to warm up, and two rounds
    assert (found.askers, found.questions) == (2, 3) and len(closed) == 2
    body = found.to_json()
    assert found.encoded > 0 and found.answered > 0 and found.served > 0
    assert body["answered_share"] == pytest.approx(found.answered / found.encoded_by_library, abs=0.001)
    assert body["served_share"] == pytest.approx(found.served / found.encoded_by_library, abs=0.001)


@pytest.mark.timeout(60)
def test_a_service_that_fails_ends_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    class Visit:
        def __init__(self, place: Place) -> None:
            pass

        def ask(self, question: str) -> None:
            raise LoadError("gone")

    monkeypatch.setattr(evals.throughput, "served", served)
    monkeypatch.setattr(evals.throughput, "look_around", lambda host, port: Place(host, port, {}, 0))
    monkeypatch.setattr(evals.throughput, "Visit", Visit)
    with pytest.raises(LoadError, match="gone"):
        measure_throughput(outing.answerer(), ["几点走", "带什么", "谁带队", "去哪", "几点回"], askers=2, rounds=1)

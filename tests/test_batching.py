from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from bigram import BigramEncoder

from assistant.batching import BatchingEncoder, BusyError
from index.encoder import Vectors


class Held(BigramEncoder):
    """Encodes only while `go` is set, and keeps what came together; a text with 坏 cannot be encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)
        self.batches: list[list[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(list(texts))
        self.entered.release()
        self.go.wait(30)
        if any("坏" in text for text in texts):
            raise ValueError("坏")
        return super().encode_queries(texts)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def start(held: Held) -> Iterator[Callable[..., BatchingEncoder]]:
    made: list[BatchingEncoder] = []

    def make(**options: int) -> BatchingEncoder:
        made.append(BatchingEncoder(held, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    held.go.set()
    for encoder in made:
        encoder.close()


def ask_while_busy(encoder: BatchingEncoder, held: Held, asked: list[list[str]]) -> list[Vectors | BaseException]:
    """One question occupies the encoder; then all of `asked` wait; then it goes on."""
    with ThreadPoolExecutor(len(asked) + 1) as pool:
        first = pool.submit(encoder.encode_queries, ["先"])
        held.entered.acquire()
        futures = []
        for number, texts in enumerate(asked, 1):
            futures.append(pool.submit(encoder.encode_queries, texts))
            while encoder._requests.qsize() < number:  # in this order
                pass
        held.go.set()
        first.result(30)
        return [future.exception(30) or future.result() for future in futures]


def test_what_waits_is_encoded_together_and_is_the_same(held: Held, start: Callable[..., BatchingEncoder]) -> None:
    encoder = start()
    asked = [["八个坚持"], ["工会", "十七大"], ["八个坚持", "报告"]]
    found = ask_while_busy(encoder, held, asked)
    assert held.batches == [["先"], ["八个坚持", "工会", "十七大", "报告"]]
    for texts, vectors in zip(asked, found, strict=True):
        np.testing.assert_allclose(vectors, BigramEncoder().encode_queries(texts), atol=1e-6)  # type: ignore[arg-type]


def test_a_batch_is_bounded(held: Held, start: Callable[..., BatchingEncoder]) -> None:
    encoder = start(largest=3)
    ask_while_busy(encoder, held, [["a"], ["b", "c"], ["d", "e"], ["f", "g", "h", "i"], ["j"]])
    assert held.batches == [["先"], ["a", "b", "c"], ["d", "e"], ["f", "g", "h", "i"], ["j"]]


def test_one_bad_text_spoils_no_other_answer(held: Held, start: Callable[..., BatchingEncoder]) -> None:
    good, bad, other = ask_while_busy(start(), held, [["好"], ["坏"], ["也好"]])
    assert isinstance(bad, ValueError)
    for vectors, text in ((good, "好"), (other, "也好")):
        np.testing.assert_array_equal(vectors, BigramEncoder().encode_queries([text]))  # type: ignore[arg-type]


def test_too_many_are_turned_away(held: Held, start: Callable[..., BatchingEncoder]) -> None:
    encoder = start(waiting=2)
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(encoder.encode_queries, ["先"])]
        held.entered.acquire()
        futures += [pool.submit(encoder.encode_queries, [text]) for text in "ab"]
        while encoder._requests.qsize() < 2:
            pass
        with pytest.raises(BusyError):
            encoder.encode_queries(["c"])
        held.go.set()
        assert all(future.result(30).shape == (1, 256) for future in futures)


def test_closing_answers_what_waits_and_then_nothing(held: Held, start: Callable[..., BatchingEncoder]) -> None:
    encoder = start()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(encoder.encode_queries, ["先"])
        held.entered.acquire()
        second = pool.submit(encoder.encode_queries, ["后"])
        while not encoder._requests.qsize():
            pass
        held.go.set()
        encoder.close()
        assert first.result(30).shape == second.result(30).shape == (1, 256)
    assert not encoder._thread.is_alive()
    with pytest.raises(BusyError):
        encoder.encode_queries(["x"])


def test_it_is_the_encoder_it_stands_for() -> None:
    inner = BigramEncoder()
    sizes: list[int] = []
    encoder = BatchingEncoder(inner, seen=sizes.append)
    assert (encoder.name, encoder.fingerprint, encoder.dim) == (inner.name, inner.fingerprint, inner.dim)
    assert encoder.encode_queries([]).shape == (0, 256)
    np.testing.assert_array_equal(encoder.encode_queries(["一"]), inner.encode_queries(["一"]))
    np.testing.assert_array_equal(encoder.encode_entries(["一"], True), inner.encode_entries(["一"], True))
    assert sizes == [1]
    encoder.close()
    encoder.close()


@pytest.mark.real
@pytest.mark.parametrize("half", [False, True])
def test_the_real_encoder_gives_the_same_within_rounding(half: bool) -> None:
    from assistant.opening import open_encoder
    from assistant.settings import Settings
    from index.encoder import SentenceEncoder

    inner = open_encoder(Settings.from_environment())
    assert isinstance(inner, SentenceEncoder)
    inner.half = half
    encoder = BatchingEncoder(inner)
    questions = ["八个坚持是哪八个？", "谁发的", "工会十七大是什么时候开的？" * 5, "学习宣传有哪些要求", "报告"]
    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(lambda q: encoder.encode_queries([q])[0], questions * 4))
    encoder.close()
    alone = [inner.encode_queries([question])[0] for question in questions] * 4
    if half:
        assert (np.array(together) * np.array(alone)).sum(axis=1).min() >= 0.9995
    else:
        np.testing.assert_allclose(together, alone, atol=2e-6)

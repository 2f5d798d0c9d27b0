"""How many files are taken at a time, and of whom."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack
from typing import Any

import pytest
from test_guard import listening

from assistant.access import Access
from assistant.turns import Turns
from assistant.users import Role, User


def sends(address: str, name: str = "") -> Any:
    user = User(name, Role.ASKER, "") if name else None
    return {"type": "http", "client": (address, 50000), "state": {"user": user}}


def test_one_sender_takes_half_of_the_turns() -> None:
    turns = Turns()
    with ExitStack() as held:
        free = [held.enter_context(turns.held(sends("6.6.6.6"))) for _ in range(6)]
        assert free == [True] * 4 + [False] * 2
        # Whoever has signed in is who sends, wherever from.
        assert [held.enter_context(turns.held(sends("6.6.6.6", "张三"))) for _ in range(3)] == [True] * 3
        assert held.enter_context(turns.held(sends("10.0.0.1", "张三")))
        assert not held.enter_context(turns.held(sends("10.0.0.1", "李四")))  # all eight are taken
    with turns.held(sends("6.6.6.6")) as free_again:
        assert free_again


def test_files_that_never_end_keep_no_other_reader_out() -> None:
    begun = b"POST /check/sheet?name=a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"

    def begin(address: str, body: bytes = b"") -> socket.socket:
        connection = held.enter_context(socket.socket())
        connection.settimeout(20)
        connection.bind((address, 0))
        connection.connect(("127.0.0.1", port))
        connection.sendall(begun + body)
        return connection

    def status(connection: socket.socket) -> bytes:
        return connection.makefile("rb").readline().split()[1]

    if sys.platform == "darwin":
        pytest.skip("a loopback has one address there; the test above counts senders apart")

    with listening(Access(None, local=False)) as port, ExitStack() as held:
        waiting = [begin("127.0.0.1") for _ in range(8)]
        # Four of them wait for the rest of their file, and four have been told that it is too many.
        for connection in waiting:
            connection.settimeout(0.5)
        refused = 0
        for connection in waiting:
            try:
                refused += status(connection) == b"503"
            except TimeoutError:
                continue
        assert refused == 4
        assert status(begin("127.0.0.1", b"hello")) == b"503"
        assert status(begin("127.0.0.2", b"hello")) != b"503"

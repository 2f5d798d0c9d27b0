"""Sizes of requests, in this process and over a socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access
from assistant.users import Users

TOO_LONG_UNSAID = {"detail": "请求没有说明长度（Content-Length）。"}


@contextmanager
def listening(access: Access) -> Iterator[int]:
    """The application at a port of this machine, served by uvicorn as the product is."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(make(access=access), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def sent(port: int, head: str, body: bytes) -> bytes:
    """The first line of the answer to a request that is written by hand."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        return connection.makefile("rb").readline().strip()


@pytest.mark.parametrize("path", ["/sign-in", "/api/ask", "/check/sheet", "/gradio_api/queue/join"])
def test_a_length_beside_a_transfer_encoding_is_none(path: str) -> None:
    with opened(make()) as http:
        both = {"content-length": "10", "transfer-encoding": "chunked"}
        answer = http.post(path, content=b"x" * 300_000, headers=both)
        assert (answer.status_code, answer.json()) == (411, TOO_LONG_UNSAID)
        answer = http.post(path, content=iter([b"x"]))
        assert (answer.status_code, answer.json()) == (411, TOO_LONG_UNSAID)


def test_over_a_socket_nobody_sends_more_than_is_taken(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", CHEAP)
    users.add("张三", PASSWORD)
    token = users.add_token("张三", "x")
    with listening(Access(users, local=False)) as port:
        for path in ("/sign-in", "/api/ask"):
            head = f"POST {path} HTTP/1.1\nHost: h\nAuthorization: Bearer {token}"
            chunk = b"40000\r\n" + b"a" * 0x40000 + b"\r\n0\r\n\r\n"  # 262,144 bytes; 200,000 are the most
            assert sent(port, f"{head}\nContent-Length: 10\nTransfer-Encoding: chunked", chunk).split()[1] == b"411"
            assert sent(port, f"{head}\nTransfer-Encoding: chunked", chunk).split()[1] == b"411"
            # Two lengths, and a length with a sign, are refused by the server itself.
            assert sent(port, f"{head}\nContent-Length: 2\nContent-Length: 9", b"{}").split()[1] == b"400"
            assert sent(port, f"{head}\nContent-Length: +2", b"{}").split()[1] == b"400"

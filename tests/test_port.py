import socket

import pytest

from assistant.port import reuse_option


def test_where_there_is_a_way_to_have_a_port_alone_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    assert reuse_option() == -5
    monkeypatch.delattr(socket, "SO_EXCLUSIVEADDRUSE")
    assert reuse_option() == socket.SO_REUSEADDR

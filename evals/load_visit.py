"""What one asker does over HTTP: the API, and the page as a browser drives it, each answer held against the notices."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_PATIENCE = 120.0
"""Seconds after which an answer is given up."""
_JSON = {"content-type": "application/json"}


class LoadError(RuntimeError):
    """An answer that did not come, or was not what it should be; the message says what came instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service listens; `texts` are its notices by id, and `event` the number of the page's own question."""

    host: str
    port: int
    texts: Mapping[str, str]
    event: int

    def verbatim(self, citation: Mapping[str, Any], text: str) -> None:
        """Raises LoadError where `text` is not what the notice has at that place."""
        stored = self.texts.get(str(citation["notice_id"]), "")
        if stored[citation["start"] : citation["end"]] != text:
            raise LoadError(f"quotation not verbatim at {citation['start']}-{citation['end']}")


def look_around(host: str, port: int) -> Place:
    """Asks a service for its notices and for the number of the page's question. Raises LoadError, OSError."""
    with _Line(host, port) as line:
        found = line.json("GET", "/api/documents")["documents"]
        texts = {one["id"]: str(line.json("GET", f"/api/documents/{quote(one['id'])}")["text"]) for one in found}
        parts = line.json("GET", "/config")
    [box] = [part["id"] for part in parts["components"] if part["props"].get("elem_id") == "np-question"]
    [event] = [
        one["id"] for one in parts["dependencies"] if one["inputs"] == [box] and [box, "submit"] in one["targets"]
    ]
    return Place(host, port, texts, int(event))


class Visit:
    """One asker with one open page: a heartbeat for as long as it lasts, questions through API and page in turn."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._session = secrets.token_hex(6)
        self._line = _Line(place.host, place.port)
        self._heart: http.client.HTTPConnection | None = None

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._line.close()
        if self._heart is not None:
            self._heart.close()

    def open_page(self) -> None:
        """Load the page and keep its heartbeat, as a browser does."""
        if b"gradio_config" not in self._line.bytes("GET", "/"):
            raise LoadError("the page is none")
        self._heart = http.client.HTTPConnection(self._place.host, self._place.port, timeout=_PATIENCE)
        self._heart.request("GET", f"/gradio_api/heartbeat/{self._session}")
        if self._heart.getresponse().status != 200:
            raise LoadError("no heartbeat")

    def ask(self, question: str) -> None:
        """A question through the API."""
        answer = self._line.json("POST", "/api/ask", {"question": question})
        if not answer["passages"]:
            raise LoadError("no passages")
        for found in answer["passages"]:
            self._place.verbatim(found["citation"], found["text"])
            for mark in found["highlights"]:
                self._place.verbatim(found["citation"] | {"start": mark["start"], "end": mark["end"]}, mark["text"])

    def check(self, claim: str) -> None:
        """A claim through the API."""
        for found in self._line.json("POST", "/api/check", {"claim": claim})["evidence"]:
            self._place.verbatim(found["citation"], found["text"])

    def ask_on_page(self, question: str) -> None:
        """A question as the page puts it: into Gradio's queue, the answer as a stream."""
        body = {"data": [question], "fn_index": self._place.event, "session_hash": self._session, "event_data": None}
        joined = self._line.json("POST", "/gradio_api/queue/join", body | {"trigger_id": None})
        stream = self._line.bytes("GET", f"/gradio_api/queue/data?session_hash={self._session}")
        told = [json.loads(line[6:]) for line in stream.decode().splitlines() if line.startswith("data: ")]
        mine = [one for one in told if one.get("event_id") == joined["event_id"] and one["msg"] == "process_completed"]
        if len(mine) != 1 or not mine[0]["success"]:
            raise LoadError(f"the queue said {[one['msg'] for one in told]}")
        [shown] = mine[0]["output"]["data"]
        if shown.get("state") != "answer":
            raise LoadError(f"the page shows {shown.get('state')} {shown.get('reason')}")


class _Line:
    """A connection that is kept, opened again where the service closed it in between."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What an address answers, as JSON."""
        return json.loads(self.bytes(method, path, body))

    def bytes(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """What an address answers. Raises LoadError for anything but 200."""
        sent = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, path, sent, _JSON if sent else {})
            response = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # it had been idle for longer than the service keeps one
            self._connection.close()
            self._connection.request(method, path, sent, _JSON if sent else {})
            response = self._connection.getresponse()
        data = response.read()
        if response.status != 200:
            said = data[:100].decode(errors="replace")
            raise LoadError(f"{method} {path.partition('?')[0]}: {response.status} {said}")
        return data

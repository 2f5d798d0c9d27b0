"""Measuring how long a start takes: a service that answers at once, and one that dies."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from evals.cold_start import ColdStart, ColdStartError, Service, free_port, save, wait_for

SERVICE = """
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps({"passages": [1]}).encode())
    do_GET = do_POST = answer
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_a_service_lives_before_it_is_ready_before_it_answers() -> None:
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", SERVICE, str(port)])
    try:
        found = wait_for(process, port, began)
    finally:
        process.kill()
        process.wait()
    assert 0 < found.alive <= found.ready <= found.answered


def test_a_service_that_ends_is_not_waited_for() -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ColdStartError, match="状态 3"):
        wait_for(process, free_port(), time.perf_counter())


def test_what_was_measured_is_kept(tmp_path: Path) -> None:
    service = Service(1.0, 2.0, 3.0)
    path = save(ColdStart(0.4, 8.0, 9.0, service, 90.0, service, None, 5), tmp_path)
    assert '"ask": 9.0' in path.read_text(encoding="utf-8")
    assert path.name.startswith("cold-start-")

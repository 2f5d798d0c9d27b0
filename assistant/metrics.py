"""`Metrics`: what Prometheus reads at /metrics. Numbers only: no question, no user, no address."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_PLACES = (
    *("/api/ask", "/api/check", "/api/documents", "/api", "/mcp"),
    *("/check/sheet", "/metrics", "/healthz", "/readyz", "/sign-in"),
)
_GROUPS = ("/api/documents/", "/check/", "/gradio_api/", "/assets/", "/static/", "/page/")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counts of one service, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "notice_requests", "Requests answered.", ("place", "method", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "notice_request_seconds", "Seconds to answer.", ("place",), buckets=_SECONDS, registry=self._registry
        )
        self.open = Gauge("notice_requests_open", "Requests being answered.", registry=self._registry)
        self.asked = Counter("notice_questions", "Questions by memory.", ("remembered",), registry=self._registry)
        self.batch = Histogram(
            "notice_batch_requests",
            "Requests that were encoded together.",
            buckets=(1, 2, 4, 8, 16, 32),
            registry=self._registry,
        )
        self.index = Gauge("notice_index", "Size of what is asked of.", ("of",), registry=self._registry)

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self._registry)

    def met(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        place = place_of(path)
        self.requests.labels(place, method if method in _METHODS else "other", str(status)).inc()
        self.seconds.labels(place).observe(seconds)


def place_of(path: str) -> str:
    """A name for an address: one of a few, whatever people send."""
    if path in _PLACES or path == "/":
        return path
    return next((group for group in _GROUPS if path.startswith(group)), "other")

"""What a service counts, for Prometheus. Nothing in it says who asked or what was shown."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Counters:
    """The counters of one service, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "spooftrace_requests",
            "Requests by route, status and, where refused, the code of the error.",
            ["route", "status", "code"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "spooftrace_request_seconds",
            "From a request's head to its answer.",
            ["route"],
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=self._registry,
        )
        self.answers = Counter(
            "spooftrace_answers",
            "Files by kind, decision and the reason of no answer.",
            ["kind", "decision", "reason"],
            registry=self._registry,
        )
        self.batch = Histogram(
            "spooftrace_batch_faces",
            "Faces of one run of the network.",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self._registry,
        )
        self.in_hand = Gauge(
            "spooftrace_requests_in_hand", "Requests that hold a place.", registry=self._registry
        )

    def text(self) -> bytes:
        """Everything counted, in Prometheus' text format."""
        return generate_latest(self._registry)

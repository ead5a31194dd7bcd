"""Logs of one JSON object a line, and the id that a request keeps from the first line to the last.

No line holds a picture, a file's name, a key or a query: a request is its route, its status, its
seconds, and who asked.
"""

import json
import logging
import re
import sys
import time
import uuid
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spooftrace.service.counters import Counters

LOGGER: Final = logging.getLogger("spooftrace.service")
REQUEST_ID: Final = "x-request-id"
_GOOD_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class JsonLines(logging.Formatter):
    """One record, one line; what `extra={"fields": {...}}` brings stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def write_json_lines() -> None:
    """Send what the service and its server log to stderr, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("spooftrace", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    # A line of ours says more than the server's about a request.
    logging.getLogger("uvicorn.access").disabled = True


class RequestLog:
    """ASGI middleware: gives every request its id, logs and counts its end.

    A caller's own `X-Request-ID` is kept where it is of at most 64 letters, digits, `.`, `_`, `-`.
    """

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self._app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and say how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        came = dict(scope["headers"]).get(REQUEST_ID.encode(), b"").decode("latin-1")
        request_id = came if _GOOD_ID.fullmatch(came) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        start, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (REQUEST_ID.encode(), request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - start
            # The template and not the path, which anybody may invent.
            route = getattr(scope.get("route"), "path", "") or "other"
            code = state.get("code", "")
            self._counters.requests.labels(route, str(status), code).inc()
            self._counters.seconds.labels(route).observe(seconds)
            fields = {
                "request_id": request_id,
                "method": scope["method"],
                "route": route,
                "status": status,
                "code": code or None,
                "seconds": round(seconds, 4),
                "caller": state.get("caller"),
                "files": state.get("files"),
            }
            LOGGER.info("request", extra={"fields": fields})

"""The page at `/`: Gradio draws it, and the visitor's browser asks the API as any client does.

Gradio's own way of taking pictures writes each to a folder, and its queue takes addresses that the
server fetches. Neither is used: no function of the page runs here, and of Gradio's routes only
those are let through that hand out the files the page is made of. A picture goes from the browser
to `POST /v1/analyze` and nowhere else, so its limits, keys and places are those of every request.
"""

import math
from importlib.util import find_spec
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from spooftrace.errors import ConfigError

EXTRA: Final = "gradio"
"""The package that the extra `page` brings."""
_FILES: Final = ("/", "/config", "/theme.css", "/favicon.ico", "/manifest.json")
_FOLDERS: Final = ("/assets/", "/static/")
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",  # neither Gradio nor anything else calls home from here
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio compiles a page's handlers
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_WITHOUT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>spooftrace</title>
<body style="font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem">
<h1>spooftrace</h1>
<p>The service answers: <code>POST /v1/analyze</code>, described in
<a href="openapi.json">openapi.json</a>.</p>
<p>The page needs the extra <code>page</code>: in the checkout,
<code>pip install '.[page]'</code>, then start the service again.</p>
"""


def mount_page(app: FastAPI) -> None:
    """Let `/` answer with the page; where Gradio is not installed, with how to install it.

    Raises ConfigError where Gradio cannot make the folder that it asks for, and leaves empty.
    """
    if find_spec(EXTRA) is None:
        app.add_api_route(
            "/", lambda: HTMLResponse(_WITHOUT), methods=["GET"], include_in_schema=False
        )
        return
    threshold, _ = app.state.answering.detector.threshold()
    try:
        from spooftrace.service.page import blocks  # needs the extra

        drawn = blocks.drawn_by_gradio(
            needs_key=not app.state.access.is_open,
            # In whole steps, for the page needs no key and is to know nothing of the model.
            highest=max(1, math.ceil(2 * threshold)),
        )
    except OSError as error:
        raise ConfigError(
            f"the page needs a folder for temporary files, which stays empty ({error}); give a "
            "container `--tmpfs /tmp`, or leave the page out by SPOOFTRACE_PAGE=false"
        ) from error
    # Behind the routes, for it is asked for whatever they do not know.
    app.mount("/", FilesAlone(drawn))


class FilesAlone:
    """ASGI: of another application, what the page is made of, and 404 for all the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a GET or HEAD of the page's files, without its query."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        path = scope["path"]
        is_file = path in _FILES or path.startswith(_FOLDERS)
        if scope["method"] not in ("GET", "HEAD") or not is_file:
            raise HTTPException(404, "Not Found")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                if path.startswith(_FOLDERS):
                    headers["Cache-Control"] = "max-age=86400"
            await send(message)

        # A query can name a saved state, which Gradio would look for among its files.
        await self._app({**scope, "query_string": b""}, receive, send_with_headers)

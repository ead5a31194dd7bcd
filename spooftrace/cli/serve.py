"""`spooftrace serve`: the detector as a service."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli.extras import require_serve
from spooftrace.cli.options import Average, Limits
from spooftrace.cli.output import printable, say
from spooftrace.detector.shipped import DEFAULT


def serve(
    model: Annotated[
        Path | None,
        typer.Option(
            help="Bundle, run folder, or a name of `spooftrace models`; default: SPOOFTRACE_MODEL, "
            f"or {DEFAULT}."
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    limit: Limits = None,
    average: Average = False,
) -> None:
    """Answer over HTTP: a page at /, POST /v1/analyze, GET /v1/model, /healthz, /readyz, /metrics.

    Limits, keys and the rest are environment variables SPOOFTRACE_* (docs/deploy.md). Ctrl-C or
    SIGTERM lets what is in hand be answered, then ends with 0.
    """
    require_serve("serve")
    import uvicorn

    from spooftrace.detector.detector import SpoofDetector
    from spooftrace.faces.quality import gate_of
    from spooftrace.service.app import create_app
    from spooftrace.service.logs import write_json_lines
    from spooftrace.service.settings import from_environment

    settings = from_environment(
        model=None if model is None else str(model),
        limits=tuple(limit) if limit else None,
        average=average or None,
    )
    detector = SpoofDetector.load(
        settings.model or DEFAULT,
        gate=gate_of(settings.limits),
        is_averaging=settings.average,
        threads=settings.threads,
    )
    for doubt in filter(None, [detector.doubt]):
        say(f"note: {printable(doubt)}", err=True)
    if not settings.api_keys and host not in ("127.0.0.1", "localhost", "::1"):
        say(
            f"note: whoever reaches {printable(host)}:{port} may ask, as SPOOFTRACE_API_KEYS is "
            "not set",
            err=True,
        )
    app = create_app(detector, settings)
    write_json_lines()
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server drains, then raises the signal once more for whoever was there before it.
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.drain_s)),
    )

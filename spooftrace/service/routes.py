"""The routes, one function each."""

import json
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from spooftrace.detector import shipped
from spooftrace.service import schemas
from spooftrace.service.access import Access
from spooftrace.service.answering import Answering, Wish
from spooftrace.service.counters import CONTENT_TYPE, Counters
from spooftrace.service.problems import Code, RefusedError, documented
from spooftrace.service.settings import Settings
from spooftrace.service.uploads import BODY_SCHEMA, read_uploads
from spooftrace.version import __version__

_LIMITS = ("max_bytes", "max_files", "max_pixels", "max_frames", "max_duration_s", "timeout_s")
_GUARDED = (Code.UNAUTHORIZED, Code.RATE_LIMITED)
_ANALYZE = (
    Code.BAD_REQUEST,
    *_GUARDED,
    Code.UPLOAD_TIMED_OUT,
    Code.TOO_MANY_BYTES,
    Code.TOO_MANY_FILES,
    Code.TOO_MANY_PIXELS,
    Code.TOO_MANY_FRAMES,
    Code.TOO_LONG,
    Code.UNSUPPORTED_BODY,
    Code.UNSUPPORTED_FILE,
    Code.EMPTY_FILE,
    Code.UNREADABLE_FILE,
    Code.POLYGLOT_FILE,
    Code.INVALID_PARAMETER,
    Code.OVERLOADED,
    Code.DRAINING,
    Code.TIMED_OUT,
)


async def _admitted(request: Request) -> None:
    """Refuse whoever may not ask, or asks too often."""
    access: Access = request.app.state.access
    request.state.caller = access.caller(request)
    access.count(request.state.caller)


open_to_all = APIRouter()
guarded = APIRouter(prefix="/v1", dependencies=[Depends(_admitted)])


@guarded.post(
    "/analyze",
    response_model=schemas.Analysis,
    responses=documented(*_ANALYZE),
    openapi_extra=BODY_SCHEMA,
    summary="Judge pictures or clips",
)
async def analyze(
    request: Request,
    threshold: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="Spoof from this score on; else the bundle's."),
    ] = None,
    every: Annotated[
        int | None,
        Query(ge=1, le=1000, description="Of a clip, judge every n-th frame; else the service's."),
    ] = None,
    panel: Annotated[bool, Query(description="Send the panel of each file along.")] = False,
) -> JSONResponse:
    """Pictures (PNG, JPEG, WebP, ...) or short clips (MP4, WebM, AVI): one answer a file.

    A file that is refused refuses the request; the message names it by its place.
    """
    answering: Answering = request.app.state.answering
    settings: Settings = request.app.state.settings
    with answering.place() as place:
        uploads = await read_uploads(request, settings)
        request.state.files = len(uploads)
        wish = Wish(threshold=threshold, every=every or settings.every, wants_panel=panel)
        results = await answering.answer(uploads, wish, place)
    return JSONResponse(
        {
            "request_id": request.state.request_id,
            "model": answering.detector.bundle.sha256,
            "results": results,
        }
    )


@guarded.get(
    "/model", responses=documented(*_GUARDED), summary="What judges, and within which limits"
)
async def model(request: Request) -> schemas.Model:
    """The bundle's own words, and the limits in force."""
    detector = request.app.state.answering.detector
    return schemas.Model(
        version=__version__,
        sha256=detector.bundle.sha256,
        bundle=json.loads(detector.bundle.info.to_json()),
        figures=[asdict(seen) for seen in shipped.figures_of(detector.bundle.path)],
        doubt=detector.doubt,
        limits={name: getattr(request.app.state.settings, name) for name in _LIMITS}
        | asdict(detector.gate),
    )


@open_to_all.get("/healthz", summary="Whether the process lives")
async def healthz() -> schemas.Health:
    """Ok, whatever else is wrong."""
    return schemas.Health(status="ok")


@open_to_all.get(
    "/readyz", responses=documented(Code.DRAINING), summary="Whether requests are taken"
)
async def readyz(request: Request) -> schemas.Health:
    """Ok until the service is told to stop."""
    if request.app.state.answering.is_draining:
        raise RefusedError(Code.DRAINING, "the service stops", retry_after_s=5)
    return schemas.Health(status="ok")


@open_to_all.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    summary="Counters, for Prometheus",
)
async def metrics(request: Request) -> Response:
    """Everything counted, in Prometheus' text format."""
    counters: Counters = request.app.state.counters
    return Response(counters.text(), media_type=CONTENT_TYPE)

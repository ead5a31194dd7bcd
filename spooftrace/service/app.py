"""The service: routes, and what every request passes on its way to one."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from spooftrace.detector.detector import SpoofDetector
from spooftrace.service import problems, schemas
from spooftrace.service.access import Access
from spooftrace.service.answering import Answering, Wish
from spooftrace.service.counters import CONTENT_TYPE, Counters
from spooftrace.service.logs import LOGGER, RequestLog
from spooftrace.service.problems import Code, RefusedError, documented
from spooftrace.service.settings import Settings
from spooftrace.service.uploads import BODY_SCHEMA, read_uploads
from spooftrace.version import __version__

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
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


def create_app(detector: SpoofDetector, settings: Settings) -> FastAPI:
    """The ASGI application of one detector, which it closes when it stops.

    Raises BundleError when the bundle has no threshold: what cannot decide must not start.
    """
    detector.threshold()
    counters = Counters()
    answering = Answering(detector, settings, counters)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        answering.start()
        LOGGER.info("ready", extra={"fields": {"model": detector.bundle.sha256}})
        yield
        await answering.drain()
        detector.close()
        LOGGER.info("stopped")

    app = FastAPI(
        title="spooftrace",
        version=__version__,
        description="Tells living faces from spoofs, and shows its evidence.",
        lifespan=lifespan,
        docs_url=None,  # its pages load their code from another's server
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.answering = answering
    app.state.access = Access(
        [key.get_secret_value() for key in settings.api_keys], settings.rate_per_minute
    )
    _add_routes(app, answering, settings, counters)
    _add_handlers(app)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(RequestLog, counters=counters)
    return app


async def _admitted(request: Request) -> None:
    """Refuse whoever may not ask, or asks too often."""
    access: Access = request.app.state.access
    request.state.caller = access.caller(request)
    access.count(request.state.caller)


def _add_routes(app: FastAPI, answering: Answering, settings: Settings, counters: Counters) -> None:
    detector = answering.detector
    guarded = [Depends(_admitted)]

    @app.post(
        "/v1/analyze",
        response_model=schemas.Analysis,
        responses=documented(*_ANALYZE),
        openapi_extra=BODY_SCHEMA,
        dependencies=guarded,
        summary="Judge pictures or clips",
    )
    async def analyze(
        request: Request,
        threshold: Annotated[
            float | None,
            Query(allow_inf_nan=False, description="Spoof from this score on; else the bundle's."),
        ] = None,
        every: Annotated[
            int, Query(ge=1, le=1000, description="Of a clip, judge every n-th frame.")
        ] = settings.every,
        panel: Annotated[bool, Query(description="Send each picture's panel along.")] = False,
    ) -> JSONResponse:
        """Pictures (PNG, JPEG, WebP, ...) or short clips (MP4, WebM, AVI): one answer a file.

        A file that is refused refuses the request; the message names it by its place.
        """
        with answering.place() as place:
            uploads = await read_uploads(request, settings)
            request.state.files = len(uploads)
            wish = Wish(threshold=threshold, every=every, wants_panel=panel)
            results = await answering.answer(uploads, wish, place)
        return JSONResponse(
            {
                "request_id": request.state.request_id,
                "model": detector.bundle.sha256,
                "results": results,
            }
        )

    @app.get(
        "/v1/model",
        responses=documented(*_GUARDED),
        dependencies=guarded,
        summary="What judges, and within which limits",
    )
    async def model() -> schemas.Model:
        return schemas.Model(
            version=__version__,
            sha256=detector.bundle.sha256,
            bundle=json.loads(detector.bundle.info.to_json()),
            doubt=detector.doubt,
            limits={name: getattr(settings, name) for name in _LIMITS},
        )

    @app.get("/healthz", summary="Whether the process lives")
    async def healthz() -> schemas.Health:
        return schemas.Health(status="ok")

    @app.get(
        "/readyz",
        responses=documented(Code.DRAINING),
        summary="Whether requests are taken",
    )
    async def readyz() -> schemas.Health:
        if answering.is_draining:
            raise RefusedError(Code.DRAINING, "the service stops", retry_after_s=5)
        return schemas.Health(status="ok")

    @app.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        summary="Counters, for Prometheus",
    )
    async def metrics() -> Response:
        return Response(counters.text(), media_type=CONTENT_TYPE)


def _add_handlers(app: FastAPI) -> None:
    @app.middleware("http")
    async def add_headers(
        request: Request, following: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        try:
            response = await following(request)
        except Exception:  # the door: whatever it was, the caller gets a code and the log the rest
            LOGGER.exception("failed", extra={"fields": {"request_id": request.state.request_id}})
            response = problems.answer(
                request,
                RefusedError(Code.INTERNAL_ERROR, "a fault of the service; its log says which"),
            )
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(RefusedError)
    async def refused(request: Request, problem: RefusedError) -> JSONResponse:
        return problems.answer(request, problem)

    @app.exception_handler(HTTPException)
    async def refused_by_framework(request: Request, error: HTTPException) -> JSONResponse:
        response = problems.answer(
            request, RefusedError(problems.of_status(error.status_code), str(error.detail))
        )
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first: dict[str, Any] = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problems.answer(
            request, RefusedError(Code.INVALID_PARAMETER, f"{where}: {first['msg']}")
        )

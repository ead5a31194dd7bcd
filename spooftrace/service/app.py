"""The service: its parts put together, and what every request passes on its way to a route."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from spooftrace.detector.detector import SpoofDetector
from spooftrace.service import problems, routes
from spooftrace.service.access import Access
from spooftrace.service.answering import Answering
from spooftrace.service.counters import Counters
from spooftrace.service.logs import LOGGER, RequestLog
from spooftrace.service.page.mount import mount_page
from spooftrace.service.problems import Code, RefusedError
from spooftrace.service.settings import Settings
from spooftrace.version import __version__

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


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
    app.state.settings = settings
    app.state.counters = counters
    app.state.answering = answering
    app.state.access = Access(
        [key.get_secret_value() for key in settings.api_keys], settings.rate_per_minute
    )
    app.include_router(routes.guarded)
    app.include_router(routes.open_to_all)
    if settings.page:
        mount_page(app)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.middleware("http")(_with_headers)
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


async def _with_headers(
    request: Request, following: Callable[[Request], Awaitable[Response]]
) -> Response:
    try:
        response = await following(request)
    except Exception:  # the door: whatever it was, the caller gets a code and the log the rest
        LOGGER.exception("failed", extra={"fields": {"request_id": request.state.request_id}})
        response = problems.answer(
            request, RefusedError(Code.INTERNAL_ERROR, "a fault of the service; its log says which")
        )
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _refused(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, RefusedError)  # what it is registered for, and so below
    return problems.answer(request, problem)


async def _refused_by_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    response = problems.answer(
        request, RefusedError(problems.of_status(error.status_code), str(error.detail))
    )
    response.headers.update(error.headers or {})
    return response


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problems.answer(
        request, RefusedError(Code.INVALID_PARAMETER, f"{where}: {first['msg']}")
    )

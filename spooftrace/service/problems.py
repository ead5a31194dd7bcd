"""What a request can be refused for: stable codes, each with its status.

A body is `{"error": {"code", "message", "request_id"}}`. Programs branch on the code, which never
changes; the message is for people.
"""

from enum import Enum
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel


class Code(Enum):
    """The code of an error, and the status that it comes with."""

    BAD_REQUEST = ("bad_request", 400)
    """The body is not what the documentation says: no files, broken JSON, broken multipart."""
    UNAUTHORIZED = ("unauthorized", 401)
    """No API key came, or one that is not known."""
    NOT_FOUND = ("not_found", 404)
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405)
    UPLOAD_TIMED_OUT = ("upload_timed_out", 408)
    """The body did not come in time."""
    TOO_MANY_BYTES = ("too_many_bytes", 413)
    TOO_MANY_FILES = ("too_many_files", 413)
    TOO_MANY_PIXELS = ("too_many_pixels", 413)
    TOO_MANY_FRAMES = ("too_many_frames", 413)
    TOO_LONG = ("too_long", 413)
    """The clip's duration."""
    UNSUPPORTED_BODY = ("unsupported_body", 415)
    """The body is neither multipart/form-data nor application/json."""
    UNSUPPORTED_FILE = ("unsupported_file", 415)
    """A clip, and this service cannot read videos."""
    EMPTY_FILE = ("empty_file", 422)
    UNREADABLE_FILE = ("unreadable_file", 422)
    """No picture or video, damaged, or of a kind that is refused."""
    POLYGLOT_FILE = ("polyglot_file", 422)
    """A picture that is an archive, a document or a script as well."""
    INVALID_PARAMETER = ("invalid_parameter", 422)
    RATE_LIMITED = ("rate_limited", 429)
    INTERNAL_ERROR = ("internal_error", 500)
    OVERLOADED = ("overloaded", 503)
    """As many requests are in hand as may be; nothing was read."""
    DRAINING = ("draining", 503)
    """The service is about to stop."""
    TIMED_OUT = ("timed_out", 504)
    """There was no answer in time."""

    def __init__(self, word: str, status: int) -> None:
        self.word = word
        self.status = status


class RefusedError(Exception):
    """A request that is refused.

    Args:
        code: which refusal.
        message: one line: what was expected, what came, what to do. Never a picture's content.
        retry_after_s: when to try again; becomes the header Retry-After.
    """

    def __init__(self, code: Code, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


class ErrorDetail(BaseModel):
    """One refusal."""

    code: str
    message: str
    request_id: str


class ErrorBody(BaseModel):
    """What every refusal looks like."""

    error: ErrorDetail


_BY_STATUS: Final = {
    400: Code.BAD_REQUEST,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    422: Code.INVALID_PARAMETER,
}


def of_status(status: int) -> Code:
    """The code of a refusal that the framework made itself."""
    return _BY_STATUS.get(status, Code.INTERNAL_ERROR if status >= 500 else Code.BAD_REQUEST)


def answer(request: Request, refused: RefusedError) -> JSONResponse:
    """The response to a refused request."""
    request.state.code = refused.code.word
    headers: dict[str, str] = {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(refused.retry_after_s)
    if refused.code is Code.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    detail = ErrorDetail(
        code=refused.code.word, message=str(refused), request_id=request.state.request_id
    )
    body = ErrorBody(error=detail).model_dump()
    return JSONResponse(body, status_code=refused.code.status, headers=headers)


def documented(*codes: Code) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for its OpenAPI."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        entry = by_status.setdefault(code.status, {"model": ErrorBody, "description": ""})
        entry["description"] = ", ".join(filter(None, [entry["description"], f"`{code.word}`"]))
    return by_status

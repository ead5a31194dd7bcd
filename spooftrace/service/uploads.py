"""From a request's body to named bytes, all of it in memory and within the limits.

Nothing of a request touches a disk: the multipart parser's spool is larger than a body may be.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from spooftrace.service.problems import Code, RefusedError
from spooftrace.service.settings import Settings

FIELD: Final = "files"
"""The multipart field, repeated for every file."""
_MULTIPART: Final = "multipart/form-data"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request."""

    index: int
    """From 0; what messages name, as a caller's names are not repeated."""
    data: bytes


class EncodedFile(BaseModel):
    """One file in a JSON body."""

    model_config = ConfigDict(extra="forbid")

    data: str = Field(
        description="The file, base64 (RFC 4648).", json_schema_extra={"format": "byte"}
    )


class EncodedFiles(BaseModel):
    """A JSON body."""

    model_config = ConfigDict(extra="forbid")

    files: list[EncodedFile] = Field(min_length=1)


BODY_SCHEMA: Final = {
    "requestBody": {
        "required": True,
        "content": {
            _MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            },
            _JSON: {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "additionalProperties": False,
                    "properties": {
                        FIELD: {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "type": "object",
                                "required": ["data"],
                                "additionalProperties": False,
                                "properties": {"data": {"type": "string", "format": "byte"}},
                            },
                        }
                    },
                }
            },
        },
    }
}
"""OpenAPI's words for the two bodies, which are read here and not by the framework."""


async def read_uploads(request: Request, settings: Settings) -> list[Upload]:
    """The files of a request, at least one.

    Raises RefusedError: bad_request, unsupported_body, upload_timed_out, too_many_bytes,
    too_many_files, empty_file.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (_MULTIPART, _JSON):
        raise RefusedError(
            Code.UNSUPPORTED_BODY, f"expected {_MULTIPART} or {_JSON}, got {kind[:60] or 'nothing'}"
        )
    try:
        async with asyncio.timeout(settings.upload_timeout_s):
            read = _multipart if kind == _MULTIPART else _json
            files = await read(request, settings)
    except ClientDisconnect as error:
        raise RefusedError(Code.BAD_REQUEST, "the body ended before its end") from error
    except TimeoutError as error:
        raise RefusedError(
            Code.UPLOAD_TIMED_OUT,
            f"the body did not come within {settings.upload_timeout_s:g} s",
        ) from error
    if not files:
        raise RefusedError(Code.BAD_REQUEST, f"expected at least one file in the field `{FIELD}`")
    _check_number(len(files), settings)
    for index, data in enumerate(files):
        if not data:
            raise RefusedError(Code.EMPTY_FILE, f"file {index}: expected a picture, got zero bytes")
    return [Upload(index, data) for index, data in enumerate(files)]


async def _multipart(request: Request, settings: Settings) -> list[bytes]:
    class InMemory(MultiPartParser):
        spool_max_size = settings.max_bytes + 1

    parser = InMemory(
        request.headers,
        _bounded(request, settings),
        # One more than may come, so that the refusal has its own code.
        max_files=settings.max_files + 1,
        max_fields=1,
        max_part_size=1024,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if "Too many files" in error.message:
            _check_number(settings.max_files + 1, settings)
        raise RefusedError(
            Code.BAD_REQUEST, f"the multipart body is broken ({error.message[:80]})"
        ) from error
    # The parser below is strict about what it is given, not about how it says so.
    except (KeyError, ValueError, UnicodeError, AssertionError) as error:
        raise RefusedError(Code.BAD_REQUEST, "the multipart body is broken") from error
    try:
        unknown = {name for name, _ in form.multi_items()} - {FIELD}
        if unknown or not all(isinstance(part, UploadFile) for part in form.getlist(FIELD)):
            raise RefusedError(
                Code.BAD_REQUEST, f"expected files in the field `{FIELD}` and nothing else"
            )
        return [await part.read() for part in form.getlist(FIELD) if isinstance(part, UploadFile)]
    finally:
        await form.close()


async def _json(request: Request, settings: Settings) -> list[bytes]:
    body = b"".join([chunk async for chunk in _bounded(request, settings)])
    try:
        files = EncodedFiles.model_validate_json(body).files
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, problem["loc"][:3]))
        raise RefusedError(
            Code.BAD_REQUEST, f"JSON body, {where or 'whole'}: {problem['msg']}"
        ) from error
    _check_number(len(files), settings)
    try:
        return [base64.b64decode(file.data, validate=True) for file in files]
    except (binascii.Error, ValueError) as error:
        raise RefusedError(
            Code.BAD_REQUEST, f"JSON body: a file's `data` is no base64 ({error})"
        ) from error


async def _bounded(request: Request, settings: Settings) -> AsyncGenerator[bytes, None]:
    """The body as it comes; refused by what it announces, and at the first byte too many."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > settings.max_bytes:
        raise _too_many_bytes(settings)
    came = 0
    async for chunk in request.stream():
        came += len(chunk)
        if came > settings.max_bytes:
            raise _too_many_bytes(settings)
        yield chunk


def _too_many_bytes(settings: Settings) -> RefusedError:
    return RefusedError(
        Code.TOO_MANY_BYTES, f"expected a body of at most {settings.max_bytes} bytes, got more"
    )


def _check_number(files: int, settings: Settings) -> None:
    if files > settings.max_files:
        raise RefusedError(
            Code.TOO_MANY_FILES, f"expected at most {settings.max_files} files, got more"
        )

"""From the bytes of one file to pixels: what is hostile is refused before it is decoded."""

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spooftrace.data.sources import pictures
from spooftrace.errors import MissingExtraError, PictureError, PictureTooLargeError
from spooftrace.service.problems import Code, RefusedError
from spooftrace.service.settings import Settings
from spooftrace.service.uploads import Upload

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame

_STILL_BRANDS: Final = (b"avi", b"hei", b"hev", b"mif", b"msf", b"MA1")
"""Beginnings of the brands of still pictures in the container that MP4 has too."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens files within the limits, in any number of threads at once."""

    settings: Settings

    def picture(self, upload: Upload) -> pictures.Picture:
        """A picture's pixels; raises RefusedError (too_many_pixels, unreadable_file)."""
        where, limit = f"file {upload.index}", self.settings.max_pixels
        try:
            return pictures.decode_picture(upload.data, where, max_pixels=limit)
        except PictureTooLargeError as error:
            raise RefusedError(Code.TOO_MANY_PIXELS, str(error)) from error
        except PictureError as error:
            raise RefusedError(Code.UNREADABLE_FILE, _plain(str(error))) from error

    def frames(
        self, upload: Upload, *, every: int, deadline: float
    ) -> "Generator[Frame, None, None]":
        """Every n-th frame of a clip, until `deadline` (of `time.monotonic`).

        Raises RefusedError: too_many_pixels, too_many_frames, too_long, unreadable_file,
        unsupported_file, timed_out.
        """
        where = f"file {upload.index}"
        with _as_path(upload.data) as path:
            try:
                from spooftrace.data.sources import video  # needs an extra

                self._check_header(path, where)
                for frame in video.frames(path, every=every):
                    self._check_length(frame.number + 1, frame.time_s, where)
                    if time.monotonic() > deadline:
                        raise RefusedError(Code.TIMED_OUT, f"{where}: there was no answer in time")
                    yield frame
            except MissingExtraError as error:
                raise RefusedError(
                    Code.UNSUPPORTED_FILE, f"{where}: a clip, which this service cannot read"
                ) from error
            except PictureError as error:
                said = _plain(str(error).replace(str(path), where))
                raise RefusedError(Code.UNREADABLE_FILE, said) from error

    def _check_header(self, path: Path, where: str) -> None:
        """Refuse by what the file says of itself, before a frame is decoded."""
        from spooftrace.data.sources import video_header

        header = video_header.read(path)
        if header.width * header.height > self.settings.max_pixels:
            raise RefusedError(
                Code.TOO_MANY_PIXELS,
                f"{where}: expected frames of at most {self.settings.max_pixels} pixels, got "
                f"{header.width} x {header.height}",
            )
        self._check_length(header.frames, header.duration_s, where)

    def _check_length(self, frames: int, duration_s: float | None, where: str) -> None:
        limits = self.settings
        if frames > limits.max_frames:
            raise RefusedError(
                Code.TOO_MANY_FRAMES, f"{where}: expected at most {limits.max_frames} frames"
            )
        if duration_s is not None and duration_s > limits.max_duration_s:
            raise RefusedError(
                Code.TOO_LONG, f"{where}: expected a clip of at most {limits.max_duration_s:g} s"
            )


def is_clip(data: bytes) -> bool:
    """Whether the bytes begin as a video does: MP4 and MOV, Matroska and WebM, AVI."""
    if data[4:8] == b"ftyp":
        return not data[8:12].startswith(_STILL_BRANDS)
    return data.startswith(b"\x1aE\xdf\xa3") or (data[:4] == b"RIFF" and data[8:12] == b"AVI ")


def refuse_polyglot(upload: Upload) -> None:
    """Raise RefusedError (polyglot_file) for a file that others would read as something else.

    Nothing here would run it, but whoever asks may keep and serve what was called a picture.
    """
    data = upload.data
    kind = None
    if b"%PDF-" in data[:1024]:
        kind = "a PDF"
    elif zipfile.is_zipfile(io.BytesIO(data)):
        kind = "a ZIP archive"
    elif b"<script" in data.lower() or b"<?php" in data.lower():
        kind = "a script"
    if kind:
        raise RefusedError(
            Code.POLYGLOT_FILE,
            f"file {upload.index}: expected a picture or clip and nothing else, got {kind} as well",
        )


@contextmanager
def _as_path(data: bytes) -> Iterator[Path]:
    """A name under which FFmpeg finds the bytes; in memory where the system can do so (Linux)."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("clip")
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            _write_all(file, data)
            yield Path(f"/proc/self/fd/{descriptor}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip"
        path.write_bytes(data)
        yield path


def _write_all(file: io.FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def _plain(text: str) -> str:
    """One printable line of bounded length: messages quote what came."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:300]

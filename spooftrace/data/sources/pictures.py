"""The door by which pixels enter: a picture or a video frame becomes (h, w, 3) uint8 RGB, upright.

What a picture file may be, and what becomes of it:

    format      by content, whatever the extension: PNG, JPEG, BMP, WebP, TIFF, GIF, PPM/PGM;
                anything else is refused
    rotation    the EXIF orientation is applied
    grey        repeated in three channels; palettes are looked up
    16 bit      the high byte is kept (255 stays 255)
    float, 32 bit   refused: their scale is not stated
    CMYK        converted without a colour profile (profiles are ignored throughout)
    alpha       laid on white
    animated    refused, for which frame is meant is not stated (pages of a TIFF likewise); of a
                camera's multi-picture JPEG the first picture is taken
    size        at most 80 million pixels, looked up before anything is decoded
    broken      refused, truncated files too: half a face is no evidence

Videos are read by OpenCV's FFmpeg; their rotation metadata is applied.
"""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from spooftrace.errors import PictureError

Picture = NDArray[np.uint8]

# fmt: off
PICTURE_SUFFIXES: Final = frozenset({
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".bmp", ".webp", ".tif", ".tiff",
    ".gif", ".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".heic", ".heif",
})
"""Files that claim to be pictures; the claim is checked when they are read."""
VIDEO_SUFFIXES: Final = frozenset({
    ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp",
    ".ogv",
})
# fmt: on
MAX_PIXELS: Final = 80_000_000
BACKGROUND: Final = (255, 255, 255)

_FORMATS: Final = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM")
_ORIENTATION_TAG: Final = 0x0112
_BEGINNINGS: Final = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLAYLIST: Final = b"#EXTM3U"
_SHORT: Final = 0.9
"""A video that ends before this share of its announced frames and duration is called truncated."""


def is_video(path: Path) -> bool:
    """Whether the name is that of a video."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def is_picture(path: Path) -> bool:
    """Whether the name is that of a picture."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def read_picture(path: str | Path) -> Picture:
    """The picture in a file: (h, w, 3) uint8 RGB; `PictureError` where it is refused."""
    try:
        # Reading a pipe would wait for ever.
        if stat.S_ISFIFO(Path(path).stat().st_mode):
            raise PictureError(f"{path}: cannot be read (not a regular file)")
        data = Path(path).read_bytes()
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise PictureError(f"{str(path)!r}: no name that a file can have ({error})") from error
    return decode_picture(data, str(path))


def decode_picture(data: bytes, where: str) -> Picture:
    """The picture in an encoded file's bytes; `where` names it in a `PictureError`."""
    if not data:
        raise PictureError(f"{where}: the file is empty")
    Image.init()  # Without it some formats have no plugin yet; later calls do nothing.
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check(image, where)
            return _to_rgb(image, where)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"{where}: more than {MAX_PIXELS} pixels; make it smaller") from error
    except UnidentifiedImageError as error:
        known = ", ".join(sorted(_FORMATS))
        raise PictureError(
            f"{where}: expected a picture ({known}), found {_looks_like(data)}"
        ) from error
    # Decoders fail on broken files in every way that Python has.
    except Exception as error:
        raise PictureError(f"{where}: the picture is broken ({error})") from error


def _check(image: Image.Image, where: str) -> None:
    """Refuse by the header alone."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{where}: {width} x {height} pixels, at most {MAX_PIXELS} are read; make it smaller"
        )
    number = getattr(image, "n_frames", 1)
    if number > 1 and image.format != "MPO":
        raise PictureError(
            f"{where}: an animated or many-paged {image.format} of {number} pictures; save the"
            " pictures that you mean as single files, or as a video"
        )


def _to_rgb(image: Image.Image, where: str) -> Picture:
    # Pillow turns a TIFF while it loads it, and then takes the orientation off.
    image.load()
    turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise PictureError(f"{where}: {image.format} of 32-bit numbers; save it with 8 or 16 bits")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, BACKGROUND), image)
    image = image.convert("RGB")
    return np.array(image if turn is None else image.transpose(turn))


def _looks_like(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        return "HEIC or AVIF; convert it to JPEG or PNG"
    for beginning, name in _BEGINNINGS.items():
        if data.startswith(beginning):
            return f"a {name} that is broken or of a rare kind; save it as PNG"
    if data[4:8] == b"ftyp" or data[:4] in (b"\x1aE\xdf\xa3", b"RIFF"):
        return "a video"
    return f"something else (it begins with {data[:8]!r})"


def frames(path: str | Path, *, every: int = 1) -> Iterator[tuple[int, Picture]]:
    """(number from 0, upright RGB frame) of every `every`-th frame of a video, from the first on.

    Raises `PictureError` where the file is no video, and *after* the last good frame where the
    video breaks off; the message says how much was read.
    """
    if every < 1:
        raise ValueError(f"every should be at least 1, got {every}")
    video = _open_video(path)
    try:
        number, last_ms = 0, 0.0
        while video.grab():
            if number % every == 0:
                yield number, _retrieve(video, number, path)
            number, last_ms = number + 1, video.get(cv2.CAP_PROP_POS_MSEC)
        _check_complete(video, number, last_ms, path)
    finally:
        video.release()


def _open_video(path: str | Path) -> cv2.VideoCapture:
    path = Path(path)
    if not path.is_file():
        raise PictureError(f"{path}: no such file")
    if not path.stat().st_size:
        raise PictureError(f"{path}: the file is empty")
    # Read when OpenCV first loads FFmpeg: its complaints would mix with our own messages.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    _check_beginning(path)
    # OpenCV 4.12 moved its log level.
    log: Any = cv2 if hasattr(cv2, "setLogLevel") else vars(cv2.utils)["logging"]
    level = log.getLogLevel()
    log.setLogLevel(0)
    try:
        video = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    finally:
        log.setLogLevel(level)
    if not video.isOpened():
        raise PictureError(f"{path}: not a video, or a truncated one (nothing was read)")
    width, height = (
        int(video.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    if width * height > MAX_PIXELS:
        raise PictureError(f"{path}: frames of {width} x {height}, at most {MAX_PIXELS} pixels")
    # Off by default in OpenCV 4.11.
    video.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return video


def _check_beginning(path: Path) -> None:
    """Refuse a playlist: FFmpeg would open whatever file it names."""
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_PLAYLIST))
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror or error})") from error
    if beginning == _PLAYLIST:
        raise PictureError(f"{path}: not a video, but a list that names other files")


def _retrieve(video: cv2.VideoCapture, number: int, path: str | Path) -> Picture:
    decoded, frame = video.retrieve()
    if not decoded:
        raise PictureError(f"{path}: frame {number} cannot be decoded; {number} were read before")
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8)


def _check_complete(video: cv2.VideoCapture, number: int, last_ms: float, path: str | Path) -> None:
    """Raise when frames and time both fall short: at a varying rate the count alone misleads."""
    announced, rate = video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)
    if number == 0:
        raise PictureError(f"{path}: the video is truncated or broken (no frame was read)")
    if announced <= 0 or rate <= 0:
        return
    duration_s, read_s = announced / rate, last_ms / 1000 + 1 / rate
    if number < _SHORT * announced and read_s < _SHORT * duration_s:
        raise PictureError(
            f"{path}: the video breaks off; {number} of {announced:.0f} frames were read"
            f" ({read_s:.1f} of {duration_s:.1f} s)"
        )

"""The door by which pictures enter: a file becomes (h, w, 3) uint8 RGB, upright.

What a picture file may be, and what becomes of it:

    format      by content, whatever the extension: PNG, JPEG, BMP, WebP, TIFF, GIF, PPM/PGM, and
                AVIF where Pillow was built with it; anything else is refused
    DNG         refused: what a TIFF reader finds in it is a small preview
    rotation    the EXIF orientation is applied
    grey        repeated in three channels; palettes are looked up
    16 bit      the high byte is kept (255 stays 255); refused where no value reaches a quarter of
                the range: it may hold 8, 10, 12 or 14 bits, and nothing says which
    float, 32 bit   refused: their scale is not stated
    CMYK        converted without a colour profile (profiles are ignored throughout)
    alpha       laid on white
    animated    refused, for which frame is meant is not stated (pages of a TIFF likewise); of a
                camera's multi-picture JPEG the first picture is taken
    size        at most 80 million pixels, looked up before anything is decoded
    broken      refused, truncated files too: half a face is no evidence

Videos have a door of their own (`data.sources.video`).
"""

import io
import stat
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from spooftrace.errors import PictureError, PictureTooLargeError

Picture = NDArray[np.uint8]

# fmt: off
PICTURE_SUFFIXES: Final = frozenset({
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".bmp", ".webp", ".tif", ".tiff",
    ".gif", ".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".heic", ".heif",
})
"""Files that claim to be pictures; the claim is checked when they are read."""
VIDEO_SUFFIXES: Final = frozenset({
    ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".m2v",
    ".vob", ".mts", ".m2ts", ".ts", ".h264", ".264", ".h265", ".265", ".hevc", ".mjpeg", ".mjpg",
    ".wmv", ".asf", ".flv", ".ogv", ".mxf", ".dv",
})
"""Files that claim to be videos; the claim is checked when they are read."""
# fmt: on
MAX_PIXELS: Final = 80_000_000
BACKGROUND: Final = (255, 255, 255)

_HAS_AVIF: Final = "avif" in features.get_supported()
_FORMATS: Final = (
    "PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM", *(["AVIF"] if _HAS_AVIF else []),
)  # fmt: skip
_ORIENTATION_TAG: Final = 0x0112
_DNG_VERSION_TAG: Final = 50706
"""In every DNG and in no other TIFF (Digital Negative Specification 1.7, DNGVersion)."""
_BEGINNINGS: Final = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
_HEIF_BRANDS: Final = frozenset({
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
    b"mif2",
})  # fmt: skip
"""Of still pictures and their sequences (ISO/IEC 23008-12, annexes B and D)."""
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis", b"avio", b"MA1A", b"MA1B"})
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def is_video(path: Path) -> bool:
    """Whether the name is that of a video, which `data.sources.video` reads."""
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


def decode_picture(data: bytes, where: str, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """The picture in an encoded file's bytes; `where` names it in a `PictureError`.

    A `PictureTooLargeError` is raised before anything is decoded.
    """
    if not data:
        raise PictureError(f"{where}: the file is empty")
    Image.init()  # Without it some formats have no plugin yet; later calls do nothing.
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check(image, where, max_pixels)
            return _to_rgb(image, where)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLargeError(
            f"{where}: more than {max_pixels} pixels; make it smaller"
        ) from error
    except UnidentifiedImageError as error:
        known = ", ".join(sorted(_FORMATS))
        raise PictureError(
            f"{where}: expected a picture ({known}), found {_looks_like(data)}"
        ) from error
    # Decoders fail on broken files in every way that Python has.
    except Exception as error:
        raise PictureError(f"{where}: the picture is broken ({error})") from error


def _check(image: Image.Image, where: str, max_pixels: int) -> None:
    """Refuse by the header alone."""
    width, height = image.size
    if width * height > max_pixels:
        raise PictureTooLargeError(
            f"{where}: {width} x {height} pixels, at most {max_pixels} are read; make it smaller"
        )
    if image.format == "TIFF" and _DNG_VERSION_TAG in image.getexif():
        raise PictureError(
            f"{where}: a DNG, of which only a small preview could be read; develop it and save it"
            " as TIFF, PNG or JPEG"
        )
    number = getattr(image, "n_frames", 1)
    if number > 1 and image.format != "MPO":
        raise PictureError(
            f"{where}: an animated or many-paged {image.format} of {number} pictures; save the"
            " pictures that you mean as single files, or as a video"
        )


_BITS_TAG: Final = 258
"""BitsPerSample of TIFF."""

WIDE_TYPE_LEAST: Final = 64
"""Of 256: the brightest high byte that a 16-bit picture must have."""


def _is_deep(image: Image.Image) -> bool:
    """Whether a PNG or TIFF, not loaded yet, holds 16 bits a number.

    Other formats with so many state their scale.
    """
    bits: Any = getattr(image, "tag_v2", {}).get(_BITS_TAG, ())
    if image.format == "PNG":
        return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    return 16 in (bits if isinstance(bits, tuple) else (bits,))


def _to_rgb(image: Image.Image, where: str) -> Picture:
    form, is_deep = image.format, _is_deep(image)
    # Pillow turns a TIFF while it loads it, and then takes the orientation off.
    image.load()
    turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise PictureError(f"{where}: {image.format} of 32-bit numbers; save it with 8 or 16 bits")
    if is_deep and np.asarray(image.convert("RGB")).max() < WIDE_TYPE_LEAST:
        raise PictureError(
            f"{where}: {form} of 16-bit numbers of which none reaches a quarter of the range: 8, "
            "10, 12 or 14 bits in a wider type? Their scale is not stated; stretch them to the "
            "full range, or save 8 bits"
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, BACKGROUND), image)
    image = image.convert("RGB")
    return np.array(image if turn is None else image.transpose(turn))


def _brands(data: bytes) -> frozenset[bytes]:
    """The brands that an ISO base media file states (ISO/IEC 14496-12, 4.3): major, compatible."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 1024)
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))})


def _looks_like(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _AVIF_BRANDS:
            broken = " that is broken or of a rare kind" if _HAS_AVIF else ""
            return f"an AVIF{broken}; convert it to JPEG or PNG"
        if brands & _HEIF_BRANDS:
            return "a HEIC; convert it to JPEG or PNG, or let the camera save JPEG"
    for beginning, name in _BEGINNINGS.items():
        if data.startswith(beginning):
            return f"a {name} that is broken or of a rare kind; save it as PNG"
    if data[4:8] == b"ftyp" or data[:4] in (b"\x1aE\xdf\xa3", b"RIFF"):
        return "a video"
    return f"something else (it begins with {data[:8]!r})"

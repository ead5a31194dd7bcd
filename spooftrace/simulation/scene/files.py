"""Files that a picture is kept in on its way: sizes, JPEG, frames of a video."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as PillowImage

from spooftrace.faces.picture import through_jpeg
from spooftrace.simulation.scene.light import Image, Picture, to_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One time that a picture is stored."""

    side: int
    """Pixels along a side of the scene."""
    codec: str
    """jpeg, or vp8: the key frame of a video."""
    quality: int
    """Of the codec, 1 to 100."""


def stored(values: Image, files: tuple[File, ...]) -> Picture:
    """The picture that is left of encoded values (n, n, 3) in [0, 1] after all of these files."""
    picture = to_picture(values)
    for file in files:
        picture = compress(scaled(picture, file.side), file.codec, file.quality)
    return picture


def scaled(picture: Picture, side: int) -> Picture:
    """A square picture at `side`: area means where it shrinks, cubic where it grows."""
    if len(picture) == side:
        return picture
    method = cv2.INTER_AREA if len(picture) > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=method), np.uint8)


def compress(picture: Picture, codec: str, quality: int) -> Picture:
    """Through a JPEG file, or a VP8 key frame (lossy WebP), and back."""
    if codec != "vp8":
        return through_jpeg(picture, quality)
    # Pillow, for it lets the encoder take its fastest way: three times OpenCV's speed.
    stream = io.BytesIO()
    PillowImage.fromarray(picture).save(stream, "WEBP", quality=quality, method=0)
    file = np.frombuffer(stream.getbuffer(), np.uint8)
    read = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(read[..., ::-1])

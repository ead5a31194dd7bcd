"""What a caller may give as a picture or as faces, made an array, or refused."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spooftrace.data.sources import pictures
from spooftrace.errors import PictureError

Picture = NDArray[np.uint8]
OnePicture = Picture | Image.Image | str | Path | bytes


class Unreadable(Exception):  # noqa: N818 (an answer, not an error: the caller never sees it)
    """A file or its bytes that are no picture, with the reason."""


def opened_picture(picture: OnePicture) -> Picture:
    """The picture (h, w, 3) uint8 RGB.

    Raises:
        Unreadable: a file or bytes that cannot be read as a picture.
        PictureError: an array of another shape or type, or nothing that is a picture.
    """
    try:
        if isinstance(picture, bytes):
            return pictures.decode_picture(picture, "the picture")
        if isinstance(picture, str | Path):
            return pictures.read_picture(picture)
    except PictureError as error:
        raise Unreadable(str(error)) from error
    if isinstance(picture, Image.Image):
        picture = np.asarray(picture.convert("RGB"))
    _check(picture, "a picture as uint8 [h, w, 3]", dimensions=3)
    return picture


def batches(faces: NDArray[np.uint8], size: int) -> list[NDArray[np.uint8]]:
    """Ready crops [b, c, c, 3] in parts of at most `size`; PictureError where they are none."""
    _check(faces, "square faces as uint8 [b, c, c, 3]", dimensions=4)
    if faces.shape[1] != faces.shape[2]:
        raise PictureError(
            f"expected square faces, got {list(faces.shape)}; give whole pictures to `predict`"
        )
    return [faces[start : start + size] for start in range(0, len(faces), size)]


def _check(array: NDArray[np.uint8], expected: str, *, dimensions: int) -> None:
    if not isinstance(array, np.ndarray):
        raise PictureError(f"expected {expected} RGB, got {type(array).__name__}; convert it first")
    if array.dtype != np.uint8 or array.ndim != dimensions or array.shape[-1] != 3:
        raise PictureError(
            f"expected {expected} RGB, got {array.dtype} {list(array.shape)}; convert it first "
            "(OpenCV's pictures are BGR)"
        )
    if 0 in array.shape[1:] or (dimensions == 3 and array.shape[0] == 0):
        raise PictureError(f"expected {expected} RGB, got an empty picture {list(array.shape)}")

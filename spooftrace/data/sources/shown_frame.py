"""What a decoded frame shows: upright RGB of square pixels, by the colours that it states."""

import struct
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from spooftrace.data.sources.pictures import MAX_PIXELS, Picture
from spooftrace.errors import PictureError

_HD: Final = (1280, 720)
_MATRICES: Final = {
    1: Colorspace.ITU709, 4: Colorspace.FCC, 5: Colorspace.ITU601, 6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020,
}  # fmt: skip
"""By `AVColorSpace` (ITU-T H.273, MatrixCoefficients)."""
_WIDEST_PIXEL: Final = 4
"""No camera has pixels more than this times as wide as high; a header that says so is damaged."""


def shown_frame(
    reformatter: VideoReformatter, frame: av.VideoFrame, aspect: Fraction | None, where: str
) -> Picture:
    """The picture (h, w, 3), uint8 RGB, of a decoded frame.

    Args:
        reformatter: one for all frames of a stream.
        frame: as the decoder gave it.
        aspect: width over height of a pixel, as the stream states it.
        where: names the frame in an error.

    Raises:
        PictureError: it has too many pixels.
    """
    width, height = _square(frame.width, frame.height, aspect or Fraction(1))
    if width * height > MAX_PIXELS:
        raise PictureError(f"{where} of {width} x {height}, at most {MAX_PIXELS} pixels are read")
    is_full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    is_hd = frame.width >= _HD[0] or frame.height >= _HD[1]
    unstated = Colorspace.ITU709 if is_hd else Colorspace.ITU601
    shown = reformatter.reformat(
        frame,
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=_MATRICES.get(int(frame.colorspace), unstated),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if is_full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        # The fast path rounds down: every colour would be one to two levels too dark.
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
    )
    picture = np.asarray(shown.to_ndarray(), np.uint8)
    return _turned(picture, _display_matrix(frame))


def _square(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """The size in square pixels; nothing is made smaller."""
    if not 1 / Fraction(_WIDEST_PIXEL) <= aspect <= _WIDEST_PIXEL:
        return width, height
    if aspect > 1:
        return round(width * aspect), height
    return width, round(height / aspect)


def _display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """(a, b, c, d) in -1, 0, 1: a stored pixel (x, y) is shown at (a x + c y, b x + d y)."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return 1, 0, 0, 1
    a, b, _, c, d = struct.unpack("=5i", memoryview(data)[:20])
    scale = max(abs(a), abs(b), abs(c), abs(d), 1)
    a, b, c, d = (round(each / scale) for each in (a, b, c, d))
    # Only quarter turns and mirrors; anything else is no way in which a camera is held.
    return (a, b, c, d) if abs(a * d - b * c) == 1 and a * b == 0 else (1, 0, 0, 1)


def _turned(picture: NDArray[np.uint8], matrix: tuple[int, int, int, int]) -> Picture:
    a, b, c, d = matrix
    if a == 0:  # columns are shown as rows
        return np.ascontiguousarray(picture.transpose(1, 0, 2)[::b, ::c])
    return np.ascontiguousarray(picture[::d, ::a])

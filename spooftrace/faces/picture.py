"""A picture in memory, and what a codec leaves of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(h, w, 3), RGB, uint8."""


def through_jpeg(picture: Picture, quality: int) -> Picture:
    """The picture compressed and read again, at a quality of 1 to 100 of libjpeg's scale.

    Colour is stored at half the resolution (4:2:0), so the order of the channels matters.
    """
    done, code = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    read = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(read[..., ::-1])

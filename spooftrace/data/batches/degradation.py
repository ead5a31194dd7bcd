"""Take away what tells two cameras apart and has nothing to do with a spoof.

That is native size and colour cast.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.picture import Picture


def equalise(image: Picture, size_px: int, *, grey_world: bool) -> Picture:
    """The picture reduced to `size_px` and enlarged back.

    Large and small faces are then equally sharp. Applied to both classes alike before a comparison.
    `grey_world` also removes the colour cast.
    """
    reduced = reduce_detail(image, size_px)
    return balance_grey(reduced) if grey_world else reduced


def reduce_detail(image: Picture, size_px: int) -> Picture:
    """Down to `size_px` a side by area, and back by bilinear interpolation.

    Unchanged where already smaller.
    """
    side = image.shape[0]
    if size_px >= side:
        return image
    small = cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return _uint8(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR))


def balance_grey(image: Picture) -> Picture:
    """Scale the colours so that each has the mean of all three (grey-world assumption)."""
    means = image.reshape(-1, 3).mean(axis=0)
    gains = means.mean() / np.maximum(means, 1.0)
    return _uint8(image.astype(np.float32) * gains.astype(np.float32))


def _uint8(image: NDArray[np.generic]) -> Picture:
    return np.asarray(np.clip(np.rint(image), 0, 255), np.uint8)

"""The guided filter (He, Sun and Tang, ECCV 2010) with a picture in colour as its guide."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Picture

Floats = NDArray[np.float32]


def guided_filter(guide: Picture, values: Floats, *, radius: int, epsilon: float) -> Floats:
    """`values` (h, w) with their edges drawn to those of a guide (h, w, 3) uint8 RGB.

    In every window of 2 `radius` + 1 pixels the values are fitted by a linear function of the
    guide's colour in [0, 1] (the authors' (14) to (16)); a pixel's result is the mean of the fits
    of the windows that it lies in. `epsilon` is the variance of the guide below which a window
    counts as flat.
    """
    whole = np.float32(255)
    red, green, blue = (np.ascontiguousarray(guide[..., c], np.float32) / whole for c in range(3))
    colours = (red, green, blue)

    def mean(plane: Floats) -> Floats:
        side = (2 * radius + 1,) * 2
        return np.asarray(cv2.blur(plane, side, borderType=cv2.BORDER_REFLECT), np.float32)

    means, middle = [mean(colour) for colour in colours], mean(values)

    def covariance(first: int, second: int) -> Floats:
        return mean(colours[first] * colours[second]) - means[first] * means[second]

    rr, gg, bb = (covariance(c, c) + np.float32(epsilon) for c in range(3))
    rg, rb, gb = covariance(0, 1), covariance(0, 2), covariance(1, 2)
    # The symmetric matrix's adjugate; over its determinant it is the inverse.
    adjugate = (
        (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg),
        (rb * gb - rg * bb, rr * bb - rb * rb, rb * rg - rr * gb),
        (rg * gb - rb * gg, rb * rg - rr * gb, rr * gg - rg * rg),
    )
    determinant = rr * adjugate[0][0] + rg * adjugate[1][0] + rb * adjugate[2][0]
    shared = [mean(colours[c] * values) - means[c] * middle for c in range(3)]
    slopes = [
        (row[0] * shared[0] + row[1] * shared[1] + row[2] * shared[2]) / determinant
        for row in adjugate
    ]
    offset = middle - sum(slope * part for slope, part in zip(slopes, means, strict=True))
    fitted = (mean(slope) * colour for slope, colour in zip(slopes, colours, strict=True))
    return np.asarray(sum(fitted, mean(offset)), np.float32)

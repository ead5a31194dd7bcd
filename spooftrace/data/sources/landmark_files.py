"""Landmarks that a database states beside its pictures: `N.npy`, 68 points in iBUG's layout.

What becomes of them is said in `faces.landmarks68`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import PictureError
from spooftrace.faces.landmarks68 import LANDMARK_COUNT

_read_array: Callable[..., Any] = np.lib.format.read_array


def read_landmarks(path: Path) -> NDArray[np.float64]:
    """(68, 2) landmarks, (x, y) in pixels, of an .npy file; `PictureError` where it is not that."""
    try:
        with path.open("rb") as file:
            # Not np.load, which takes archives as well and leaves broken ones open.
            points = np.asarray(_read_array(file, allow_pickle=False))
    # The header is parsed as Python and may announce more than any memory holds.
    except Exception as error:
        raise PictureError(f"{path}: cannot be read as landmarks ({error})") from error
    if points.shape != (LANDMARK_COUNT, 2) or points.dtype.kind not in "fiu":
        raise PictureError(
            f"{path}: expected {LANDMARK_COUNT} landmarks as numbers of shape"
            f" ({LANDMARK_COUNT}, 2), got {points.dtype} of shape {points.shape}"
        )
    return np.asarray(points, np.float64)

"""From the 68 landmarks that older databases state to the mesh of `faces.mesh`.

The 68 points are iBUG's: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67, "left" and
"right" as the viewer sees them. The mean face is brought onto them: first by the affine camera
that fits its 68 corresponding points best, then by a thin-plate spline over what remains. So the
mesh passes through the landmarks and is a face in between, at the head's pose.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from spooftrace.errors import PictureError
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mesh import CANONICAL

COUNT: Final = 68

# fmt: off
CORRESPONDING: Final = np.array([
    127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
], dtype=np.intp)
# fmt: on
"""Points of MediaPipe's 468 where the 68 lie: jaw, brows, nose, eyes, outer and inner lips."""

_SMOOTHING: Final = 1e-5
"""Landmarks are whole pixels and two may coincide; a trace of smoothing keeps the spline tame."""


def read_landmarks(path: Path) -> NDArray[np.float32]:
    """(68, 2) landmarks, (x, y) in pixels, of an .npy file; `PictureError` where it is not that."""
    try:
        points = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise PictureError(f"{path}: cannot be read as landmarks ({error})") from error
    points = np.asarray(points)
    if points.shape != (COUNT, 2) or points.dtype.kind not in "fiu":
        raise PictureError(
            f"{path}: expected {COUNT} landmarks as numbers of shape ({COUNT}, 2),"
            f" got {points.dtype} of shape {points.shape}"
        )
    points = points.astype(np.float32)
    if not np.isfinite(points).all() or (np.ptp(points, axis=0) < 1).any():
        raise PictureError(f"{path}: the landmarks are not finite or all in one place")
    return points


def mesh_of(landmarks: NDArray[np.float32]) -> Mesh:
    """The 468-point mesh through 68 landmarks (68, 2), (x, y) in pixels."""
    homogeneous = np.column_stack([CANONICAL, np.ones(len(CANONICAL))]).astype(np.float64)
    camera, *_ = np.linalg.lstsq(homogeneous[CORRESPONDING], landmarks, rcond=None)
    projected = homogeneous @ camera
    knots = projected[CORRESPONDING]
    scale = np.ptp(knots, axis=0).max()
    rest = RBFInterpolator(
        knots / scale, landmarks - knots, kernel="thin_plate_spline", smoothing=_SMOOTHING
    )
    return Mesh(points=(projected + rest(projected / scale)).astype(np.float32))

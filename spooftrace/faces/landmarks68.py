"""From 68 landmarks (iBUG's layout, as older databases state them) to the face mesh.

They stand in where no landmarker finds the face (docs/divergences.md#vertices). The mean face is
brought onto the landmarks in two steps: by the affine camera that fits its corresponding points
best, which gives the head's pose, and by a thin-plate spline over what remains. Forehead and
temples carry no landmarks and are the least sure.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from spooftrace.errors import PictureError
from spooftrace.faces.crop import Picture
from spooftrace.faces.finder import FoundFace, Rejection, face_of_mesh
from spooftrace.faces.mesh import CANONICAL
from spooftrace.faces.quality import QualityGate

LANDMARK_COUNT = 68

# The table in common use, except on the jaw and at the brows' ends, where published landmarks were
# measured to lie nearer to the points given here (0, 3, 7, 9, 13, 16; 17, 26).
# fmt: off
CORRESPONDING: NDArray[np.intp] = np.array([
    127, 234, 93, 132, 172, 136, 149, 176, 152,  # jaw, from the viewer's left to the chin
    400, 378, 365, 397, 361, 323, 454, 356,      # and up to the right
    70, 63, 105, 66, 107,                        # brow on the viewer's left
    336, 296, 334, 293, 300,                     # brow on the right
    168, 197, 5, 4,                              # bridge of the nose
    75, 97, 2, 326, 305,                         # nostrils
    33, 160, 158, 133, 153, 144,                 # eye on the viewer's left
    362, 385, 387, 263, 373, 380,                # eye on the right
    61, 39, 37, 0, 267, 269,                     # outer lips, above
    291, 405, 314, 17, 84, 181,                  # outer lips, below
    78, 82, 13, 312, 308, 317, 14, 87,           # inner lips
], dtype=np.intp)
# fmt: on
"""The points (68,) of MediaPipe's 468 that lie where the 68 do."""

SMOOTHING = 1e-5
"""Landmarks are often whole pixels and two may coincide; a trace of smoothing keeps the spline
tame. It moves a landmark by far less than a pixel."""


def face_of_landmarks(
    image: Picture, landmarks: NDArray[np.floating[Any]], gate: QualityGate | None = None
) -> FoundFace | Rejection:
    """The face in a picture (h, w, 3) uint8 RGB at 68 landmarks (68, 2), as `find_face` gives it.

    Raises PictureError when the landmarks are not 68 finite points of a face in this picture.
    """
    height, width = image.shape[:2]
    points = _checked(landmarks)
    low, high = points.min(axis=0), points.max(axis=0)
    # A face may reach over the border, but a box far larger than the picture would fill the memory.
    if (low < [-width, -height]).any() or (high > [2 * width, 2 * height]).any():
        raise PictureError(
            f"landmarks: expected pixels of a picture of {width} x {height}, got x from"
            f" {low[0]:.4g} to {high[0]:.4g}, y from {low[1]:.4g} to {high[1]:.4g}"
        )
    return face_of_mesh(image, mesh_of_landmarks(points), gate)


def mesh_of_landmarks(landmarks: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """The mesh (468, 2) through 68 landmarks (68, 2), (x, y) in pixels of the same picture.

    Raises PictureError when the landmarks are not 68 finite points of a face.
    """
    goal = _checked(landmarks)
    mean = np.column_stack([CANONICAL, np.ones(len(CANONICAL))]).astype(np.float64)
    camera = np.linalg.lstsq(mean[CORRESPONDING], goal, rcond=None)[0]
    posed = mean @ camera
    # The spline's coordinates: about 1 across, so that SMOOTHING means the same for every face.
    flat = posed / np.ptp(goal, axis=0).max()
    rest = RBFInterpolator(
        flat[CORRESPONDING],
        goal - posed[CORRESPONDING],
        kernel="thin_plate_spline",
        smoothing=SMOOTHING,
    )
    return np.asarray(posed + rest(flat), np.float32)


def _checked(landmarks: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    points = np.asarray(landmarks, np.float64)
    if points.shape != (LANDMARK_COUNT, 2):
        raise PictureError(
            f"landmarks: expected ({LANDMARK_COUNT}, 2), (x, y) in pixels, got {points.shape}"
        )
    if not np.isfinite(points).all() or _on_one_line(points):
        raise PictureError(
            "landmarks: expected a face, got points that are not finite or lie on one line"
        )
    return points


def _on_one_line(points: NDArray[np.float64]) -> bool:
    along, across = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(across < max(1.0, 1e-3 * along))

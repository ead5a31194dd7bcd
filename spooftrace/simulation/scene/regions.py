"""Named outlines of the face in MediaPipe's 468 landmarks, and masks of them in a picture.

"Right" is the person's right, at the left of the picture.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from spooftrace.simulation.scene.light import Floats, Image, Points

Box = tuple[slice, slice]
"""Rows and columns of a picture."""

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH: tuple[int, ...] = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324)
MOUTH += (308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
"""Between the lips."""
OVAL: tuple[int, ...] = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379)
OVAL += (378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103)
OVAL += (67, 109)
"""The border of the mesh, from the forehead clockwise on the screen."""
NOSE: tuple[int, ...] = (168, 193, 245, 188, 174, 217, 126, 142, 129, 98, 97, 2, 326, 327, 358, 371)
NOSE += (355, 437, 399, 412, 465, 417)
"""Bridge, sides and wings."""
NOSTRILS = (98, 327)
CHEEKS = (50, 280)
"""The apples of the right and the left cheek."""


def outline(mesh: Points, landmarks: Sequence[int]) -> Points:
    """(k, 2): the points of an outline, pixels (x, y)."""
    return np.asarray(mesh[list(landmarks), :2], np.float32)


def grown(shape: Floats, by: float) -> Points:
    """An outline (k, 2) enlarged about its middle by the factor `by`."""
    middle = shape.mean(axis=0)
    return np.asarray(middle + (shape - middle) * by, np.float32)


def polygon(shape: Floats, size: int, blur: float = 0.7) -> Image:
    """(size, size) in [0, 1]: 1 inside the outline (k, 2), blurred by `blur` px."""
    out = np.zeros((size, size), np.float32)
    margin = int(np.ceil(4 * blur)) + 3
    left, top = np.clip(np.floor(shape.min(axis=0)).astype(int) - margin, 0, size)
    right, bottom = np.clip(np.ceil(shape.max(axis=0)).astype(int) + margin, 0, size)
    if right <= left or bottom <= top:
        return out
    # All else is 0: drawn, blurred and converted in its own box only.
    mask = np.zeros((bottom - top, right - left), np.uint8)
    corners = np.round((shape - (left, top)) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], (255,), cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(mask, (0, 0), blur) if blur > 0 else mask
    out[top:bottom, left:right] = soft * np.float32(1 / 255)
    return out


def mask(mesh: Points, landmarks: Sequence[int], size: int, blur: float = 0.7) -> Image:
    """(size, size) in [0, 1]: 1 inside the outline of these landmarks."""
    return polygon(outline(mesh, landmarks), size, blur)


def box_of(field: Image, margin: int = 0) -> Box | None:
    """The smallest box round everything that is not 0, or None."""
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    if not len(rows):
        return None
    top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    return slice(top, int(rows[-1]) + 1 + margin), slice(left, int(columns[-1]) + 1 + margin)

"""The turned rectangle of a picture that a network looks at, and the way back from its pixels.

MediaPipe's convention, which the networks were trained with: the corner of the rectangle, not the
middle of its first pixel, is the middle of the input's first pixel
(calculators/tensor/image_to_tensor_converter_opencv.cc). Sampling is bilinear, without smoothing.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Picture

Points = NDArray[np.float32]

FACE_ENLARGE = 1.5
"""scale_x and scale_y of modules/face_landmark/face_detection_front_detection_to_roi.pbtxt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle of a picture, turned about its middle; all in pixels of the picture."""

    x: float
    """Of the middle."""
    y: float
    """Of the middle."""
    width: float
    height: float
    angle: float = 0.0
    """Radians, clockwise on the screen."""

    def cut(self, picture: Picture, size: int, *, border: int) -> Picture:
        """The rectangle as (size, size, 3); `border` is OpenCV's way to go on outside the picture.

        Pixels lie on a grid of 1/32 px, as in the OpenCV that MediaPipe was built with. The grid is
        laid here, because OpenCV's own warps lay it in other places from one version to the next.
        """
        along = np.arange(size)
        places = [
            np.add.outer(down * along + start, across * along).astype(np.float32)
            for across, down, start in self._matrix(size)
        ]
        pixels, parts = cv2.convertMaps(places[0], places[1], cv2.CV_16SC2)
        cut = cv2.remap(picture, pixels, parts, cv2.INTER_LINEAR, borderMode=border)
        return np.asarray(cut, np.uint8)

    def to_picture(self, points: NDArray[np.floating[Any]], size: int) -> Points:
        """Points (..., 2) in pixels of the input that `cut` made, as pixels of the picture."""
        way = self._matrix(size)
        return np.asarray(points @ way[:, :2].T + way[:, 2], np.float32)

    def _matrix(self, size: int) -> NDArray[np.float64]:
        """(2, 3): from pixels of the input to pixels of the picture."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        turn = np.array([[cos, -sin], [sin, cos]]) * [self.width / size, self.height / size]
        corner = [self.x, self.y] - turn.sum(axis=1) * size / 2
        return np.column_stack([turn, corner])


def whole(picture: Picture) -> Region:
    """The square round a whole picture (keep_aspect_ratio of face_detection.pbtxt)."""
    height, width = picture.shape[:2]
    side = max(height, width)
    return Region(x=width / 2, y=height / 2, width=side, height=side)


def of_face(box: NDArray[np.floating[Any]], points: NDArray[np.floating[Any]]) -> Region:
    """Where the mesh looks for a detected face, its box (4,) and six points (6, 2) in pixels.

    The longer side of the box, enlarged, with the line from one eye to the other level:
    face_detection_front_detection_to_roi.pbtxt.
    """
    x, y = (float(value) for value in (box[:2] + box[2:]) / 2)
    side = float((box[2:] - box[:2]).max()) * FACE_ENLARGE
    across = points[1] - points[0]
    return Region(
        x=x,
        y=y,
        width=side,
        height=side,
        angle=math.atan2(across[1], across[0]),
    )

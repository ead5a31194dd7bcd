"""The square of a picture that a face fills, and the way into it and back.

Convention
  pictures      HWC uint8 RGB
  points        (x, y) in pixels; (0, 0) is the centre of the top-left pixel, so a picture of
                width w reaches from -0.5 to w - 0.5
  box           whole pixels of the picture; it may reach outside it

The rule (Sec. 4.1): the square around the face mesh, enlarged by 1.2, not rotated, brought to
256 pixels. `prepare` and the detector both cut with this module, so both see the same face.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CROP_SIZE = 256
"""Side of a stored face, in pixels."""

ENLARGE = 1.2
"""Side of the crop over the longer side of the mesh."""

ASIDE = 0.03
"""How far the crops beside a face's own are moved, in sides of it."""

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A square of whole pixels: columns left .. left + side - 1, rows top .. top + side - 1."""

    left: int
    """First column; negative where the box reaches over the left border."""
    top: int
    """First row; negative where the box reaches over the upper border."""
    side: int
    """Width and height, at least 1."""


def face_box(points: Points | NDArray[np.float64]) -> Box:
    """The square around mesh points (..., 2), enlarged by `ENLARGE` about their middle."""
    flat = np.asarray(points, np.float64).reshape(-1, 2)
    low, high = flat.min(axis=0), flat.max(axis=0)
    side = max(1, round(float((high - low).max()) * ENLARGE))
    left, top = np.round((low + high + 1 - side) / 2).astype(int)
    return Box(left=int(left), top=int(top), side=side)


def beside(box: Box) -> tuple[Box, ...]:
    """The box moved by `ASIDE` of its side to the right, left, down and up."""
    step = round(ASIDE * box.side)
    return tuple(
        Box(left=box.left + right, top=box.top + down, side=box.side)
        for right, down in ((step, 0), (-step, 0), (0, step), (0, -step))
    )


def cut(image: Picture, box: Box, size: int = CROP_SIZE) -> Picture:
    """The pixels of `box`, brought to `size` x `size`.

    Where the box leaves the picture, the picture is continued by reflection.
    """
    height, width = image.shape[:2]
    over = (
        max(0, -box.top),
        max(0, box.top + box.side - height),
        max(0, -box.left),
        max(0, box.left + box.side - width),
    )
    if any(over):
        image = np.asarray(cv2.copyMakeBorder(image, *over, cv2.BORDER_REFLECT_101), np.uint8)
    top, left = box.top + over[0], box.left + over[2]
    return resize_face(image[top : top + box.side, left : left + box.side], size)


def to_crop(points: Points, box: Box, size: int = CROP_SIZE) -> Points:
    """Points (..., 2) of the picture as pixels of the crop that `cut` makes."""
    corner = np.array([box.left, box.top]) - 0.5
    return ((np.asarray(points, np.float64) - corner) * (size / box.side) - 0.5).astype(np.float32)


def from_crop(points: Points, box: Box, size: int = CROP_SIZE) -> Points:
    """Points (..., 2) of a crop as pixels of the picture; the inverse of `to_crop`."""
    corner = np.array([box.left, box.top]) - 0.5
    return ((np.asarray(points, np.float64) + 0.5) * (box.side / size) + corner).astype(np.float32)


def resize_face(image: Picture, size: int) -> Picture:
    """A square picture at `size` x `size`: area means when it shrinks, bilinear when it grows.

    The one function by which a face comes to a model's input size, in training and in use.
    """
    if image.shape[:2] == (size, size):
        return np.ascontiguousarray(image)
    shrinks = image.shape[0] > size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=method), np.uint8)


def shared_area(first: Box, second: Box) -> float:
    """Area common to two boxes over that of the smaller one, in [0, 1]."""
    width = min(first.left + first.side, second.left + second.side) - max(first.left, second.left)
    height = min(first.top + first.side, second.top + second.side) - max(first.top, second.top)
    return max(0, width) * max(0, height) / min(first.side, second.side) ** 2

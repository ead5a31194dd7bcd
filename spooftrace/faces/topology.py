"""The triangles over which offsets are spread: the 140 vertices and a frame of anchors (Eq. 7).

The anchors stand on a square that is a quarter of the picture larger on every side, and never move;
so every pixel lies in some triangle even when a vertex is pushed a little outside the picture.
Points as in `spooftrace.faces.crop`: (x, y) in pixels, (0, 0) at the centre of the top-left pixel.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import MissingExtraError

ANCHORS_PER_SIDE = 8
MARGIN = 0.25
"""Distance of the anchors from the picture, in sides of the picture."""

SMALLEST_AREA = 1e-4
"""Triangles below this share of 1 px^2 at 256 px, or turned over, make a topology unfit."""

Points = NDArray[np.float32]
Triangles = NDArray[np.int32]

TRIANGLES: Triangles = np.load(Path(__file__).with_name("topology.npy")).astype(np.int32)
"""Delaunay triangles (310, 3) of the mean frontal face in its crop and the anchors, clockwise on
the screen; 0..139 are vertices, from 140 on anchors. Kept as data (`tools/select_vertices.py
--write`): a SciPy that breaks ties otherwise must not change what a model was trained with."""


def anchors(size: int) -> Points:
    """The fixed points (32, 2) around a picture of `size` px, clockwise from the top-left one."""
    low, side = -0.5 - MARGIN * size, (1 + 2 * MARGIN) * size
    along = low + side * np.arange(ANCHORS_PER_SIDE) / ANCHORS_PER_SIDE
    top = np.stack([along, np.full_like(along, low)], axis=1)
    quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
    middle = (size - 1) / 2
    turns = [(top - middle) @ np.linalg.matrix_power(quarter, k) + middle for k in range(4)]
    return np.asarray(np.concatenate(turns), np.float32)


def with_anchors(vertices: Points, size: int) -> Points:
    """Vertices (..., 140, 2) followed by the anchors of a picture of `size` px: (..., 172, 2)."""
    frame = anchors(size)
    frame = np.broadcast_to(frame, (*vertices.shape[:-2], *frame.shape))
    return np.asarray(np.concatenate([vertices, frame], axis=-2), np.float32)


def triangles_for(vertices: Points, size: int) -> Triangles:
    """Triangles (310, 3) that tile a picture of `size` px for these vertices (140, 2).

    `TRIANGLES` as long as none of them is folded over or flat; else the points' own Delaunay
    triangles, as a strongly turned head needs them, filled up with (0, 0, 0) to the same shape.
    Raises `MissingExtraError` where those are needed and SciPy is not installed.
    """
    points = with_anchors(vertices, size)
    if signed_areas(points, TRIANGLES).min() > SMALLEST_AREA * (size / 256) ** 2:
        return TRIANGLES
    return _own_triangles(points, size)


def signed_areas(points: Points, triangles: NDArray[np.signedinteger[Any]]) -> NDArray[np.float64]:
    """Areas (f,) of triangles (f, 3) of points (v, 2) in px^2; negative when anti-clockwise."""
    a, b, c = (points[triangles[:, corner]].astype(np.float64) for corner in range(3))
    (bx, by), (cx, cy) = (b - a).T, (c - a).T
    return np.asarray((bx * cy - by * cx) / 2)


def _own_triangles(points: Points, size: int) -> Triangles:
    """Delaunay triangles that touch the picture, clockwise, in the shape of `TRIANGLES`."""
    # Imported here, because a detector needs this module but never these triangles.
    try:
        from scipy.spatial import Delaunay
    except ImportError as error:
        raise MissingExtraError(
            "a face turned so far needs triangles of its own, and SciPy for them, which is not "
            "installed; in the checkout: pip install '.[data]'"
        ) from error

    found = Delaunay(points).simplices.astype(np.int32)
    corners = points[found]
    touches = (corners.max(axis=1) > -0.5).all(axis=1) & (corners.min(axis=1) < size - 0.5).all(
        axis=1
    )
    found = found[touches][: len(TRIANGLES)]
    backward = signed_areas(points, found) < 0
    found[backward] = found[backward][:, ::-1]
    padded = np.zeros_like(TRIANGLES)
    padded[: len(found)] = found
    return padded

"""Triangles to pixels: which one is seen where, and values of the vertices in between."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """The pixels that some triangle covers."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    owner: NDArray[np.intp]
    """Index of the nearest triangle at each of them."""


def visible(flat: Values, depth: Values, triangles: NDArray[np.intp], size: int) -> Pixels:
    """What is seen of triangles whose corners lie at `flat` (n, 2) pixels, `depth` (n,) away.

    Corners run clockwise on the screen when a triangle shows its outside; others are not drawn.
    """
    first, second, third = (flat[triangles[:, corner]] for corner in range(3))
    (right, down), (across, below) = (second - first).T, (third - first).T
    faces_us = np.flatnonzero(right * below - down * across > 0)
    far_first = faces_us[np.argsort(-depth[triangles[faces_us]].mean(1))]
    owner = np.full((size, size), -1, np.int32)
    corners = np.round(flat[triangles] * 16).astype(np.int32)
    for index in far_first.tolist():
        cv2.fillConvexPoly(owner, corners[index], (index,), cv2.LINE_8, 4)
    rows, columns = np.nonzero(owner >= 0)
    return Pixels(rows=rows, columns=columns, owner=owner[rows, columns].astype(np.intp))


def interpolate(
    values: Values, flat: Values, triangles: NDArray[np.intp], pixels: Pixels
) -> Values:
    """Values (n, k) of the vertices at the pixels (p, k), linear inside each triangle."""
    first, second, third = (flat[triangles[:, corner]] for corner in range(3))
    u, v = second - first, third - first
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area = np.where(np.abs(area) < 1e-6, 1, area)
    owner = pixels.owner
    x = (pixels.columns - first[owner, 0]) / area[owner]
    y = (pixels.rows - first[owner, 1]) / area[owner]
    # A pixel's centre may lie outside of a sliver that touches it: clip, do not extrapolate.
    along_u = np.clip(x * v[owner, 1] - y * v[owner, 0], 0, 1)
    along_v = np.clip(y * u[owner, 0] - x * u[owner, 1], 0, 1 - along_u)
    weights = np.stack([1 - along_u - along_v, along_u, along_v]).astype(np.float32)
    corners = triangles[owner]
    mixed = sum(weights[k][:, None] * values[corners[:, k]] for k in range(3))
    return np.asarray(mixed, np.float32)


def normals(points: Values, triangles: NDArray[np.intp]) -> Values:
    """Unit normals (n, 3) at the vertices, outwards; z of `points` (n, 3) grows away from us."""
    first, second, third = (points[triangles[:, corner]] for corner in range(3))
    outward = np.cross(third - first, second - first)
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], outward)
    return np.asarray(total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-9), np.float32)

"""The mesh of a person: the 468 points of the face, and rings that carry head, neck and shoulders.

Head coordinates are those of `spooftrace.faces.mesh.CANONICAL`: x right, y down, z away from the
camera, in heights of the face. The texture is the square of +-`SPAN` round the middle of the mean
frontal face, seen from the front: what is painted at a point of it is carried there by the mesh.
"""

import itertools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces import mesh

Points = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

SPAN: Final = 1.1
"""Half of the texture's side, in heights of the face."""

TEXTURE_SIZE: Final = 768
"""Side of the texture in pixels: a face in it is about as large as in a portrait."""

# fmt: off
OVAL: Final = np.array([
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
])
"""MediaPipe's face oval, from the top of the forehead to the person's left and round."""
# fmt: on

_RINGS: Final = (
    (1.1, 1.0, 0.06),
    (1.25, 0.8, 0.15),
    (1.5, 0.5, 0.2),
    (2.0, 0.25, 0.22),
    (4.2, 0.0, 0.22),
)
"""Of each ring: its size in sizes of the oval, how far it follows the oval of this person's face,
and how far it lies behind it."""

_BEHIND: Final = 0.1
"""Depth at which head and hair end, in heights of the face: about the plane of the ears."""

_MEAN: Final = np.asarray(mesh.CANONICAL, np.float32)


def extended(face: Floats) -> Points:
    """A face (468, 3) followed by its rings: (n, 3)."""
    mean_rim, rim = _MEAN[OVAL], np.asarray(face)[OVAL]
    rings = []
    for size, follows, depth in _RINGS:
        flat = mean_rim[:, :2] * size + follows * (rim - mean_rim)[:, :2]
        behind = np.maximum(mean_rim[:, 2] * (1.1 - 0.1 * size) + depth, _BEHIND)
        rings.append(np.column_stack([flat, np.minimum(behind, 0.45)]))
    return np.asarray(np.concatenate([face, *rings]), np.float32)


def place(points: Floats, size: int = TEXTURE_SIZE) -> Points:
    """Pixels (x, y) of points (..., 2) in a texture of `size` pixels a side."""
    return np.asarray((points / SPAN * 0.5 + 0.5) * size - 0.5, np.float32)


def _triangles() -> NDArray[np.intp]:
    """Those of the face with eyes and mouth closed by skin, then of the bands between the rings."""
    count = len(OVAL)
    loops = [OVAL, *(mesh.MESH_COUNT + ring * count + np.arange(count) for ring in range(5))]
    bands = [mesh.CANONICAL_TRIANGLES, mesh.EYE_TRIANGLES, mesh.MOUTH_TRIANGLES]
    for near, far in itertools.pairwise(loops):
        near_next, far_next = np.roll(near, -1), np.roll(far, -1)
        bands.append(np.column_stack([near, far, near_next]))
        bands.append(np.column_stack([near_next, far, far_next]))
    return np.concatenate(bands).astype(np.intp)


TRIANGLES: Final = _triangles()
"""(f, 3) indices of vertices, clockwise on the screen when seen from outside."""

REST: Final = extended(_MEAN)
"""The mean person (n, 3); its x and y say where each vertex lies in the texture."""

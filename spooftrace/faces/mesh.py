"""The face as points: MediaPipe's 468, the 140 of them that are warped, and the mean frontal face.

`CANONICAL` is the mean of the face meshes of the training portraits of the Face Research Lab
London Set (CC BY 4.0, see NOTICE), Procrustes-aligned and made mirror-symmetric by
`tools/mean_face.py`: x right, y DOWN, z away from the camera; the x-y bounding box is centred on
the origin and its longer side, the height of the face, is 1.

Sec. 3.3 warps by Q = 140 vertices of a 3DMM fit; here they are points of MediaPipe's mesh, which
has a fixed topology too (docs/divergences.md#vertices). "Left" is the person's left.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MESH_COUNT = 468
"""Points of MediaPipe's face mesh."""

VERTEX_COUNT = 140
"""Q of Sec. 4.1: the vertices that carry the warp."""

# Selected by `tools/select_vertices.py`; a test selects them again and compares.
# fmt: off
VERTICES: NDArray[np.intp] = np.array([
    2, 4, 5, 9, 10, 13, 16, 21, 31, 33, 36, 37, 40, 46,
    50, 52, 54, 55, 58, 61, 64, 65, 67, 69, 70, 80, 84, 91,
    93, 98, 99, 100, 103, 105, 107, 108, 109, 114, 115, 117, 119, 127,
    132, 133, 136, 145, 148, 149, 150, 151, 152, 154, 157, 159, 161, 162,
    163, 165, 168, 172, 176, 194, 197, 198, 200, 201, 202, 204, 205, 206,
    207, 212, 216, 229, 231, 234, 251, 261, 263, 266, 267, 270, 276, 280,
    282, 284, 285, 288, 291, 294, 295, 297, 299, 300, 310, 314, 321, 323,
    327, 328, 329, 332, 334, 336, 337, 338, 343, 344, 346, 348, 356, 361,
    362, 365, 374, 377, 378, 379, 381, 384, 386, 388, 389, 390, 391, 397,
    400, 418, 420, 421, 422, 424, 425, 426, 427, 432, 436, 449, 451, 454,
], dtype=np.intp)
# fmt: on
"""Indices (140,) into the 468 points, ascending."""

with np.load(Path(__file__).with_name("mean_face.npz")) as _file:
    _mean_face: dict[str, NDArray[np.generic]] = dict(_file)

CANONICAL: NDArray[np.float32] = _mean_face["points"].astype(np.float32)
"""The mean frontal face (468, 3), in heights of the face."""

CANONICAL_TRIANGLES: NDArray[np.int32] = _mean_face["skin"].astype(np.int32)
"""The skin (852, 3), open at the eyes and the mouth; clockwise on the screen, seen from outside."""

EYE_TRIANGLES: NDArray[np.int32] = _mean_face["eyes"].astype(np.int32)
"""What closes the two eyes (28, 3): the person's right eye, then the left one."""

MOUTH_TRIANGLES: NDArray[np.int32] = _mean_face["mouth"].astype(np.int32)
"""What closes the mouth between the inner lips (18, 3)."""

MIRROR_468: NDArray[np.intp] = _mean_face["mirror"].astype(np.intp)
"""For every point of the mesh (468,) the index of its left-right mirror image."""

MIRROR: NDArray[np.intp] = np.searchsorted(VERTICES, MIRROR_468[VERTICES])
"""The same among the 140 vertices (140,): i and MIRROR[i] change places in a mirror."""

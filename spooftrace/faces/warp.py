"""What lies on one face, carried onto the shape of another: the layer of Sec. 3.3 without torch.

`stdn.warp` trains with; this one shows and synthesizes, where torch is not installed. The two agree
within 1e-3 of a pixel's value (Eqs. 4-7). Conventions are those of `stdn.warp`: points (x, y) in
pixels, (0, 0) at the centre of the top-left one; sampling is backward, over the triangles of the
target; a sample outside the picture takes the value at its border.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.topology import Points, triangles_for, with_anchors

Floats = NDArray[np.float32]
Corners = NDArray[np.float64]


def carry(values: Floats, source: Points, target: Points) -> Floats:
    """Values (n, n, c) of a face with vertices `source` as they lie on one with `target` (Eq. 5).

    Vertices are (140, 2), in pixels of the picture of side n. Raises `MissingExtraError` for a
    target turned so far that it needs triangles of its own, where SciPy is not installed.
    """
    size = len(values)
    triangles = triangles_for(target, size)
    offset = dense_offset(with_anchors(source, size), with_anchors(target, size), triangles, size)
    return sample(values, offset)


def dense_offset(
    source: Points, target: Points, triangles: NDArray[np.signedinteger[Any]], size: int
) -> NDArray[np.float64]:
    """Tri(.) of Eq. 7: offsets `source - target` of points (v, 2), spread over (size, size, 2).

    Linear inside each of the target's triangles (f, 3), which tile the picture; 0 outside them.
    """
    offset = np.zeros((size, size, 2))
    moved = source.astype(np.float64) - target
    for corners, values in zip(target.astype(np.float64)[triangles], moved[triangles], strict=True):
        left, top = np.maximum(np.ceil(corners.min(axis=0)), 0).astype(int)
        right, bottom = np.minimum(np.floor(corners.max(axis=0)), size - 1).astype(int) + 1
        if left >= right or top >= bottom:
            continue
        weights = _weights(corners, np.arange(left, right), np.arange(top, bottom))
        if weights is not None:
            inside = (weights >= -_EDGE).all(axis=-1)
            offset[top:bottom, left:right][inside] = weights[inside] @ values
    return offset


_EDGE = 1e-6
"""A pixel on an edge belongs to both of its triangles, which agree there; rounding loses none."""


def _weights(
    corners: Corners, x: NDArray[np.int_], y: NDArray[np.int_]
) -> NDArray[np.float64] | None:
    """Barycentric weights (y, x, 3) of a grid of pixels; None for a triangle without area."""
    (ax, ay), (bx, by), (cx, cy) = corners
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if area == 0:
        return None
    across, down = x[None, :], y[:, None]
    second = ((across - ax) * (cy - ay) - (cx - ax) * (down - ay)) / area
    third = ((bx - ax) * (down - ay) - (across - ax) * (by - ay)) / area
    return np.asarray(np.stack([1 - second - third, second, third], axis=-1))


def sample(values: Floats, offset: NDArray[np.float64]) -> Floats:
    """G[p0 + offset] of Eqs. 4-5: values (n, n, c) looked up at shifted pixels, bilinearly."""
    last = len(values) - 1
    axis = np.arange(len(values))
    x, y = (np.clip(axis[None, :] + offset[..., 0], 0, last), offset[..., 1] + axis[:, None])
    y = np.clip(y, 0, last)
    left, top = (np.minimum(np.floor(place), last - 1).astype(int) for place in (x, y))
    right, down = (x - left)[..., None], (y - top)[..., None]
    upper = values[top, left] * (1 - right) + values[top, left + 1] * right
    lower = values[top + 1, left] * (1 - right) + values[top + 1, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float32)

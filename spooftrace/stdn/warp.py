"""Online 3D warping: carry the trace of one face onto the shape of another (Sec. 3.3, Eqs. 4-7).

Convention
  coordinates   (x, y) in pixels; (0, 0) is the centre of the top-left pixel (`align_corners=True`)
  direction     sampling is *backward*: for each target pixel we ask where in the source its value
                lies. Read literally, Eqs. 5 and 7 move the trace the wrong way; Fig. 4's words need
                offsets `source - target` spread over the triangles of the target
                (docs/divergences.md#warp)
  mesh          vertices of a face followed by fixed anchors around the picture, so that every
                pixel lies in a triangle; triangles index that list. They must tile the picture
                without overlap in the *target*
  outside       a sample outside the picture takes the value at its border
  gradient      flows to the trace (bilinear) and to both faces' vertices (barycentric), never to
                the topology
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

SMALLEST_AREA = 1e-6
"""Twice the area in px^2 below which a triangle covers no pixel centre worth asking about."""


def warp_between(
    trace: Float[Tensor, "b 3 n n"],
    source: Float[Tensor, "b v 2"],
    target: Float[Tensor, "b v 2"],
    triangles: Int[Tensor, "*b f 3"],
) -> Float[Tensor, "b 3 n n"]:
    """G_{i->j}: the trace of one face as it would lie on another.

    It comes from faces shaped like `source` and goes to faces shaped like `target`.

    `source` and `target` are mesh points in pixels, anchors included; `triangles` is one topology
    for all ([f,3]) or one a sample ([b,f,3]). See Convention.
    """
    return warp(trace, dense_offset(source, target, triangles, size=trace.shape[-1]))


def warp(
    trace: Float[Tensor, "b 3 n n"], offset: Float[Tensor, "b n n 2"]
) -> Float[Tensor, "b 3 n n"]:
    """G[p0 + offset] of Eqs. 4-5: look the trace up at shifted pixels, bilinearly."""
    size = trace.shape[-1]
    axis = torch.arange(size, dtype=offset.dtype, device=offset.device)
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    grid = (pixels + offset) * (2 / (size - 1)) - 1
    return functional.grid_sample(
        trace, grid.to(trace.dtype), mode="bilinear", padding_mode="border", align_corners=True
    )


def dense_offset(
    source: Float[Tensor, "b v 2"],
    target: Float[Tensor, "b v 2"],
    triangles: Int[Tensor, "*b f 3"],
    *,
    size: int,
) -> Float[Tensor, "b n n 2"]:
    """Tri(.) of Eq. 7: spread the sparse offsets `source - target`.

    They are spread over the `size` x `size` pixels of the target.

    Linear inside each target triangle, hence exact at vertices and for affine motions. A pixel
    outside every triangle takes the plane of the triangle to its left; with anchors around the
    picture there is none.
    """
    batch = target.shape[0]
    triangles = triangles.expand(batch, *triangles.shape[-2:])
    corners = _gather(target, triangles)
    planes = _planes(corners, _gather(source - target, triangles), middle=(size - 1) / 2)
    index = covering_triangle(corners.detach(), size=size)
    of_batch = torch.arange(batch, device=index.device).view(-1, 1, 1) * triangles.shape[1]
    # Rows of one flat table: a single pass over the pixels copies all six numbers of a plane.
    plane = planes.flatten(0, 1).index_select(0, (index + of_batch).flatten())
    constant, slope_x, slope_y = torch.split(plane.view(batch, size, size, 6), 2, dim=-1)
    axis = torch.arange(size, dtype=target.dtype, device=target.device) - (size - 1) / 2
    x, y = axis.view(1, 1, size, 1), axis.view(1, size, 1, 1)
    return torch.addcmul(torch.addcmul(constant, slope_x, x), slope_y, y)


def covering_triangle(corners: Float[Tensor, "b f 3 2"], *, size: int) -> Int[Tensor, "b n n"]:
    """Number of the triangle that covers each pixel centre, for triangles that tile the picture.

    Row by row, every triangle covers one interval of x. The intervals of a row do not overlap, so
    it is enough to write each triangle's number at the first pixel of its interval and to carry the
    last number seen to the right: one scatter and one running maximum for the whole batch, no loop,
    no search, nothing read back by the host.
    """
    batch, count = corners.shape[:2]
    left, right = _intervals(corners, size)
    first = left.ceil_().clamp_(0, size).int()
    end = right.ceil_().clamp_max_(size).int()
    rows = torch.arange(batch * size, device=corners.device).view(batch, 1, size) * size
    # Empty intervals all write to one spare cell behind the last row.
    cell = torch.where(end > first, rows + first, batch * size * size)
    number = torch.arange(count, dtype=torch.int32, device=corners.device).view(1, count, 1)
    # A later start must win the maximum whatever its triangle's number: the start stands in the
    # higher bits.
    bits = count.bit_length()
    started = torch.zeros(batch * size * size + 1, dtype=torch.int32, device=corners.device)
    started.scatter_(0, cell.flatten(), ((first << bits) | number).flatten())
    latest = started[:-1].view(batch, size, size).cummax(dim=-1).values
    return latest & ((1 << bits) - 1)


def _intervals(corners: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """[left, right) in x of each triangle on each pixel row.

    Two tensors [b, f, size], empty where left >= right.

    Half-open in x and y, and an edge is always walked from its upper end, so that two triangles
    that share an edge get bitwise the same crossing and no pixel is claimed twice or by nobody.
    """
    order = corners[..., 1].argsort(dim=-1, stable=True)
    x, y = (corners[..., axis].gather(-1, order).unsqueeze(-1) for axis in (0, 1))
    (xa, xb, xc), (ya, yb, yc) = x.unbind(-2), y.unbind(-2)
    row = torch.arange(size, dtype=corners.dtype, device=corners.device)
    long = xa + (row - ya) * _slope(xa, ya, xc, yc)
    upper = xa + (row - ya) * _slope(xa, ya, xb, yb)
    lower = xb + (row - yb) * _slope(xb, yb, xc, yc)
    short = torch.where(row < yb, upper, lower)
    outside = (row < ya) | (row >= yc)
    left = torch.minimum(long, short).masked_fill_(outside, float(size))
    return left, torch.maximum(long, short)


def _slope(xa: Tensor, ya: Tensor, xb: Tensor, yb: Tensor) -> Tensor:
    """dx/dy of an edge; 0 for a horizontal one, which no row crosses."""
    height = yb - ya
    flat = height <= 0
    return torch.where(flat, 0, (xb - xa) / torch.where(flat, 1, height))


def _planes(corners: Tensor, values: Tensor, *, middle: float) -> Tensor:
    """Linear function through three values a triangle, [b, f, 6].

    Value at the picture's middle, d/dx, d/dy.

    Taken at the middle, coordinates stay small, and float32 exact enough (1e-4 px at 256 px). A
    triangle without area gets slope 0: it covers no pixel, and must not poison the gradient of the
    others.
    """
    first = corners[..., 0, :]
    (x1, y1), (x2, y2) = ((corners[..., k, :] - first).unsqueeze(-2).unbind(-1) for k in (1, 2))
    v1, v2 = (values[..., k, :] - values[..., 0, :] for k in (1, 2))
    area = x1 * y2 - x2 * y1
    empty = area.abs() < SMALLEST_AREA
    inverse = torch.where(empty, 0, 1 / torch.where(empty, 1, area))
    slope_x, slope_y = (v1 * y2 - v2 * y1) * inverse, (v2 * x1 - v1 * x2) * inverse
    x0, y0 = (middle - first).unsqueeze(-2).unbind(-1)
    return torch.cat([values[..., 0, :] + slope_x * x0 + slope_y * y0, slope_x, slope_y], dim=-1)


def _gather(points: Tensor, triangles: Tensor) -> Tensor:
    """Corner values of every triangle: [b, v, 2] and [b, f, 3] to [b, f, 3, 2]."""
    batch, count = triangles.shape[:2]
    flat = triangles.reshape(batch, count * 3, 1).long().expand(-1, -1, 2)
    return points.gather(1, flat).view(batch, count, 3, 2)

"""The face as a surface: at every pixel its normal, and its place on the mean face.

Both are smooth, so they are made at a quarter of the size and enlarged, and they are continued
beyond the mesh over hair and neck, where no mesh tells them.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.faces.mesh import (
    CANONICAL,
    CANONICAL_TRIANGLES,
    EYE_TRIANGLES,
    MOUTH_TRIANGLES,
)
from spooftrace.simulation.scene import raster
from spooftrace.simulation.scene.light import Image, Points

TRIANGLES = np.concatenate([CANONICAL_TRIANGLES, EYE_TRIANGLES, MOUTH_TRIANGLES]).astype(np.intp)
"""The whole face (898, 3), eyes and mouth closed."""

_COARSE = 4
"""Pixels of the scene per pixel in which the surface is made."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """What is known of every pixel of a scene of side n."""

    normal: Image
    """(n, n, 3) vectors out of the face, of length 1 within a few percent: x right, y down, z away
    from the camera; a cheek that faces the camera has (0, 0, -1)."""
    place: Image
    """(n, n, 2): where on the mean face (`faces.mesh.CANONICAL`, x and y) the pixel lies, in
    heights of the face; alike for every person and pose, so that paint and paper stick to skin."""
    inside: Image
    """(n, n) in [0, 1]: 1 on the mesh, eyes and mouth included, with an edge of a few pixels."""


def surface_of(mesh: Points, size: int) -> Surface:
    """The surface of a mesh (468, 3) in pixels of a scene of `size` px."""
    side = -(-size // _COARSE)
    small = mesh * np.float32(1 / _COARSE)
    small[:, :2] += (1 / _COARSE - 1) / 2
    pixels = raster.visible(small[:, :2], small[:, 2], TRIANGLES, side)
    values = np.concatenate([raster.normals(mesh, TRIANGLES), CANONICAL[:, :2]], axis=1)
    found = raster.interpolate(values, small[:, :2], TRIANGLES, pixels)
    fields = np.zeros((side, side, 6), np.float32)
    fields[pixels.rows, pixels.columns, :5] = found
    fields[pixels.rows, pixels.columns, 5] = 1
    fields[..., 3:5] = _continued_place(fields[..., 3:5], fields[..., 5], mesh, side)
    fields[..., :3] = _continued_normal(fields[..., :3], fields[..., 5])
    fields[..., 5] = cv2.GaussianBlur(fields[..., 5], (0, 0), 0.6)
    return Surface(
        normal=enlarged(fields[..., :3], size),
        place=enlarged(fields[..., 3:5], size),
        inside=enlarged(fields[..., 5], size),
    )


def tilted(normal: Image, height: Image) -> Image:
    """Normals (h, w, 3) of a surface that is raised towards the camera by `height` (h, w) px."""
    new = normal.copy()
    new[..., 0] -= cv2.Scharr(height, cv2.CV_32F, 1, 0) / 32
    new[..., 1] -= cv2.Scharr(height, cv2.CV_32F, 0, 1) / 32
    return np.asarray(new / np.linalg.norm(new, axis=2, keepdims=True), np.float32)


def enlarged(field: Image, size: int) -> Image:
    """A smooth field of a coarse scene (m, m, ...) at `size` px."""
    return np.asarray(cv2.resize(field, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def _continued_normal(normal: Image, known: Image) -> Image:
    """Outside of the mesh a wide mean of what is near, fading towards the camera's direction."""
    weight = _wide_mean(known)[..., None]
    mean = _wide_mean(normal)
    around = mean + (1 - weight) ** 2 * np.array([0, 0, -1], np.float32) * np.float32(0.3)
    around /= np.linalg.norm(around, axis=2, keepdims=True) + np.float32(1e-6)
    soft = cv2.GaussianBlur(known, (0, 0), 1.0)[..., None] * known[..., None]
    return np.asarray(around + soft * (normal - around), np.float32)


def _wide_mean(field: Image) -> Image:
    """A Gaussian of a sixteenth of the side, made at a quarter of the size."""
    side = len(field)
    small = cv2.resize(field, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 64)
    return enlarged(np.asarray(soft, np.float32), side)


def _continued_place(place: Image, known: Image, mesh: Points, side: int) -> Image:
    """Outside of the mesh the affine map that fits it best."""
    flat = np.column_stack([mesh[:, :2] / _COARSE, np.ones(len(mesh))])
    affine = np.linalg.lstsq(flat, CANONICAL[:, :2], rcond=None)[0].astype(np.float32)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    around = x[..., None] * affine[0] + y[..., None] * affine[1] + affine[2]
    return np.asarray(np.where(known[..., None] > 0, place, around), np.float32)

"""A head turned in depth: how far each pixel of its portrait moves, by the mesh.

The axis lies behind the face, about in the plane of the ears: there nothing moves, and neither does
what lies beyond the mesh - hair, neck, shoulders -, but for a soft passage around the face.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.mesh import CANONICAL_TRIANGLES
from spooftrace.simulation.scene import raster
from spooftrace.simulation.scene.light import Image, Points

AXIS: Final = 0.3
"""Depth of the axis behind the middle of the mesh, in heights of the face."""

STRETCHED: Final = 0.03
"""Largest share of the turned face that may be drawn out of what the portrait hardly shows."""

_SIDE: Final = 90
"""Side at which the field is made: it is smooth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Degrees; (0, 0) leaves the portrait as it is."""

    yaw: float = 0.0
    """Positive: the nose moves to the right of the picture."""
    pitch: float = 0.0
    """Positive: the nose moves down."""


UNTURNED: Final = Turn()


def allowed(mesh: Points, turn: Turn) -> Turn:
    """The turn, or the half or quarter of it that needs next to nothing unseen; else none."""
    for share in (1.0, 0.5, 0.25):
        less = Turn(yaw=share * turn.yaw, pitch=share * turn.pitch)
        if stretched(mesh, turned(mesh, less)) <= STRETCHED:
            return less
    return UNTURNED


def turned(mesh: Points, turn: Turn) -> Points:
    """(468, 3) the mesh after the turn, same unit."""
    height = float(np.ptp(mesh[:, 1]))
    axis = mesh.mean(axis=0) + np.array([0, 0.1, AXIS]) * height
    yaw, pitch = np.radians(-turn.yaw), np.radians(turn.pitch)
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    return np.asarray((mesh - axis) @ (about_y @ about_x).T + axis, np.float32)


def field(before: Points, after: Points, size: int) -> Image:
    """(90, 90, 2): how far what is seen at a pixel of the turned portrait has moved, in its pixels.

    Args:
        before: (468, 3) mesh of the portrait of side `size`.
        after: the same, turned.
        size: side of the portrait.
    """
    scale = _SIDE / size
    flat = np.asarray((after[:, :2] + 0.5) * scale - 0.5, np.float32)
    pixels = raster.visible(flat, after[:, 2], CANONICAL_TRIANGLES.astype(np.intp), _SIDE)
    way = np.asarray(after[:, :2] - before[:, :2], np.float32)
    known = np.zeros((_SIDE, _SIDE), np.float32)
    known[pixels.rows, pixels.columns] = 1
    moved = np.zeros((_SIDE, _SIDE, 2), np.float32)
    moved[pixels.rows, pixels.columns] = raster.interpolate(
        way, flat, CANONICAL_TRIANGLES.astype(np.intp), pixels
    )
    near = cv2.GaussianBlur(known, (0, 0), 2.0)
    beside = cv2.GaussianBlur(moved, (0, 0), 2.0) / np.maximum(near, 1e-4)[..., None]
    fading = np.clip(2 * cv2.GaussianBlur(known, (0, 0), 6.0), 0, 1)[..., None]
    whole = known[..., None] * moved + (1 - known[..., None]) * beside * fading
    return np.asarray(cv2.GaussianBlur(whole, (0, 0), 1.0), np.float32)


def stretched(before: Points, after: Points) -> float:
    """Share of the turned face's area in triangles that were less than a quarter as large."""
    grown = _areas(after)
    seen = grown > 0
    few = seen & (_areas(before) < 0.25 * grown)
    return float(grown[few].sum() / max(float(grown[seen].sum()), 1e-6))


def _areas(mesh: Points) -> NDArray[np.float32]:
    """Of the mesh's triangles, negative where they face away."""
    first, second, third = (mesh[CANONICAL_TRIANGLES[:, corner], :2] for corner in range(3))
    u, v = second - first, third - first
    return np.asarray((u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2, np.float32)

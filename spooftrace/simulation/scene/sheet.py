"""A sheet in the hand - paper, a display: where its own coordinates fall in the scene.

What is shown keeps its place in the scene, as if it had been printed for this very pose: so the
difference to the living face stays aligned to the pixel. What belongs to the medium itself - dots,
sub-pixels, fibres, edges, shading - follows the turned and bent sheet.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Image

CAMERA_DISTANCE: Final = 3.0
"""From the lens to the sheet in sides of the scene: 60 cm for a scene of 20 cm."""

NYQUIST: Final = 0.5
"""Cycles per pixel of the scene: what is finer than this no sheet can show there."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge in coordinates of the sheet."""

COARSE: Final = 4
"""Pixels of the scene per pixel in which what is smooth is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a sheet is held; all zero: flat, upright and facing the lens."""

    roll: float = 0.0
    """Turn in the picture's plane, radians."""
    tilt_x: float = 0.0
    """Tangent of the turn that takes the right side away from the lens."""
    tilt_y: float = 0.0
    """Tangent of the turn that takes the lower side away from the lens."""
    bend: float = 0.0
    """Curvature of the cylinder, radians per side of the scene; positive bulges to the lens."""
    axis: float = 0.0
    """Direction of the cylinder's axis, radians from upright."""
    cone: float = 0.0
    """Share by which the curvature grows over half the scene along the axis: a cone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A sheet in the scene of side n."""

    u: Image
    """(n, n): to the right along the sheet, in pixels of the scene; 0 in the middle."""
    v: Image
    """(n, n): down along the sheet."""
    normal: Image
    """(n / 4, n / 4, 3): unit vectors out of the sheet: x right, y down, z away from the lens."""


def lay(pose: Pose, size: int) -> Sheet:
    """The sheet of a pose in a scene of `size` px."""
    u, v = _on_plane(pose, size, 1)
    if pose.bend:
        u, v = _unrolled(pose, u, v, size)
    return Sheet(u=u, v=v, normal=_normal(pose, size))


def rectangle(sheet: Sheet, box: Box) -> Image:
    """(n, n) in [0, 1]: cover of the rectangle (left, top, right, bottom) of the sheet."""
    left, top, right, bottom = box
    depth = np.minimum(
        np.minimum(sheet.u - left, right - sheet.u), np.minimum(sheet.v - top, bottom - sheet.v)
    )
    return np.asarray(np.clip(depth + 0.5, 0, 1), np.float32)


def enlarged(coarse: Image, size: int) -> Image:
    """A smooth field at the size of the scene."""
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def view_directions(size: int) -> NDArray[np.float32]:
    """(size, size, 3): unit vectors from the lens to a scene drawn at this size."""
    along = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    rays = np.empty((size, size, 3), np.float32)
    rays[..., 0], rays[..., 1], rays[..., 2] = along, along[:, None], CAMERA_DISTANCE
    return np.asarray(rays / np.linalg.norm(rays, axis=2, keepdims=True), np.float32)


def _on_plane(pose: Pose, size: int, step: int) -> tuple[Image, Image]:
    """Where the ray of every `step`-th pixel meets the tilted plane, turned by the roll."""
    along = np.arange(size // step, dtype=np.float32) * step + ((step - size) / 2)
    x, y = along, along[:, None]
    distance = np.float32(CAMERA_DISTANCE * size)
    reach = distance / (distance - np.float32(pose.tilt_x) * x - np.float32(pose.tilt_y) * y)
    # Lengths along the slopes; exact where only one of the two is tilted.
    u = reach * (x * np.float32(np.hypot(1, pose.tilt_x)))
    v = reach * (y * np.float32(np.hypot(1, pose.tilt_y)))
    cos, sin = np.float32(np.cos(pose.roll)), np.float32(np.sin(pose.roll))
    turned = cos * u + sin * v, cos * v - sin * u
    return np.asarray(turned[0], np.float32), np.asarray(turned[1], np.float32)


def _unrolled(pose: Pose, u: Image, v: Image, size: int) -> tuple[Image, Image]:
    """Arc lengths along the cylinder: radius * asin(distance / radius) across its axis."""
    stretch = _sine(pose, u, v, size)
    across = np.cos(pose.axis) * u + np.sin(pose.axis) * v
    # asin(s) / s, s = across / radius, by its series: exact to 1e-3 up to 45 degrees.
    square = stretch * stretch
    more = across * (square * (1 / 6 + square * (3 / 40 + square * (15 / 336))))
    return (
        np.asarray(u + np.float32(np.cos(pose.axis)) * more, np.float32),
        np.asarray(v + np.float32(np.sin(pose.axis)) * more, np.float32),
    )


def _sine(pose: Pose, u: Image, v: Image, size: int) -> Image:
    """Sine of the surface's angle at points of the plane: distance from the axis over radius."""
    cos, sin = np.float32(np.cos(pose.axis)), np.float32(np.sin(pose.axis))
    across, along = cos * u + sin * v, cos * v - sin * u
    curvature = np.float32(pose.bend / size) * (1 + np.float32(2 * pose.cone / size) * along)
    return np.asarray(np.clip(across * curvature, -0.8, 0.8), np.float32)


def _normal(pose: Pose, size: int) -> Image:
    u, v = _on_plane(pose, size, COARSE)
    normal = np.empty((*u.shape, 3), np.float32)
    sine = _sine(pose, u, v, size)
    turn = pose.axis + pose.roll
    normal[..., 0] = np.cos(turn) * sine + np.float32(pose.tilt_x)
    normal[..., 1] = np.sin(turn) * sine + np.float32(pose.tilt_y)
    normal[..., 2] = -np.sqrt(1 - sine * sine)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return normal

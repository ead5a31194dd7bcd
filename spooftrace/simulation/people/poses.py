"""How a face moves: smile, lips, lids, the turn of the head, and the camera's view of it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.people import head_mesh

Points = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

# MediaPipe's landmarks, "right" is the person's: corner, lower lid, corner, upper lid back again.
_UPPER_LIP: Final = (415, 310, 311, 312, 13, 82, 81, 80, 191)
RIGHT_EYE: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE: Final = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
INNER_LIPS: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, *_UPPER_LIP)

LARGEST_YAW: Final = 25.0
LARGEST_PITCH: Final = 15.0
"""Degrees."""

_LIP_LINE: Final = 0.2256
"""y between the lips of the mean face."""

_PIVOT: Final = np.array([0.0, 0.3, 0.35])
"""Where the head turns on the neck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """One look of a person."""

    yaw: float
    """Degrees, positive: the nose moves to the right of the picture."""
    pitch: float
    """Degrees, positive: the nose moves down."""
    smile: float
    """1 is the mean smile of the people measured, 0 none."""
    jaw: float
    """How far the lower lip falls, heights of the face."""
    lids: float
    """Share by which the eyes are closed."""
    brows: float
    """How far the brows rise, heights of the face."""
    gaze: tuple[float, float]
    """Where the eyes look beside the camera, sine of the angle to the right and down."""
    distance: float
    """Of the camera, heights of the face."""


def draw_pose(rng: np.random.Generator) -> Pose:
    """A random look: mostly nearly frontal, at rest, smiling, or speaking."""
    return Pose(
        yaw=float(np.clip(rng.normal(0, 12), -LARGEST_YAW, LARGEST_YAW)),
        pitch=float(np.clip(rng.normal(0, 6), -LARGEST_PITCH, LARGEST_PITCH)),
        smile=float(rng.uniform(0.2, 1.5)) if rng.random() < 0.5 else float(rng.uniform(-0.2, 0.2)),
        jaw=float(rng.uniform(0.008, 0.05)) if rng.random() < 0.3 else 0.0,
        lids=float(rng.beta(1.2, 6)),
        brows=float(rng.normal(0, 0.008)),
        gaze=(float(rng.normal(0, 0.1)), float(rng.normal(0, 0.06))),
        distance=float(rng.uniform(2.8, 7)),
    )


def moved(face: Points, smile_shape: Points, pose: Pose) -> Points:
    """The face (468, 3) with its expression."""
    points = face + np.float32(pose.smile) * smile_shape
    _close_lips(points, 1 - pose.smile / 0.4)
    _drop_jaw(points, pose.jaw)
    _raise_brows(points, pose.brows)
    for ring in (RIGHT_EYE, LEFT_EYE):
        _close(points, ring, pose.lids)
    return points


def _close_lips(points: Points, share: float) -> None:
    """Bring the edges of the lips together; the people measured kept theirs closed or smiled."""
    lower, upper = list(INNER_LIPS[1:10]), list(INNER_LIPS[:10:-1])
    gap = points[lower] - points[upper]
    step = np.float32(0.46 * np.clip(share, 0, 1)) * gap
    points[upper] += step
    points[lower] -= step


def _drop_jaw(points: Points, jaw: float) -> None:
    rest = head_mesh.REST[: len(points)]
    below = np.clip((rest[:, 1] - _LIP_LINE) / 0.004, 0, 1)
    corner = np.clip(1 - (np.abs(rest[:, 0]) / 0.16) ** 2, 0, 1)
    chin = np.clip((rest[:, 1] - 0.26) / 0.1, 0, 1)
    points[:, 1] += np.float32(jaw) * below * np.maximum(corner, 0.6 * chin)


def _raise_brows(points: Points, rise: float) -> None:
    rest = head_mesh.REST[: len(points)]
    near = np.exp(-(((rest[:, 1] + 0.29) / 0.05) ** 2))
    points[:, 1] -= np.float32(rise) * near


def _close(points: Points, ring: tuple[int, ...], share: float) -> None:
    """Bring the upper lid down on the lower one, and keep the eye from collapse or stare."""
    upper, lower = list(ring[15:8:-1]), list(ring[1:8])
    width = float(np.linalg.norm(points[ring[0]] - points[ring[8]]))
    gap = points[lower] - points[upper]
    opening = max(1e-3, float(gap[3, 1]) / width)
    wanted = float(np.clip(opening, 0.29, 0.4)) * (1 - share)
    factor = np.float32(1 - max(0.13, wanted) / opening)
    points[upper] += factor * gap
    # The fold above follows half the way.
    rest = head_mesh.REST[: len(points)]
    middle = rest[list(ring)].mean(0)
    away = np.hypot((rest[:, 0] - middle[0]) / 0.11, (rest[:, 1] - middle[1] + 0.05) / 0.035)
    follow = np.float32(0.35) * np.clip(1 - away, 0, 1)
    follow[list(ring)] = 0
    points[:, 1] += follow * factor * gap[3, 1]


def turned(points: Points, pose: Pose) -> Points:
    """Points (n, 3) of head coordinates after the turn; what lies below the chin follows less."""
    full = (points - _PIVOT) @ _rotation(pose).T + _PIVOT
    rest = head_mesh.REST if len(points) == len(head_mesh.REST) else points
    stay = np.clip((rest[:, 1] - 0.5) / 0.35, 0, 0.85) * (np.arange(len(points)) >= 468)
    return np.asarray(full + stay[:, None] * (points - full), np.float32)


def _rotation(pose: Pose) -> Floats:
    """(3, 3): the pitch about x, then the yaw about y."""
    yaw, pitch = np.radians(-pose.yaw), np.radians(pose.pitch)
    c, s = np.cos(yaw), np.sin(yaw)
    about_y = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    c, s = np.cos(pitch), np.sin(pitch)
    return np.asarray(about_y @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]]))


def projected(points: Points, pose: Pose) -> Points:
    """x, y (n, 2) seen by the camera, heights of the face at the head's own distance."""
    return np.asarray(points[:, :2] * (pose.distance / (pose.distance + points[:, 2:])), np.float32)

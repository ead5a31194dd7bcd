"""Openings of a mask: eyes, nostrils and mouth, as outlines in pixels of the scene."""

import numpy as np

from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Floats, Points
from spooftrace.simulation.scene.scene import Scene

EYES = (regions.RIGHT_EYE, regions.LEFT_EYE)


def eyes(scene: Scene, by: float, round_off: float = 0.0) -> list[Points]:
    """Both eyes' outlines, `by` times as large; `round_off` in [0, 1] leads to a round hole."""
    return [
        _rounded(regions.grown(regions.outline(scene.mesh, eye), by), round_off) for eye in EYES
    ]


def mouth(scene: Scene, by: float) -> Points:
    """The outline of the lips, `by` times as large."""
    return regions.grown(regions.outline(scene.mesh, regions.LIPS), by)


def lips_gap(scene: Scene, by: float) -> Points:
    """The outline of the gap between the lips, `by` times as large."""
    return regions.grown(regions.outline(scene.mesh, regions.MOUTH), by)


def nostrils(scene: Scene, size: float) -> list[Points]:
    """Two small ovals under the nose, `size` in heights of the face."""
    height = float(np.ptp(scene.mesh[:, 1]))
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    oval = np.column_stack([1.25 * np.cos(angle), 0.7 * np.sin(angle)]) * size * height
    middle = scene.mesh[2, :2]
    return [
        np.asarray(middle + 0.6 * (scene.mesh[wing, :2] - middle) + oval, np.float32)
        for wing in regions.NOSTRILS
    ]


def _rounded(shape: Floats, share: float) -> Points:
    middle = shape.mean(axis=0)
    away = shape - middle
    radius = np.linalg.norm(away, axis=1)
    wanted = radius + share * (0.85 * radius.max() - radius)
    return np.asarray(middle + away * (wanted / radius)[:, None], np.float32)

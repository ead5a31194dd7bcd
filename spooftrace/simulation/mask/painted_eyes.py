"""Painted or glass eyes: sclera, iris, pupil, lash line, a fixed stare and a small highlight."""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation.mask import openings
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintedEyes:
    """One pair."""

    white: Colour
    """(3,) reflectance of the painted sclera."""
    iris: Colour
    iris_size: float
    """Radius over half the eye's width: 0.4 to 0.55."""
    gaze: tuple[float, float]
    """Place of the iris from the middle, over half the eye's width, x right y down."""
    lash: float
    """In [0, 1]: cover of the painted lash line."""
    glint: float
    """Reflectance of a painted or mirrored highlight; 0 for none."""


def draw_painted_eyes(rng: np.random.Generator) -> PaintedEyes:
    """A random pair."""
    return PaintedEyes(
        white=np.asarray(rng.uniform(0.45, 0.85) * np.array([1, 0.97, 0.93]), np.float32),
        iris=np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(0.25), 3)), np.float32),
        iris_size=rng.uniform(0.38, 0.55),
        gaze=(float(rng.normal(0, 0.08)), float(rng.normal(-0.03, 0.05))),
        lash=rng.uniform(0.2, 0.95),
        glint=float(rng.choice([0.0, rng.uniform(0.6, 1.5)])),
    )


def paint_eyes(paint: Light, scene: Scene, eyes: PaintedEyes) -> None:
    """Paints both eyes onto the reflectance (n, n, 3) of a head, in place."""
    for shape in openings.eyes(scene, 1.05):
        low = np.maximum(np.floor(shape.min(axis=0)).astype(int) - 12, 0)
        high = np.ceil(shape.max(axis=0)).astype(int) + 12
        patch = paint[low[1] : high[1], low[0] : high[0]]
        _paint_eye(patch, shape - low, eyes)


def _paint_eye(patch: Light, shape: Light, eyes: PaintedEyes) -> None:
    side = max(patch.shape[:2])
    rows, columns = patch.shape[:2]
    inside = regions.polygon(shape, side)[:rows, :columns, None]
    half = float(np.ptp(shape[:, 0])) / 2
    middle = shape.mean(axis=0) + np.array(eyes.gaze) * half
    ball = np.empty_like(patch)
    ball[:] = eyes.white
    radius = half * eyes.iris_size
    for colour, share in (
        (eyes.iris * 0.4, 1.0),
        (eyes.iris, 0.86),
        (eyes.iris * 0.0 + 0.01, 0.42),
    ):
        _disc(ball, middle, radius * share, colour)
    if eyes.glint > 0:
        _disc(ball, middle + radius * np.array([-0.3, -0.35]), radius * 0.2, np.full(3, eyes.glint))
    patch += inside * (ball - patch)
    lid = np.zeros((rows, columns), np.uint8)
    points = np.round(shape * 16).astype(np.int32)
    upper = points[8:] if len(points) == 16 else points
    cv2.polylines(lid, [upper], False, (255,), 3, cv2.LINE_AA, shift=4)
    line = cv2.GaussianBlur(lid, (0, 0), 0.8)[..., None].astype(np.float32) / 255
    patch += line * np.float32(eyes.lash) * (np.float32(0.02) - patch)


def _disc(ball: Light, middle: Light, radius: float, colour: Colour) -> None:
    point = np.round(np.asarray(middle) * 16).astype(int)
    place = (int(point[0]), int(point[1]))
    tone = tuple(float(v) for v in colour)
    cv2.circle(ball, place, max(1, round(radius * 16)), tone, -1, cv2.LINE_8, shift=4)

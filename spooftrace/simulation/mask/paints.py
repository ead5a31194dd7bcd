"""What a mask is painted with: the wearer's own likeness, flattened, or a plain colour."""

from typing import Final

import cv2
import numpy as np

from spooftrace.simulation.scene import skin
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour

_EPSILON: Final = 0.02


def likeness(scene: Scene) -> Light:
    """(n, n, 3): the person's reflectance, in [0, 1.2]."""
    out = np.maximum(scene.shading, np.float32(_EPSILON))
    np.divide(scene.light, out, out=out)
    return np.clip(out, 0, 1.2, out=out)


def skin_colour(scene: Scene, reflectance: Light) -> Colour:
    """(3,): the middle colour of the face, by the median of every eighth pixel."""
    few = reflectance[::8, ::8][scene.surface.inside[::8, ::8] > 0.5]
    return np.asarray(np.median(few, axis=0), np.float32)


def flattened(reflectance: Light, middle: Colour, keep: float) -> Light:
    """The reflectance drawn towards one colour: variance falls by the factor keep^2."""
    return np.asarray(middle + np.float32(keep) * (reflectance - middle), np.float32)


def smoothed(reflectance: Light, sigma: float) -> Light:
    """Without pores, hairs and fine lines: what an airbrush or a mould leaves. `sigma` px."""
    if sigma <= 0:
        return reflectance
    return np.asarray(cv2.GaussianBlur(reflectance, (0, 0), sigma), np.float32)


def draw_paint(rng: np.random.Generator) -> Colour:
    """(3,): a colour that plastic, resin and plaster are sold or sprayed in."""
    kind = rng.choice(5, p=(0.3, 0.15, 0.2, 0.1, 0.25))
    if kind == 0:
        grey = rng.uniform(0.55, 0.85)
        return np.asarray(grey * np.exp(rng.normal(0, 0.04, 3)), np.float32)
    if kind == 1:
        return np.asarray(rng.uniform(0.02, 0.08) * np.exp(rng.normal(0, 0.1, 3)), np.float32)
    if kind == 2:
        return np.asarray(
            np.full(3, rng.uniform(0.1, 0.5)) * np.exp(rng.normal(0, 0.1, 3)), np.float32
        )
    if kind == 3:
        return np.asarray(np.clip(rng.uniform(0.03, 0.7, 3), 0, 1), np.float32)
    return skin.draw_tone(rng)

"""What a mask is painted with: the wearer's own likeness, flattened, or a plain colour."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import Scene

Colour = NDArray[np.float32]

SKIN_TONES: Final = np.array(
    [
        (0.60, 0.39, 0.30),
        (0.49, 0.29, 0.20),
        (0.36, 0.20, 0.125),
        (0.22, 0.115, 0.07),
        (0.1, 0.055, 0.035),
    ],
    np.float32,
)
"""Linear RGB of light to dark skin, near the means of the Monk scale's swatches."""

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


def draw_skin_tone(rng: np.random.Generator) -> Colour:
    """(3,): a skin tone between two neighbours of `SKIN_TONES`, a little off in hue."""
    place = rng.uniform(0, len(SKIN_TONES) - 1.001)
    low, share = int(place), place % 1
    tone = SKIN_TONES[low] * (1 - share) + SKIN_TONES[low + 1] * share
    return np.asarray(tone * np.exp(rng.normal(0, 0.06, 3)), np.float32)


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
    return draw_skin_tone(rng)

"""Colours of skin: of a person in a scene, and of people in general."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Light, Points
from spooftrace.simulation.scene.regions import CHEEKS

Colour = NDArray[np.float32]

TONES: Final = np.array(
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


def draw_tone(rng: np.random.Generator) -> Colour:
    """(3,): a skin tone between two neighbours of `TONES`, a little off in hue."""
    place = rng.uniform(0, len(TONES) - 1.001)
    low, share = int(place), place % 1
    tone = TONES[low] * (1 - share) + TONES[low + 1] * share
    return np.asarray(tone * np.exp(rng.normal(0, 0.06, 3)), np.float32)


def of_cheeks(light: Light, shading: Light, mesh: Points) -> Colour:
    """(3,) reflectance of the cheeks of a person in a scene (n, n, 3)."""
    x, y = np.clip(np.round(mesh[list(CHEEKS), :2]).astype(int), 0, len(light) - 1).T
    return np.asarray(np.median(light[y, x] / np.maximum(shading[y, x], 0.05), axis=0), np.float32)

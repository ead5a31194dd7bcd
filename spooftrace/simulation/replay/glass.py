"""The glass before a display: what it reflects, veils and smears."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Image, Light, dimmed

_SMALL = 80
"""Side at which what is blurred is made."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glass:
    """Of one display; light over that of the display's white."""

    mirrored: Light
    """(h, w, 3) of any size: what the glass mirrors, its reflectance included."""
    mirror_blur: float = 2.0
    """Standard deviation in 1/80 of the scene: a matt coating blurs more."""
    veil: NDArray[np.float32]
    """(3,) light that the surface scatters everywhere."""
    grease: float = 0.0
    """Share of the light that the densest smudge scatters, 0 to about 0.6."""
    bloom: float = 0.0
    """Share of the display's light that glass and lens spread over the whole picture."""


def through(shown: Light, glass: Glass, rng: np.random.Generator) -> Light:
    """(n, n, 3): the display's light (n, n, 3) as it leaves the glass, and what the glass adds."""
    size = len(shown)
    small = cv2.resize(shown, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(small, (0, 0), _SMALL / 8) * np.float32(glass.bloom)
    reflected = cv2.resize(glass.mirrored, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    reflected = cv2.GaussianBlur(reflected, (0, 0), glass.mirror_blur) + glass.veil
    added = wide + reflected
    if not glass.grease:
        kept = 1 - np.float32(glass.bloom)
        return np.asarray(kept * shown + _large(added, size), np.float32)
    film = np.float32(glass.grease) * smudges(rng)[..., None]
    # Grease scatters the picture near by, and the room's light from everywhere.
    near = cv2.GaussianBlur(small, (0, 0), 1.5)
    added = added + film * (near + 2 * reflected.mean(axis=(0, 1)))
    clear = _large(1 - np.float32(glass.bloom) - film[..., 0], size)
    return dimmed(shown, clear) + _large(added, size)


def smudges(rng: np.random.Generator) -> Image:
    """(80, 80) in [0, 1]: streaks of wiped grease and prints of fingers."""
    film = np.zeros((_SMALL, _SMALL), np.float32)
    for _ in range(rng.integers(2, 9)):
        middle = tuple(int(x) for x in rng.integers(0, _SMALL, 2))
        is_streak = rng.random() < 0.6
        axes = (int(rng.integers(15, 60)), int(rng.integers(1, 5))) if is_streak else (4, 6)
        mark = np.zeros_like(film)
        angle, density = rng.uniform(0, 180), rng.uniform(0.3, 1.0)
        cv2.ellipse(mark, middle, axes, angle, 0, 360, (density,), -1)
        film = np.maximum(film, mark)
    grain = rng.standard_normal(film.shape, dtype=np.float32)
    film *= np.clip(1 + 0.4 * grain, 0, 2)
    return np.clip(cv2.GaussianBlur(film, (0, 0), 1.0), 0, 1)


def _large(small: Image, size: int) -> Image:
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)

"""A display: from the numbers of a picture to the light that its panel sends to one eye."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import LEVELS, Light, encode, through

GAMUTS: Final = {
    "srgb": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "p3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "ntsc45": ((0.580, 0.345), (0.335, 0.570), (0.155, 0.130)),
    "ntsc60": ((0.610, 0.340), (0.320, 0.585), (0.153, 0.095)),
    "amoled": ((0.672, 0.326), (0.235, 0.710), (0.140, 0.050)),
}
"""CIE 1931 (x, y) of red, green and blue: IEC 61966-2-1, SMPTE RP 431, data sheets of panels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A panel with its settings."""

    gamut: str = "srgb"
    kelvin: float = 6504.0
    """Correlated colour temperature of its white: 5000 (night mode) to 11000 (bluish)."""
    gamma: float = 2.2
    black: float = 0.0
    """Light of black over that of white, and the wash of a slanting view."""
    black_tint: float = 0.0
    """Logarithm of blue over red of the leaking backlight."""
    magenta: float = 0.0
    """Logarithm of red and blue over green: the violet of a slanting view, or a green one."""
    contrast: float = 1.0
    """Gain of the signal; above 1 its top clips."""


def shown(picture: Light, display: Display) -> Light:
    """(h, w, 3) light over the display's white, whose luminance is 1.

    Args:
        picture: (h, w, 3), linear in [0, 1]; the display decodes its sRGB numbers its own way.
        display: the panel.
    """
    signal = (encode(LEVELS) * np.float32(1023) + np.float32(0.5)).astype(np.uint16)
    numbers = np.clip(np.linspace(0, 1, 1024) * display.contrast, 0, 1)
    curve = np.asarray(numbers**display.gamma, np.float32)
    own = through(curve[signal], picture)
    matrix = to_srgb(display.gamut, display.kelvin)
    leak = np.exp(np.array([-0.5, 0, 0.5]) * display.black_tint) * white(display)
    slant = np.exp(np.array([0.5, -0.5, 0.5]) * display.magenta)
    mixing = matrix * (slant * (1 - display.black)).astype(np.float32)[:, None]
    lifted = np.column_stack([mixing, display.black * leak]).astype(np.float32)
    light = cv2.transform(own, lifted)
    return np.asarray(np.maximum(light, 0, out=light), np.float32)


def white(display: Display) -> NDArray[np.float32]:
    """(3,) linear sRGB of the display's white, of luminance 1."""
    return np.asarray(to_srgb(display.gamut, display.kelvin).sum(axis=1), np.float32)


def to_srgb(gamut: str, kelvin: float) -> NDArray[np.float32]:
    """(3, 3): linear sRGB = matrix @ the display's own linear RGB; white has luminance 1."""
    own = _to_xyz(np.array(GAMUTS[gamut]), _daylight(kelvin))
    standard = _to_xyz(np.array(GAMUTS["srgb"]), _daylight(6504.0))
    return np.asarray(np.linalg.inv(standard) @ own, np.float32)


def _to_xyz(primaries: NDArray[np.float64], white_xy: tuple[float, float]) -> NDArray[np.float64]:
    """Primaries scaled so that they add up to the white (SMPTE RP 177)."""
    xyz = np.column_stack([primaries, 1 - primaries.sum(axis=1)]).T
    x, y = white_xy
    share = np.linalg.solve(xyz, np.array([x / y, 1, (1 - x - y) / y]))
    return np.asarray(xyz * share)


def _daylight(kelvin: float) -> tuple[float, float]:
    """(x, y) of CIE daylight, 4000 to 25000 K (CIE 15:2004, eqs. 3.3-3.4)."""
    low = (-4.6070e9, 2.9678e6, 0.09911e3, 0.244063)
    high = (-2.0064e9, 1.9018e6, 0.24748e3, 0.237040)
    a, b, c, d = low if kelvin <= 7000 else high
    x = a / kelvin**3 + b / kelvin**2 + c / kelvin + d
    return x, -3 * x * x + 2.87 * x - 0.275

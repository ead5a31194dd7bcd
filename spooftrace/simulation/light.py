"""Light and pictures: linear RGB that reaches a lens, and the sRGB numbers that a file holds.

Light is HWC float32, linear RGB, 1 being a white surface in the scene's own light; it may exceed 1.
A picture is HWC uint8 RGB, sRGB encoded.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float32]
Picture = NDArray[np.uint8]
Image = NDArray[np.float32]
Points = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Share of linear R, G and B in the luminance (ITU-R BT.709)."""

_STEPS = 2**14 - 1

LEVELS: Image = np.linspace(0, 1, _STEPS + 1, dtype=np.float32)
"""The light, 14 bits deep, at which curves are tabulated."""


def encode(light: Light) -> Image:
    """SRGB's curve (IEC 61966-2-1): linear, clipped to [0, 1], to [0, 1]; 14 bits deep."""
    return through(_ENCODED, light)


def through(curve: Image, light: Light) -> Image:
    """Light, clipped to [0, 1], through a curve given at `LEVELS`."""
    steps = np.clip(light, 0, 1)
    steps *= np.float32(_STEPS)
    steps += np.float32(0.5)
    return np.asarray(curve[steps.astype(np.uint16)], np.float32)


def decode(picture: Picture) -> Light:
    """The linear light in [0, 1] that sRGB's curve gives the numbers of a picture."""
    return _DECODED[picture]


def to_picture(values: Image) -> Picture:
    """Encoded values in [0, 1], clipped, as a picture."""
    return np.asarray(np.clip(values, 0, 1) * np.float32(255) + np.float32(0.5), np.uint8)


def luminance(light: Light) -> Image:
    """(...) of linear RGB (..., 3)."""
    return np.asarray(light @ LUMINANCE, np.float32)


def _encoding(light: NDArray[np.float64]) -> Image:
    curved = 1.055 * light ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, curved), np.float32)


def _decoding(values: NDArray[np.float64]) -> Light:
    curved = ((values + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(values <= 0.04045, values / 12.92, curved), np.float32)


_ENCODED = _encoding(np.arange(_STEPS + 1) / _STEPS)
_DECODED = _decoding(np.arange(256) / 255)

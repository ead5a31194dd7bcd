"""Light and pictures: linear RGB that reaches a lens, and the sRGB numbers that a file holds.

Light is HWC float32, linear RGB, 1 being a white surface in the scene's own light; it may exceed 1.
A picture is HWC uint8 RGB, sRGB encoded.
"""

from typing import Any

import cv2
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
    steps = light * np.float32(_STEPS)
    steps += np.float32(0.5)
    return np.asarray(curve.take(steps.astype(np.intp), mode="clip"), np.float32)


def decode(picture: Picture) -> Light:
    """The linear light in [0, 1] that sRGB's curve gives the numbers of a picture."""
    flat = picture.reshape(len(picture), -1)
    return np.asarray(cv2.LUT(flat, _DECODED), np.float32).reshape(picture.shape)


def to_picture(values: Image) -> Picture:
    """Encoded values in [0, 1], clipped, as a picture."""
    return np.asarray(np.clip(values, 0, 1) * np.float32(255) + np.float32(0.5), np.uint8)


def luminance(light: Light) -> Image:
    """(...) of linear RGB (..., 3)."""
    return np.asarray(light @ LUMINANCE, np.float32)


def thrice(field: Image) -> Light:
    """A field (h, w) in each of three channels."""
    return np.asarray(cv2.merge([field] * 3), np.float32)


def dimmed(light: Light, share: Image) -> Light:
    """Light (h, w, 3) times a field (h, w)."""
    factor = thrice(share)
    return np.multiply(light, factor, out=factor)


def tinted(light: Light, colour: Floats, added: Floats | float = 0.0) -> Light:
    """Light (h, w, 3) times a colour (3,), and some added; OpenCV is faster than broadcasting."""
    affine = np.column_stack([np.diag(colour), np.broadcast_to(added, 3)]).astype(np.float32)
    return np.asarray(cv2.transform(light, affine), np.float32)


def mixed(below: Light | float, above: Light, cover: Image) -> Light:
    """`above` (h, w, 3) over `below` with a cover (h, w) in [0, 1]; exactly `below` at 0."""
    out = dimmed(np.subtract(above, below), cover)
    out += below
    return out


# IEC 61966-2-1, both ways.
_LIGHT, _VALUES = np.arange(_STEPS + 1) / _STEPS, np.arange(256) / 255
_ENCODED = np.where(
    _LIGHT <= 0.0031308, 12.92 * _LIGHT, 1.055 * _LIGHT ** (1 / 2.4) - 0.055
).astype(np.float32)
_DECODED = np.where(_VALUES <= 0.04045, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)

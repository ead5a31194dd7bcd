"""Colour fields that people are painted with: steps, spreading, blending."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]


def step(values: Floats, low: float, high: float) -> Image:
    """Smooth step: 0 at `low` and below, 1 at `high` and above."""
    along = np.clip((values - low) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(along * along * (3 - 2 * along), np.float32)


def spread(colours: Image, weight: Image) -> Image:
    """Colours (h, w, k) where `weight` (h, w) is 1, continued smoothly to where it is 0."""
    weighted = colours * weight[..., None]
    filled, known = weighted.copy(), weight.copy()
    for deviation in (1.5, 4.0, 10.0, 25.0, 60.0):
        near = cv2.GaussianBlur(weight, (0, 0), deviation)[..., None]
        colour = cv2.GaussianBlur(weighted, (0, 0), deviation) / np.maximum(near, 1e-6)
        gain = (1 - known)[..., None] * np.clip(near * 8, 0, 1)
        filled += gain * colour
        known += gain[..., 0]
    return np.asarray(filled / np.maximum(known, 1e-6)[..., None], np.float32)


def blended(under: Image, over: Image, cover: Image) -> Image:
    """`over` (h, w, k) laid on `under` where `cover` (h, w) is 1."""
    return np.asarray(cv2.blendLinear(under, over, 1 - cover, cover), np.float32)


def resized(image: Image, size: int) -> Image:
    """The image (h, w[, k]) at (size, size), cubic."""
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)

"""Noise and colour fields that people are painted with."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def cloud(rng: np.random.Generator, grain: float, size: int) -> Image:
    """Smooth noise (size, size), zero mean and unit deviation; `grain` in pixels."""
    side = max(4, round(size / grain) + 2)
    coarse = rng.standard_normal((side, side), dtype=np.float32)
    noise = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def band(rng: np.random.Generator, finest: float, coarsest: float, size: int) -> Image:
    """Noise (size, size) of unit deviation between two Gaussians, deviations in pixels."""
    # Coarse bands need few pixels.
    shrunk = max(1, int(finest))
    side = size // shrunk
    noise = rng.standard_normal((side, side), dtype=np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), finest / shrunk) if finest else noise
    between = fine - cv2.GaussianBlur(fine, (0, 0), coarsest / shrunk)
    rest = np.asarray(cv2.resize(between, (size, size), interpolation=cv2.INTER_CUBIC))
    return np.asarray(rest / rest.std(), np.float32)


def step(values: Image, low: float, high: float) -> Image:
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

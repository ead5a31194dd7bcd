"""What may happen to a face on its way to a detector, as functions of a strength.

Every change takes a crop, (n, n, 3) RGB uint8, and keeps its shape. Pixels are those of a stored
crop (256 px a side). A crop cut larger or elsewhere than the stored one would show more of the
scene; the store does not hold it, so the picture is mirrored at its border instead
(docs/experiments.md#robustness).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.data.batches.degradation import reduce_detail
from spooftrace.faces.picture import Picture, through_jpeg

Apply = Callable[[Picture, float, np.random.Generator], Picture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One kind of change and the strengths at which it is tried."""

    key: str
    title: str
    unit: str
    """Of the strength, in words."""
    neutral: float
    """Strength that stands for the face as it is stored."""
    strengths: tuple[float, ...]
    """In the order of the axis, the neutral one among them."""
    apply: Apply
    neutral_shown: str = ""
    """What the neutral strength is called where its number means nothing."""

    def shown(self, strength: float) -> str:
        """The strength in a table or on an axis."""
        is_named = strength == self.neutral and self.neutral_shown
        return self.neutral_shown if is_named else f"{strength:g}"

    def at(self, strength: float, seed: int) -> Callable[[Picture], Picture]:
        """The change of that strength; what it draws depends on the seed and the face alone."""

        def changed(image: Picture) -> Picture:
            rng = np.random.default_rng((seed, zlib.crc32(image.tobytes())))
            return self.apply(image, strength, rng)

        return changed


def rescale_crop(image: Picture, scale: float, _: np.random.Generator) -> Picture:
    """As if the square cut out were `scale` times as large around the same middle."""
    middle = (image.shape[0] - 1) / 2
    shift = middle * (1 - scale)
    return _looking(image, np.array([[scale, 0, shift], [0, scale, shift]]))


def shift_crop(image: Picture, share: float, rng: np.random.Generator) -> Picture:
    """As if the square were cut out `share` of its side away, in a direction drawn by chance."""
    angle, length = rng.uniform(0, 2 * np.pi), share * image.shape[0]
    dx, dy = length * np.cos(angle), length * np.sin(angle)
    return _looking(image, np.array([[1, 0, dx], [0, 1, dy]]))


def compress(image: Picture, quality: float, _: np.random.Generator) -> Picture:
    """JPEG at a quality of 1 to 100 of libjpeg's scale, colours at half the resolution."""
    return through_jpeg(image, int(quality))


def blur(image: Picture, sigma_px: float, _: np.random.Generator) -> Picture:
    """A Gaussian blur."""
    if sigma_px == 0:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)


def add_noise(image: Picture, levels: float, rng: np.random.Generator) -> Picture:
    """Independent Gaussian noise of a standard deviation of `levels` of 255, on every colour."""
    return _uint8(image + levels * rng.standard_normal(image.shape, np.float32))


def bend_tones(image: Picture, gamma: float, _: np.random.Generator) -> Picture:
    """Encoded values v in [0, 1] become v^gamma: above 1 darker, below 1 brighter."""
    table = _uint8(255 * (np.arange(256) / 255) ** gamma)
    return np.asarray(table[image], np.uint8)


def reduce_resolution(image: Picture, side_px: float, _: np.random.Generator) -> Picture:
    """As if the face had had so many pixels a side before it was cropped."""
    return reduce_detail(image, int(side_px))


CHANGES: Final = (
    Change(
        key="crop-scale",
        title="crop scale",
        unit="side of the crop, of the stored one",
        neutral=1.0,
        strengths=(0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25),
        apply=rescale_crop,
    ),
    Change(
        key="crop-shift",
        title="crop shift",
        unit="shift, of the crop's side",
        neutral=0.0,
        strengths=(0.0, 0.02, 0.04, 0.07, 0.1),
        apply=shift_crop,
    ),
    Change(
        key="jpeg",
        title="JPEG",
        unit="quality",
        neutral=101.0,
        strengths=(101.0, 95.0, 85.0, 70.0, 50.0, 30.0, 15.0),
        apply=compress,
        neutral_shown="stored",
    ),
    Change(
        key="blur",
        title="blur",
        unit="sigma, px of 256",
        neutral=0.0,
        strengths=(0.0, 0.5, 1.0, 1.5, 2.5, 4.0),
        apply=blur,
    ),
    Change(
        key="noise",
        title="noise",
        unit="standard deviation, levels of 255",
        neutral=0.0,
        strengths=(0.0, 2.0, 5.0, 10.0, 20.0),
        apply=add_noise,
    ),
    Change(
        key="gamma",
        title="gamma",
        unit="exponent (above 1: darker)",
        neutral=1.0,
        strengths=(0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0),
        apply=bend_tones,
    ),
    Change(
        key="resolution",
        title="resolution",
        unit="px a side",
        neutral=256.0,
        strengths=(256.0, 160.0, 112.0, 80.0, 56.0, 40.0),
        apply=reduce_resolution,
        neutral_shown="stored",
    ),
)


def _looking(image: Picture, place: NDArray[np.float64]) -> Picture:
    """Each pixel looks at `place` (2, 3) of the picture, which is mirrored at its border."""
    size = (image.shape[1], image.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(image, place, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.uint8)


def _uint8(values: NDArray[Any]) -> Picture:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)

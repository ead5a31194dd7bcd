"""Procedural noise: the fields that skin, hair, paper, paint, plaster and plastic are uneven by.

Every field is float32 and drawn from the generator that is given; lengths are pixels of the field.
"""

import copy
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Dice:
    """What is too fine to be a parameter of its own - fibres, hairs, specks -, still to be drawn.

    Kept among the parameters of an attack: every roll draws the same, so that the same parameters
    give the same light.
    """

    _kept: np.random.Generator

    @classmethod
    def of(cls, rng: np.random.Generator) -> Self:
        """Dice that go on where a generator stands now."""
        return cls(copy.deepcopy(rng))

    def roll(self) -> np.random.Generator:
        """A generator at the beginning of these draws."""
        return copy.deepcopy(self._kept)


def cloud(rng: np.random.Generator, grain: float, size: int) -> Image:
    """Smooth noise (size, size), zero mean and unit deviation, blobs of `grain`."""
    noise = _grown(rng, max(4, round(size / grain) + 2), size, cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def blobs(rng: np.random.Generator, grain: float, size: int) -> Image:
    """(size, size) of mean about 0 and deviation about 1, with blobs of `grain`; cheaper."""
    return _grown(rng, max(4, round(size / grain)), size, cv2.INTER_CUBIC) * np.float32(1.3)


def band(rng: np.random.Generator, finest: float, coarsest: float, size: int) -> Image:
    """Noise (size, size) of unit deviation between two Gaussians of these deviations."""
    # Coarse bands need few pixels.
    shrunk = max(1, int(finest))
    side = size // shrunk
    noise = rng.standard_normal((side, side), dtype=np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), finest / shrunk) if finest else noise
    between = fine - cv2.GaussianBlur(fine, (0, 0), coarsest / shrunk)
    rest = np.asarray(cv2.resize(between, (size, size), interpolation=cv2.INTER_CUBIC))
    return np.asarray(rest / rest.std(), np.float32)


def blue(rng: np.random.Generator, size: int) -> Image:
    """Unit noise without its low frequencies; repeated from a tile, which nobody can see."""
    tile = rng.standard_normal((128, 128), dtype=np.float32)
    tile -= cv2.GaussianBlur(tile, (0, 0), 1.2, borderType=cv2.BORDER_REFLECT)
    tile /= tile.std()
    repeats = -(-size // 128)
    return np.tile(tile, (repeats, repeats))[:size, :size]


def fibres(rng: np.random.Generator, size: int) -> Image:
    """(size, size) unit noise of paper: flocks of fibres over fine grain."""
    fine = _grown(rng, size // 2, size, cv2.INTER_LINEAR)
    flocks = _grown(rng, size // 8, size, cv2.INTER_LINEAR)
    return np.asarray(1.3 * fine + 0.5 * flocks, np.float32)


def weave(rng: np.random.Generator, size: int) -> Image:
    """(size, size) unit noise of a grain drawn at random: plaster, curtains, leaves."""
    return _grown(rng, int(rng.integers(8, 80)), size, cv2.INTER_LINEAR)


def unevenness(rng: np.random.Generator, coarse: float, fine: float, size: int) -> Image:
    """(size, size) of mean 1, at least 0: how unevenly paint lies.

    `coarse` is the standard deviation of patches of 40 px (brush and sponge), `fine` that of specks
    of 2 px (powder, pores).
    """
    out = np.ones((size, size), np.float32)
    for strength, step in ((coarse, 40), (coarse / 2, 12), (fine, 2)):
        side = size // step + 2
        noise = rng.standard_normal((side, side), dtype=np.float32)
        if strength > 0:
            noise *= np.float32(strength)
            large = cv2.resize(noise, (side * step, side * step), interpolation=cv2.INTER_LINEAR)
            out += large[:size, :size]
    return np.maximum(out, 0, out=out)


def waves(rng: np.random.Generator, length: int, shape: tuple[int, int]) -> Image:
    """(h, w) of unit deviation: waves of handled paper, `length` long."""
    few = (shape[0] // length + 3, shape[1] // length + 3)
    small = rng.standard_normal(few, dtype=np.float32)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def specks(rng: np.random.Generator, sigma: float, shape: tuple[int, int]) -> Image:
    """(h, w): white noise of unit deviation through a Gaussian, which takes most of it."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), sigma), np.float32)


def _grown(rng: np.random.Generator, side: int, size: int, interpolation: int) -> Image:
    few = rng.standard_normal((side, side), dtype=np.float32)
    return np.asarray(cv2.resize(few, (size, size), interpolation=interpolation), np.float32)

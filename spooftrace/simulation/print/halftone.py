"""Halftones: the dots of which a printer builds the cover of an ink.

Dots are drawn as the lens could at most see them: the Fourier series of the screen, without what
lies above the scene's own limit. A fine screen so becomes plain tone, and nothing aliases here.
"""

from typing import Final

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.scene.light import Image
from spooftrace.simulation.scene.sheet import NYQUIST, Sheet

SCREEN_ANGLES: Final = (15.0, 75.0, 0.0, 45.0)
"""Degrees of cyan, magenta, yellow and black (ISO 12647-2: 30 apart, yellow between)."""

_UNSEEN: Final = 0.03
"""Grain of photo quality, that no camera tells from its own noise."""


def amplitude_modulated(cover: Image, sheet: Sheet, period: float) -> Image:
    """(4, n, n) cover of inks printed as dots of growing size on a grid of `period` px.

    The grid's fundamental for a dot of cover a: along each axis cos(2 pi x / period) with the
    weight 2 sin(pi a) / pi of a bar of duty a, halved as two axes share the dot; 0 on bare paper
    and on solid ink, where there are no dots.
    """
    if 1 / period >= NYQUIST:
        return cover
    dots = np.empty_like(cover)
    turn = np.float32(2 * np.pi / period)
    for ink, degrees in enumerate(SCREEN_ANGLES):
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        along = np.float32(turn * cos) * sheet.u + np.float32(turn * sin) * sheet.v
        across = np.float32(turn * cos) * sheet.v - np.float32(turn * sin) * sheet.u
        waves = np.cos(along) + np.cos(across)
        depth = np.sin(np.float32(np.pi) * cover[ink]) * np.float32(1 / np.pi)
        dots[ink] = cover[ink] + depth * waves
    return np.clip(dots, 0, 1, out=dots)


def frequency_modulated(cover: Image, dot: float, rng: np.random.Generator) -> Image:
    """(4, n, n) cover of inks printed as scattered dots of equal size, `dot` px across.

    Error diffusion in its vectorised form: cover against a blue-noise threshold. A pixel averages
    about 1 / dot^2 droplets, so the deviation of its cover a is dot sqrt(a (1 - a)), at most that
    of a coin; half of it is left, since diffusion pushes the error to frequencies that the pixel's
    mean removes (Ulichney, Proc. IEEE 1988).
    """
    share = np.float32(0.5 * min(1.0, dot))
    if share < _UNSEEN:
        return cover
    size = cover.shape[1]
    grain = np.empty_like(cover)
    for ink in range(len(cover)):
        blue = noise.blue(rng, size)
        spread = np.sqrt(np.maximum(cover[ink] * (1 - cover[ink]), 0))
        spread *= blue
        spread *= share
        np.add(cover[ink], spread, out=grain[ink])
    return np.clip(grain, 0, 1, out=grain)

"""The sub-pixels of a display, as the light that each colour emits over its surface.

A layout is a lattice of apertures; its emission is a Fourier series. Harmonics above the scene's
own limit are left out, as no lens before so coarse a sensor passes them; the rest is evaluated at
the scene's pixels, and the camera's lens, photosites and mosaic make of it what they will: moire is
nowhere drawn. The truncated series is not clipped where it dips below zero: clipping would make the
left-out harmonics again, aliased, while the lens evens the dips as it does the real gaps.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.simulation.scene.light import Image
from spooftrace.simulation.scene.sheet import NYQUIST, Sheet

Harmonic = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the apertures of red, green and blue lie in one cell of the lattice, in cells."""

    apertures: tuple[tuple[tuple[float, float], ...], ...]
    """Per colour the middles (x, y) of its apertures."""
    width: tuple[float, float, float]
    """Per colour, of each aperture."""
    height: tuple[float, float, float]
    cell: float = 1.0
    """Side of the cell over the pitch of the pixels."""


RGB_STRIPE: Final = Layout(
    apertures=(((-1 / 3, 0.0),), ((0.0, 0.0),), ((1 / 3, 0.0),)),
    width=(0.26, 0.26, 0.26),
    height=(0.8, 0.8, 0.8),
)
BGR_STRIPE: Final = Layout(
    apertures=(((1 / 3, 0.0),), ((0.0, 0.0),), ((-1 / 3, 0.0),)),
    width=(0.26, 0.26, 0.26),
    height=(0.8, 0.8, 0.8),
)
PENTILE_DIAMOND: Final = Layout(
    # Two pixels by two: green in each, red and blue in every other one, as on a chessboard.
    apertures=(
        ((-0.25, -0.25), (0.25, 0.25)),
        ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)),
        ((0.25, -0.25), (-0.25, 0.25)),
    ),
    width=(0.22, 0.16, 0.26),
    height=(0.22, 0.16, 0.26),
    cell=2.0,
)
LAYOUTS: Final = {"rgb": RGB_STRIPE, "bgr": BGR_STRIPE, "pentile": PENTILE_DIAMOND}

HARMONICS: Final[tuple[Harmonic, ...]] = (
    (1, 0), (0, 1), (1, 1), (1, -1), (2, 0), (0, 2),
    (2, 1), (2, -1), (1, 2), (1, -2), (2, 2), (2, -2),
)  # fmt: skip
"""One of each conjugate pair; with those below the limit at pitches of the world, all."""


def amplitude(layout: Layout, colour: int, harmonic: Harmonic) -> complex:
    """Fourier coefficient of a colour's emission, whose mean is 1.

    sinc(k w) sinc(l h) of the aperture times the mean of exp(-2 pi i (k x + l y)) over its places.
    """
    k, l = harmonic  # noqa: E741
    places = np.array(layout.apertures[colour])
    phase = np.exp(-2j * np.pi * (k * places[:, 0] + l * places[:, 1])).mean()
    return complex(phase * np.sinc(k * layout.width[colour]) * np.sinc(l * layout.height[colour]))


def emission(layout: Layout, sheet: Sheet, pitch: float, depth: float = 1.0) -> Image:
    """(n, n, 3) factor of mean 1, band-limited: what the sub-pixels make of an even colour.

    Args:
        layout: the lattice.
        sheet: where the display's own coordinates fall.
        pitch: of the display's pixels, in pixels of the scene at its middle.
        depth: 1 for bare sub-pixels, less behind a diffusing surface; 0 gives 1 everywhere.
    """
    pattern = np.ones((*sheet.u.shape, 3), np.float32)
    cell = pitch * layout.cell
    for harmonic in HARMONICS:
        if np.hypot(*harmonic) / cell >= NYQUIST or depth == 0:
            continue
        weights = [2 * depth * amplitude(layout, colour, harmonic) for colour in range(3)]
        if max(map(abs, weights)) < 0.01:
            continue
        turn = np.float32(2 * np.pi / cell)
        angle = (turn * harmonic[0]) * sheet.u + (turn * harmonic[1]) * sheet.v
        cosine, sine = np.cos(angle), np.sin(angle)
        for colour, weight in enumerate(weights):
            pattern[..., colour] += np.float32(weight.real) * cosine
            pattern[..., colour] -= np.float32(weight.imag) * sine
    return pattern

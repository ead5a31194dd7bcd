"""Two attacks for the demo: a picture printed, and a picture on a screen, before the same camera.

An attack takes the picture that the attacker has and returns the light that reaches the camera:
linear RGB, HWC, float32. Each adds what the physical medium adds and a camera cannot undo.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.camera import Light, Picture, decode

Floats = NDArray[np.floating[Any]]

_SCREEN_ANGLES = np.radians([15.0, 75.0, 0.0])
"""Of the cyan, magenta and yellow dots."""


def on_paper(picture: Picture, rng: np.random.Generator) -> Light:
    """A printed picture: less contrast and colour, a dot screen, tinted paper, uneven light."""
    light = decode(picture)
    grey = light.mean(2, keepdims=True)
    inked = grey + rng.uniform(0.55, 0.85) * (light - grey)
    coverage = 1 - np.clip(inked, 0.02, 1) ** np.float32(1 / rng.uniform(1.6, 2.1))
    place = _tilted(picture.shape[0], rng, tilt=0.06)
    dots = _dot_screen(coverage, place, period=rng.uniform(2.2, 3.6), rim=rng.uniform(0.08, 0.2))
    paper = np.array([0.86, 0.84, 0.78]) * (1 + rng.normal(0, 0.03, 3))
    black = rng.uniform(0.03, 0.08)
    reflected = black + (paper - black) * (1 - dots) ** 1.8
    return np.asarray(reflected * _uneven(picture.shape[0], rng, 0.35)[..., None], np.float32)


def on_screen(picture: Picture, rng: np.random.Generator) -> Light:
    """A picture on a display: bluish primaries, glowing black, moire of its pixels, reflections."""
    size = picture.shape[0]
    place = _tilted(size, rng, tilt=0.08)
    light = _sample(decode(picture), place)
    bleed = rng.uniform(0.02, 0.1)
    primaries = (1 - 2 * bleed) * np.eye(3) + bleed
    white = np.array([rng.uniform(0.82, 0.95), 1.0, rng.uniform(1.05, 1.3)])
    shown = (light @ primaries.astype(np.float32)) ** np.float32(rng.uniform(1.0, 1.25))
    lit = (rng.uniform(0.01, 0.05) + shown * white) * _pixel_grid(place, rng)
    glare = rng.uniform(0.0, 0.18) * _spotlight(size, rng) + rng.uniform(0.0, 0.03)
    return np.asarray(lit + glare[..., None], np.float32)


def _tilted(size: int, rng: np.random.Generator, tilt: float) -> Light:
    """Where each camera pixel looks on a flat medium held askew: (size, size, 2), (x, y)."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * (size - 1)
    inset = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0, tilt, (4, 2)) * size
    matrix = cv2.getPerspectiveTransform(corners, (corners + inset).astype(np.float32))
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).astype(np.float32)
    return np.asarray(cv2.perspectiveTransform(grid, matrix), np.float32)


def _sample(light: Light, place: Light) -> Light:
    x, y = place[..., 0], place[..., 1]
    found = cv2.remap(light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)


def _dot_screen(coverage: Floats, place: Light, period: float, rim: float) -> Light:
    """Ink on each pixel when coverage (h, w, 3) is printed as dots of varying size.

    `period` is the dots' distance in camera pixels; `rim` says how much of their hard edge is left
    after ink and lens have blurred it, 0 to 1.
    """
    printed = _sample(np.asarray(coverage, np.float32), place)
    for channel, angle in enumerate(_SCREEN_ANGLES):
        along = (place[..., 0] * np.cos(angle) + place[..., 1] * np.sin(angle)) / period
        across = (place[..., 1] * np.cos(angle) - place[..., 0] * np.sin(angle)) / period
        cell = 0.5 + 0.25 * (np.cos(2 * np.pi * along) + np.cos(2 * np.pi * across))
        wanted = printed[..., channel]
        dots = np.clip(0.5 + 2.2 * (wanted - cell), 0, 1)
        printed[..., channel] = wanted + rim * (dots - wanted)
    return printed


def _pixel_grid(place: Light, rng: np.random.Generator) -> Light:
    """Brightness of the display's sub-pixels where the camera's pixels sample it: moire.

    Red, green and blue stripes lie a third of a pixel apart. The display's pixels are about as
    small as the camera's, so the sampled grid is aliased into slow coloured bands.
    """
    pitch = rng.uniform(0.85, 1.7)
    depth = rng.uniform(0.06, 0.2)
    curve = 1 + rng.uniform(-0.03, 0.03) * ((place / place.max() - 0.5) ** 2).sum(2)
    columns, rows = place[..., 0] * curve / pitch, place[..., 1] * curve / pitch
    stripes = [np.cos(2 * np.pi * (columns + third / 3)) for third in range(3)]
    lines = 0.5 * np.cos(2 * np.pi * rows)
    return np.asarray(1 + depth * (np.stack(stripes, -1) + lines[..., None]), np.float32)


def _uneven(size: int, rng: np.random.Generator, depth: float) -> Floats:
    """Light across a sheet that is not quite flat."""
    corners = rng.uniform(1 - depth, 1, (3, 3)).astype(np.float32)
    return np.asarray(cv2.resize(corners, (size, size), interpolation=cv2.INTER_CUBIC))


def _spotlight(size: int, rng: np.random.Generator) -> Floats:
    """A lamp's blurred reflection."""
    grid = np.linspace(0, 1, size)
    centre, radius = rng.uniform(0.1, 0.9, 2), rng.uniform(0.08, 0.3, 2)
    across = np.exp(-0.5 * ((grid - centre[0]) / radius[0]) ** 2)
    down = np.exp(-0.5 * ((grid - centre[1]) / radius[1]) ** 2)
    return np.outer(down, across)

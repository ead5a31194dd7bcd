"""Skin and clothes of a person, painted on the texture of `head_mesh`, gamma-encoded RGB."""

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation import noise
from spooftrace.simulation.people import face_model
from spooftrace.simulation.people.fields import resized, spread, step
from spooftrace.simulation.people.head_mesh import SPAN, TEXTURE_SIZE

Image = NDArray[np.float32]
Vector = NDArray[np.float32]

_TO_RGB = np.array([[1, 1.403, 0], [1, -0.714, -0.344], [1, 0, 1.773]], np.float32)

_EDGE = round((1 - face_model.FINE_SPAN / SPAN) / 2 * TEXTURE_SIZE)
WINDOW = np.s_[_EDGE : TEXTURE_SIZE - _EDGE, _EDGE : TEXTURE_SIZE - _EDGE]
"""Rows and columns of the texture with the window of the face."""
WINDOW_SIZE = TEXTURE_SIZE - 2 * _EDGE

_SHARE = (np.arange(TEXTURE_SIZE, dtype=np.float32) + 0.5) / TEXTURE_SIZE
_GRID = np.asarray((_SHARE * 2 - 1) * SPAN, np.float32)
_LOW = int(np.searchsorted(_GRID, 0.4))
ACROSS, DOWN = np.meshgrid(_GRID, _GRID)
"""(768, 768): x and y of every pixel of the texture, in heights of the face."""


def skin(vector: Vector, model: face_model.Model) -> Image:
    """Colour (768, 768, 3) of skin, from a texture vector of the model; smooth."""
    coarse, fine = _levels(vector, model)
    ycc = resized(spread(coarse, model.coarse_mask.astype(np.float32)), TEXTURE_SIZE)
    ycc[WINDOW][..., 0] += resized(fine, WINDOW_SIZE)
    return _rgb(ycc)


def change(vector: Vector, model: face_model.Model) -> Image:
    """What a change of the texture vector adds to the colours in the window of the face."""
    coarse, fine = _levels(vector, model)
    ycc = resized(coarse, TEXTURE_SIZE)[WINDOW]
    ycc[..., 0] += resized(fine, WINDOW_SIZE)
    return _rgb(ycc, middle=0.0)


def add_detail(colours: Image, logs: Vector, rng: np.random.Generator) -> None:
    """Pores, stubble and freckles: noise in three bands, as strong as the model says, in place.

    `logs` holds the logarithm of the deviation of brightness, (3 * 32^2,).
    """
    size = face_model.DETAIL_SIZE
    maps = logs.reshape(3, size, size)
    edges = face_model.DETAIL_BANDS
    pores = np.zeros((WINDOW_SIZE, WINDOW_SIZE), np.float32)
    for index, (finest, coarsest) in enumerate(itertools.pairwise(edges)):
        strength = np.exp(resized(maps[index], WINDOW_SIZE))
        pores += strength * noise.band(rng, finest or 0.5, coarsest, WINDOW_SIZE)
    rim = step(0.62 - np.hypot(ACROSS[WINDOW] * 1.2, DOWN[WINDOW]), 0.0, 0.12)
    colours[WINDOW] += (pores * rim)[..., None] * np.array([0.9, 1.0, 1.0], np.float32)
    outside = 0.008 * noise.cloud(rng, 1.5, TEXTURE_SIZE)
    outside[WINDOW] *= 1 - rim
    colours += outside[..., None]


def dress(colours: Image, rng: np.random.Generator) -> None:
    """Clothes from the neck down, in place; colours (768, 768, 3)."""
    width, depth = rng.uniform(0.15, 0.24), rng.uniform(0.12, 0.36)
    top = rng.uniform(0.52, 0.56)
    x, y, colours = ACROSS[_LOW:], DOWN[_LOW:], colours[_LOW:]
    below = y - top - depth * np.exp(-((np.abs(x) / width) ** rng.uniform(1.8, 3)))
    wide, fine = noise.cloud(rng, 90, TEXTURE_SIZE), noise.cloud(rng, 2, TEXTURE_SIZE)
    folds = 0.06 * wide[_LOW:] + 0.01 * fine[_LOW:]
    hem = 0.1 * np.exp(-np.abs(below - 0.03) / 0.003)
    cloth = _cloth(rng) * (1 + folds - hem)[..., None]
    shadow = 0.3 * np.exp(-np.maximum(-below, 0) / 0.012)
    colours *= (1 - shadow * (below < 0))[..., None]
    colours += step(below, -0.002, 0.003)[..., None] * (cloth - colours)


def shadow(colours: Image, hair: Image) -> None:
    """What hair takes of the light on the skin beside it, in place; it hangs over from above."""
    near = cv2.resize(hair, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(near, (0, 0), 2.2) * 0.6 + cv2.GaussianBlur(near, (0, 0), 6) * 0.4
    near = np.roll(near, 1, axis=0)[..., None]
    kept = 1 - near * np.array([0.38, 0.45, 0.48], np.float32)
    colours *= cv2.resize(kept, (TEXTURE_SIZE, TEXTURE_SIZE), interpolation=cv2.INTER_LINEAR)


def with_shoulders(outline: Image, rng: np.random.Generator) -> Image:
    """The distance (768, 768) inside a person's outline, with the whole of the shoulders.

    The portraits that the model knows end above the shoulders' ends.
    """
    top, slope = rng.uniform(0.63, 0.67), rng.uniform(0.15, 0.3)
    line = DOWN - np.float32(top) - np.float32(slope) * ACROSS**2
    known = outline - np.float32(0.6) * np.maximum(np.abs(ACROSS) - np.float32(0.42), 0)
    return np.asarray(np.maximum(known, line), np.float32)


def edged(outline: Image) -> Image:
    """1 inside an outline (768, 768); its edge is soft alike where the distance is flat."""
    down, across = np.gradient(cv2.resize(outline, None, fx=0.25, fy=0.25))
    unit = TEXTURE_SIZE / 4 / (2 * SPAN)
    slope = resized(np.hypot(down, across).astype(np.float32), TEXTURE_SIZE) * np.float32(unit)
    return step(outline / np.clip(slope, 0.15, 1), -0.004, 0.006)


def closed(cover: Image) -> Image:
    """A cover without the slits between hair, ears and neck."""
    small = cv2.resize(cover, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    solid = resized(np.asarray(cv2.GaussianBlur(filled, (0, 0), 0.8), np.float32), TEXTURE_SIZE)
    between = step(-np.abs(DOWN - np.float32(0.1)), -0.4, -0.25)
    return np.asarray(np.maximum(cover, step(solid, 0.5, 1.0) * between), np.float32)


def smooth(image: Image, deviation: float) -> Image:
    """Gaussian blur; `deviation` in pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), deviation), np.float32)


def _cloth(rng: np.random.Generator) -> Vector:
    grey = rng.choice([0.12, 0.25, 0.45, 0.7, 0.88])
    tint = rng.normal(0, 0.1 if rng.random() < 0.5 else 0.02, 3)
    return np.asarray(np.clip(grey * (1 + tint) + 0.15 * tint, 0.05, 0.93), np.float32)


def _levels(vector: Vector, model: face_model.Model) -> tuple[Image, Image]:
    coarse = np.zeros((*model.coarse_mask.shape, 3), np.float32)
    count = 3 * int(model.coarse_mask.sum())
    coarse[model.coarse_mask] = vector[:count].reshape(-1, 3)
    fine = np.zeros(model.fine_mask.shape, np.float32)
    fine[model.fine_mask] = vector[count:]
    return coarse, fine


def _rgb(ycc: Image, middle: float = 128 / 255) -> Image:
    shifted = ycc - np.array([0, middle, middle], np.float32)
    return np.asarray(cv2.transform(shifted, _TO_RGB), np.float32)

"""Hair of a person: where it is, and its strands, painted on the texture of `head_mesh`."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation import noise
from spooftrace.simulation.people.fields import resized, step
from spooftrace.simulation.people.head_mesh import TEXTURE_SIZE
from spooftrace.simulation.people.skins import ACROSS, DOWN

Image = NDArray[np.float32]
Vector = NDArray[np.float32]

_AROUND = 2048
_ALONG = 128
_LAYERS = ((3.0, 14, _AROUND // 8), (2.5, 8, _AROUND // 2), (0.9, 12, _AROUND))
"""Thickness, length and points around of thick locks, locks and single strands."""


def grow(
    distances: Vector, outline: Image, log_colour: Vector, curl: float, rng: np.random.Generator
) -> tuple[Image, Image]:
    """Colour (768, 768, 3), gamma-encoded, and cover (768, 768) of the hair.

    Args:
        distances: (96^2,) signed distance to the hair's edge, heights of the face.
        outline: (768, 768) signed distance to the head's edge.
        log_colour: (3,) logarithm of the linear colour.
        curl: 0 straight, 1 curly.
        rng: the person's own.
    """
    size = round(len(distances) ** 0.5)
    inside = resized(distances.reshape(size, size), TEXTURE_SIZE)
    inside = np.maximum(inside, _cap(outline, rng))
    near = inside > -0.06  # hair, and what frays from it
    rows, columns = np.flatnonzero(near.any(1)), np.flatnonzero(near.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inside = inside[box]
    locks, strands = _strands(ACROSS[box], DOWN[box], curl, rng)
    # Hair grows thin at the hairline, single strands first; its outer edge is frayed less.
    reach = inside + (0.005 + 0.012 * curl) * locks + 0.007 * strands
    sheen = np.exp(-(((np.hypot(ACROSS[box], DOWN[box] + 0.3) - 0.36) / 0.07) ** 2))
    depth = 0.5 * step(inside, 0.0, 0.07) - 0.25 * step(inside, 0.08, 0.14)
    tone = 0.36 * strands + 0.15 * locks + 0.35 * sheen * (1 - curl) + depth - 0.45
    log = np.clip(log_colour, np.log(0.006), np.log(0.55)).astype(np.float32)
    cover = np.zeros((TEXTURE_SIZE, TEXTURE_SIZE), np.float32)
    cover[box] = step(reach, -0.008, 0.012)
    colour = np.empty((TEXTURE_SIZE, TEXTURE_SIZE, 3), np.float32)
    colour[:] = np.exp(log / 2.2)
    colour[box] *= np.exp(tone / np.float32(2.2))[..., None]
    return np.minimum(colour, np.float32(1)), cover


def dyed(log_colour: Vector, tone: float, rng: np.random.Generator) -> Vector:
    """The colour with a variation of its own: grey at times, fair only on light skin."""
    varied = log_colour + np.float32(rng.normal(-0.1, 0.35))
    chance = rng.random()
    if tone > 0.55 and chance < 0.2:
        varied = np.log(np.array([0.30, 0.19, 0.1]) * rng.uniform(0.6, 1.2))
    elif chance > 0.97:
        varied = np.log(np.array([0.2, 0.19, 0.18]) * rng.uniform(0.6, 1.5))
    elif tone < 0.5:
        varied = np.minimum(varied, np.log([0.02, 0.015, 0.012]))
    return np.asarray(varied, np.float32)


def _cap(outline: Image, rng: np.random.Generator) -> Image:
    """Signed distance to the least hair that people wear, above a hairline."""
    line = np.float32(rng.uniform(-0.66, -0.57)) + np.float32(rng.uniform(0.6, 2.0)) * ACROSS**2
    above = np.minimum(line - DOWN, np.float32(-0.1) - DOWN)
    return np.asarray(np.minimum(above, outline + np.float32(0.015)), np.float32)


def _strands(
    across: Image, down: Image, curl: float, rng: np.random.Generator
) -> tuple[Image, Image]:
    """Locks and single strands at places: noise drawn out along the hair, unit deviation."""
    # Combed back they run away from the face, else down from above; where they meet is not seen.
    is_combed_back = rng.random() < 0.5
    x = across - np.float32(rng.normal(0, 0.05 if is_combed_back else 0.12))
    y = down + np.float32(rng.uniform(0.2, 0.35) if is_combed_back else rng.uniform(0.9, 1.05))
    wave = _cut(noise.cloud(rng, 60, TEXTURE_SIZE), x) * np.float32(0.012 + 0.04 * curl)
    if curl > 0.3:
        wave = wave + _cut(noise.cloud(rng, 14, TEXTURE_SIZE), x) * np.float32(0.022 * curl)
    around = np.arctan2(x, y) * np.float32(_AROUND / (2 * np.pi))
    radius = np.hypot(x, y)
    around = around + wave * np.float32(_AROUND / 6) / np.maximum(radius, 0.08) * 0.5
    along = np.clip(radius * np.float32(_ALONG / 2.4) + wave * 20, 0, _ALONG - 1)
    fields = []
    for thickness, length, points in _LAYERS:
        white = rng.standard_normal((_ALONG, points), dtype=np.float32)
        tall = length * (1 - 0.7 * curl)
        combed = cv2.GaussianBlur(white, (0, 0), sigmaX=thickness, sigmaY=tall)
        combed = np.asarray(combed / combed.std(), np.float32)
        look_up = (around * np.float32(points / _AROUND) % points, along)
        fields.append(cv2.remap(combed, *look_up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
    locks = (fields[0] + fields[1]) * np.float32(np.sqrt(0.5))
    return np.asarray(locks, np.float32), np.asarray(fields[2], np.float32)


def _cut(noise: Image, like: Image) -> Image:
    return noise[: like.shape[0], : like.shape[1]]

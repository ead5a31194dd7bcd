"""Hair of a person: where it is, and its strands, painted on the texture of `people_mesh`."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.people_fields import cloud, resized, step
from spooftrace.simulation.people_mesh import TEXTURE_SIZE
from spooftrace.simulation.people_skin import ACROSS, DOWN

Image = NDArray[np.float32]
Vector = NDArray[np.float32]

_AROUND = 2048
_ALONG = 128


def grow(
    distances: Vector, log_colour: Vector, curl: float, rng: np.random.Generator
) -> tuple[Image, Image]:
    """Colour (768, 768, 3), gamma-encoded, and cover (768, 768) of the hair.

    Args:
        distances: (96^2,) signed distance to the hair's edge, heights of the face.
        log_colour: (3,) logarithm of the linear colour.
        curl: 0 straight, 1 curly.
        rng: the person's own.
    """
    size = round(len(distances) ** 0.5)
    inside = resized(distances.reshape(size, size), TEXTURE_SIZE)
    locks, strands = _strands(curl, rng)
    reach = inside + (0.010 + 0.012 * curl) * locks + 0.006 * strands
    cover = step(reach, -0.006, 0.008)
    sheen = np.exp(-(((np.hypot(ACROSS, DOWN + 0.3) - 0.36) / 0.07) ** 2))
    depth = 0.5 * step(inside, 0.0, 0.07) - 0.25 * step(inside, 0.08, 0.14)
    tone = 0.22 * strands + 0.3 * locks + 0.45 * sheen * (1 - curl) + depth - 0.45
    linear = np.exp(np.clip(log_colour, np.log(0.006), np.log(0.55)) + tone[..., None])
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), np.float32), cover


def _strands(curl: float, rng: np.random.Generator) -> tuple[Image, Image]:
    """Locks and single strands (768, 768): noise drawn out from the crown, unit deviation."""
    x = ACROSS - np.float32(rng.normal(0, 0.06))
    y = DOWN + np.float32(rng.uniform(0.5, 0.62))
    wave = cloud(rng, 60, TEXTURE_SIZE) * np.float32(0.03 + 0.03 * curl)
    if curl > 0.3:
        wave = wave + cloud(rng, 14, TEXTURE_SIZE) * np.float32(0.035 * curl)
    around = np.arctan2(x, y - 0.12 * np.abs(x)) * np.float32(_AROUND / (2 * np.pi))
    radius = np.hypot(x, y)
    around = around + wave * np.float32(_AROUND / 6) / np.maximum(radius, 0.08) * 0.5
    along = radius * np.float32(_ALONG / 1.6) + wave * 20
    fields = []
    for across, length in ((10, 8), (1.2, 10)):
        noise = rng.standard_normal((_ALONG, _AROUND), dtype=np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=across, sigmaY=length * (1 - 0.7 * curl))
        noise /= noise.std()
        look_up = (around % _AROUND, np.clip(along, 0, _ALONG - 1))
        fields.append(cv2.remap(noise, *look_up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
    return np.asarray(fields[0], np.float32), np.asarray(fields[1], np.float32)

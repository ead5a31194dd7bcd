"""What is on a piece: the person's own face as a printer gives it, plain paper, creases."""

import cv2
import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.partial.pieces import DOTS, Hold, places_of, texel_places
from spooftrace.simulation.scene.light import Floats, Image, Light, luminance
from spooftrace.simulation.scene.scene import Scene

FLUSH = Hold(radius=0.6, depth=-0.1, shift=(0, 0), roll_deg=0, curl=0, gap=0, thickness=0, gloss=0)
"""Where a face is looked up for printing: close to the skin."""


def own_face(
    scene: Scene, size: tuple[int, int], left: float, top: float, rng: np.random.Generator
) -> Light:
    """(h, w, 3) reflectance of a print of the person's own face at these places of the sheet.

    Printed often 9 % too large or small and a little off, in the gamut of office paper and toner:
    black 0.012-0.05, white 0.75-0.9, exposure and tone of some other picture; one in seven is grey.
    """
    u, v = texel_places(size, left, top)
    scale, off = np.exp(rng.normal(0, 0.09)), rng.normal(0, 0.018, 2)
    middle = np.array([u.mean(), v.mean()])
    u, v = (
        middle[0] + (u - middle[0]) * scale + off[0],
        middle[1] + (v - middle[1]) * scale + off[1],
    )
    at = places_of(scene, u, v, FLUSH).astype(np.float32)
    light = cv2.remap(
        scene.light, at[..., 0], at[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    shade = cv2.remap(
        scene.shading, at[..., 0], at[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    seen = np.asarray(light / np.maximum(shade, np.float32(1e-3)), np.float32)
    return printed(seen, rng)


def printed(wanted: Light, rng: np.random.Generator) -> Light:
    """(h, w, 3) what a printer makes of a reflectance: less gamut, a cast, grain of the toner."""
    tone = np.clip(wanted * np.exp(rng.normal(0.1, 0.28)), 0, 1) ** np.float32(
        rng.uniform(0.9, 1.4)
    )
    grey = luminance(tone)[..., None]
    colour = 0.0 if rng.random() < 1 / 7 else rng.uniform(0.55, 1.15)
    cast = np.exp(rng.normal(0, 0.06, 3))
    black, white = rng.uniform(0.012, 0.05), rng.uniform(0.75, 0.9)
    inked = np.clip(grey + np.float32(colour) * (tone - grey), 0, 1) * cast.astype(np.float32)
    blur = cv2.GaussianBlur(inked, (0, 0), rng.uniform(0.4, 1.4))
    toner = noise.specks(rng, 0.8, (len(grey), grey.shape[1]))
    speckle = 1 + np.float32(rng.uniform(0.01, 0.07)) * toner[..., None]
    return np.asarray(np.clip(black + (white - black) * blur * speckle, 0.01, 0.95), np.float32)


def plain(size: tuple[int, int], rng: np.random.Generator) -> Light:
    """(h, w, 3) paper without print: mostly white, sometimes craft brown, grey or coloured."""
    white = rng.uniform(0.7, 0.88)
    colour = np.full(3, white) * np.exp(rng.normal(0, 0.03, 3))
    if rng.random() < 0.3:
        colour = rng.choice(
            [[0.4, 0.27, 0.15], [0.75, 0.6, 0.15], [0.2, 0.4, 0.6], [0.6, 0.25, 0.3]]
        )
    fibres = noise.specks(rng, 1.2, size)
    return np.asarray(colour * (1 + np.float32(0.03) * fibres[..., None]), np.float32)


def creases(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """(h, w) relief in px: waves of handled paper, and at times a fold."""
    waves = noise.waves(rng, 40, size)
    relief = np.float32(rng.exponential(1.2)) * waves
    if rng.random() < 0.35:
        u, v = texel_places(size, 0, 0)
        angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.1)
        away = (u - u.mean()) * np.cos(angle) + (v - v.mean()) * np.sin(angle) + rng.normal(0, 0.03)
        relief -= np.abs(away).astype(np.float32) * np.float32(DOTS * rng.uniform(0.05, 0.3))
    return np.asarray(relief, np.float32)


def cut(outline: Floats, size: tuple[int, int], left: float, top: float) -> Image:
    """(h, w) in [0, 1] of an outline (k, 2) in (u, v)."""
    mask = np.zeros(size, np.uint8)
    texels = (outline - (left, top)) * DOTS - 0.5
    cv2.fillPoly(mask, [np.round(texels * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    return np.asarray(mask, np.float32) / np.float32(255)


def rounded(
    middle: tuple[float, float],
    half: tuple[float, float],
    power: float,
    wobble: float,
    rng: np.random.Generator,
) -> Floats:
    """(64, 2): a super-ellipse in (u, v), 2 being an ellipse and 8 nearly a box, cut by hand."""
    t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    radius = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    waves = sum(
        rng.normal(0, wobble / k) * np.cos(k * t + rng.uniform(0, 6.3)) for k in (2, 3, 5, 7)
    )
    radius = radius * (1 + waves)
    return np.stack([middle[0] + half[0] * radius * c, middle[1] + half[1] * radius * s], axis=1)

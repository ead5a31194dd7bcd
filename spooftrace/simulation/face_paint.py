"""Skin, brows, eyes and lips of a person who does not exist, painted on the frontal face.

The texture is a square seen from the front; `place` says where a point of the canonical face lies
in it. Colours are linear RGB reflectances in [0, 1], HWC.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Colour = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

TEXTURE_SIZE = 384
_SPAN = 1.45
"""Half of the texture's side, in halves of the face's width."""

# MediaPipe's landmarks. "Right" is the person's right, at the left of the picture.
_RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
_LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
_LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_MOUTH: tuple[int, ...] = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324)
_MOUTH += (308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
_FOLDS = ((129, 203, 206, 216), (358, 423, 426, 436))
_NOSE_SIDES = ((193, 122, 196, 198, 129), (417, 351, 419, 420, 358))
_NOSTRILS = (98, 327)
_CHEEKS = (50, 280)
_JAW: tuple[int, ...] = (58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288)
_JAW += (410, 391, 393, 164, 167, 165, 186)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What distinguishes one painted person from another."""

    skin: Colour
    """Reflectance of the skin, linear RGB."""
    hair: Colour
    """Reflectance of hair and brows, linear RGB."""
    iris: Colour
    """Reflectance of the iris, linear RGB."""
    lips: float
    """How red the lips are, 0 to 1."""
    beard: float
    """How dark the beard's shadow is, 0 to 1."""
    age: float
    """How deep the folds are, 0 to 1."""


def draw_look(rng: np.random.Generator) -> Look:
    """A random person's colours; skin from very light to very dark along one melanin axis."""
    melanin = rng.beta(0.9, 1.3)
    light, dark = np.log([0.74, 0.5, 0.39]), np.log([0.1, 0.055, 0.036])
    skin = np.exp(light + melanin * (dark - light) + rng.normal(0, 0.05, 3))
    hues = np.array([[0.012, 0.009, 0.008], [0.05, 0.026, 0.015], [0.22, 0.14, 0.07], [0.3] * 3])
    dark_haired = melanin > 0.45
    hair = hues[rng.choice(4, p=[0.8, 0.1, 0, 0.1] if dark_haired else [0.3, 0.4, 0.2, 0.1])]
    irises = np.array(
        [[0.045, 0.022, 0.012], [0.1, 0.06, 0.03], [0.12, 0.2, 0.3], [0.1, 0.15, 0.08]]
    )
    iris = irises[rng.choice(4, p=[0.8, 0.2, 0, 0] if dark_haired else [0.3, 0.25, 0.3, 0.15])]
    return Look(
        skin=skin.astype(np.float32),
        hair=(hair * rng.uniform(0.7, 1.3)).astype(np.float32),
        iris=(iris * rng.uniform(0.8, 1.2)).astype(np.float32),
        lips=rng.uniform(0.1, 0.9),
        beard=max(0.0, rng.uniform(-1.0, 1.0)),
        age=rng.uniform(0, 1),
    )


def place(points: Floats) -> NDArray[np.float32]:
    """Texture pixels (x, y) of points (..., 2) of the canonical face, halves of its width."""
    return ((points / _SPAN * 0.5 + 0.5) * (TEXTURE_SIZE - 1)).astype(np.float32)


def paint(look: Look, landmarks: Floats, rng: np.random.Generator) -> Image:
    """Reflectance of the face as a texture; `landmarks` (468, 2) in halves of the face's width."""
    points = place(landmarks)
    canvas = np.empty((TEXTURE_SIZE, TEXTURE_SIZE, 3), np.float32)
    canvas[:] = look.skin
    canvas *= np.exp(0.06 * cloud(rng, 30) + 0.04 * cloud(rng, 6) + 0.05 * cloud(rng, 1))[..., None]
    _paint_skin(canvas, look, points, rng)
    _paint_mouth(canvas, look, points)
    for brow in (_RIGHT_BROW, _LEFT_BROW):
        _paint_brow(canvas, look, points[list(brow)], rng)
    gaze = rng.normal(0, 0.06, 2)
    for eye in (_RIGHT_EYE, _LEFT_EYE):
        _paint_eye(canvas, look, points[list(eye)], gaze)
    return canvas


def cloud(rng: np.random.Generator, scale: float, size: int = TEXTURE_SIZE) -> Image:
    """Smooth noise (size, size), zero mean and unit deviation; `scale` is its grain in pixels."""
    side = max(4, int(size / scale))
    grain = rng.standard_normal((side, side), dtype=np.float32)
    noise = cv2.resize(grain, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def blend(canvas: Image, mask: Image, colour: Colour) -> None:
    """Move the canvas (h, w, 3) towards the colour by the mask (h, w), in place."""
    rows, columns = np.flatnonzero(mask.max(1) > 0.004), np.flatnonzero(mask.max(0) > 0.004)
    if rows.size and columns.size:
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        canvas[window] += mask[window][..., None] * (colour - canvas[window])


def _paint_skin(
    canvas: Image, look: Look, points: NDArray[np.float32], rng: np.random.Generator
) -> None:
    red = look.skin * _colour([1.1, 0.72, 0.7])
    for landmark in (*_CHEEKS, 4):
        _spot(canvas, points[landmark], 22, red, rng.uniform(0.2, 0.6))
    stubble = np.clip(0.75 + 0.25 * cloud(rng, 1.2), 0.2, 1)
    shadow = look.skin * _colour([0.38, 0.42, 0.48])
    _fill(canvas, points[list(_JAW)], shadow, look.beard * 0.8, blur=7, weave=stubble)
    dark = look.skin * _colour([0.5, 0.42, 0.4])
    for eye in (_RIGHT_EYE, _LEFT_EYE):
        _spot(canvas, points[list(eye)].mean(0) + _down(3), 20, dark, 0.32 + 0.2 * look.age)
    for side, fold in zip(_NOSE_SIDES, _FOLDS, strict=True):
        _line(canvas, points[list(side)], dark, 0.35, width=5, blur=4.5)
        _line(canvas, points[list(fold)], dark, 0.1 + 0.4 * look.age, width=2, blur=2)
    for nostril in _NOSTRILS:
        hole = points[2] + 0.52 * (points[nostril] - points[2]) - _down(2)
        _spot(canvas, hole, 3.8, look.skin * 0.12, 0.95)
    _spot(canvas, points[2] + _down(4), 10, dark, 0.4)
    _spot(canvas, points[18] + _down(4), 10, dark, 0.4)


def _paint_mouth(canvas: Image, look: Look, points: NDArray[np.float32]) -> None:
    red = _colour([1.0, 0.68 - 0.35 * look.lips, 0.7 - 0.3 * look.lips])
    lips = look.skin * red * np.float32(0.8)
    _fill(canvas, points[list(_LIPS)], lips, 0.9, blur=1.6)
    inner = points[list(_MOUTH)]
    _fill(canvas, inner, look.skin * 0.06, 0.9, blur=0.8)
    _line(canvas, inner[:11], look.skin * 0.1, 0.8, width=1, blur=0.8)
    _spot(canvas, points[17] * 0.55 + points[14] * 0.45, 7, lips * 1.7, 0.3)


def _paint_brow(
    canvas: Image, look: Look, outline: NDArray[np.float32], rng: np.random.Generator
) -> None:
    hairs = np.clip(0.8 + 0.35 * cloud(rng, 1.5), 0, 1)
    _fill(canvas, outline, look.hair, 0.85, blur=2, weave=hairs)


def _paint_eye(canvas: Image, look: Look, ring: NDArray[np.float32], gaze: Floats) -> None:
    """White, iris, pupil, glint and lids; `gaze` moves the iris, in widths of the eye."""
    width = float(np.ptp(ring[:, 0]))
    outline = _opened(ring, width)
    between_lids = _mask(outline, 0.7)
    blend(canvas, between_lids, _colour([0.62, 0.57, 0.54]))
    centre = outline.mean(0) + gaze * width
    for radius, colour in ((0.215, look.iris * 0.35), (0.19, look.iris), (0.085, look.iris * 0.05)):
        blend(canvas, _disc(centre, radius * width) * between_lids, colour)
    blend(canvas, _disc(centre - 0.07 * width, 0.035 * width), _colour([2, 2, 2]))
    upper = np.concatenate([ring[:1], ring[:8:-1], ring[8:9]])
    upper += _down(outline[:, 1].min() - ring[:, 1].min())
    _line(canvas, upper, look.skin * 0.25, 0.5, width=4, blur=2)
    _line(canvas, upper, look.hair * 0.5, 0.85, width=2, blur=0.8)
    _line(canvas, ring[:9], look.skin * 0.35, 0.5, width=1, blur=0.8)
    _line(canvas, upper - _down(0.16 * width), look.skin * 0.35, 0.55, width=1, blur=1.2)


def _opened(ring: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """The eye's outline, at least 0.36 of its width high."""
    middle = ring.mean(0)
    stretch = max(1.0, 0.36 * width / float(np.ptp(ring[:, 1])))
    return np.asarray(middle + (ring - middle) * (1, stretch), np.float32)


def _mask(outline: Floats, blur: float) -> Image:
    mask = np.zeros((TEXTURE_SIZE, TEXTURE_SIZE), np.uint8)
    cv2.fillPoly(mask, [_fixed(outline)], (255,), cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur), np.float32) / 255


def _fill(
    canvas: Image,
    outline: NDArray[np.float32],
    colour: Colour,
    strength: float,
    *,
    blur: float,
    weave: Image | None = None,
) -> None:
    mask = _mask(outline, blur) * np.float32(strength)
    blend(canvas, mask if weave is None else mask * weave, colour)


def _line(
    canvas: Image,
    points: Floats,
    colour: Colour,
    strength: float,
    *,
    width: int,
    blur: float,
) -> None:
    mask = np.zeros((TEXTURE_SIZE, TEXTURE_SIZE), np.uint8)
    cv2.polylines(mask, [_fixed(points)], False, (255,), width, cv2.LINE_AA, shift=4)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), blur), np.float32) / 255
    blend(canvas, soft * np.float32(strength), colour)


def _disc(centre: Floats, radius: float) -> Image:
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return _mask(centre + radius * np.stack([np.cos(turn), np.sin(turn)], 1), 0.7)


def _spot(
    canvas: Image,
    centre: Floats,
    radius: float,
    colour: Colour,
    strength: float,
) -> None:
    """A round patch with soft edges; `radius` is its Gaussian's deviation in texture pixels."""
    grid = np.arange(TEXTURE_SIZE, dtype=np.float32)
    across = np.exp(-0.5 * ((grid - centre[0]) / radius) ** 2)
    down = np.exp(-0.5 * ((grid - centre[1]) / radius) ** 2)
    blend(canvas, np.float32(strength) * np.outer(down, across), colour)


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point format with four fractional bits."""
    return np.asarray(np.round(points * 16), np.int32)


def _down(distance: float) -> NDArray[np.float32]:
    return np.array([0, distance], np.float32)


def _colour(channels: list[float]) -> Colour:
    return np.array(channels, np.float32)

"""Eyes and the inside of the mouth, drawn into the finished picture of a person."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.people.fields import step

Image = NDArray[np.float32]
Points = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

_FINER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """What is a person's own in them; colours gamma-encoded."""

    iris: Points
    """(3,)"""
    white: Points
    """(3,)"""
    lashes: float
    """0 thin to 1 thick."""
    fibres: Points
    """(64,) brightness of the iris around the pupil."""
    pupil: float
    """Radius in radii of the iris."""


def draw_eye(
    picture: Image, outline: Points, centre: Floats, radius: float, eyes: Eyes, shade: float
) -> None:
    """White, iris, pupil, glint and lashes, in place.

    Args:
        picture: (h, w, 3), gamma-encoded.
        outline: (16, 2) of the lids in its pixels, from `poses.RIGHT_EYE`.
        centre: of the iris.
        radius: of the iris in pixels.
        eyes: the person's.
        shade: brightness of the skin around, dims the white of the eye.
    """
    patch = _Patch(picture, outline, margin=8)
    between = patch.mask(outline, 0.6)
    x, y = patch.x - centre[0], patch.y - centre[1]
    away = np.hypot(x, y) / radius
    white = eyes.white * np.float32(0.62 + 0.45 * shade)
    width = float(np.linalg.norm(outline[0] - outline[8]))
    middle = outline.mean(0)
    to_corner = np.abs((patch.x - middle[0]) / (0.5 * width))
    red = 0.25 * step(to_corner, 0.45, 1.0)[..., None] * np.array([0.4, 1, 1], np.float32)
    ball = white * (1 - red) * (1 - 0.18 * step(to_corner, 0.3, 1.0))[..., None]
    ball = ball + step(away, 1.06, 0.92)[..., None] * (_iris(away, x, y, eyes) - ball)
    # The upper lid and its lashes throw a shadow on the eye.
    depth = 0.1 * width
    under_lid = _upper_lid(outline) + np.array([0, 0.25 * depth], np.float32)
    ball *= (1 - 0.5 * patch.line(under_lid, depth, depth * 0.6))[..., None]
    glint = step(np.hypot(x + 0.3 * radius, y + 0.38 * radius) / radius, 0.2, 0.1)
    ball += glint[..., None] * (np.float32(0.92) - ball) * 0.85
    patch.blend(between, ball)
    _line_lids(patch, outline, width, eyes)
    patch.write()


def _iris(away: Image, x: Image, y: Image, eyes: Eyes) -> Image:
    around = (np.arctan2(y, x) / (2 * np.pi) * len(eyes.fibres)) % len(eyes.fibres)
    fibre = eyes.fibres[around.astype(np.intp) % len(eyes.fibres)]
    tone = 1 + 0.16 * fibre * step(away, 0.3, 0.5) + 0.25 * step(away, 0.75, 0.4)
    tone = tone * (1 - 0.55 * step(away, 0.72, 1.0))
    pupil = step(away, eyes.pupil + 0.06, eyes.pupil - 0.06)
    colour = eyes.iris * tone[..., None]
    return np.asarray(colour + pupil[..., None] * (np.float32(0.04) - colour), np.float32)


def _upper_lid(outline: Points) -> Points:
    """(9, 2) from corner to corner."""
    return np.concatenate([outline[:1], outline[:8:-1], outline[8:9]])


def _line_lids(patch: "_Patch", outline: Points, width: float, eyes: Eyes) -> None:
    thick = (0.028 + 0.03 * eyes.lashes) * width
    dark = np.array([0.1, 0.075, 0.07], np.float32)
    patch.blend(
        (0.45 + 0.35 * eyes.lashes) * patch.line(_upper_lid(outline), thick, 0.02 * width), dark
    )
    lower = outline[:9]
    pink = np.array([0.62, 0.42, 0.4], np.float32) * np.float32(float(eyes.white.mean()) + 0.1)
    patch.blend(0.35 * patch.line(lower, 0.03 * width, 0.02 * width), pink)
    patch.blend(0.25 * patch.line(lower + np.array([0, 1.0]), 0.02 * width, 0.02 * width), dark)


def draw_mouth(picture: Image, outline: Points, unit: float, colour: Floats, smile: float) -> None:
    """What open lips show: teeth before a dark cavity, in place.

    Args:
        picture: (h, w, 3), gamma-encoded.
        outline: (20, 2) of the inner lips in its pixels, from `poses.INNER_LIPS`.
        unit: pixels of a height of the face.
        colour: (3,) of the teeth.
        smile: 0 to 1, lifts the upper lip off the teeth.
    """
    opening = float((outline[4:7, 1] - outline[14:17, 1][::-1]).mean()) / unit
    if opening < 0.004:
        return
    patch = _Patch(picture, outline, margin=6)
    left, right = outline[0], outline[10]
    half = 0.5 * float(np.linalg.norm(right - left))
    along = (patch.x - 0.5 * (left[0] + right[0])) / half
    top = outline[15, 1]
    cavity = np.array([0.16, 0.06, 0.055], np.float32)
    inside = np.zeros_like(patch.colours) + cavity
    bare = 0.016 + 0.016 * float(np.clip(smile, 0, 1))
    edge = top + unit * bare * (1 - 0.4 * along**2)
    tooth = step(edge - patch.y, -0.8, 0.8) * step(np.abs(along), 0.9, 0.72)
    beside = np.abs(along) * half / unit
    gaps = np.array([0.0, 0.046, 0.081, 0.117, 0.145])
    near = np.min(np.abs(beside[..., None] - gaps), axis=-1) * unit
    light = (1 - 0.4 * along**2) * (1 - 0.22 * np.exp(-((near / 0.7) ** 2)))
    light = light * (1 - 0.25 * patch.line(outline[10:], 0.02 * unit, 0.012 * unit))
    teeth = np.asarray(colour, np.float32) * light[..., None]
    # A slit is too dark to see teeth in.
    bright = np.float32(np.clip((opening - 0.006) / 0.012, 0, 1))
    inside += bright * tooth[..., None] * (teeth - inside)
    strength = min(1.0, (opening - 0.004) / 0.006)
    patch.blend(strength * patch.mask(outline, 0.7), inside)
    patch.write()


class _Patch:
    """A part of a picture, a few times finer, to draw in."""

    def __init__(self, picture: Image, outline: Points, margin: int) -> None:
        height, width = picture.shape[:2]
        low = np.maximum(np.floor(outline.min(0)).astype(int) - margin, 0)
        high = np.minimum(np.ceil(outline.max(0)).astype(int) + margin + 1, (width, height))
        self._target = picture[low[1] : high[1], low[0] : high[0]]
        self._low = low
        shape = (max(1, high[0] - low[0]) * _FINER, max(1, high[1] - low[1]) * _FINER)
        self.colours = np.asarray(cv2.resize(self._target, shape), np.float32)
        columns = low[0] + (np.arange(shape[0], dtype=np.float32) + 0.5) / _FINER - 0.5
        rows = low[1] + (np.arange(shape[1], dtype=np.float32) + 0.5) / _FINER - 0.5
        self.x, self.y = np.meshgrid(columns, rows)
        self._before = self.colours.copy()

    def mask(self, outline: Floats, blur: float) -> Image:
        drawn = np.zeros(self.x.shape, np.uint8)
        cv2.fillPoly(drawn, [self._fixed(outline)], (255,), cv2.LINE_AA, shift=4)
        return self._soft(drawn, blur)

    def line(self, points: Floats, width: float, blur: float) -> Image:
        drawn = np.zeros(self.x.shape, np.uint8)
        thick = max(1, round(width * _FINER))
        cv2.polylines(drawn, [self._fixed(points)], False, (255,), thick, cv2.LINE_AA, shift=4)
        return self._soft(drawn, blur)

    def blend(self, mask: Image, colour: Image) -> None:
        self.colours += mask[..., None] * (colour - self.colours)

    def write(self) -> None:
        shape = self._target.shape[1::-1]
        # Only what was drawn is carried back, so that the rest keeps its sharpness.
        change = cv2.resize(self.colours - self._before, shape, interpolation=cv2.INTER_AREA)
        self._target += change

    def _fixed(self, points: Floats) -> NDArray[np.int32]:
        local = (np.asarray(points) - self._low + 0.5) * _FINER - 0.5
        return np.asarray(np.round(local * 16), np.int32)

    @staticmethod
    def _soft(drawn: NDArray[np.uint8], blur: float) -> Image:
        soft = cv2.GaussianBlur(drawn, (0, 0), max(0.3, blur * _FINER))
        return np.asarray(soft, np.float32) / np.float32(255)

"""What else is near a face: another person at the border of the picture, a hand beside the face."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.light import Image, Light, dimmed, mixed, tinted
from spooftrace.simulation.scene.portrait import PORTRAIT_SIZE, Portrait
from spooftrace.simulation.scene.skin import draw_tone

GRIPS: Final = 0.2
"""Share of sheets and displays of which the holding hand shows."""

Place = NDArray[np.float64]

_FINER: Final = 2
"""Pixels of the scene per pixel in which a hand is shaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Somebody behind, of whom the border shows a part."""

    place: tuple[float, float]
    """Where the middle of that portrait lies, in shares of the scene."""
    size: float
    """Over the portrait's own size in the scene."""
    is_mirrored: bool
    blur: float
    """Out of focus, pixels of the scene."""
    tone: NDArray[np.float32]
    """(3,) reflectance over that of the person in front, so that it is somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A hand that comes in over the border; lengths in shares of the scene."""

    root: tuple[float, float]
    """Where the palm is."""
    angle: float
    """Where the fingers point, radians from upwards, clockwise."""
    size: float
    """Length of the middle finger."""
    spread: float
    """Radians between two fingers, over 0.12 of a relaxed hand."""
    curl: float
    """Share by which the fingers are shortened, bent away from the lens."""
    tone: NDArray[np.float32]
    """(3,) reflectance, or over that of the person's cheeks."""


def draw_neighbour(rng: np.random.Generator) -> Neighbour:
    """A head and a shoulder, half outside."""
    side = rng.choice([-1, 1])
    return Neighbour(
        place=(0.5 + side * rng.uniform(0.42, 0.6), rng.uniform(0.3, 0.75)),
        size=rng.uniform(0.45, 0.9),
        is_mirrored=bool(rng.random() < 0.5),
        blur=rng.uniform(1.0, 7.0),
        tone=np.asarray(rng.uniform(0.4, 1.3) * np.exp(rng.normal(0, 0.12, 3)), np.float32),
    )


def draw_hand(rng: np.random.Generator) -> Hand:
    """At the chin or beside a cheek, from below."""
    side = rng.choice([-1, 1])
    return Hand(
        root=(0.5 + side * rng.uniform(0.22, 0.46), rng.uniform(0.86, 1.05)),
        angle=-side * rng.uniform(-0.5, 0.7),
        size=rng.uniform(0.18, 0.32),
        spread=rng.uniform(-0.06, 0.12),
        curl=rng.uniform(0.0, 0.5),
        tone=np.asarray(rng.uniform(0.85, 1.1) * np.exp(rng.normal(0, 0.04, 3)), np.float32),
    )


def draw_grip(rng: np.random.Generator) -> Hand:
    """Of whoever holds a sheet or a phone up: fingers or a thumb at its sides or its lower edge."""
    size, side = rng.uniform(0.14, 0.26), rng.choice([-1, 1])
    away = 0.36 + size * rng.uniform(0.5, 1.3)
    if rng.random() < 0.6:
        root = 0.5 + side * away, rng.uniform(0.35, 0.95)
        angle = -side * rng.uniform(0.7, 1.7)
    else:
        root, angle = (rng.uniform(0.1, 0.9), 0.5 + away), rng.normal(0, 0.35)
    return Hand(
        root=root,
        angle=angle,
        size=size,
        spread=rng.uniform(-0.08, 0.05),
        curl=rng.uniform(0.2, 0.7),
        tone=draw_tone(rng),
    )


def with_neighbour(
    room: Light, portrait: Portrait, scale: float, other: Neighbour, lit: NDArray[np.float32]
) -> Light:
    """The room (n, n, 3) with somebody else in it, made of the portrait's own picture.

    Args:
        room: what is behind the person.
        portrait: the person in front.
        scale: pixels of the scene per pixel of the portrait.
        other: who is there.
        lit: (3,) the light there.
    """
    size = (len(room), len(room))
    along = scale * other.size
    across = -along if other.is_mirrored else along
    middle = (PORTRAIT_SIZE - 1) / 2
    x, y = (share * len(room) for share in other.place)
    matrix = np.array([[across, 0, x - across * middle], [0, along, y - along * middle]])
    cover = _warped(portrait.matte, matrix, size)
    look = _blurred(dimmed(_warped(portrait.light, matrix, size), cover), other.blur)
    left = dimmed(room, 1 - _blurred(cover, other.blur))
    return np.add(left, tinted(look, other.tone * lit), out=left)


def _warped(image: Image, matrix: Place, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def _blurred(image: Image, blur: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.float32)


def with_hand(
    light: Light, free: Image, skin: NDArray[np.float32], hand: Hand, lamp: Illumination
) -> tuple[Light, Image]:
    """The light (n, n, 3) with a hand before everything, and the hand's cover (n, n).

    Args:
        light: the scene's.
        free: (n, n) in [0, 1]: 1 where a hand may be, 0 on the face.
        skin: (3,) reflectance that the hand's tone counts from.
        hand: which.
        lamp: the scene's.
    """
    height, cover = _shape(len(light) // _FINER, hand)
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8)
    normal = np.dstack([-slope_x, -slope_y, -np.ones_like(height)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    # Fingertips and knuckles are redder than the back of the hand; between fingers it is dark.
    shade = np.clip(0.4 + 0.18 * height, 0, 1)
    colour = skin * hand.tone * np.array([1.05, 0.97, 0.95], np.float32)
    lit = dimmed(tinted(lamp.irradiance(normal.astype(np.float32)), colour), shade)
    size = light.shape[1::-1]
    lit = np.asarray(cv2.resize(lit, size, interpolation=cv2.INTER_LINEAR), np.float32)
    over = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_LINEAR), np.float32) * free
    return mixed(light, lit, over), over


def gripped(light: Light, grip: Hand | None, lamp: Illumination) -> Light:
    """The light (n, n, 3) with the hand, if any, that holds what is seen."""
    if grip is None:
        return light
    everywhere = np.ones(light.shape[:2], np.float32)
    return with_hand(light, everywhere, np.ones(3, np.float32), grip, lamp)[0]


def _shape(side: int, hand: Hand) -> tuple[Image, Image]:
    """Height in pixels and cover of a hand (side, side): a palm, four fingers and a thumb."""
    height, cover = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    root, long = np.array(hand.root) * side, hand.size * side
    for finger, (turn, share) in enumerate(
        [(-1.5, 0.86), (-0.5, 1.0), (0.5, 0.95), (1.5, 0.75), (-2.7, 0.62)]
    ):
        angle = hand.angle + turn * (hand.spread + 0.12)
        towards = np.array([np.sin(angle), -np.cos(angle)])
        aside = np.array([np.cos(hand.angle), np.sin(hand.angle)]) * turn * 0.13 * long
        start = root + aside + 0.25 * long * towards
        end = start + towards * long * share * (1 - hand.curl * (0.7 if finger == 4 else 1))
        _add_limb(height, cover, (start, end), 0.125 * long * (1.1 if finger == 4 else 1))
    back = np.array([np.sin(hand.angle), -np.cos(hand.angle)])
    _add_limb(height, cover, (root - 1.2 * long * back, root + 0.25 * long * back), 0.36 * long)
    return height, np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.7), np.float32)


def _add_limb(height: Image, cover: Image, ends: tuple[Place, Place], radius: float) -> None:
    """A rounded rod of this radius, in place; what is higher is seen."""
    mask = np.zeros(height.shape, np.uint8)
    start, end = (tuple(int(v) for v in np.round(point * 16)) for point in ends)
    cv2.line(mask, start, end, (255,), max(1, round(2 * radius)), cv2.LINE_8, shift=4)
    inwards = cv2.distanceTransform(mask, cv2.DIST_L2, 3) / np.float32(radius)
    dome = np.sqrt(np.clip(1 - (1 - np.clip(inwards, 0, 1)) ** 2, 0, 1)) * np.float32(
        0.6 * min(radius, 10.0)
    )
    np.maximum(height, dome, out=height)
    np.maximum(cover, mask.astype(np.float32) / 255, out=cover)

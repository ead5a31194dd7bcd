"""What is behind a person: rooms, walls, windows, foliage - out of focus and of nobody."""

import cv2
import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.scene.light import Light

_SIDE = 160


def draw_background(rng: np.random.Generator) -> Light:
    """(160, 160, 3) linear RGB reflectance: a random wall with things and openings before it."""
    room = _wall(rng)
    for _ in range(rng.integers(0, 9)):
        _add_thing(room, rng)
    if rng.random() < 0.25:
        _add_window(room, rng)
    if rng.random() < 0.3:
        room *= np.exp(0.35 * noise.weave(rng, _SIDE))[..., None]
    sharp = rng.random() < 0.3
    blur = rng.uniform(0.5, 1.2) if sharp else rng.uniform(1.5, 7)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), blur), np.float32)


def _wall(rng: np.random.Generator) -> Light:
    """Plain, with light falling off across it."""
    colour = rng.uniform(0.03, 0.75) * np.exp(rng.normal(0, 0.18, 3))
    corners = rng.uniform(0.45, 1.1, (3, 3)).astype(np.float32)
    ramp = cv2.resize(corners, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(ramp[..., None] * colour, np.float32)


def _add_thing(room: Light, rng: np.random.Generator) -> None:
    """A box, disc or bar of one colour: furniture, pictures, lamps, other people's clothes."""
    colour = rng.uniform(0.01, 0.7) * np.exp(rng.normal(0, 0.35, 3))
    middle = rng.integers(0, _SIDE, 2)
    half = rng.integers(3, 50, 2)
    if rng.random() < 0.3:
        cv2.circle(room, tuple(int(v) for v in middle), int(half[0]), tuple(colour), -1)
        return
    turn = float(rng.choice([0, 0, 0, rng.uniform(0, 90)]))
    corners = cv2.boxPoints((tuple(map(float, middle)), tuple(map(float, 2 * half)), turn))
    cv2.fillConvexPoly(room, np.round(corners).astype(np.int32), tuple(colour))


def _add_window(room: Light, rng: np.random.Generator) -> None:
    """A bright opening with bars; brighter than any paper."""
    left, top = (int(v) for v in rng.integers(-20, 110, 2))
    width, height = (int(v) for v in rng.integers(25, 90, 2))
    colour = rng.uniform(1.0, 2.5) * np.array([0.93, 1.0, 1.08]) * np.exp(rng.normal(0, 0.05, 3))
    cv2.rectangle(room, (left, top), (left + width, top + height), tuple(colour), -1)
    middle = left + width // 2
    cv2.line(room, (middle, top), (middle, top + height), (0.3, 0.3, 0.3), 3)

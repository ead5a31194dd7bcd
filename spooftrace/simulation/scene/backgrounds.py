"""What is behind a person: rooms, walls, shelves, windows, foliage - and of nobody."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation import noise
from spooftrace.simulation.scene.light import Light

_SIDE = 160

Colour = NDArray[np.float64]


def draw_background(rng: np.random.Generator) -> Light:
    """(160, 160, 3) linear RGB reflectance: a random wall with things and openings before it."""
    room = _wall(rng)
    if rng.random() < 0.35:
        (_add_shelves, _add_stripes, _add_tiles, _add_leaves)[rng.integers(4)](room, rng)
    for _ in range(rng.integers(0, 9)):
        _add_thing(room, rng)
    if rng.random() < 0.15:
        _add_poster(room, rng)
    if rng.random() < 0.25:
        _add_window(room, rng)
    if rng.random() < 0.3:
        room *= np.exp(0.35 * noise.weave(rng, _SIDE))[..., None]
    sharp = rng.random() < 0.4
    blur = rng.uniform(0.3, 1.0) if sharp else rng.uniform(1.5, 7)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), blur), np.float32)


def _wall(rng: np.random.Generator) -> Light:
    """Plain, with light falling off across it."""
    colour = rng.uniform(0.03, 0.75) * np.exp(rng.normal(0, 0.18, 3))
    corners = rng.uniform(0.45, 1.1, (3, 3)).astype(np.float32)
    ramp = cv2.resize(corners, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(ramp[..., None] * colour, np.float32)


def _colour(rng: np.random.Generator) -> Colour:
    return np.asarray(rng.uniform(0.01, 0.7) * np.exp(rng.normal(0, 0.35, 3)))


def _add_thing(room: Light, rng: np.random.Generator) -> None:
    """A box, disc or bar of one colour: furniture, pictures, lamps, other people's clothes."""
    colour = _colour(rng)
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


def _add_shelves(room: Light, rng: np.random.Generator) -> None:
    """Boards with backs of books between them."""
    board, depth = _colour(rng), int(rng.integers(18, 45))
    for top in range(int(rng.integers(0, depth)), _SIDE, depth):
        left = int(rng.integers(-10, 10))
        while left < _SIDE:
            wide = int(rng.integers(2, 9))
            tall = int(depth * rng.uniform(0.5, 0.95))
            book = (left, top + depth - tall), (left + wide - 1, top + depth)
            cv2.rectangle(room, *book, tuple(_colour(rng)), -1)
            left += wide + (int(rng.integers(5, 40)) if rng.random() < 0.1 else 0)
        cv2.rectangle(room, (0, top), (_SIDE, top + 2), tuple(board), -1)


def _add_stripes(room: Light, rng: np.random.Generator) -> None:
    """Blinds, panels, curtains: bars of two tones at an even pitch."""
    pitch, duty, depth = rng.uniform(3, 16), rng.uniform(0.2, 0.7), rng.uniform(0.2, 0.9)
    along = np.arange(_SIDE, dtype=np.float32) / pitch + rng.random()
    bars = 1 - depth * np.clip((duty - np.abs(along % 1 - 0.5) * 2) * 4, 0, 1)
    shaped = bars[:, None, None] if rng.random() < 0.5 else bars[None, :, None]
    room *= shaped.astype(np.float32)


def _add_tiles(room: Light, rng: np.random.Generator) -> None:
    """Bricks or tiles with joints, each of a tone of its own."""
    tall, wide, joint = int(rng.integers(6, 30)), int(rng.integers(8, 40)), _colour(rng)
    is_brick = rng.random() < 0.5
    for row, top in enumerate(range(0, _SIDE, tall)):
        offset = wide // 2 if is_brick and row % 2 else 0
        for left in range(-offset, _SIDE, wide):
            box = np.s_[top : top + tall, max(left, 0) : left + wide]
            room[box] *= np.float32(np.exp(rng.normal(0, 0.12)))
            cv2.line(room, (left, top), (left, top + tall), tuple(joint), 1)
        cv2.line(room, (0, top), (_SIDE, top), tuple(joint), 1)


def _add_leaves(room: Light, rng: np.random.Generator) -> None:
    """A plant or a hedge: many small leaves in light and shadow."""
    green = np.array([0.12, 0.25, 0.05]) * np.exp(rng.normal(0, 0.2, 3))
    middle, reach = rng.uniform(0, _SIDE, 2), rng.uniform(20, 90)
    for _ in range(int(rng.integers(60, 220))):
        x, y = rng.normal(middle, reach)
        axes = (int(rng.integers(2, 8)), int(rng.integers(1, 4)))
        tone = tuple(green * rng.uniform(0.2, 2.0))
        cv2.ellipse(room, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, tone, -1)


def _add_poster(room: Light, rng: np.random.Generator) -> None:
    """A sheet with lines of writing on it, or a screen that shows a page."""
    left, top = (int(v) for v in rng.integers(-10, 120, 2))
    width, height = (int(v) for v in rng.integers(20, 70, 2))
    paper, ink = rng.uniform(0.3, 1.4), tuple(_colour(rng) * 0.3)
    cv2.rectangle(room, (left, top), (left + width, top + height), (paper,) * 3, -1)
    for line in range(top + 4, top + height - 3, int(rng.integers(3, 7))):
        end = left + 3 + int((width - 6) * rng.uniform(0.3, 1))
        cv2.line(room, (left + 3, line), (end, line), ink, 1)

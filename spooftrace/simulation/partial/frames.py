"""Spectacles as flat pieces: rims, bridge and temple arms in (u, v)."""

from dataclasses import dataclass, replace

import numpy as np

from spooftrace.simulation.partial import prints
from spooftrace.simulation.partial.pieces import DOTS, Hold
from spooftrace.simulation.scene.light import Floats, Image

LEFT, TOP = -0.56, -0.42
SIZE = (round(0.48 * DOTS), round(1.12 * DOTS))
"""The sheet that holds every pair: from ear to ear, from the forehead to the cheeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Measures in heights of the face (about 185 mm): lenses of real pairs are 40-58 mm wide."""

    apart: float
    """Half of the distance of the lenses' middles, 0.165 to 0.195 (pupils: 54-74 mm apart)."""
    half: tuple[float, float]
    """Half width and height of a lens with its rim."""
    power: float
    """2 round, 5 a rounded box."""
    rim: float
    """Width of the rim, 0.01 to 0.05."""
    arms: float
    """Height of the temple arms."""


def draw_frame(rng: np.random.Generator) -> Frame:
    """Round, oval or boxy; small or comically large."""
    wide = rng.uniform(0.12, 0.165)
    return Frame(
        apart=float(rng.uniform(0.165, 0.195)),
        half=(float(wide), float(wide * rng.uniform(0.65, 1.0))),
        power=float(rng.choice([2.0, 2.6, 5.0])),
        rim=float(rng.uniform(0.012, 0.045)),
        arms=float(rng.uniform(0.02, 0.05)),
    )


def worn(hold: Hold) -> Hold:
    """Held by ears and nose: bent round the head, and straighter than a piece of tape would be."""
    return replace(hold, radius=min(hold.radius, 0.9), roll_deg=0.6 * hold.roll_deg)


def middles(frame: Frame) -> tuple[tuple[float, float], tuple[float, float]]:
    """(u, v) of the lenses."""
    return (-frame.apart, -0.18), (frame.apart, -0.18)


def parts(frame: Frame, rng: np.random.Generator, wobble: float) -> tuple[Image, Image]:
    """(h, w) masks in [0, 1]: everything with the lenses filled, and the lenses within the rims."""
    whole, lenses = np.zeros(SIZE, np.float32), np.zeros(SIZE, np.float32)
    inner = (frame.half[0] - frame.rim, frame.half[1] - frame.rim)
    for middle in middles(frame):
        outer = prints.rounded(middle, frame.half, frame.power, wobble, rng)
        whole = np.maximum(whole, prints.cut(outer, SIZE, LEFT, TOP))
        hole = prints.rounded(middle, inner, frame.power, wobble, rng)
        lenses = np.maximum(lenses, prints.cut(hole, SIZE, LEFT, TOP))
    for bar in _bars(frame):
        whole = np.maximum(whole, prints.cut(bar, SIZE, LEFT, TOP))
    return whole, lenses


def _bars(frame: Frame) -> list[Floats]:
    """Bridge and both arms, four corners each."""
    v, thick = -0.2, max(frame.rim, 0.02)
    inside, outside = frame.apart - frame.half[0] + 0.02, frame.apart + frame.half[0] - 0.02
    boxes = [(-inside, inside, thick), (-0.48, -outside, frame.arms), (outside, 0.48, frame.arms)]
    return [
        np.array([[a, v - h / 2], [b, v - h / 2], [b, v + h / 2], [a, v + h / 2]])
        for a, b, h in boxes
    ]

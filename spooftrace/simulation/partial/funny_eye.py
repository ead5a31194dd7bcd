"""Joke glasses (SiW-M's funny eye): coloured frames with printed or bulging cartoon eyes."""

from dataclasses import replace

import numpy as np

from spooftrace.simulation.partial import frames, prints
from spooftrace.simulation.partial.pieces import DOTS, Piece, Worn, draw_hold, texel_places
from spooftrace.simulation.scene.light import Floats, Image, Light, mixed
from spooftrace.simulation.scene.regions import box_of
from spooftrace.simulation.scene.scene import Scene

FRAMES = np.array(
    [[0.02, 0.02, 0.02], [0.55, 0.03, 0.03], [0.05, 0.1, 0.5], [0.75, 0.6, 0.03],
     [0.03, 0.35, 0.08], [0.75, 0.15, 0.4], [0.8, 0.8, 0.8], [0.8, 0.3, 0.03], [0.3, 0.08, 0.45]]
)  # fmt: skip
"""Linear RGB of plastic frames."""
IRISES = np.array([[0.05, 0.18, 0.45], [0.07, 0.3, 0.1], [0.15, 0.07, 0.03], [0.02, 0.02, 0.02]])


def draw(rng: np.random.Generator, _scene: Scene) -> Worn:
    """Joke glasses: flat printed paper, or plastic with domes for eyes."""
    is_plastic = rng.random() < 0.6
    hold = frames.worn(draw_hold(rng, -0.15))
    if is_plastic:
        hold = replace(
            hold, curl=0.0, thickness=float(rng.uniform(1, 2.5)), gloss=float(rng.uniform(0.1, 0.5))
        )
    return Worn(piece=draw_pair(is_plastic, rng), hold=hold)


def draw_pair(is_plastic: bool, rng: np.random.Generator) -> Piece:
    """A frame in one colour; in each lens a white eye with iris, pupil, glint, at times a lid."""
    frame = frames.draw_frame(rng)
    whole, lenses = frames.parts(frame, rng, 0.002 if is_plastic else 0.01)
    rim = FRAMES[rng.integers(len(FRAMES))] * np.exp(rng.normal(0, 0.15, 3))
    colour = np.broadcast_to(np.clip(rim, 0.01, 0.9).astype(np.float32), (*frames.SIZE, 3))
    eyes, dome = _eyes(frame, rng)
    colour = colour + lenses[..., None] * (eyes - colour)
    relief = (
        dome * np.float32(rng.uniform(4, 22)) if is_plastic else prints.creases(frames.SIZE, rng)
    )
    return Piece(
        colour=np.asarray(colour * whole[..., None], np.float32),
        shape=np.asarray(whole, np.float32),
        left=frames.LEFT,
        top=frames.TOP,
        relief=np.asarray(relief, np.float32),
    )


def _eyes(frame: frames.Frame, rng: np.random.Generator) -> tuple[Light, Image]:
    """Colours of both cartoon eyes (h, w, 3), and the domes (h, w) in [0, 1]."""
    u, v = (x.astype(np.float32) for x in texel_places(frames.SIZE, frames.LEFT, frames.TOP))
    white = np.array([0.85, 0.84, 0.8]) * np.exp(rng.normal(0, 0.05, 3))
    out = np.empty((*frames.SIZE, 3), np.float32)
    out[:] = white
    dome = np.zeros(frames.SIZE, np.float32)
    iris, size = IRISES[rng.integers(4)], rng.uniform(0.3, 0.7) * frame.half[1]
    look, squint = rng.uniform(-0.3, 0.3, 2) * frame.half, rng.choice([0, 0, 0.03, -0.03])
    for sign, middle in zip((1, -1), frames.middles(frame), strict=True):
        du, dv = u - middle[0], v - middle[1]
        round_ = (du / frame.half[0]) ** 2 + (dv / frame.half[1]) ** 2
        dome = np.maximum(dome, np.sqrt(np.clip(1 - round_, 0, 1)).astype(np.float32))
        _disc(out, du - look[0] - sign * squint, dv - look[1], size, iris)
        _disc(out, du - look[0] - sign * squint, dv - look[1], size * 0.5, np.full(3, 0.015))
        _disc(out, du - look[0] + 0.3 * size, dv - look[1] + 0.3 * size, size * 0.17, white)
    if rng.random() < 0.35:
        lid = FRAMES[rng.integers(len(FRAMES))]
        under = np.clip((-0.18 - frame.half[1] * rng.uniform(0, 0.5) - v) * 300, 0, 1)
        out = out + under[..., None].astype(np.float32) * (lid.astype(np.float32) - out)
    return np.asarray(out, np.float32), dome


def _disc(colours: Light, du: Floats, dv: Floats, radius: float, colour: Floats) -> None:
    """A disc with an edge of a texel painted over, in place."""
    cover = np.clip((radius - np.sqrt(du * du + dv * dv)) * DOTS + 0.5, 0, 1).astype(np.float32)
    if (box := box_of(cover)) is not None:
        colours[box] = mixed(colours[box], colour.astype(np.float32), cover[box])
